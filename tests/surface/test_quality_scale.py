"""What is said to be done of Home Assistant's quality scale is there, as far as a machine can see it.

That every rule is answered, that an exemption says why and that the manifest claims no tier which is not
reached, is looked at by ``script.validation``. Here is what stands behind the word "done"; the chapters of
the documentation are in ``test_documentation``.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from functools import cache
import importlib
import inspect
import re
from typing import Final

from homeassistant.const import Platform
from homeassistant.helpers.entity import Entity
import pytest

from custom_components.csj_meter import PLATFORMS
from custom_components.csj_meter.config_flow import CsjConfigFlow
from custom_components.csj_meter.const import SUBENTRY_METER
from custom_components.csj_meter.flow.subentry import MeterSubentryFlow
from custom_components.csj_meter.services import ACTIONS
from script.validation.quality_scale import TIERS, check_quality_scale
from script.validation.repository import Repository

from .test_documentation import CHAPTERS, INTEGRATION, ROOT, loaded, read

RULES: Final = [rule for tier in TIERS.values() for rule in tier]

TRANSLATED: Final = frozenset(
    {
        "ConfigEntryAuthFailed",
        "ConfigEntryError",
        "ConfigEntryNotReady",
        "HomeAssistantError",
        "ServiceValidationError",
        "UpdateFailed",
    }
)
"""Exceptions whose words people read; Unauthorized has those of Home Assistant."""


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of the integration, parsed: path -> tree."""
    return {
        path.relative_to(INTEGRATION).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(INTEGRATION.rglob("*.py"))
    }


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """All functions and methods, however deep."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def has_function(name: str, module: str = "__init__.py") -> bool:
    """Whether a module defines a coroutine or function of that name at its top."""
    return any(
        isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name
        for node in modules()[module].body
    )


def own_entities() -> set[type[Entity]]:
    """Every class of entities that the platforms bring."""
    for platform in PLATFORMS:
        importlib.import_module(f"custom_components.csj_meter.{platform}")
    found, waiting = set[type[Entity]](), [Entity]
    while waiting:
        for child in waiting.pop().__subclasses__():
            waiting.append(child)
            if child.__module__.startswith("custom_components.csj_meter"):
                found.add(child)
    return found


# the list itself


def test_the_list_of_rules_is_complete_and_nothing_is_left_to_do() -> None:
    answers = loaded("quality_scale.yaml")["rules"]

    assert list(check_quality_scale(Repository(ROOT))) == []
    assert sorted(answers) == sorted(RULES)
    assert loaded("manifest.json")["quality_scale"] == "platinum"


def test_every_rule_that_a_machine_can_see_is_seen() -> None:
    assert set(SEEN) <= set(RULES)
    # what remains is for people who read the code, and for the tests of each part
    assert set(RULES) - set(SEEN) - set(CHAPTERS) == {
        "appropriate-polling",
        "dependency-transparency",
        "devices",
        "dynamic-devices",
        "entity-category",
        "entity-device-class",
        "entity-unavailable",
        "log-when-unavailable",
        "test-before-configure",
        "async-dependency",
    }


# what stands behind each word


def action_setup() -> None:
    """Actions are registered in async_setup, all of them are described, and none elsewhere."""
    assert set(loaded("services.yaml")) == set(ACTIONS)
    registering = {
        name
        for name, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr == "async_register"
        and ast.unparse(node.value).endswith(".services")
    }
    assert registering == {"services.py"}
    [setup] = [node for node in functions(modules()["__init__.py"]) if node.name == "async_setup"]
    assert "async_register_actions(hass)" in ast.unparse(setup)


def brands() -> None:
    """Pictures are where Home Assistant looks for them."""
    assert {"icon.png", "icon@2x.png", "logo.png", "logo@2x.png"} <= {
        path.name for path in (INTEGRATION / "brand").iterdir()
    }


def common_modules() -> None:
    """Coordinators and what entities share are where everybody looks for them."""
    assert (INTEGRATION / "coordinator.py").is_file()
    assert (INTEGRATION / "entity.py").is_file()


def config_flow() -> None:
    """Every field that is asked for has a label, and a word of what it means."""
    assert loaded("manifest.json")["config_flow"] is True
    texts = loaded("translations/en.json")
    for flow in (texts["config"], texts["config_subentries"][SUBENTRY_METER]):
        for name, step in flow["step"].items():
            assert set(step.get("data", {})) == set(step.get("data_description", {})), name
            if "sections" in step:  # fields that repeat for each meter are explained once, above them
                assert step["description"], name


def config_flow_test_coverage() -> None:
    """The dialogues are held to complete coverage, here and where changes are tested."""
    for name in ("script/test", ".github/workflows/tests.yaml"):
        assert "--fail-under=100 --include='*/config_flow.py,*/flow/*.py'" in read(name), name


def coverage() -> None:
    """The rest is held to more than nine parts of ten."""
    assert "--cov-fail-under=95" in read("script/test")
    assert "--fail-under=95" in read(".github/workflows/tests.yaml")


def entity_event_setup() -> None:
    """Nothing is subscribed to before an entity is added: no constructor of an entity subscribes."""
    for entity in own_entities():
        if "__init__" in vars(entity):
            source = inspect.getsource(entity.__init__)
            subscribes = r"async_dispatcher_connect|async_add_listener|async_track_|\.follow\("
            assert not re.search(subscribes, source), entity


def entity_unique_id() -> None:
    """Every class sets a unique id, or has it from one that does."""
    for entity in own_entities():
        family = [one for one in entity.__mro__ if one.__module__.startswith("custom_components.csj_meter")]
        sources = "".join(inspect.getsource(one) for one in family)
        assert "_attr_unique_id = " in sources or entity.__subclasses__(), entity


def has_entity_name() -> None:
    """Names are those of entities; devices bring their own."""
    for entity in own_entities():
        # the attribute of a class is a property of its objects
        set_by_class = getattr(object.__new__(entity), "_attr_has_entity_name", False)
        assert set_by_class is True or entity.__subclasses__(), entity


def runtime_data() -> None:
    """What a bridge needs while it is set up hangs on its entry, not in hass.data by its id."""
    assert "entry.runtime_data = " in read("custom_components/csj_meter/__init__.py")
    for name, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Subscript) and ast.unparse(node.value).endswith("hass.data"):
                assert "entry_id" not in ast.unparse(node.slice), name


def before_setup() -> None:
    """Setting up says when it cannot be done now."""
    sources = "".join(ast.unparse(tree) for tree in modules().values())
    assert "raise ConfigEntryNotReady(" in sources
    assert "raise ConfigEntryError(" in sources


def unique_config_entry() -> None:
    """The same link cannot be set up twice."""
    texts = loaded("translations/en.json")["config"]["abort"]
    assert {"already_configured", "already_in_progress"} <= set(texts)


def action_exceptions() -> None:
    """Actions and entities raise what Home Assistant shows; see exception_translations for their words."""
    for name, tree in modules().items():
        if name.startswith("actions/") or name in {f"{platform}.py" for platform in PLATFORMS}:
            raised = {
                ast.unparse(node.exc.func)
                for node in ast.walk(tree)
                if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)
            }
            assert not raised & {"ValueError", "RuntimeError", "Exception", "TypeError"}, name


def config_entry_unloading() -> None:
    """A bridge can be taken down, and a removed one leaves nothing behind."""
    assert has_function("async_unload_entry")
    assert has_function("async_remove_entry")


def integration_owner() -> None:
    """Somebody answers."""
    assert loaded("manifest.json")["codeowners"]


def parallel_updates() -> None:
    """Each platform says how many of its entities are served at once, and each is set up."""
    files = {path.stem for path in INTEGRATION.glob("*.py")}
    assert set(PLATFORMS) == files & set(Platform)
    for platform in PLATFORMS:
        names = {
            target.id
            for node in modules()[f"{platform}.py"].body
            if isinstance(node, ast.Assign | ast.AnnAssign)
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            if isinstance(target, ast.Name)
        }
        assert "PARALLEL_UPDATES" in names, platform


def reauthentication_flow() -> None:
    """A key that is not accepted any more is asked for again."""
    assert hasattr(CsjConfigFlow, "async_step_reauth")
    assert hasattr(CsjConfigFlow, "async_step_reauth_confirm")
    assert "async_start_reauth" in "".join(ast.unparse(tree) for tree in modules().values())


def reconfiguration_flow() -> None:
    """Links and meters can be changed without being removed."""
    assert hasattr(CsjConfigFlow, "async_step_reconfigure")
    assert hasattr(MeterSubentryFlow, "async_step_reconfigure")


def diagnostics() -> None:
    """A bridge and each of its devices can be told to a developer."""
    assert has_function("async_get_config_entry_diagnostics", "diagnostics.py")
    assert has_function("async_get_device_diagnostics", "diagnostics.py")


def discovery() -> None:
    """What can be noticed is taken up, by each way that the manifest names."""
    manifest = loaded("manifest.json")
    named = {way for way in ("bluetooth", "dhcp", "mqtt", "ssdp", "usb", "zeroconf") if way in manifest}
    assert named == {"dhcp", "usb"}
    assert all(hasattr(CsjConfigFlow, f"async_step_{way}") for way in named)


def discovery_update_info() -> None:
    """A gateway that has moved is followed."""
    assert {"registered_devices": True} in loaded("manifest.json")["dhcp"]
    assert "async_update_entry" in read("custom_components/csj_meter/flow/discovery.py")


def entity_disabled_by_default() -> None:
    """What only specialists need is switched off at first."""
    sources = "".join(ast.unparse(tree) for tree in modules().values())
    assert "entity_registry_enabled_default=False" in sources


def entity_translations() -> None:
    """No entity has its name from the code; test_texts compares the texts with the entities."""
    for name, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                assert node.attr != "_attr_name", name


def icon_translations() -> None:
    """No entity has its icon from the code; script.validation looks at icons.json."""
    for name, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                assert node.attr != "_attr_icon", name
            if isinstance(node, ast.FunctionDef):
                assert node.name != "icon", name


def exception_translations() -> None:
    """Whatever people are told of an error has its words from the translations."""
    told = loaded("translations/en.json")["exceptions"]
    for name, tree in modules().items():
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in TRANSLATED):
                continue
            words = {keyword.arg: keyword.value for keyword in node.keywords}
            assert {"translation_domain", "translation_key"} <= set(words), f"{name}:{node.lineno}"
            key = words["translation_key"]
            if isinstance(key, ast.Constant):
                assert key.value in told, f"{name}:{node.lineno}"


def repair_issues() -> None:
    """What somebody can do something about is in Repairs, in words."""
    texts = loaded("translations/en.json")["issues"]
    for name, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("async_create_issue"):
                words = {keyword.arg: keyword.value for keyword in node.keywords}
                assert {"is_fixable", "severity", "translation_key"} <= set(words), f"{name}:{node.lineno}"
                key = words["translation_key"]
                assert not isinstance(key, ast.Constant) or key.value in texts, f"{name}:{node.lineno}"


def stale_devices() -> None:
    """A device that is gone can be removed."""
    assert has_function("async_remove_config_entry_device")


def inject_websession() -> None:
    """Who speaks HTTP does so with Home Assistant's session, and nobody brings a client of their own."""
    clients = {"aiohttp.ClientSession", "ClientSession", "requests", "httpx", "urllib.request"}
    for name, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                assert not clients & {alias.name for alias in node.names}, name
            if isinstance(node, ast.ImportFrom):
                assert node.module not in clients, name
                assert not clients & {alias.name for alias in node.names}, name
    # one without cookies, over the connections of all
    assert "async_create_clientsession(" in read("custom_components/csj_meter/alerting/webhook.py")


