"""The page of the portal, and the files that it needs: nothing of anybody is in them."""

from __future__ import annotations

from dataclasses import dataclass
import gzip
from hashlib import sha256
from html import escape
import json
from pathlib import Path
import re
from typing import Final

from homeassistant.core import HomeAssistant

from ..language.texts import Texts
from ..panel import FOLDER
from ..tenants.links import PORTAL_URL
from ..tenants.texts import portal_texts

SCRIPT: Final = "portal.js"
BRAND: Final = Path(__file__).parents[1] / "brand"

ICONS: Final = {"icon.png": 256, "icon@2x.png": 512}
"""File -> pixels."""

_IMPORTED: Final = re.compile(r"""(?:from|import)\s*["'`]\./([\w-]+\.js)["'`]""")

STYLE: Final = """
:root {
  color-scheme: light dark;
  --primary-text-color: #1b1c1e; --secondary-text-color: #565b61; --divider-color: #dfe2e6;
  --card-background-color: #fff; --primary-background-color: #f3f5f7;
  --primary-color: #0b84a5; --error-color: #c5352b; --warning-color: #b86e00; --success-color: #2e7d32;
}
@media (prefers-color-scheme: dark) {
  :root {
    --primary-text-color: #e8eaed; --secondary-text-color: #a9afb6; --divider-color: #343a41;
    --card-background-color: #1c2024; --primary-background-color: #111417;
    --primary-color: #45a5be; --error-color: #ff8a80; --warning-color: #ffb74d; --success-color: #81c784;
  }
}
html { background: var(--primary-background-color); color: var(--primary-text-color); }
body { margin: 0; font: 16px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  overflow-wrap: break-word; -webkit-text-size-adjust: 100%; }
noscript, .wait { display: block; padding: 24px 16px; text-align: center; }
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file as browsers get it."""

    content: bytes
    packed: bytes | None
    """The same with gzip; None where that is no smaller."""
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """All of them, and a version that is another one when one of them is."""

    version: str
    files: dict[str, File]
    scripts: tuple[str, ...]
    """The script of the page, and all that it imports at once."""


def read_files() -> Files:
    """Read what the page needs, and nothing else of the folder. Blocks. Raises OSError."""
    scripts: dict[str, bytes] = {}
    waiting = [SCRIPT]
    while waiting:
        name = waiting.pop()
        if name not in scripts:
            scripts[name] = (FOLDER / name).read_bytes()
            waiting += _IMPORTED.findall(scripts[name].decode())
    files = {name: _file(content, "text/javascript") for name, content in scripts.items()}
    files["portal.css"] = _file(STYLE.encode(), "text/css")
    for name in ICONS:
        files[name] = _file((BRAND / name).read_bytes(), "image/png")
    digest = sha256()
    for name in sorted(files):
        digest.update(f"{name}\0".encode() + sha256(files[name].content).digest())
    return Files(version=digest.hexdigest()[:16], files=files, scripts=tuple(scripts))


def _file(content: bytes, kind: str) -> File:
    packed = gzip.compress(content, 9, mtime=0)
    return File(content=content, packed=packed if len(packed) < len(content) else None, type=kind)


def page(files: Files, texts: Texts) -> str:
    """The page, in the language of the site: whose it is, the page only hears when it asks."""
    base = f"{PORTAL_URL}/files/{files.version}"
    words = portal_texts(texts)
    # what looks like the end of the element must not be one
    data = json.dumps(words, ensure_ascii=False).replace("<", "\\u003c")
    preloads = "".join(
        f'<link rel="modulepreload" href="{base}/{name}">\n' for name in files.scripts if name != SCRIPT
    )
    return (
        f'<!doctype html>\n<html lang="{escape(texts.language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">\n'
        '<meta name="referrer" content="no-referrer">\n'
        '<meta name="color-scheme" content="light dark">\n'
        '<meta name="theme-color" content="#f3f5f7" media="(prefers-color-scheme: light)">\n'
        '<meta name="theme-color" content="#111417" media="(prefers-color-scheme: dark)">\n'
        f"<title>{escape(words['page.title'])}</title>\n"
        f'<link rel="stylesheet" href="{base}/portal.css">\n'
        f'<link rel="manifest" href="{PORTAL_URL}/manifest.webmanifest">\n'
        f'<link rel="icon" href="{base}/icon.png">\n'
        f'<link rel="apple-touch-icon" href="{base}/icon.png">\n'
        f'{preloads}<script type="module" src="{base}/{SCRIPT}"></script>\n'
        f'<script type="application/json" id="texts">{data}</script>\n</head>\n<body>\n'
        f'<csj-portal><p class="wait">{escape(words["page.loading"])}</p></csj-portal>\n'
        f"<noscript>{escape(words['page.no_script'])}</noscript>\n</body>\n</html>\n"
    )


def manifest(files: Files, texts: Texts) -> str:
    """What a phone needs to install it; the address of its start holds no token."""
    words = portal_texts(texts)
    return json.dumps(
        {
            "id": PORTAL_URL,
            "name": words["page.title"],
            "short_name": words["page.short_title"],
            "lang": texts.language,
            "start_url": PORTAL_URL,
            "scope": PORTAL_URL,
            "display": "standalone",
            "background_color": "#f3f5f7",
            "theme_color": "#f3f5f7",
            "icons": [
                {
                    "src": f"{PORTAL_URL}/files/{files.version}/{name}",
                    "sizes": f"{pixels}x{pixels}",
                    "type": "image/png",
                }
                for name, pixels in ICONS.items()
            ],
        },
        ensure_ascii=False,
    )


async def async_read_files(hass: HomeAssistant) -> Files:
    """The same in a thread."""
    return await hass.async_add_executor_job(read_files)
