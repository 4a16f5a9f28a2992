"""Nothing in the package runs text as code, or builds statements and pages out of the words of strangers.

Read from the syntax trees of all modules, so that a comment that silences a linter silences nothing here. What
has a reason stands in ``ALLOWED`` with it; an exception that nobody needs any more fails as well.
"""

# ruff: noqa: E501 - offences are told as they are found

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
import re
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[1]
PACKAGE: Final = ROOT / "custom_components" / "csj_meter"
FRONTEND: Final = ROOT / "frontend" / "src"

MODULES: Final = {
    **dict.fromkeys(("pickle", "marshal", "shelve", "dill", "cloudpickle"), "runs what it reads"),
    **dict.fromkeys(
        ("subprocess", "pty", "ctypes", "cffi", "code", "codeop", "runpy"), "runs other programs"
    ),
    **dict.fromkeys(("xml", "lxml"), "is made to fetch and to grow"),
    **dict.fromkeys(("zipfile", "tarfile", "shutil"), "unpacks to where an archive says"),
    **dict.fromkeys(
        ("requests", "httpx", "urllib3", "ftplib", "telnetlib", "smtplib"), "goes round the shared client"
    ),
    "random": "can be foretold",
    "tempfile": "puts files where others write",
}
"""Module that is not imported -> what is wrong with it."""

CALLS: Final = {
    **dict.fromkeys(("eval", "exec", "compile", "__import__", "breakpoint"), "runs text"),
    **dict.fromkeys(("os.system", "os.popen", "os.startfile"), "runs a shell"),
    **dict.fromkeys(("tempfile.mktemp", "os.tempnam"), "is a name that somebody else may take"),
    **dict.fromkeys(("hashlib.md5", "hashlib.sha1"), "is broken"),
    **dict.fromkeys(("os.chmod", "os.umask", "os.chown"), "changes rights"),
}

YAML: Final = frozenset(
    {"load", "load_all", "unsafe_load", "full_load", "Loader", "UnsafeLoader", "FullLoader"}
)

SQL: Final = frozenset({"text", "execute", "exec_driver_sql", "executescript", "literal_column", "DDL"})
"""What takes a statement as a text."""

SESSION: Final = frozenset({"get", "post", "put", "patch", "delete", "request", "head"})

ALLOWED: Final = {
    "imports random, which can be foretold simulator/line.py": "a simulated line has simulated noise",
    "imports tempfile, which puts files where others write simulator/serial.py": "a folder of its own, for a terminal",
    "imports pty, which runs other programs simulator/serial.py": "for the two ends of a terminal, not to run anything",
    "imports zipfile, which unpacks to where an archive says anomaly/memory.py": "to see how large arrays are before they are unpacked, into memory",
    "asserts meter_commands.py": "for the type checker",
    "asserts telemetry/bulk.py": "for the type checker",
    "asserts telemetry/importing.py": "for the type checker",
    "makes a statement history/trial.py text(f'SELECT {rights}')": "of constants",
    "makes a statement prepay/schema.py connection.execute(f'PRAGMA busy_timeout = {round(BUSY_TIMEOUT * 1000)}')": (
        "of constants"
    ),
    "makes a statement site/audit_schema.py text(trigger)": "of constants",
    "makes a statement telemetry/bulk.py connection.exec_driver_sql(statement, tuple(values))": (
        "of names of our columns"
    ),
    "makes a statement telemetry/bulk.py connection.exec_driver_sql(statement, rows)": "of names of our columns",
    "makes a statement telemetry/database.py connection.exec_driver_sql('BEGIN IMMEDIATE' if writes else 'BEGIN')": (
        "of constants"
    ),
    "makes a statement telemetry/database.py connection.execute(f\"SET statement_timeout = '{STATEMENT_TIMEOUT}s'\")": (
        "of constants"
    ),
    "makes a statement telemetry/database.py connection.execute(f\"SET lock_timeout = '{LOCK_TIMEOUT}s'\")": (
        "of constants"
    ),
    "makes a statement telemetry/database.py connection.execute(f'PRAGMA {name} = {value}')": "of constants",
    "makes a statement telemetry/timescale.py connection.exec_driver_sql(statement)": "of names of our tables",
}
"""Offence -> why it is none."""


