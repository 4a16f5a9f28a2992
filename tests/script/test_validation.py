"""What Home Assistant or the marketplace would refuse is said, thing by thing, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable
import json
from pathlib import Path
import shutil
from typing import Any, Final

import pytest

from script.validation.checks import problems
from script.validation.quality_scale import TIERS

ROOT: Final = Path(__file__).parents[2]
MANIFEST: Final = "manifest.json"
ENGLISH: Final = "translations/en.json"
QUALITY_SCALE: Final = "quality_scale.yaml"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of what is checked, to break."""
    shutil.copytree(
        ROOT / "custom_components",
        tmp_path / "custom_components",
        ignore=shutil.ignore_patterns("__pycache__", "frontend"),
    )
    (tmp_path / "requirements").mkdir()
    for name in ("hacs.json", "README.md", "LICENSE", "requirements/test.txt", "requirements/newest.txt"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def integration(copy: Path) -> Path:
    """The folder of the integration in a copy."""
    return copy / "custom_components" / "csj_meter"


def edit(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change a JSON file."""
    told = json.loads(path.read_text(encoding="utf-8"))
    change(told)
    path.write_text(json.dumps(told), encoding="utf-8")


def replace(path: Path, old: str, new: str) -> None:
    """Change a text file at one place."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def put(*path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    """A change that sets the value at a path."""

    def change(told: dict[str, Any]) -> None:
        for name in path[:-1]:
            told = told.setdefault(name, {})
        told[path[-1]] = value

    return change


def without(*path: str) -> Callable[[dict[str, Any]], None]:
    """A change that takes the value at a path away."""

    def change(told: dict[str, Any]) -> None:
        for name in path[:-1]:
            told = told[name]
        del told[path[-1]]

    return change


def test_this_repository_passes() -> None:
    assert problems(ROOT) == []


def test_a_copy_of_it_passes(copy: Path) -> None:
    assert problems(copy) == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (without("codeowners"), "'codeowners'"),
        (without("iot_class"), "'iot_class'"),
        (without("version"), "'version'"),
        (put("zeroconf2", value=[]), "does not know the key zeroconf2"),
        (put("version", value="next"), "must be a version"),
        (put("iot_class", value="magic"), "iot_class"),
        (put("integration_type", value="thing"), "integration_type"),
        (put("documentation", value="http://example.com"), "must be an https address"),
        (
            put("documentation", value="https://www.home-assistant.io/integrations/csj"),
            "a page of Home Assistant",
        ),
        (put("codeowners", value=["somebody"]), "must be a GitHub account"),
        (put("quality_scale", value="diamond"), "quality_scale"),
        (put("domain", value="csj"), "csj is not the name of its folder"),
        (put("requirements", value=["numpy"]), "up to which version"),
        (put("requirements", value=["numpy=2"]), "must be a requirement"),
        (put("requirements", value=["numpy>=99,<100"]), "does not take"),
        (put("requirements", value=["no-such-thing==1.0"]), "is not in requirements/newest.txt"),
        (put("dependencies", value=["http", "modbus", "usb", "teapot"]), "no integration teapot"),
        (
            put("after_dependencies", value=["http", "frontend", "lovelace", "recorder"]),
            "http is in both lists",
        ),
        (put("after_dependencies", value=["frontend", "lovelace"]), "imports recorder"),
        (put("dhcp", value=[{"macaddress": "9ca525*"}]), "must be in upper case"),
        (put("dhcp", value=[{"macaddress": "9CA525"}]), "must hold a *"),
        (put("usb", value=[{"description": "*RS485*"}]), "must be in lower case"),
        (without("config_flow"), "does not say config_flow"),
    ],
)
def test_a_broken_manifest(copy: Path, change: Callable[[dict[str, Any]], None], problem: str) -> None:
    edit(integration(copy) / MANIFEST, change)

    assert any(problem in said for said in problems(copy)), problems(copy)


def test_keys_of_the_manifest_out_of_order(copy: Path) -> None:
    edit(integration(copy) / MANIFEST, lambda manifest: manifest.update(domain=manifest.pop("domain")))

    assert ["its keys must come as" in said for said in problems(copy)] == [True]


def test_a_manifest_without_its_configuration_flow(copy: Path) -> None:
    (integration(copy) / "config_flow.py").unlink()

    assert any("there is no config_flow.py" in said for said in problems(copy))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (put("surprise", value={}), "surprise"),
        (put("config", "step", "serial", "titel", value="Serial port"), "titel"),
        (put("config", "step", "serial", "title", value="<b>Serial port</b>"), "html"),
        (put("config", "step", "serial", "title", value="See https://example.com"), "holds an address"),
        (put("config", "step", "serial", "title", value="See www.example.com"), "holds an address"),
        (put("config", "step", "serial", "title", value=" Serial port"), "blanks around it"),
        (put("config", "step", "serial", "title", value=""), "is empty"),
        (put("config", "step", "serial", "title", value="Port '{port}'"), "in single quotes"),
        (put("config", "step", "serial", "title", value="Port {port"), "braces that do not fit"),
        (put("config", "step", "serial", "title", value="Port {a port}"), "which is no name"),
        (put("config", "step", "serial", "title", value="[%key:common::x%]"), "refers to another text"),
        (put("config", "step", "serial", "data_description", "colour", value="Red."), "which has no label"),
        (without("config_subentries", "meter", "entry_type"), "entry_type"),
        (without("config_subentries", "meter", "initiate_flow", "user"), "initiate_flow"),
        (put("exceptions", "Wrong Key", value={"message": "No."}), "is no key"),
        (without("exceptions", "link_down", "message"), "message"),
        (without("issues", "broken_profile", "title"), "title"),
        (without("issues", "broken_profile", "description"), "issues"),
        (put("entity", "select", "relay_mode", "state", "other", value="{other}"), "nobody fills"),
        (put("config_panel", "kinds", "Leak", value="Leak"), "Leak is no key"),
        (
            put("config_panel", "panel", "shell", "x", value="https://example.com"),
            "config_panel.panel.shell.x holds",
        ),
    ],
)
def test_a_broken_text(copy: Path, change: Callable[[dict[str, Any]], None], problem: str) -> None:
    edit(integration(copy) / ENGLISH, change)

    assert any(problem.lower() in said.lower() for said in problems(copy)), problems(copy)


def test_a_text_of_another_language_is_looked_at_but_may_be_missing(copy: Path) -> None:
    path = integration(copy) / "translations" / "nl.json"
    path.write_text(json.dumps({"services": {"top_up": {"name": "Opwaarderen"}}}), encoding="utf-8")
    assert problems(copy) == []

    path.write_text(json.dumps({"services": {"top_up": {"name": "<i>Opwaarderen</i>"}}}), encoding="utf-8")
    assert [said.partition(":")[0] for said in problems(copy)] == [
        "custom_components/csj_meter/translations/nl.json"
    ]


def test_a_key_that_stands_there_twice(copy: Path) -> None:
    replace(integration(copy) / ENGLISH, '"exceptions": {', '"exceptions": {"link_down": {"message": "No."},')

    assert problems(copy) == [f"custom_components/csj_meter/{ENGLISH}: link_down stands in one object twice"]


def test_json_and_yaml_that_cannot_be_read(copy: Path) -> None:
    (integration(copy) / "icons.json").write_text("{", encoding="utf-8")
    (integration(copy) / "services.yaml").write_text("a: [", encoding="utf-8")

    said = "\n".join(problems(copy))

    assert "icons.json cannot be read" in said
    assert "services.yaml cannot be read" in said


@pytest.mark.parametrize(
    ("kind", "name", "field"),
    [
        ("services", "shelve_alert", "duration"),
        ("triggers", "alert_raised", "kind"),
        ("conditions", "is_alert_active", "kind"),
    ],
)
def test_what_has_no_text_or_icon(copy: Path, kind: str, name: str, field: str) -> None:
    edit(integration(copy) / ENGLISH, without(kind, name, "fields", field))
    assert problems(copy) == [
        f"custom_components/csj_meter/{kind}.yaml: {name}: field {field} is not in translations/en.json"
    ]

    edit(integration(copy) / ENGLISH, without(kind, name))
    edit(integration(copy) / "icons.json", without(kind, name))
    said = "\n".join(problems(copy))
    assert f"{name} is not in translations/en.json" in said
    assert f"{name} is not in icons.json" in said


@pytest.mark.parametrize("kind", ["services", "triggers", "conditions"])
def test_a_text_and_an_icon_of_nothing(copy: Path, kind: str) -> None:
    word = kind.removesuffix("s")
    edit(integration(copy) / ENGLISH, put(kind, "dance", value={"name": "Dance", "description": "Dances."}))
    edit(integration(copy) / "icons.json", put(kind, "dance", value={word: "mdi:dance-ballroom"}))

    said = problems(copy)

    assert [line.rpartition(f"{word} ")[2] for line in said] == [
        "dance is in translations/en.json alone",
        "dance is in icons.json alone",
    ]


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("services", "  fields:\n", "  feilds:\n"),
        ("services", "        number:\n", "        nmber:\n"),
        ("services", "required: true", "required: often"),
        ("triggers", "  target: *target", "  targets: *target"),
        ("conditions", "  fields:\n    severity", "  feilds:\n    severity"),
    ],
)
def test_a_description_that_home_assistant_does_not_take(copy: Path, kind: str, old: str, new: str) -> None:
    replace(integration(copy) / f"{kind}.yaml", old, new)

    said = problems(copy)

    assert said
    assert all(line.startswith(f"custom_components/csj_meter/{kind}.yaml:") for line in said)


def test_an_option_without_a_text(copy: Path) -> None:
    replace(
        integration(copy) / "services.yaml",
        "            - leak\n",
        "            - leak\n            - flood\n",
    )

    assert problems(copy) == [
        "custom_components/csj_meter/services.yaml: simulate_fault: fault: the option flood has no text"
    ]


@pytest.mark.parametrize("kind", ["services", "triggers", "conditions"])
def test_a_description_that_is_missing(copy: Path, kind: str) -> None:
    (integration(copy) / f"{kind}.yaml").unlink()

    assert any(f"there is no {kind}.yaml" in said for said in problems(copy))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (put("entity", "switch", "supply", "default", value="custom:switch"), "must be an icon as"),
        (put("entity", "switch", "supply", "default", value="mdi:no-such-icon"), "not among the icons"),
        (put("entity", "switch", "teleport", value={"default": "mdi:meter-electric"}), "an icon and no name"),
        (
            put("entity", "switch", "supply", value={"default": "mdi:power", "state": {"on": "mdi:power"}}),
            "the icon of the state on is the usual one",
        ),
        (put("services", "top_up", value="mdi:cash"), "services.top_up"),
    ],
)
def test_a_broken_icon(copy: Path, change: Callable[[dict[str, Any]], None], problem: str) -> None:
    edit(integration(copy) / "icons.json", change)

    assert any(problem in said for said in problems(copy)), problems(copy)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("  devices: done\n", "", "devices is not answered"),
        ("  devices: done\n", "  devices: done\n  perfection: done\n", "there is no rule perfection"),
        ("  devices: done\n", "  devices: exempt\n", "devices must be done, todo, or exempt"),
        ("  devices: done\n", "  devices:\n    status: exempt\n    comment: ''\n", "devices must be done"),
        ("  devices: done\n", "  devices: todo\n", "platinum is claimed, and devices is still to do"),
    ],
)
def test_an_answer_that_does_not_hold(copy: Path, old: str, new: str, problem: str) -> None:
    edit(integration(copy) / MANIFEST, put("quality_scale", value="platinum"))
    replace(integration(copy) / QUALITY_SCALE, old, new)

    assert [problem in said for said in problems(copy)] == [True]


def test_a_lower_tier_does_not_ask_for_the_rules_above_it(copy: Path) -> None:
    replace(integration(copy) / QUALITY_SCALE, "  devices: done\n", "  devices: todo\n")

    edit(integration(copy) / MANIFEST, put("quality_scale", value="silver"))
    assert problems(copy) == []
    edit(integration(copy) / MANIFEST, put("quality_scale", value="gold"))
    assert len(problems(copy)) == 1


def test_the_scale_has_54_rules() -> None:
    rules = [rule for tier in TIERS.values() for rule in tier]

    assert [len(rules) for rules in TIERS.values()] == [20, 10, 21, 3]
    assert len(set(rules)) == 54


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (without("name"), "'name'"),
        (put("colour", value="blue"), "colour"),
        (put("homeassistant", value="soon"), "soon is no release"),
        (put("zip_release", value=True), "needs a filename"),
        (put("content_in_root", value=True), "is not in the root"),
    ],
)
def test_a_broken_entry_of_the_marketplace(
    copy: Path, change: Callable[[dict[str, Any]], None], problem: str
) -> None:
    edit(copy / "hacs.json", change)

    assert any(problem in said for said in problems(copy)), problems(copy)


def test_what_is_missing_for_the_marketplace(copy: Path) -> None:
    (copy / "LICENSE").write_text("All rights reserved.", encoding="utf-8")
    (copy / "README.md").unlink()
    (integration(copy) / "brand" / "icon.png").unlink()
    (integration(copy) / "brand" / "logo.png").write_bytes(b"GIF89a")
    shutil.copy(integration(copy) / "brand" / "logo@2x.png", integration(copy) / "brand" / "dark_logo.png")

    assert problems(copy) == [
        "there is no README.md, which the marketplace shows",
        "LICENSE does not hold the MIT licence, which the project names",
        "custom_components/csj_meter/brand/icon.png is missing",
        "custom_components/csj_meter/brand/logo.png is no PNG",
        "custom_components/csj_meter/brand/dark_logo.png measures 1096 x 256, and should be 128 high",
    ]


def test_what_should_not_be_shipped(copy: Path) -> None:
    (integration(copy) / "sensor.py.orig").write_text("", encoding="utf-8")
    with (integration(copy) / "film.bin").open("wb") as film:
        film.truncate(30 << 20)

    said = problems(copy)

    assert len(said) == 3
    assert "film.bin has 31457280 bytes" in said[0]
    assert "sensor.py.orig is nothing to ship" in said[1]
    assert "the integration has" in said[2]


def test_a_second_integration(copy: Path) -> None:
    shutil.copytree(integration(copy) / "brand", copy / "custom_components" / "other")
    (copy / "custom_components" / "other" / MANIFEST).write_text("{}", encoding="utf-8")

    assert problems(copy) == ["custom_components holds 2 integrations; the marketplace takes one"]


def test_an_import_that_nobody_depends_on(copy: Path) -> None:
    path = integration(copy) / "tea.py"
    path.write_text(
        "from typing import TYPE_CHECKING\n"
        "from homeassistant.components import mqtt, sensor\n"
        "from homeassistant.components.logbook import LOGBOOK_ENTRY_NAME\n"
        "import homeassistant.components.zha.const\n"
        "if TYPE_CHECKING:\n"
        "    from homeassistant.components.tts import TextToSpeechEntity\n"
        "    from homeassistant.components.stream import Stream\n"
        "def brew():\n"
        "    from homeassistant.components.bluetooth.manager import HomeAssistantBluetoothManager\n",
        encoding="utf-8",
    )

    assert problems(copy) == [
        f"custom_components/csj_meter/tea.py imports {domain}, on which the manifest does not depend"
        for domain in ("bluetooth", "mqtt", "zha")
    ]
