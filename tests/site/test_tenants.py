"""Tenancies: no two at once behind a meter, nothing impossible, and of a link nothing but a hash."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
import datetime as dt
from decimal import Decimal
import json
from typing import Any

import pytest

from custom_components.csj_meter.site.errors import TenantError
from custom_components.csj_meter.site.tenants import (
    MOST_TENANCIES,
    PortalLink,
    Tenancies,
    Tenancy,
    Turn,
    digest_of,
    move_out,
    new_token,
)


def day(number: int) -> dt.datetime:
    return dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + number * dt.timedelta(days=1)


def turn(number: int, energy: str | None = None, balance: str | None = None) -> Turn:
    return Turn(
        at=day(number),
        energy=None if energy is None else Decimal(energy),
        balance=None if balance is None else Decimal(balance),
    )


def tenancy(name: str, serial: str = "1", first: int = 0, last: int | None = None, **more: Any) -> Tenancy:
    return Tenancy(
        id=name,
        serial=serial,
        name=name.title(),
        moved_in=turn(first),
        moved_out=None if last is None else turn(last),
        **more,
    )


def linked(one: Tenancy, token: str) -> Tenancy:
    return replace(one, link=PortalLink(digest=digest_of(token), made_at=day(1)))


ADA = tenancy("ada", email="ada@example.org", phone="+44 20 7946-0000", language="pt-BR", channel="mail")


@pytest.mark.parametrize(
    ("others", "clash"),
    [
        ([tenancy("bob", last=5), tenancy("eve", first=5)], False),
        ([tenancy("bob", last=5), tenancy("eve", first=4)], True),
        ([tenancy("bob", first=3), tenancy("eve", first=9, last=12)], True),
        ([tenancy("bob", first=3, last=12), tenancy("eve", first=5, last=6)], True),
        ([tenancy("bob"), tenancy("eve")], True),
        ([tenancy("bob"), tenancy("eve", "2")], False),
        ([tenancy("bob", first=20), tenancy("eve", first=5, last=20)], False),
    ],
)
def test_nobody_lives_where_somebody_lives(others: list[Tenancy], clash: bool) -> None:
    if not clash:
        assert Tenancies(all=tuple(others)).all == tuple(others)
        return
    with pytest.raises(TenantError) as refused:
        Tenancies(all=tuple(others))
    assert refused.value.problem == "somebody_lives_there"


@pytest.mark.parametrize(
    ("changes", "path", "problem"),
    [
        ({"name": ""}, "name", "nameless"),
        ({"name": " Ada"}, "name", "nameless"),
        ({"name": "A" * 101}, "name", "nameless"),
        ({"name": "Ada\nSmith"}, "name", "nameless"),
        ({"email": "ada"}, "email", "no_mail_address"),
        ({"email": "ada@"}, "email", "no_mail_address"),
        ({"email": "a da@example.org"}, "email", "no_mail_address"),
        ({"phone": "call me"}, "phone", "no_phone_number"),
        ({"language": "English"}, "language", "cannot_be"),
        ({"moved_out": turn(0)}, "at", "out_before_in"),
        ({"serial": ""}, "meter", "cannot_be"),
    ],
)
def test_what_makes_no_sense_is_refused(changes: Mapping[str, Any], path: str, problem: str) -> None:
    with pytest.raises(TenantError) as refused:
        replace(ADA, **changes)
    assert (refused.value.path, refused.value.problem) == (path, problem)


@pytest.mark.parametrize("energy", ["-1", "NaN", "Infinity", "1e12"])
def test_a_reading_is_one_that_a_meter_can_show(energy: str) -> None:
    with pytest.raises(TenantError):
        turn(1, energy)
    with pytest.raises(TenantError):
        turn(1, None, "-1e12")


def test_a_counter_does_not_fall_while_somebody_lives_there() -> None:
    one = replace(ADA, moved_in=turn(0, "100"))
    with pytest.raises(TenantError) as refused:
        move_out(one, turn(3, "99.99"))
    assert refused.value.problem == "energy_fell"
    assert move_out(one, turn(3, "100")).moved_out == turn(3, "100")


def test_whoever_moves_out_loses_the_link_and_does_so_once() -> None:
    token = new_token()
    gone = move_out(linked(ADA, token), turn(3))

    assert gone.link is None
    assert Tenancies(all=(gone,)).by_token(token) is None
    with pytest.raises(TenantError):
        move_out(gone, turn(4))
    with pytest.raises(TenantError):
        replace(gone, link=PortalLink(digest=digest_of(token), made_at=day(1)))


def test_a_link_is_found_by_its_token_and_by_nothing_else() -> None:
    tokens = [new_token() for _ in range(3)]
    all_ = Tenancies(
        all=(
            *(linked(tenancy(f"t{one}", str(one)), token) for one, token in enumerate(tokens)),
            tenancy("x", "9"),
        )
    )

    assert [getattr(all_.by_token(token), "id", None) for token in tokens] == ["t0", "t1", "t2"]
    for wrong in ("", " " * 64, new_token(), tokens[0][:-1], digest_of(tokens[0]), "\ud800", "ä" * 43):
        assert all_.by_token(wrong) is None, wrong
    changed = all_.changed("t1", lambda one: replace(one, link=None))
    assert changed.by_token(tokens[1]) is None
    assert len(new_token()) == 43


def test_history_of_a_meter_is_told_and_somebody_forgotten() -> None:
    all_ = Tenancies(all=(tenancy("bob", last=5), tenancy("eve", first=5), tenancy("ann", "2")))

    assert [one.id for one in all_.of_meter("1")] == ["eve", "bob"]
    assert all_.current("1") == tenancy("eve", first=5)
    assert all_.current("3") is None
    less = all_.without("bob")
    assert [one.id for one in less.all] == ["eve", "ann"]
    assert "Bob" not in json.dumps(less.as_dict())
    with pytest.raises(TenantError):
        less.without("bob")
    with pytest.raises(TenantError):
        less.changed("bob", lambda one: one)


def test_there_are_bounds() -> None:
    with pytest.raises(TenantError):
        Tenancies(all=(ADA, ADA))
    many = tuple(tenancy(str(number), str(number)) for number in range(MOST_TENANCIES + 1))
    with pytest.raises(TenantError):
        Tenancies(all=many)


def test_what_is_stored_comes_back_and_holds_no_token() -> None:
    token = new_token()
    all_ = Tenancies(
        all=(linked(replace(ADA, moved_in=turn(0, "12.50", "-3.10")), token), tenancy("bob", "2", 1, 4))
    )
    stored = json.loads(json.dumps(all_.as_dict()))

    assert Tenancies.from_dict(stored) == all_
    assert token not in json.dumps(stored)
    assert token not in repr(all_)
    assert digest_of(token) not in repr(all_)


@pytest.mark.parametrize(
    "change",
    [
        {"serial": 7},
        {"king": True},
        {"moved_in": {"at": "yesterday"}},
        {"moved_in": {"at": "2026-01-01T00:00:00"}},
        {"moved_in": {"at": "2026-01-01T00:00:00+00:00", "energy": "many"}},
        {"moved_in": {"at": "2026-01-01T00:00:00+00:00", "energy": "-1"}},
        {"link": {"digest": "short", "made_at": "2026-01-01T00:00:00+00:00"}},
        {"name": ""},
    ],
)
def test_what_was_stored_otherwise_is_refused(change: dict[str, Any]) -> None:
    stored = Tenancies(all=(ADA,)).as_dict()
    stored["all"][0] |= change
    with pytest.raises(TenantError):
        Tenancies.from_dict(stored)
