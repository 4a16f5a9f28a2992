"""Say everything that is wrong, and fail if something is."""

from __future__ import annotations

from pathlib import Path
import sys

from .checks import problems

if __name__ == "__main__":
    found = problems(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[2])
    print("\n".join(found) or "Nothing that Home Assistant or the marketplace would refuse.")
    sys.exit(bool(found))
