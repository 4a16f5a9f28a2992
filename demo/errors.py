"""What ends the demo early."""

from __future__ import annotations


class DemoError(Exception):
    """Something is missing; the message says what, and where to look."""


class RefusedError(DemoError):
    """Home Assistant answers a command with an error."""

    def __init__(self, command: str, code: str, message: str) -> None:
        """Keep the error's ``code``."""
        super().__init__(f"Home Assistant refused {command}: {message}")
        self.code = code
