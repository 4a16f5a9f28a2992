"""The words of a statement, in one language; the surface hands them in translated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from .movement import MovementKind, MovementState
from .statement import Remark


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLabels:
    """Every word that is printed; {unit}, where it stands, is the unit of money."""

    language: str
    """Tag of the language, for example "de"."""

    decimal_mark: str
    """Between whole and fraction in what people read; files for programs always have a point."""

    title: str
    meter: str
    serial: str
    month: str
    made_at: str
    entry: str
    """What sort of line it is."""
    time: str
    until: str
    tariff: str
    energy: str
    price: str
    cost: str
    amount: str
    balance: str
    state: str
    by: str
    """Who topped up."""
    reference: str
    opening: str
    closing: str
    total: str
    top_ups: str
    gap: str
    no_top_ups: str
    unknown: str
    """In the place of a number that is not known."""
    difference: str
    remarks_title: str
    kinds: Mapping[MovementKind, str]
    states: Mapping[MovementState, str]
    remarks: Mapping[Remark, str]


ENGLISH: Final = StatementLabels(
    language="en",
    decimal_mark=".",
    title="Statement",
    meter="Meter",
    serial="Serial number",
    month="Month",
    made_at="Made at",
    entry="Entry",
    time="Time",
    until="Until",
    tariff="Tariff",
    energy="Energy",
    price="Price",
    cost="Cost",
    amount="Top-up",
    balance="Balance",
    state="State",
    by="By",
    reference="Reference",
    opening="Opening balance",
    closing="Closing balance",
    total="Total",
    top_ups="Top-ups",
    gap="No data",
    no_top_ups="No top-ups in this month",
    unknown="not known",
    difference="Charged by the meter beyond this cost",
    remarks_title="Remarks",
    kinds=MappingProxyType(
        {
            MovementKind.TOP_UP: "Top-up",
            MovementKind.TOKEN: "Token",
            MovementKind.VOUCHER: "Voucher",
            MovementKind.FOREIGN: "Top-up by somebody else",
            MovementKind.CORRECTION: "Correction",
        }
    ),
    states=MappingProxyType(
        {
            MovementState.INTENDED: "not sent yet",
            MovementState.SENT: "under way",
            MovementState.UNCERTAIN: "not confirmed yet",
            MovementState.DONE: "done",
            MovementState.REFUSED: "refused",
            MovementState.FOREIGN: "found on the meter",
        }
    ),
    remarks=MappingProxyType(
        {
            Remark.RUNNING: "The month is not over; this is how far it has got.",
            Remark.GAPS: "The energy of some hours is not known. It is not part of the sums.",
            Remark.NO_PRICE: "No price is known for some of the energy. Its cost is not part of the sums.",
            Remark.UNSETTLED: "The outcome of some top-ups is not known yet. They are not part of the sums.",
            Remark.AMOUNT_UNKNOWN: "The amount of some top-ups is not known. They are not part of the sums.",
            Remark.NO_OPENING: "The balance at the beginning of the month was not read.",
            Remark.NO_CLOSING: "The balance at the end of the month was not read.",
            Remark.OLD_BALANCE: "A balance was read some time before the turn of the month; see its time.",
            Remark.DIFFERENCE: "The balances of the meter come to another cost than energy and prices.",
        }
    ),
)
"""For tests, and for whoever has no other."""
