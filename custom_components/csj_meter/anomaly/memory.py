"""What the engine remembers of every meter: arrays with the meters side by side, kept exactly.

Each module names the arrays it needs in a table; here they are made, widened when a meter joins, narrowed
when one goes, saved and restored. All of them have the meters as their last axis.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final, Self
from zipfile import ZipFile

import numpy as np
from numpy.typing import NDArray

VERSION: Final = 1
"""Of what is saved; another one is not restored but worked out anew from telemetry."""

LARGEST: Final = 512 * 1024 * 1024
"""Bytes that a saved memory may have: more was not written by us."""

type Array = NDArray[Any]
type Floats = NDArray[np.float64]
type Bools = NDArray[np.bool_]
type Ints = NDArray[np.int64]
type Places = NDArray[np.intp]


class SavedMemoryError(ValueError):
    """A saved memory that cannot be restored: another version, or damaged."""


class NewerMemoryError(SavedMemoryError):
    """A saved memory of a newer version, which that one can restore."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One array."""

    name: str
    """What it is called; unique."""

    shape: tuple[int, ...] = ()
    """Axes before that of the meters."""

    dtype: type[np.generic] = np.float64
    """What it is made of."""

    fill: float = np.nan
    """What a new meter begins with."""


class Memory:
    """All arrays, for the meters in their order."""

    def __init__(self, slots: Sequence[Slot], serials: Sequence[str]) -> None:
        """Begin with nothing known of any meter."""
        self._slots = {slot.name: slot for slot in slots}
        if len(self._slots) != len(slots):
            raise ValueError("two arrays have one name")
        self.serials = list(serials)
        """Serial number of each column."""
        self.arrays: dict[str, Array] = {
            slot.name: np.full((*slot.shape, len(serials)), slot.fill, slot.dtype) for slot in slots
        }
        """Name -> array; the same objects until ``arrange``."""

    def __getitem__(self, name: str) -> Array:
        """The array of a name."""
        return self.arrays[name]

    @property
    def nbytes(self) -> int:
        """How much it takes."""
        return sum(array.nbytes for array in self.arrays.values())

    def arrange(self, serials: Sequence[str]) -> None:
        """Have the columns of ``serials``, in this order: new meters begin anew, the others are forgotten."""
        place = {serial: number for number, serial in enumerate(self.serials)}
        here = [place.get(serial, -1) for serial in serials]
        kept = np.array([old >= 0 for old in here], np.bool_)
        source = np.array([old for old in here if old >= 0], np.intp)
        for name, slot in self._slots.items():
            new = np.full((*slot.shape, len(serials)), slot.fill, slot.dtype)
            new[..., kept] = self.arrays[name][..., source]
            self.arrays[name] = new
        self.serials = list(serials)

    def take(self, other: Self, names: Iterable[str]) -> None:
        """Have in the arrays ``names`` what ``other`` has, of the meters that are in both."""
        place = {serial: number for number, serial in enumerate(self.serials)}
        both = [(place[serial], number) for number, serial in enumerate(other.serials) if serial in place]
        here, there = np.array(both, np.intp).reshape(-1, 2).T
        for name in names:
            self.arrays[name][..., here] = other.arrays[name][..., there]

    def saved(self, extra: Mapping[str, str], without: Collection[str] = ()) -> bytes:
        """All of it as bytes, with a few words beside it; nothing of the meters ``without``."""
        body = BytesIO()
        words = [part for pair in sorted(extra.items()) for part in pair]
        kept = np.array([serial not in without for serial in self.serials], np.bool_)
        parts: dict[str, Any] = {f"a_{name}": array[..., kept] for name, array in self.arrays.items()}
        np.savez_compressed(
            body,
            version=np.array([VERSION]),
            serials=np.array([serial for serial in self.serials if serial not in without], np.str_),
            words=np.array(words, np.str_),
            **parts,
        )
        return body.getvalue()

    @classmethod
    def restored(cls, slots: Sequence[Slot], body: bytes) -> tuple[Self, dict[str, str]]:
        """What ``saved`` has written. Raises SavedMemoryError when it cannot be that."""
        if len(body) > LARGEST:
            raise SavedMemoryError("larger than any memory")
        try:
            with ZipFile(BytesIO(body)) as packed:
                if sum(part.file_size for part in packed.infolist()) > LARGEST:
                    raise SavedMemoryError("unpacked, it is larger than any memory")
            with np.load(BytesIO(body), allow_pickle=False) as archive:
                version = int(archive["version"][0])
                if version != VERSION:
                    kind = NewerMemoryError if version > VERSION else SavedMemoryError
                    raise kind(f"version {version}, expected {VERSION}")
                memory = cls(slots, [str(serial) for serial in archive["serials"]])
                for name, fresh in memory.arrays.items():
                    array = archive[f"a_{name}"]
                    if array.shape != fresh.shape or array.dtype != fresh.dtype:
                        raise SavedMemoryError(f"array {name} has another shape")
                    memory.arrays[name] = array
                words = [str(word) for word in archive["words"]]
                extra = dict(zip(words[::2], words[1::2], strict=True))
        except SavedMemoryError:
            raise
        except Exception as err:  # whatever zip, header or array it stumbles over: the file is damaged
            raise SavedMemoryError(f"damaged: {err}") from err
        return memory, extra
