"""Measurements that are handed out and taken in by actions."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
import gzip
from pathlib import Path
from typing import Any

from homeassistant.components import persistent_notification
from homeassistant.core import Context
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.dispatcher import async_dispatcher_connect
import pytest
from pytest_homeassistant_custom_component.common import MockUser
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.csj_meter.actions.telemetry import CSV_ERRORS
from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.history.status import SIGNAL_PAST_CAME
from custom_components.csj_meter.history.telemetry import Telemetry
from custom_components.csj_meter.meters.sample import Provenance
from custom_components.csj_meter.progress import Progress
from custom_components.csj_meter.telemetry.csv_errors import CsvProblem
from custom_components.csj_meter.telemetry.series import DAY

from ..conftest import Home, subentry_of
from ..measured import NOW, OTHER, UNIT, MeasuredHome, rows_of

type Call = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
async def measured(home: Home) -> MeasuredHome:
    """A bridge with two meters, set up."""
    bridge = home.with_meters(*(subentry_of(home.line.meters[unit]) for unit in (UNIT, OTHER)))
    assert await bridge.set_up()
    await bridge.time.run(5)
    return MeasuredHome(bridge)


@pytest.fixture
def call(measured: MeasuredHome) -> Call:
    """Call an action the way automations do."""

    async def do(action: str, context: Context | None = None, **data: Any) -> dict[str, Any]:
        services = measured.home.hass.services
        answer = await measured.home.time.through(
            services.async_call(DOMAIN, action, data, blocking=True, context=context, return_response=True)
        )
        return dict(answer or {})

    return do


def device(measured: MeasuredHome, unit_id: int) -> str:
    """The device of a meter."""
    home = measured.home
    found = dr.async_get(home.hass).async_get_device_by_identifier(
        (DOMAIN, home.serial(unit_id)), home.entry.entry_id
    )
    assert found is not None
    return found.id


def imports(measured: MeasuredHome, text: str | bytes, name: str = "file.csv") -> Path:
    """Put a file where imports are taken from."""
    folder = Path(measured.home.hass.config.path(DOMAIN, "imports"))
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def content(path: str | Path) -> bytes:
    """What is in a file."""
    return Path(path).read_bytes()


def exports(measured: MeasuredHome) -> list[Path]:
    """What is in the folder of exports."""
    return sorted(Path(measured.home.hass.config.path(DOMAIN, "exports")).iterdir())


# out


@pytest.mark.loopback
async def test_an_export_is_a_file_and_a_link_to_the_same(
    measured: MeasuredHome, call: Call, hass_client_no_auth: ClientSessionGenerator
) -> None:
    await measured.measure(UNIT, NOW - 100 * DAY, 100 * DAY)

    told = await call("export_csv", device_id=[device(measured, UNIT)])

    path = Path(told["file"])
    assert exports(measured) == [path]
    text = content(path)
    assert (told["rows"], told["bytes"]) == (90 * DAY, len(text))
    assert told["since"] == "2026-08-02T09:59:00+00:00"
    assert told["link_expires"] == "2026-10-31T11:00:05+00:00"

    async def download() -> bytes:
        client = await hass_client_no_auth()
        async with client.get(told["link"]) as response:
            assert response.status == 200
            assert path.name in response.headers["Content-Disposition"]
            data: bytes = await response.read()
            return data

    assert await measured.home.time.through(download()) == text


async def test_without_a_meter_all_of_them_are_exported(measured: MeasuredHome, call: Call) -> None:
    await measured.measure(UNIT, NOW - 20, 10)
    await measured.measure(OTHER, NOW - 20, 10)

    told = await call(
        "export_csv", since="2026-10-31T09:45:00+00:00", until="2026-10-31T09:47:00+00:00", compress=True
    )

    assert told["file"].endswith("csj_meter_all_minute_20261031T0945Z_20261031T0947Z.csv.gz")
    rows = rows_of(gzip.decompress(content(told["file"])).decode())
    assert len(rows) == told["rows"] == 4
    assert {row["name"] for row in rows} == {f"Home {UNIT}", f"Home {OTHER}"}


async def test_two_exports_of_the_same_are_two_files(measured: MeasuredHome, call: Call) -> None:
    both = [device(measured, UNIT), device(measured, OTHER)]
    files = {
        Path((await call("export_csv", device_id=both, resolution="day"))["file"]).name for _ in range(2)
    }

    stem = "csj_meter_2_meters_day_20260802T0959Z_20261031T0959Z"
    assert files == {f"{stem}.csv", f"{stem}_2.csv"}


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({"device_id": ["no such device"]}, "no_such_meter"),
        ({"since": "2026-11-01T00:00:00+00:00"}, "impossible_range"),
        (
            {"since": "2026-10-31T00:00:00+00:00", "until": "2026-10-30T00:00:00+00:00"},
            "impossible_range",
        ),
    ],
)
async def test_an_export_that_cannot_be_is_refused(call: Call, data: dict[str, Any], key: str) -> None:
    with pytest.raises(ServiceValidationError) as told:
        await call("export_csv", **data)

    assert told.value.translation_key == key


async def test_the_bridge_is_no_meter(measured: MeasuredHome, call: Call) -> None:
    home = measured.home
    bridge = dr.async_get(home.hass).async_get_device_by_identifier(
        (DOMAIN, home.entry.entry_id), home.entry.entry_id
    )
    assert bridge is not None

    with pytest.raises(ServiceValidationError) as told:
        await call("export_csv", device_id=bridge.id)

    assert told.value.translation_key == "no_such_meter"


async def test_a_disk_that_is_full_leaves_nothing_behind(
    measured: MeasuredHome, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    await measured.measure(UNIT, NOW - 20, 10)

    async def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Telemetry, "async_read", _after_the_plan(Telemetry.async_read, full))
        with pytest.raises(HomeAssistantError) as told:
            await call("export_csv")

    assert told.value.translation_key == "export_not_written"
    assert told.value.translation_placeholders == {"error": "No space left on device"}
    assert exports(measured) == []


def _after_the_plan(
    real: Callable[..., Awaitable[Any]], then: Callable[..., Awaitable[Any]]
) -> Callable[..., Awaitable[Any]]:
    """The first reading is looking for columns."""
    calls = 0

    async def read(*args: Any) -> Any:
        nonlocal calls
        calls += 1
        return await (real if calls == 1 else then)(*args)

    return read


@pytest.mark.parametrize("action", ["export_csv", "import_csv"])
async def test_only_administrators_and_automations_may(
    call: Call, action: str, hass_read_only_user: MockUser
) -> None:
    with pytest.raises(Unauthorized):
        await call(
            action,
            context=Context(user_id=hass_read_only_user.id),
            **({"file": "file.csv"} if action == "import_csv" else {}),
        )


@pytest.mark.parametrize("action", ["export_csv", "import_csv"])
async def test_without_a_bridge_nothing_is_possible(measured: MeasuredHome, call: Call, action: str) -> None:
    await measured.home.tear_down()

    with pytest.raises(ServiceValidationError) as told:
        await call(action, **({"file": "file.csv"} if action == "import_csv" else {}))

    assert told.value.translation_key == "no_bridge_set_up"


# in


async def test_an_export_of_one_home_is_imported_in_another(measured: MeasuredHome, call: Call) -> None:
    await measured.measure(UNIT, NOW - 3 * DAY, 2 * DAY)
    text = content((await call("export_csv"))["file"]).decode()
    serial, other = measured.home.serial(UNIT), measured.home.serial(OTHER)
    imports(measured, text.replace(serial, other))

    came: list[set[str]] = []
    async_dispatcher_connect(measured.home.hass, SIGNAL_PAST_CAME, came.append)

    await call("import_csv", file="file.csv", dry_run=True)
    assert came == []
    told = await call("import_csv", file="file.csv")

    assert came == [{other}]
    assert told == {
        "file": "file.csv",
        "dry_run": False,
        "rows": 2 * DAY,
        "taken": 2 * DAY,
        "repeated": 0,
        "measured": 0,
        "meters": [other],
        "first": "2026-10-28T10:00:00+00:00",
        "last": "2026-10-30T09:59:00+00:00",
    }
    before, after = await measured.samples(UNIT), await measured.samples(OTHER)
    assert after.minutes.tolist() == before.minutes.tolist()
    assert set(after.provenance.tolist()) == {Provenance.IMPORTED}
    for name in before.columns:
        assert after.steps(name).tolist() == before.steps(name).tolist()


async def test_what_was_measured_stays(measured: MeasuredHome, call: Call) -> None:
    await measured.measure(UNIT, NOW - 10, 5)
    imports(
        measured,
        "time;Voltage L1 [V]\n"
        "2026-10-31T10:52;111,1\n"
        "2026-10-31T10:55;222,2\n"
        "2026-10-31T10:56;222,2\n"
        "2026-10-31T10:56;223,3\n",
    )
    data = {"file": "file.csv", "device_id": device(measured, UNIT), "time_zone": "Europe/Berlin"}

    # a target gives a list of one
    looked = await call("import_csv", dry_run=True, **(data | {"device_id": [data["device_id"]]}))
    assert len(await measured.samples(UNIT)) == 5
    done = await call("import_csv", **data)

    assert {key: done[key] for key in ("rows", "taken", "repeated", "measured")} == {
        "rows": 4,
        "taken": 2,
        "repeated": 1,
        "measured": 1,
    }
    assert looked == done | {"dry_run": True}
    found = await measured.samples(UNIT)
    assert found.numbers("voltage_l1").tolist() == [230.0, 230.1, 230.2, 230.3, 230.4, 222.2, 223.3]


async def test_one_mistake_and_nothing_is_imported(measured: MeasuredHome, call: Call) -> None:
    serial = measured.home.serial(UNIT)
    imports(
        measured,
        "time,meter,voltage_l1\n"
        f"2026-10-31T09:50Z,{serial},230\n"
        f"2026-10-31T09:51Z,{serial},two hundred and thirty\n",
    )

    with pytest.raises(ServiceValidationError) as told:
        await call("import_csv", file="file.csv")

    assert told.value.translation_key == "csv_not_a_number"
    assert str(told.value) == (
        "file.csv, line 3, column voltage_l1: “two hundred and thirty” is no number. Write it with a point"
        " and without a thousands separator, or leave the cell empty"
    )
    assert len(await measured.samples(UNIT)) == 0


async def test_rows_of_unknown_meters_are_refused(measured: MeasuredHome, call: Call) -> None:
    imports(measured, "time,meter,voltage_l1\n2026-10-31T09:50Z,999,230\n")

    with pytest.raises(ServiceValidationError) as told:
        await call("import_csv", file="file.csv")

    assert told.value.translation_key == "csv_unknown_meter"


@pytest.mark.parametrize("name", ["missing.csv", "../imports", "nul\0.csv", ".", ""])
async def test_a_file_that_is_none_is_refused(measured: MeasuredHome, call: Call, name: str) -> None:
    imports(measured, "")

    with pytest.raises(ServiceValidationError) as told:
        await call("import_csv", file=name)

    assert told.value.translation_key == "file_not_found"


async def test_files_elsewhere_are_read_only_where_home_assistant_may(
    measured: MeasuredHome, call: Call, tmp_path: Path
) -> None:
    outside = tmp_path / "file.csv"
    outside.write_text("time,voltage_l1\n2026-10-31T09:50Z,230\n", encoding="utf-8")
    link = imports(measured, "x", "kept.csv").with_name("link.csv")
    link.symlink_to(outside)
    secret = imports(measured, "password: x", "../../secrets.yaml")
    data = {"device_id": device(measured, UNIT)}

    for name in (str(outside), "link.csv", "../../secrets.yaml", str(secret)):
        with pytest.raises(ServiceValidationError) as told:
            await call("import_csv", file=name, **data)
        assert told.value.translation_key == "file_not_allowed", name

    measured.home.hass.config.allowlist_external_dirs = {str(tmp_path)}
    assert (await call("import_csv", file=str(outside), **data))["taken"] == 1


async def test_a_time_zone_that_does_not_exist_is_refused(measured: MeasuredHome, call: Call) -> None:
    imports(measured, "time,voltage_l1\n")

    with pytest.raises(ServiceValidationError) as told:
        await call("import_csv", file="file.csv", time_zone="Europe/Atlantis")

    assert told.value.translation_key == "unknown_time_zone"


def test_every_problem_of_a_file_has_its_sentence() -> None:
    assert set(CSV_ERRORS) == set(CsvProblem)


# what takes long


async def test_who_waits_long_sees_how_far_it_is(measured: MeasuredHome) -> None:
    home = measured.home
    notifications = home.hass.data.setdefault(persistent_notification.DOMAIN, {})

    async def work() -> list[str]:
        seen = []
        with Progress(home.hass, "export_under_way") as progress:
            for step in range(1, 5):
                await asyncio.sleep(6)
                await progress.async_tell(step / 5)
                seen.append("".join(one["message"] for one in notifications.values()))
        return seen

    seen = await home.time.through(work())

    text = "A CSV export is being written: {} are done."
    assert seen == ["", text.format("40%"), text.format("60%"), text.format("80%")]
    assert not notifications
