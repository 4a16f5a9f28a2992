"""Profiles in folders: the shipped ones and those of users, who replaces whom, and what is left unread."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from custom_components.csj_meter.meters import profile_loader
from custom_components.csj_meter.meters.profile_loader import MOST_FILES, SHIPPED, ProfileLibrary

from .profile_files import GOOD, write


def test_shipped_profiles_are_read_once_however_many_bridges_begin() -> None:
    profile_loader._read_shipped.cache_clear()
    with ThreadPoolExecutor(4) as pool:
        libraries = list(pool.map(lambda _: ProfileLibrary.load(), range(4)))

    assert len({id(library["csj_3p_prepay"]) for library in libraries}) == 1


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    """What it leads to would be quoted in a message, and in the diagnostics that people send away."""
    folder, elsewhere = tmp_path / "profiles", tmp_path / "secrets.yaml"
    folder.mkdir()
    elsewhere.write_text("name: the_password\n", encoding="utf-8")
    (folder / "linked.yaml").symlink_to(elsewhere)
    (folder / "extending.yaml").write_text("extends: linked\n", encoding="utf-8")

    library = ProfileLibrary.load(folder)

    assert [(error.file, error.problem) for error in library.errors] == [
        ("linked.yaml", "it is a link that leads out of the folder")
    ] * 2
    assert "the_password" not in str(library.errors)


def test_a_folder_that_is_a_link_itself_is_read(tmp_path: Path) -> None:
    real, linked = tmp_path / "real", tmp_path / "profiles"
    real.mkdir()
    (real / "mine.yaml").write_bytes((SHIPPED / "csj_3p.yaml").read_bytes())
    linked.symlink_to(real)

    assert "mine" in ProfileLibrary.load(linked).profiles


def test_a_folder_full_of_other_files_is_not_read_to_its_end(tmp_path: Path) -> None:
    for number in range(MOST_FILES + 5):
        (tmp_path / f"a{number:03}.yaml").touch()

    library = ProfileLibrary.load(tmp_path)

    assert len(library.errors) == MOST_FILES + 1
    assert "more than 200 profiles" in library.errors[0].problem


class TestLibrary:
    """Shipped profiles and those of the user."""

    def test_without_a_folder_there_are_the_shipped_ones(self, tmp_path: Path) -> None:
        assert set(ProfileLibrary.load().profiles) == {path.stem for path in SHIPPED.glob("*.yaml")}
        assert set(ProfileLibrary.load(tmp_path / "absent").profiles) == set(ProfileLibrary.load().profiles)

    def test_a_profile_of_the_user_is_added(self, tmp_path: Path) -> None:
        write(tmp_path, GOOD)
        library = ProfileLibrary.load(tmp_path)
        assert library["nowhere"].model == "Nowhere 3000"
        assert library["csj_3p"].model == "DTS300"
        assert library.errors == ()

    def test_a_profile_of_the_user_replaces_the_shipped_one_of_its_name(self, tmp_path: Path) -> None:
        write(tmp_path, GOOD, "csj_3p.yaml")
        assert ProfileLibrary.load(tmp_path)["csj_3p"].model == "Nowhere 3000"

    def test_a_broken_file_hides_no_other_profile(self, tmp_path: Path) -> None:
        write(tmp_path, GOOD)
        write(tmp_path, GOOD.replace("phases: 3", "phases: many"), "broken.yaml")
        library = ProfileLibrary.load(tmp_path)
        assert "nowhere" in library.profiles
        assert set(ProfileLibrary.load().profiles) <= set(library.profiles)
        assert [(error.file, error.line) for error in library.errors] == [("broken.yaml", 5)]

    def test_a_broken_replacement_does_not_bring_the_shipped_registers_back(self, tmp_path: Path) -> None:
        write(tmp_path, "model: oops\n", "csj_3p.yaml")
        library = ProfileLibrary.load(tmp_path)
        assert "csj_3p" not in library.profiles
        with pytest.raises(KeyError):
            library["csj_3p"]
        assert len(library.errors) == 1

    def test_other_files_in_the_folder_are_left_alone(self, tmp_path: Path) -> None:
        write(tmp_path, "not a profile", "notes.txt")
        write(tmp_path, "not a profile", ".hidden.yaml")
        assert ProfileLibrary.load(tmp_path).errors == ()

    def test_profiles_that_know_codes_are_tried_before_those_that_guess(self, tmp_path: Path) -> None:
        write(
            tmp_path,
            GOOD.replace("  - {space: holding, at: 10, type: u16, one_of: [7, 0x08]}\n", ""),
            "a.yaml",
        )
        names = list(ProfileLibrary.load(tmp_path).profiles)
        assert names.index("csj_3p") < names.index("a")
