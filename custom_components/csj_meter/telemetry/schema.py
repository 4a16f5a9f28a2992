"""Tables that telemetry has in every database, however the samples lie in it.

Times are whole minutes since 1970-01-01 UTC.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, MetaData, String, Table

METADATA: Final = MetaData()

VERSION: Final = Table("telemetry_version", METADATA, Column("version", Integer, nullable=False))

METERS: Final = Table(
    "telemetry_meters",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("serial", String(64), nullable=False, unique=True),
    Column("watermark", BigInteger),
    Column("newest", BigInteger),
    Column("kept_from", BigInteger),
    Column("unfinished_from", BigInteger),
    Column("untold_from", BigInteger),
)
"""``watermark``: all hours before it are closed. ``newest``: minute of the newest sample. ``kept_from``:
samples before it were removed for their age. ``unfinished_from``: from this hour on, closed hours depend on a
sample that was still to come when they were closed. ``untold_from``: from here on, the hours have changed
since they were told to others."""

TOTALS: Final = Table(
    "telemetry_totals",
    METADATA,
    Column("meter", Integer, ForeignKey(METERS.c.number), primary_key=True, autoincrement=False),
    Column("figure", Integer, primary_key=True, autoincrement=False),
    Column("steps", BigInteger, nullable=False),
)
"""Sum of a figure over all hours ever closed, those that were removed for their age included."""

GAPS: Final = Table(
    "telemetry_gaps",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("meter", Integer, ForeignKey(METERS.c.number), nullable=False, index=True),
    Column("since", BigInteger),
    Column("until", BigInteger, nullable=False),
    Column("state", String(16), nullable=False, index=True),
)
"""Outages: last sample before it (none before the first ever), first one after it, what became of it."""
