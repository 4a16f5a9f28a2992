"""Which files this process has open."""

from __future__ import annotations

from pathlib import Path


def handles(path: Path) -> int:
    """How often this process has the file open."""
    found = 0
    for handle in Path("/proc/self/fd").iterdir():
        try:
            found += handle.readlink() == path
        except FileNotFoundError:
            continue  # it was that of looking
    return found
