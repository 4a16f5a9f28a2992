"""A statement as a page to print: complete in itself, without scripts, light on the printer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
import datetime as dt
from decimal import Decimal
from html import escape
from typing import Final

from ..language import dates
from ..language.texts import Texts, with_unit
from .movement import Movement
from .statement import Statement
from .statement_words import by, head, period

STYLE: Final = """
:root { color-scheme: light; }
body { font: 11pt/1.4 system-ui, sans-serif; color: #111; background: #fff; max-width: 46em;
  margin: 2em auto; padding: 0 1em; }
h1 { font-size: 1.5em; margin: 0 0 .2em; }
h2 { font-size: 1em; margin: 0; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1em 1em; margin: 0 0 1.5em; }
dt { color: #555; }
dd { margin: 0; }
table { border-collapse: collapse; width: 100%; margin: 0 0 1.5em; }
caption { text-align: left; font-weight: 600; padding: .3em 0; }
th, td { text-align: left; padding: .25em .5em; border-bottom: 1px solid #ccc; vertical-align: top; }
th { font-weight: 600; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
td.number { white-space: nowrap; }
tfoot td, tfoot th { border-top: 2px solid #111; border-bottom: 0; font-weight: 600; }
ul { padding-left: 1.2em; }
.name { overflow-wrap: anywhere; min-width: 5em; }
/* on a telephone a word breaks rather than that the amounts are cut off */
@media (max-width: 34em) {
  body { margin: 1em auto; padding: 0 .7em; overflow-wrap: anywhere; }
  dl { grid-template-columns: fit-content(40%) 1fr; }
  table { font-size: .8em; overflow-wrap: normal; }
  th, td { padding: .25em .2em; }
}
@media (max-width: 23em) { th, td { overflow-wrap: anywhere; hyphens: auto; } }
@media print { body { margin: 0; max-width: none; } tr { break-inside: avoid; } }
"""


def to_html(statement: Statement, texts: Texts) -> str:
    """The whole page; every word in it is escaped."""
    page = _Page(statement, texts)
    title = escape(texts("statement.title", period=period(statement, texts), meter=statement.name))
    return (
        f'<!doctype html>\n<html lang="{escape(texts.language, quote=True)}">\n'
        '<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>{title}</h1>\n{page.head()}{page.energy()}{page.top_ups()}{page.remarks()}"
        "</main>\n</body>\n</html>\n"
    )


def _row(*cells: str) -> tuple[str, ...]:
    return cells


class _Page:
    """The parts of one page."""

    def __init__(self, statement: Statement, texts: Texts) -> None:
        self._statement = statement
        self._texts = texts

    def head(self) -> str:
        """Whose statement it is, and the balances."""
        statement = self._statement
        pairs = [
            ("serial", statement.serial),
            ("period", self._span(statement.start, statement.end)),
            ("made_at", self._time(statement.made_at)),
        ]
        for key, balance in (("opening", statement.opening), ("closing", statement.closing)):
            told = self._word("unknown")
            if balance is not None:
                told = self._texts(
                    "statement.balance_at", balance=self._money(balance.balance), at=self._time(balance.at)
                )
            pairs.append((key, told))
        if statement.difference is not None:
            pairs.append(("difference", self._money(statement.difference)))
        lines = "".join(f"<dt>{escape(self._word(key))}</dt><dd>{escape(text)}</dd>\n" for key, text in pairs)
        return f"<dl>\n{lines}</dl>\n"

    def energy(self) -> str:
        """Energy and cost by tariff."""
        statement = self._statement
        unit = statement.unit
        rows = [
            _row(
                str(line.tariff),
                self._number(line.energy),
                self._number(line.price),
                self._number(line.cost),
            )
            for line in statement.lines
        ]
        heads = [("tariff", ""), ("energy", "kWh"), ("price", f"{unit or '1'}/kWh"), ("cost", unit)]
        foot = _row(
            self._word("total"), self._number(statement.energy), "", self._number(statement.known_cost)
        )
        return self._table("energy", heads, rows, foot, numbers_from=1)

    def top_ups(self) -> str:
        """Money that was put on the meter, and what is not settled."""
        statement = self._statement
        movements = (*statement.top_ups, *statement.unsettled)
        if not movements:
            return f"<p>{escape(self._word('no_top_ups'))}</p>\n"
        heads = [("time", ""), ("entry", ""), ("by", ""), ("state", ""), ("amount", statement.unit)]
        foot = _row(self._word("total"), "", "", "", self._number(statement.topped_up))
        return self._table("top_ups", heads, map(self._movement, movements), foot, numbers_from=4)

    def remarks(self) -> str:
        """What the reader has to know, and the times without data."""
        statement = self._statement
        said = [self._word(f"remark_{remark.value}") for remark in statement.remarks]
        said += [
            self._texts("statement.gap_of", span=self._span(gap.start, gap.end)) for gap in statement.gaps
        ]
        if not said:
            return ""
        items = "".join(f"<li>{escape(text)}</li>\n" for text in said)
        return f"<h2>{escape(self._word('remarks'))}</h2>\n<ul>\n{items}</ul>\n"

    def _movement(self, movement: Movement) -> tuple[str, ...]:
        kind = self._word(f"kind_{movement.kind.value}")
        return _row(
            self._time(movement.at),
            f"{kind} {movement.note}" if movement.note else kind,
            by(movement, self._texts),
            self._word(f"state_{movement.state.value}"),
            self._number(movement.amount),
        )

    def _table(
        self,
        caption: str,
        heads: list[tuple[str, str]],
        rows: Iterable[tuple[str, ...]],
        foot: tuple[str, ...],
        *,
        numbers_from: int,
    ) -> str:
        """A table whose columns from ``numbers_from`` on hold numbers; heads are (key, unit)."""
        kinds = ["name" if key == "by" else "" for key, _ in heads[:numbers_from]]
        kinds += ["number"] * (len(heads) - numbers_from)

        def _cells(tag: str, texts: Sequence[str], scope: str = "") -> str:
            parts = []
            for column, text in enumerate(texts):
                attributes = f' scope="{scope}"' if scope else ""
                attributes += f' class="{kinds[column]}"' if kinds[column] else ""
                parts.append(f"<{tag}{attributes}>{escape(text)}</{tag}>")
            return f"<tr>{''.join(parts)}</tr>\n"

        names = [head(self._texts, key, unit) for key, unit in heads]
        body = "".join(_cells("td", row) for row in rows)
        return (
            f"<table>\n<caption>{escape(self._word(caption))}</caption>\n"
            f"<thead>\n{_cells('th', names, 'col')}</thead>\n"
            f"<tbody>\n{body}</tbody>\n<tfoot>\n{_cells('td', foot)}</tfoot>\n</table>\n"
        )

    def _word(self, key: str) -> str:
        return self._texts(f"statement.{key}")

    def _number(self, number: Decimal | None) -> str:
        if number is None:
            return self._word("unknown")
        return f"{number}".replace(".", self._texts("figures.decimal_point"))

    def _money(self, number: Decimal) -> str:
        return with_unit(self._texts, self._number(number), self._statement.unit)

    def _span(self, start: dt.datetime, end: dt.datetime) -> str:
        return self._texts("figures.range", low=self._time(start), high=self._time(end))

    def _time(self, moment: dt.datetime) -> str:
        return dates.date_and_time(self._texts, moment.astimezone(self._statement.zone))
