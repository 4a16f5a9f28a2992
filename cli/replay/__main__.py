"""Entry point of ``script/replay``."""

from __future__ import annotations

import sys

import cli.floors  # isort: skip  # noqa: F401 - first, so that what follows can be imported
from cli.replay.main import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
