"""What is made of the files that people put into the firmware folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from custom_components.csj_meter.firmware_library import LARGEST_NOTES, MOST_FILES, Shelf, scan
from custom_components.csj_meter.meters.commands.errors import ImageRejectedError
from custom_components.csj_meter.meters.commands.firmware import LARGEST_IMAGE
from custom_components.csj_meter.simulator.firmware import build_image
from custom_components.csj_meter.simulator.models import Model


def put(folder: Path, name: str, version: tuple[int, int, int], model: Model = Model.DTSY300) -> Path:
    """Put an image into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(build_image(model, version, bytes(200)))
    return path


def versions(shelf: Shelf, model: Model = Model.DTSY300) -> list[str]:
    """Versions for a model, in the order of the shelf."""
    return [image.header.version for image in shelf.of_model(model)]


def test_a_folder_that_does_not_exist_is_empty(tmp_path: Path) -> None:
    assert scan(tmp_path / "firmware") == Shelf()


def test_images_are_found_by_what_is_in_them_newest_first(tmp_path: Path) -> None:
    put(tmp_path, "a", (1, 9, 0))
    put(tmp_path, "b.bin", (1, 10, 0))
    put(tmp_path, "c.fw", (1, 9, 300))
    put(tmp_path, "d.bin", (7, 0, 0), Model.DDS100)

    shelf = scan(tmp_path)

    assert versions(shelf) == ["1.10.0", "1.9.300", "1.9.0"]
    assert versions(shelf, Model.DDS100) == ["7.0.0"]
    assert versions(shelf, Model.DTS300) == []
    assert shelf.broken == ()


def test_of_two_files_with_the_same_version_the_first_by_name_counts(tmp_path: Path) -> None:
    put(tmp_path, "b.bin", (2, 0, 0))
    put(tmp_path, "a.bin", (2, 0, 0))

    assert [image.path.name for image in scan(tmp_path).images] == ["a.bin", "b.bin"]


@pytest.mark.parametrize("beside", ["new.md", "new.bin.md"])
def test_the_release_text_lies_beside_the_image(tmp_path: Path, beside: str) -> None:
    put(tmp_path, "new.bin", (2, 0, 0))
    (tmp_path / beside).write_text("# Version 2\n\nCounts better.\n\nMuch better.\n", encoding="utf-8")

    (image,) = scan(tmp_path).images

    assert image.notes == "# Version 2\n\nCounts better.\n\nMuch better."
    assert image.summary == "Counts better."


def test_an_image_without_a_text_has_none(tmp_path: Path) -> None:
    put(tmp_path, "new.bin", (2, 0, 0))

    (image,) = scan(tmp_path).images

    assert (image.notes, image.summary) == ("", None)


def test_of_a_text_without_end_only_the_beginning_is_read(tmp_path: Path) -> None:
    put(tmp_path, "new.bin", (2, 0, 0))
    (tmp_path / "new.md").write_bytes(b"\xff" * (2 * LARGEST_NOTES))

    (image,) = scan(tmp_path).images

    assert len(image.notes) == LARGEST_NOTES


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "does not begin with CSJFW"),
        (b"CSJFW", "does not begin with CSJFW"),
        (b"\x7fELF" + bytes(100), "does not begin with CSJFW"),
        (build_image(Model.DTSY300, (9, 0, 0), bytes(LARGEST_IMAGE)), "a meter takes 100000"),
    ],
    ids=["empty", "cut", "something else", "too large"],
)
def test_a_file_that_is_no_image_is_named_with_its_remedy(
    tmp_path: Path, content: bytes, problem: str
) -> None:
    put(tmp_path, "good.bin", (2, 0, 0))
    (tmp_path / "bad.bin").write_bytes(content)

    shelf = scan(tmp_path)

    assert versions(shelf) == ["2.0.0"]
    (broken,) = shelf.broken
    assert broken.name == "bad.bin"
    assert problem in broken.problem
    assert broken.remedy


def test_hidden_files_and_folders_are_nobodys_business(tmp_path: Path) -> None:
    (tmp_path / ".DS_Store").write_bytes(b"x")
    put(tmp_path / "old", "old.bin", (1, 0, 0))

    assert scan(tmp_path) == Shelf()


def test_a_link_is_followed_only_within_the_folder(tmp_path: Path) -> None:
    outside = put(tmp_path / "elsewhere", "secret.bin", (9, 0, 0))
    folder = tmp_path / "firmware"
    inside = put(folder, "2.bin", (2, 0, 0))
    (folder / "out.bin").symlink_to(outside)
    (folder / "latest.bin").symlink_to(inside)

    shelf = scan(folder)

    assert versions(shelf) == ["2.0.0", "2.0.0"]
    assert [(broken.name, broken.problem) for broken in shelf.broken] == [
        ("out.bin", "it is a link that leads out of the folder")
    ]


def test_a_release_text_that_leads_out_of_the_folder_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / "passwords").write_text("invented", encoding="utf-8")
    folder = tmp_path / "firmware"
    put(folder, "2.bin", (2, 0, 0))
    (folder / "2.md").symlink_to(tmp_path / "passwords")

    shelf = scan(folder)

    assert shelf.images == ()
    assert [broken.name for broken in shelf.broken] == ["2.bin"]


def test_a_link_to_nowhere_and_a_pipe_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "gone.bin").symlink_to(tmp_path / "nothing")
    os.mkfifo(tmp_path / "pipe.bin")

    assert [broken.name for broken in scan(tmp_path).broken] == ["gone.bin", "pipe.bin"]


def test_the_folder_may_be_a_link_itself(tmp_path: Path) -> None:
    put(tmp_path / "share", "2.bin", (2, 0, 0))
    (tmp_path / "firmware").symlink_to(tmp_path / "share")

    assert versions(scan(tmp_path / "firmware")) == ["2.0.0"]


def test_of_a_folder_full_of_other_things_only_so_many_are_looked_at(tmp_path: Path) -> None:
    for number in range(MOST_FILES + 5):
        (tmp_path / f"photo{number:04}.jpg").write_bytes(b"x")

    shelf = scan(tmp_path)

    assert len(shelf.broken) == MOST_FILES + 1
    assert f"more than {MOST_FILES} files" in shelf.broken[0].problem


def test_an_image_that_was_exchanged_after_the_look_is_not_taken(tmp_path: Path) -> None:
    path = put(tmp_path, "2.bin", (2, 0, 0))
    (image,) = scan(tmp_path).images
    assert image.load().data == path.read_bytes()
    put(tmp_path, "2.bin", (3, 0, 0))

    with pytest.raises(ImageRejectedError, match=r"2\.bin has been exchanged"):
        image.load()
