"""Say everything that is wrong, and fail if something is."""

from __future__ import annotations

import argparse
from pathlib import Path
import sys
from typing import Final

from .checks import problems

HERE: Final = Path(__file__).parents[2]


def _checkout(text: str) -> Path:
    if not (folder := Path(text)).is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {text}")
    return folder


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="script/validate", description=__doc__)
    parser.add_argument(
        "folder", nargs="?", type=_checkout, default=HERE, help="a checkout (default: this one)"
    )
    found = problems(parser.parse_args().folder)
    print("\n".join(found) or "Nothing that Home Assistant or the marketplace would refuse.")
    sys.exit(bool(found))
