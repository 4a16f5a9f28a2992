"""Arrays of doubles on their way to PostgreSQL, in its binary format and in one piece.

Imported only where the driver is: it is installed when somebody uses PostgreSQL.
"""

from __future__ import annotations

from typing import Any, Final, override

import numpy as np
from psycopg import Connection
from psycopg.adapt import Dumper
from psycopg.postgres import types
from psycopg.pq import Format

from .columns import Floats

_DOUBLE: Final = types["float8"]

_HEADER: Final = np.dtype(
    [("dimensions", ">i4"), ("flags", ">i4"), ("type", ">u4"), ("length", ">i4"), ("first", ">i4")]
)
_ELEMENT: Final = np.dtype([("bytes", ">i4"), ("value", ">f8")])


class ArrayDumper(Dumper):
    """One dimension, no NULL: what is not there is NaN."""

    format = Format.BINARY
    oid = _DOUBLE.array_oid

    @override
    def dump(self, obj: Floats) -> bytes:
        elements = np.empty(len(obj), _ELEMENT)
        elements["bytes"] = _ELEMENT["value"].itemsize
        elements["value"] = obj
        header = np.array((1, 0, _DOUBLE.oid, len(obj), 1), _HEADER)
        return header.tobytes() + elements.tobytes()


def teach(connection: Connection[Any]) -> None:
    """Let a connection take arrays of numpy as parameters."""
    connection.adapters.register_dumper(np.ndarray, ArrayDumper)
