"""manifest.json: its keys, their values and their order; what is imported is depended on."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, get_type_hints
from urllib.parse import urlsplit

from awesomeversion import AwesomeVersion, AwesomeVersionException, AwesomeVersionStrategy
import homeassistant
from homeassistant.const import Platform
from homeassistant.loader import Manifest
from homeassistant.requirements import DISCOVERY_INTEGRATIONS
from packaging.requirements import InvalidRequirement, Requirement
import probatio

from .quality_scale import TIERS
from .repository import Repository, wrong

COMPONENTS: Final = Path(homeassistant.__file__).parent / "components"

VERSIONS: Final = [
    AwesomeVersionStrategy.CALVER,
    AwesomeVersionStrategy.SEMVER,
    AwesomeVersionStrategy.SIMPLEVER,
    AwesomeVersionStrategy.BUILDVER,
    AwesomeVersionStrategy.PEP440,
]

IMPORTED_BY_ANYBODY: Final = frozenset(Platform) | {
    "frontend",
    "homeassistant",
    "panel_custom",
    "persistent_notification",
    "system_health",
    "webhook",
    "websocket_api",
}
"""Integrations whose modules may be imported without depending on them."""


def _https(value: Any) -> str:
    parts = urlsplit(str(value))
    if parts.scheme != "https" or not parts.netloc:
        raise probatio.Invalid("must be an https address")
    return str(value)


def _documentation(value: Any) -> str:
    if urlsplit(address := _https(value)).netloc.removeprefix("www.") == "home-assistant.io":
        raise probatio.Invalid("must not be a page of Home Assistant itself")
    return address


def _version(value: Any) -> str:
    try:
        AwesomeVersion(str(value), ensure_strategy=VERSIONS)
    except AwesomeVersionException as err:
        raise probatio.Invalid("must be a version as 1.2.3") from err
    return str(value)


def _requirement(value: Any) -> str:
    try:
        requirement = Requirement(str(value))
    except InvalidRequirement as err:
        raise probatio.Invalid(f"must be a requirement: {err}") from err
    operators = {specifier.operator for specifier in requirement.specifier}
    if requirement.url or not operators & {"==", "~=", "<", "<="}:
        raise probatio.Invalid("must say up to which version")
    return str(value)


def _owner(value: Any) -> str:
    if not (isinstance(value, str) and value.startswith("@") and len(value) > 1):
        raise probatio.Invalid("must be a GitHub account as @somebody")
    return value


def _lower(value: Any) -> str:
    if not isinstance(value, str) or value != value.lower():
        raise probatio.Invalid("must be in lower case")
    return value


def _upper(value: Any) -> str:
    if not isinstance(value, str) or value != value.upper():
        raise probatio.Invalid("must be in upper case")
    return value


def _wildcard(value: str) -> str:
    if "*" not in value:
        raise probatio.Invalid("must hold a *")
    return value


MANIFEST: Final = probatio.Schema(
    {
        probatio.Required("domain"): str,
        probatio.Required("name"): str,
        probatio.Required("codeowners"): probatio.All([_owner], probatio.Length(min=1)),
        probatio.Required("documentation"): _documentation,
        probatio.Required("integration_type"): probatio.In(
            ["device", "entity", "hardware", "helper", "hub", "service", "system"]
        ),
        probatio.Required("iot_class"): probatio.In(
            ["assumed_state", "calculated", "cloud_polling", "cloud_push", "local_polling", "local_push"]
        ),
        probatio.Required("issue_tracker"): _https,
        probatio.Required("version"): _version,
        probatio.Optional("after_dependencies"): [str],
        probatio.Optional("categories"): [str],
        probatio.Optional("config_flow"): bool,
        probatio.Optional("connectivity"): [str],
        probatio.Optional("dependencies"): [str],
        probatio.Optional("dhcp"): [
            {
                probatio.Optional("hostname"): _lower,
                probatio.Optional("macaddress"): probatio.All(_upper, _wildcard),
                probatio.Optional("registered_devices"): bool,
            }
        ],
        probatio.Optional("import_executor"): bool,
        probatio.Optional("loggers"): [str],
        probatio.Optional("quality_scale"): probatio.In(["custom", *TIERS]),
        probatio.Optional("requirements"): [_requirement],
        probatio.Optional("single_config_entry"): bool,
        probatio.Optional("usb"): [
            {
                probatio.Optional("vid"): _upper,
                probatio.Optional("pid"): _upper,
                probatio.Optional("serial_number"): _lower,
                probatio.Optional("manufacturer"): _lower,
                probatio.Optional("description"): _lower,
                probatio.Optional("known_devices"): [str],
            }
        ],
    }
)


def check_manifest(repository: Repository) -> Iterator[str]:
    """The file by itself."""
    manifest, folder = repository.manifest, repository.integration
    name = repository.name(folder / "manifest.json")
    yield from wrong(MANIFEST, manifest, name)
    yield from (
        f"{name}: Home Assistant does not know the key {key}"
        for key in manifest.keys() - get_type_hints(Manifest).keys() - {"categories", "connectivity"}
    )
    order = sorted(manifest, key=lambda key: (key not in {"domain", "name"}, key))
    if list(manifest) != order:
        yield f"{name}: its keys must come as {', '.join(order)}"
    if (domain := manifest.get("domain")) != folder.name:
        yield f"{name}: {domain} is not the name of its folder"
    if isinstance(domain, str) and (COMPONENTS / domain).is_dir():
        yield f"{name}: Home Assistant has an integration {domain} of its own"
    if manifest.get("config_flow") and not (folder / "config_flow.py").is_file():
        yield f"{name} promises a configuration flow, and there is no config_flow.py"
    if (folder / "config_flow.py").is_file() and not manifest.get("config_flow"):
        yield f"{name} does not say config_flow, and there is a config_flow.py"


def check_dependencies(repository: Repository) -> Iterator[str]:
    """Every integration that is imported or named is there, and is depended on."""
    manifest, folder = repository.manifest, repository.integration
    name = repository.name(folder / "manifest.json")
    hard, soft = manifest.get("dependencies", []), manifest.get("after_dependencies", [])
    yield from (f"{name}: {domain} is in both lists of dependencies" for domain in sorted({*hard} & {*soft}))
    yield from (
        f"{name}: there is no integration {domain} to depend on"
        for domain in [*hard, *soft]
        if not (COMPONENTS / domain).is_dir()
    )
    implied = {domain for domain, keys in DISCOVERY_INTEGRATIONS.items() if manifest.keys() & set(keys)}
    allowed = IMPORTED_BY_ANYBODY | implied | {*hard, *soft}
    if "usb" in manifest:
        allowed |= {"usb"}
    for path in sorted(folder.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        if "homeassistant.components" not in source:
            continue  # parsing is most of the work
        for domain in sorted(set(_components(ast.parse(source))) - allowed):
            # a file or folder of that name is our part of it
            if not ((folder / f"{domain}.py").is_file() or (folder / domain).is_dir()):
                yield f"{repository.name(path)} imports {domain}, on which the manifest does not depend"


def _components(tree: ast.AST) -> Iterator[str]:
    """Integrations that a module imports at run time."""
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                continue
            case ast.ImportFrom(module="homeassistant.components.http.auth", names=[ast.alias(name=signed)]):
                if signed != "async_sign_path":
                    yield "http"
            case ast.ImportFrom(module="homeassistant.components", names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(module)) if module.startswith("homeassistant.components."):
                yield module.split(".")[2]
            case ast.Import(names=names):
                for alias in names:
                    if alias.name.startswith("homeassistant.components."):
                        yield alias.name.split(".")[2]
            case _:
                yield from _components(node)
