"""The one way in which a command fails."""

from __future__ import annotations


class CommandError(Exception):
    """Ends the command with status 1; the text is one line that says what to try."""
