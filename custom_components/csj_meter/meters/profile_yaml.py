"""A profile file as positioned values: safe YAML, where everything still knows its file and line.

Only plain mappings, lists and scalars come through; anchors, tags and deep nesting are refused, so
that a file from a stranger can neither run code nor fill the memory. What the keys mean is the
business of ``profile_schema``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher, get_close_matches
from enum import StrEnum
from pathlib import Path
import re
from typing import Final, Never

import yaml

MAX_BYTES: Final = 256 * 1024
"""Largest file that is looked at; the largest shipped profile has 6 KiB."""

_MAX_DEPTH: Final = 8
_INTEGER: Final = re.compile(r"-?(?:0[xX][0-9a-fA-F]{1,8}|0|[1-9][0-9]{0,9})")
_NUMBER: Final = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?(?:[eE][+-]?[0-9]{1,2})?")
_BOOLEANS: Final = {"true": True, "yes": True, "false": False, "no": False}


class ProfileError(Exception):
    """A profile file cannot be used: where, what is wrong, and what to do about it."""

    def __init__(self, *, file: str, line: int | None, problem: str, remedy: str) -> None:
        """``line`` counts from 1; None when the file as a whole is the problem."""
        # names on a disk are bytes, and need not be text
        file = file.encode("utf-8", "backslashreplace").decode()
        place = file if line is None else f"{file} line {line}"
        super().__init__(f"{place}: {problem}; {remedy}")
        self.file = file
        self.line = line
        self.problem = problem
        self.remedy = remedy


def shown(text: str) -> str:
    """``text`` of a stranger as it may stand in a message: quoted, one line, short."""
    return ascii(str(text) if len(text) <= 40 else f"{text[:37]}...")


def listed(words: Iterable[str]) -> str:
    """``a, b or c``."""
    *head, last = words
    return f"{', '.join(head)} or {last}" if head else last


def suggestion(word: str, known: Collection[str], otherwise: str) -> str:
    """What was probably meant by ``word``, the first of equals, or else ``otherwise``."""
    close = get_close_matches(word, known, n=len(known))
    if not close:
        return otherwise
    best = max(known, key=lambda candidate: SequenceMatcher(None, candidate, word).ratio())
    return f"did you mean {shown(best)}?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One value of the file with its place in it."""

    name: str
    """What to call it in a message."""

    node: yaml.Node
    """Where it stands and what it holds."""

    line: int
    """Line to name in a message: that of the key where there is one."""

    @property
    def file(self) -> str:
        """Name of the file that it stands in."""
        return str(self.node.start_mark.name)

    def error(self, problem: str, remedy: str) -> ProfileError:
        """A ``ProfileError`` at this place."""
        return ProfileError(file=self.file, line=self.line, problem=problem, remedy=remedy)

    def _expected(self, what: str, remedy: str) -> ProfileError:
        match self.node:
            case yaml.ScalarNode():
                found = shown(self.node.value) if self.node.value else "nothing"
            case yaml.SequenceNode():
                found = "a list"
            case _:
                found = "a group of keys"
        return self.error(f"{shown(self.name)} should be {what}, not {found}", remedy)

    @property
    def is_scalar(self) -> bool:
        """Whether it is a single value."""
        return isinstance(self.node, yaml.ScalarNode)

    def text(self, *, limit: int = 100) -> str:
        """A text of 1 to ``limit`` printable characters."""
        remedy = f"write 1 to {limit} printable characters"
        if not isinstance(self.node, yaml.ScalarNode):
            raise self._expected("a text", remedy)
        text = " ".join(self.node.value.split())
        if not text or len(text) > limit or not text.isprintable():
            raise self._expected("a text", remedy)
        return text

    def integer(self, low: int, high: int) -> int:
        """A whole number, decimal or 0x..., from ``low`` to ``high``."""
        remedy = f"write a whole number from {low} to {high}, decimal or 0x..."
        if not isinstance(self.node, yaml.ScalarNode) or (number := whole_number(self.node.value)) is None:
            raise self._expected("a whole number", remedy)
        if not low <= number <= high:
            raise self.error(f"{shown(self.name)} is out of range: {self.node.value}", remedy)
        return number

    def number(self) -> Decimal:
        """A decimal number exactly as written, or a whole one as 0x..."""
        if isinstance(self.node, yaml.ScalarNode):
            if (whole := whole_number(self.node.value)) is not None:
                return Decimal(whole)
            if _NUMBER.fullmatch(self.node.value):
                return Decimal(self.node.value)
        raise self._expected("a number", "write for example 0.1")

    def boolean(self) -> bool:
        """True or false."""
        if not isinstance(self.node, yaml.ScalarNode) or self.node.value.lower() not in _BOOLEANS:
            raise self._expected("true or false", "write true or false")
        return _BOOLEANS[self.node.value.lower()]

    def word(self, known: Collection[str], what: str) -> str:
        """One of the words in ``known``; ``what`` they are, for the message."""
        word = self.text()
        if word not in known:
            raise self.error(
                f"unknown {what} {shown(word)}",
                suggestion(word, known, f"choose {listed(known)}"),
            )
        return word

    def choice[E: StrEnum](self, kind: type[E], what: str) -> E:
        """One member of an enumeration."""
        return kind(self.word([member.value for member in kind], what))

    def items(self) -> list[Item]:
        """The values of a list with at least one."""
        if not isinstance(self.node, yaml.SequenceNode) or not self.node.value:
            raise self._expected("a list", "write for example [1, 2]")
        return [Item(name=self.name, node=node, line=node.start_mark.line + 1) for node in self.node.value]

    def mapping(self, what: str) -> dict[str, Item]:
        """Key -> value, in the order of the file; no key may come twice."""
        if not isinstance(self.node, yaml.MappingNode) or not self.node.value:
            raise self._expected(what, "write 'key: value', one a line and indented")
        found: dict[str, Item] = {}
        for key, value in self.node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise ProfileError(
                    file=self.file,
                    line=line,
                    problem=f"a key in {shown(self.name)} is not a plain word",
                    remedy="write 'key: value'",
                )
            item = Item(name=key.value, node=value, line=line)
            if key.value in found:
                raise item.error(
                    f"{shown(key.value)} stands here twice (first in line {found[key.value].line})",
                    "remove one of them",
                )
            found[key.value] = item
        return found

    def section(self, known: Collection[str], what: str) -> dict[str, Item]:
        """As ``mapping``, and every key is one of ``known``."""
        found = self.mapping(what)
        for key, item in found.items():
            if key not in known:
                raise item.error(
                    f"unknown key {shown(key)}",
                    suggestion(key, known, f"the keys of {what} are {listed(known)}"),
                )
        return found


