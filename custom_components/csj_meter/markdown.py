"""Words of others in texts that Home Assistant shows as Markdown: dialogues and repair issues.

A file from a stranger, a device on the line, a database, a landlord: none of them puts a link or a picture
before an administrator, whose browser would fetch it.
"""

from __future__ import annotations

import re
from typing import Final

_MARKUP: Final = re.compile(r"[\\`*\[\]<>|~]|:(?=//)|(?<=www)\.", re.IGNORECASE)
"""What begins emphasis, code, links, pictures, tables and HTML, and what makes a link of an address."""


def plain(text: str) -> str:
    """The text on one line, to be shown as it stands."""
    return _MARKUP.sub(r"\\\g<0>", " ".join(text.split()))
