"""Who may do what: the one table of roles, permissions and scopes.

A role is given to a person together with the meters and circuits that are theirs. Nothing here knows of
Home Assistant; the doors that ask are in ``access``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What somebody is on this site."""

    OWNER = "owner"
    """Whoever administers Home Assistant; nobody else can be made one."""
    TECHNICIAN = "technician"
    """Keeps the installation running."""
    SUPPORT = "support"
    """Answers the telephone."""
    LANDLORD = "landlord"
    """Lets some of the dwellings, and sells their credit."""
    TENANT = "tenant"
    """Lives behind a meter."""


class Permission(StrEnum):
    """What somebody may do."""

    SEE_METERS = "see_meters"
    """That there is a meter, whether it answers, what it shows now, and hours, days and months of it."""
    SEE_RAW = "see_raw"
    """Measurements to the minute, which show how somebody lives."""
    SEE_DIAGNOSTICS = "see_diagnostics"
    """How well lines and meters work."""
    SEE_ALERTS = "see_alerts"
    SEE_MONEY = "see_money"
    """Credit, payments, vouchers and statements."""
    SEE_AUDIT = "see_audit"
    """Who did what, and what payment services asked for."""
    EXPORT = "export"
    """Take measurements away as a file; to the minute, that takes SEE_RAW as well."""
    ANSWER_ALERTS = "answer_alerts"
    """Say that somebody sees to it."""
    JUDGE_ALERTS = "judge_alerts"
    """Call something a false alarm, or have it say nothing for a while."""
    WORK_ORDERS = "work_orders"
    """Open, change and complete work orders."""
    REDEEM = "redeem"
    """Load a token or redeem a voucher: money that its holder has paid for already."""
    TOP_UP = "top_up"
    """Put money on a meter, and make vouchers."""
    TENANTS = "tenants"
    """Who lives behind a meter: moves them in and out, gives them links to the portal, sends statements."""
    CORRECT_PAYMENTS = "correct_payments"
    """Write down money that the ledger could not see."""
    SET_PRICES = "set_prices"
    """Change what energy costs, when, and from when on credit is low."""
    COMMAND = "command"
    """Have a meter sample, restart, report faster, set its clock, or try its key."""
    SWITCH_SUPPLY = "switch_supply"
    """Switch somebody's power, or who decides about it."""
    INSTALL_FIRMWARE = "install_firmware"
    """Bring another firmware into a meter; Home Assistant lets nobody but administrators install updates."""
    CONFIGURE = "configure"
    """Change the integration: what is watched, what is taken in, and who may do what."""


class Scope(StrEnum):
    """Where somebody may do it."""

    OWN = "own"
    """On the meters that were given to them one by one."""
    CIRCUIT = "circuit"
    """On those, and on all meters of the circuits that were given to them."""
    SITE = "site"
    """Everywhere."""


TABLE: Final[Mapping[Role, Mapping[Permission, Scope]]] = {
    Role.OWNER: dict.fromkeys(Permission, Scope.SITE),
    Role.TECHNICIAN: dict.fromkeys(
        (
            Permission.SEE_METERS,
            Permission.SEE_RAW,
            Permission.SEE_DIAGNOSTICS,
            Permission.SEE_ALERTS,
            Permission.EXPORT,
            Permission.ANSWER_ALERTS,
            Permission.JUDGE_ALERTS,
            Permission.WORK_ORDERS,
            Permission.COMMAND,
            Permission.SWITCH_SUPPLY,
        ),
        Scope.SITE,
    ),
    Role.SUPPORT: dict.fromkeys(
        (Permission.SEE_METERS, Permission.SEE_ALERTS, Permission.EXPORT, Permission.WORK_ORDERS),
        Scope.SITE,
    ),
    Role.LANDLORD: dict.fromkeys(
        (
            Permission.SEE_METERS,
            Permission.SEE_ALERTS,
            Permission.SEE_MONEY,
            Permission.EXPORT,
            Permission.ANSWER_ALERTS,
            Permission.JUDGE_ALERTS,
            Permission.WORK_ORDERS,
            Permission.REDEEM,
            Permission.TOP_UP,
            Permission.TENANTS,
        ),
        Scope.CIRCUIT,
    ),
    Role.TENANT: dict.fromkeys(
        (
            Permission.SEE_METERS,
            Permission.SEE_RAW,
            Permission.SEE_ALERTS,
            Permission.SEE_MONEY,
            Permission.EXPORT,
            Permission.ANSWER_ALERTS,
            Permission.REDEEM,
        ),
        Scope.OWN,
    ),
}
"""Role -> what it may do, and where. What is not there is refused."""

AUDITED: Final = frozenset(Permission) - {
    Permission.SEE_METERS,
    Permission.SEE_RAW,
    Permission.SEE_DIAGNOSTICS,
    Permission.SEE_ALERTS,
    Permission.SEE_MONEY,
    Permission.SEE_AUDIT,
}
"""What is written down even when it is allowed: all but looking. What is refused always is."""


def may(role: Role, permission: Permission) -> Scope | None:
    """Where a role may do something; None for nowhere."""
    return TABLE[role].get(permission)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What something is done to: a meter, a circuit, or the whole site when neither is named."""

    serial: str | None = None
    """Serial number of the meter."""

    circuit: str | None = None
    """The circuit, or the one that the meter hangs on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What somebody is, and what is theirs."""

    role: Role
    meters: frozenset[str] = frozenset()
    """Serial numbers."""
    circuits: frozenset[str] = frozenset()

    def may(self, permission: Permission, place: Place) -> bool:
        """Whether they may do something there."""
        match may(self.role, permission):
            case Scope.SITE:
                return True
            case Scope.CIRCUIT:
                return place.serial in self.meters or place.circuit in self.circuits
            case Scope.OWN:
                return place.serial in self.meters
            case None:
                return False


OWNER: Final = Standing(role=Role.OWNER)

STRANGER: Final = Standing(role=Role.TENANT)
"""Users to whom nobody has given a role: tenants without a meter."""
