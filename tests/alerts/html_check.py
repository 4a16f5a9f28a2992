"""A mail as a mail program reads it."""

from __future__ import annotations

from html.parser import HTMLParser
import re
from typing import Final, override

VOID: Final = frozenset({"meta", "br"})
LOADS: Final = frozenset({"src", "srcset", "background", "data", "poster", "action"})
"""Attributes that make a program load something."""


class Page(HTMLParser):
    """Text and addresses of a page; AssertionError when its elements do not nest, or it loads anything."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.addresses: list[str] = []
        self.elements: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []
        assert not re.search(r"url\(|@import|javascript:", html)

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        assert tag not in {"script", "link", "img", "iframe", "form"}
        for name, value in attrs:
            assert name not in LOADS
            assert not name.startswith("on")
            if name == "href":
                self.addresses.append(value or "")
        if tag not in VOID:
            self._open.append(tag)

    @override
    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    @override
    def handle_data(self, data: str) -> None:
        if self._open[-1:] != ["style"]:
            self.text += data