def whole_number(text: str) -> int | None:
    """The number that ``text`` writes, decimal or 0x...; None when it is none."""
    return int(text, 0) if _INTEGER.fullmatch(text) else None


def needed(found: Mapping[str, Item], key: str, where: Item, example: str) -> Item:
    """The value of a key that has to be there."""
    if key not in found:
        raise where.error(f"{shown(key)} is missing", f"add for example '{example}'")
    return found[key]


class _Loader(yaml.SafeLoader):
    """PyYAML's composer without the parts that let a small file grow or act."""

    _depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """One node; refuses anchors, aliases, tags and what is nested too deeply."""
        event: yaml.Event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            self._refuse(
                event, "anchors and aliases (& and *) are not used in profiles", "write the value out"
            )
        if getattr(event, "tag", None):
            self._refuse(event, "tags (!) are not used in profiles", "remove it; the loader knows the types")
        if self._depth == _MAX_DEPTH:
            self._refuse(event, "the file is nested too deeply", "compare it with a shipped profile")
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def _refuse(self, event: yaml.Event, problem: str, remedy: str) -> Never:
        line = event.start_mark.line + 1 if event.start_mark else None
        raise ProfileError(file=str(self.name), line=line, problem=problem, remedy=remedy)


def parse(text: str, file: str) -> Item:
    """The only document in ``text``; ``file`` is the name to use in messages.

    Raises ``ProfileError`` for anything that is not plain YAML.
    """

    def refused(line: int | None, problem: str, remedy: str) -> ProfileError:
        return ProfileError(file=file, line=line, problem=problem, remedy=remedy)

    try:
        loader = _Loader(text)
        loader.name = file
        node = loader.get_single_node()
    except yaml.MarkedYAMLError as err:
        mark = err.problem_mark or err.context_mark
        if err.context_mark and mark and mark.index >= len(text.rstrip()):
            mark = err.context_mark  # something was never closed; where it began is more helpful
        raise refused(
            mark.line + 1 if mark else None,
            f"this is not valid YAML: {err.problem or err.context}",
            "check indentation, colons and quotes here and in the line before",
        ) from err
    except yaml.reader.ReaderError as err:
        raise refused(
            text.count("\n", 0, err.position) + 1,
            f"character U+{err.character:04X} cannot be in a text file",
            "remove it",
        ) from err
    except (ValueError, OverflowError) as err:
        # PyYAML lets these out for impossible escapes and version numbers, without a place.
        raise refused(None, f"this is not valid YAML: {err}", "check escapes and the %YAML line") from err
    if node is None:
        raise refused(1, "the file is empty", "start from a copy of a shipped profile")
    return Item(name=file, node=node, line=node.start_mark.line + 1)


def read(path: Path) -> Item:
    """The document in a file. Blocking.

    Raises ``ProfileError`` when the file cannot be read, is too large or is not plain YAML.
    """

    def refused(problem: str, remedy: str) -> ProfileError:
        return ProfileError(file=path.name, line=None, problem=problem, remedy=remedy)

    if not path.is_file():
        raise refused("there is no such file", "check name and folder")
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as err:
        raise refused(f"cannot be read ({err.strerror})", "check its permissions") from err
    if len(data) > MAX_BYTES:
        raise refused(f"larger than {MAX_BYTES // 1024} KiB", "this is no profile; move it elsewhere")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as err:
        line = data.count(b"\n", 0, err.start) + 1
        raise ProfileError(
            file=path.name, line=line, problem="this is not UTF-8 text", remedy="save the file as UTF-8"
        ) from err
    return parse(text, path.name)
