"""A statement as a page to print: complete in itself, without scripts, light on the printer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
import datetime as dt
from decimal import Decimal
from html import escape
from typing import Final

from .movement import Movement
from .statement import Statement
from .statement_labels import StatementLabels

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
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
tfoot td, tfoot th { border-top: 2px solid #111; border-bottom: 0; font-weight: 600; }
ul { padding-left: 1.2em; }
@media print { body { margin: 0; max-width: none; } tr { break-inside: avoid; } }
"""


def to_html(statement: Statement, labels: StatementLabels) -> str:
    """The whole page; every word in it is escaped."""
    page = _Page(statement, labels)
    title = escape(f"{labels.title} {statement.month} · {statement.name}")
    return (
        f'<!doctype html>\n<html lang="{escape(labels.language, quote=True)}">\n'
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

    def __init__(self, statement: Statement, labels: StatementLabels) -> None:
        self._statement = statement
        self._labels = labels

    def head(self) -> str:
        """Whose statement it is, and the balances."""
        statement, labels = self._statement, self._labels
        pairs = [
            (labels.serial, statement.serial),
            (labels.month, f"{self._date(statement.start)} – {self._time(statement.end)}"),
            (labels.made_at, self._time(statement.made_at)),
        ]
        for label, balance in ((labels.opening, statement.opening), (labels.closing, statement.closing)):
            told = labels.unknown
            if balance is not None:
                told = f"{self._money(balance.balance)} ({self._time(balance.at)})"
            pairs.append((label, told))
        if statement.difference is not None:
            pairs.append((labels.difference, self._money(statement.difference)))
        lines = "".join(f"<dt>{escape(label)}</dt><dd>{escape(text)}</dd>\n" for label, text in pairs)
        return f"<dl>\n{lines}</dl>\n"

    def energy(self) -> str:
        """Energy and cost by tariff."""
        statement, labels = self._statement, self._labels
        unit = statement.unit
        per_kilowatt_hour = f"{unit}/kWh" if unit else "1/kWh"
        rows = [
            _row(
                str(line.tariff),
                self._number(line.energy),
                self._number(line.price),
                self._number(line.cost),
            )
            for line in statement.lines
        ]
        heads = [
            (labels.tariff, ""),
            (labels.energy, "kWh"),
            (labels.price, per_kilowatt_hour),
            (labels.cost, unit),
        ]
        foot = _row(labels.total, self._number(statement.energy), "", self._number(statement.cost))
        return self._table(labels.energy, heads, rows, foot, numbers_from=1)

    def top_ups(self) -> str:
        """Money that was put on the meter, and what is not settled."""
        statement, labels = self._statement, self._labels
        movements = (*statement.top_ups, *statement.unsettled)
        if not movements:
            return f"<p>{escape(labels.no_top_ups)}</p>\n"
        heads = [
            (labels.time, ""),
            (labels.entry, ""),
            (labels.by, ""),
            (labels.state, ""),
            (labels.amount, statement.unit),
        ]
        foot = _row(labels.total, "", "", "", self._number(statement.topped_up))
        return self._table(labels.top_ups, heads, map(self._movement, movements), foot, numbers_from=4)

    def remarks(self) -> str:
        """What the reader has to know, and the times without data."""
        statement, labels = self._statement, self._labels
        texts = [labels.remarks[remark] for remark in statement.remarks]
        texts += [f"{labels.gap}: {self._time(gap.start)} – {self._time(gap.end)}" for gap in statement.gaps]
        if not texts:
            return ""
        items = "".join(f"<li>{escape(text)}</li>\n" for text in texts)
        return f"<h2>{escape(labels.remarks_title)}</h2>\n<ul>\n{items}</ul>\n"

    def _movement(self, movement: Movement) -> tuple[str, ...]:
        kind = self._labels.kinds[movement.kind]
        return _row(
            self._time(movement.at),
            f"{kind} {movement.note}".strip() if movement.note else kind,
            movement.actor.name,
            self._labels.states[movement.state],
            self._number(movement.amount),
        )

    @staticmethod
    def _table(
        caption: str,
        heads: list[tuple[str, str]],
        rows: Iterable[tuple[str, ...]],
        foot: tuple[str, ...],
        *,
        numbers_from: int,
    ) -> str:
        """A table whose columns from ``numbers_from`` on hold numbers; heads are (word, unit)."""

        def _cells(tag: str, texts: Sequence[str], scope: str = "") -> str:
            parts = []
            for column, text in enumerate(texts):
                attributes = f' scope="{scope}"' if scope else ""
                attributes += ' class="number"' if column >= numbers_from else ""
                parts.append(f"<{tag}{attributes}>{escape(text)}</{tag}>")
            return f"<tr>{''.join(parts)}</tr>\n"

        names = [f"{word} ({unit})" if unit else word for word, unit in heads]
        body = "".join(_cells("td", row) for row in rows)
        return (
            f"<table>\n<caption>{escape(caption)}</caption>\n"
            f"<thead>\n{_cells('th', names, 'col')}</thead>\n"
            f"<tbody>\n{body}</tbody>\n<tfoot>\n{_cells('td', foot)}</tfoot>\n</table>\n"
        )

    def _number(self, number: Decimal | None) -> str:
        if number is None:
            return self._labels.unknown
        return f"{number}".replace(".", self._labels.decimal_mark)

    def _money(self, number: Decimal) -> str:
        return f"{self._number(number)} {self._statement.unit}".strip()

    def _date(self, moment: dt.datetime) -> str:
        return f"{moment.astimezone(self._statement.zone):%Y-%m-%d}"

    def _time(self, moment: dt.datetime) -> str:
        return f"{moment.astimezone(self._statement.zone):%Y-%m-%d %H:%M}"