def strict_typing() -> None:
    """All of it is checked at mypy's strictest, and entries are typed where their data is used."""
    assert re.search(r"mypy --strict custom_components/csj_meter ", read("script/lint"))
    for name, tree in modules().items():
        assert "# mypy:" not in (INTEGRATION / name).read_text(encoding="utf-8"), name
        for function in functions(tree):
            plain = {
                argument.arg
                for argument in [*function.args.args, *function.args.kwonlyargs]
                if argument.annotation is not None and ast.unparse(argument.annotation) == "ConfigEntry"
            }
            used = {
                node.value.id
                for node in ast.walk(function)
                if isinstance(node, ast.Attribute)
                and node.attr == "runtime_data"
                and isinstance(node.value, ast.Name)
            }
            assert not plain & used, f"{name}: {function.name}"


SEEN: Final[dict[str, Callable[[], None]]] = {
    "action-setup": action_setup,
    "action-exceptions": action_exceptions,
    "brands": brands,
    "common-modules": common_modules,
    "config-flow": config_flow,
    "config-flow-test-coverage": config_flow_test_coverage,
    "config-entry-unloading": config_entry_unloading,
    "diagnostics": diagnostics,
    "discovery": discovery,
    "discovery-update-info": discovery_update_info,
    "entity-disabled-by-default": entity_disabled_by_default,
    "entity-event-setup": entity_event_setup,
    "entity-translations": entity_translations,
    "entity-unique-id": entity_unique_id,
    "exception-translations": exception_translations,
    "has-entity-name": has_entity_name,
    "icon-translations": icon_translations,
    "inject-websession": inject_websession,
    "integration-owner": integration_owner,
    "parallel-updates": parallel_updates,
    "reauthentication-flow": reauthentication_flow,
    "reconfiguration-flow": reconfiguration_flow,
    "repair-issues": repair_issues,
    "runtime-data": runtime_data,
    "stale-devices": stale_devices,
    "strict-typing": strict_typing,
    "test-before-setup": before_setup,
    "test-coverage": coverage,
    "unique-config-entry": unique_config_entry,
}
"""Rule -> what raises AssertionError when it does not hold."""


@pytest.mark.parametrize("rule", SEEN)
def test_a_rule_that_is_done_holds(rule: str) -> None:
    assert loaded("quality_scale.yaml")["rules"][rule] == "done"

    SEEN[rule]()