def offences_of(source: str, name: str) -> Iterator[str]:
    """What one module does that it should not; ``name``: how it is told."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        match node:
            case ast.Import() | ast.ImportFrom(level=0):
                for module in _modules_of(node):
                    if (why := MODULES.get(module.partition(".")[0])) is not None:
                        yield f"imports {module}, which {why} {name}"
            case ast.Assert():
                yield f"asserts {name}"
            case ast.Attribute(value=ast.Name(id="yaml"), attr=attribute) if attribute in YAML:
                yield f"reads YAML with yaml.{attribute} {name}"
            case ast.Call():
                yield from _offences_of_call(node, name)


def _modules_of(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return [alias.name for alias in node.names]


def _offences_of_call(call: ast.Call, name: str) -> Iterator[str]:
    called = ast.unparse(call.func)
    last = called.rpartition(".")[2]
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    if (why := CALLS.get(called)) is not None:
        yield f"calls {called}, which {why} {name}"
    if last in SQL and call.args and _is_statement(called, call.args[0]):
        yield f"makes a statement {name} {ast.unparse(call)}"
    if last in SESSION and "session" in called and not _is(given.get("allow_redirects"), value=False):
        yield f"follows redirects {name}"
    if last == "Environment" and not _is(given.get("autoescape"), value=True):
        yield f"has templates that escape nothing {name}"
    for keyword in ("verify", "ssl", "verify_ssl"):
        if _is(given.get(keyword), value=False):
            yield f"trusts any certificate {name}"
    if _is(given.get("shell"), value=True):
        yield f"runs a shell {name}"


def _is_statement(called: str, given: ast.expr) -> bool:
    """Whether it is SQL that is put together: a text of SQLAlchemy that is no constant, or any text with holes."""
    if isinstance(given, ast.Constant):
        return False
    if called in ("text", "literal_column", "DDL") or called.endswith("exec_driver_sql"):
        return not (isinstance(given, ast.Call) or (called == "text" and _is_page(given)))
    is_made = isinstance(given, ast.JoinedStr | ast.BinOp)
    return is_made and called.rpartition(".")[2] in ("execute", "executescript")


def _is_page(given: ast.expr) -> bool:
    """``text`` of the portal answers with a page."""
    return isinstance(given, ast.Name) and given.id in ("html", "content")


def _is(node: ast.expr | None, *, value: bool) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def test_no_module_does_what_it_should_not() -> None:
    found = {
        offence
        for path in PACKAGE.rglob("*.py")
        for offence in offences_of(path.read_text(encoding="utf-8"), path.relative_to(PACKAGE).as_posix())
    }

    assert found == ALLOWED.keys()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import pickle", "imports pickle, which runs what it reads m"),
        ("from xml.etree import ElementTree", "imports xml.etree, which is made to fetch and to grow m"),
        ("def f():\n    import subprocess", "imports subprocess, which runs other programs m"),
        ("assert user.is_admin", "asserts m"),
        ("eval(x)", "calls eval, which runs text m"),
        ("os.system(x)", "calls os.system, which runs a shell m"),
        ("f(x, shell=True)", "runs a shell m"),
        ("yaml.load(x)", "reads YAML with yaml.load m"),
        ("yaml.load(x, Loader=yaml.UnsafeLoader)", "reads YAML with yaml.UnsafeLoader m"),
        ("text(f'SELECT {x}')", "makes a statement m text(f'SELECT {x}')"),
        ("text(x)", "makes a statement m text(x)"),
        ("c.execute('SELECT ' + x)", "makes a statement m c.execute('SELECT ' + x)"),
        ("c.exec_driver_sql(x)", "makes a statement m c.exec_driver_sql(x)"),
        ("session.get(url)", "follows redirects m"),
        ("session.post(url, allow_redirects=True)", "follows redirects m"),
        ("Environment()", "has templates that escape nothing m"),
        ("TCPConnector(ssl=False)", "trusts any certificate m"),
    ],
)
def test_the_reader_sees_each_of_them(source: str, expected: str) -> None:
    assert expected in set(offences_of(source, "m"))


def test_the_reader_leaves_alone_what_is_right() -> None:
    right = (
        "yaml.safe_load(x)\ntext('SELECT 1')\nc.execute(select(A))\nEnvironment(autoescape=True)\n"
        "session.post(url, allow_redirects=False)\nhashlib.sha256(x)\nfrom .random import x\n"
    )
    assert list(offences_of(right, "m")) == []


IN_BROWSERS: Final = re.compile(
    r"unsafe(?:HTML|SVG|Static)|(?:inner|outer)HTML|insertAdjacentHTML|document\.write|srcdoc|\beval\(|new Function"
    r"|dangerouslySet|setHTMLUnsafe|createContextualFragment|DOMParser|ha-markdown|postMessage\(|javascript:"
    r"|setTimeout\(\s*[\"'`]|\bimport\((?![\"'])"
)
"""What makes HTML, or a program, of a text."""


@pytest.mark.parametrize("folder", ["panel", "cards", "portal", "strategies", "elements", "api", "."])
def test_no_page_makes_html_of_a_text(folder: str) -> None:
    paths = [*(FRONTEND / folder).glob("**/*.ts" if folder != "." else "*.ts")]
    found = [
        f"{path.relative_to(FRONTEND)}: {hit[0]}"
        for path in paths
        for hit in IN_BROWSERS.finditer(path.read_text(encoding="utf-8"))
    ]

    assert paths
    assert found == []


def test_every_folder_of_the_pages_is_read() -> None:
    assert {path.name for path in FRONTEND.iterdir() if path.is_dir()} == {
        *("panel", "cards", "portal", "strategies", "elements", "api")
    }


def test_secrets_are_compared_in_the_same_time() -> None:
    """Where one of two things that are compared with == is called a secret, a signature or a digest."""
    found = [
        f"{path.relative_to(PACKAGE).as_posix()}: {ast.unparse(node)}"
        for path in PACKAGE.rglob("*.py")
        if "simulator" not in path.parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Compare)
        and any(isinstance(operator, ast.Eq | ast.NotEq) for operator in node.ops)
        and any(
            re.search(r"secret|signature|digest|fingerprint|token$|password", ast.unparse(side).lower())
            for side in (node.left, *node.comparators)
            if isinstance(side, ast.Name | ast.Attribute | ast.Call)
            and not (isinstance(side, ast.Attribute) and side.attr.isupper())  # one of a list of words
        )
    ]

    # asked of the database, and of a keyed hash: whoever measures it learns of a hash that they cannot make
    assert found == ["prepay/vouchers.py: VOUCHERS.c.code_hash == fingerprint"]
