"""What a command prints: it gets to where it is to go, or the command fails."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
import os
import sys

from .errors import CommandError


@contextmanager
def written_out() -> Iterator[None]:
    """Have all that the body prints written. Raises CommandError when that does not work."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        # whoever read the output has had enough, as `| head` does
        _say_no_more()
    except OSError as err:
        if err.filename is not None:  # a file, which is not what is printed to
            raise
        _say_no_more()
        raise CommandError(f"cannot write the output: {err.strerror}; is there room for it?") from err


def _say_no_more() -> None:
    """Nothing can be told there, and nothing is to be tried when Python ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
