"""What others have written is shown as it stands, and nothing of it is a link, a picture or HTML."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
import pytest

from custom_components.csj_meter.markdown import plain

EVIL = (
    "![x](https://evil.example/x.png)",
    "[Mend it](https://evil.example)",
    "[Mend it]: https://evil.example",
    "<img src=x onerror=alert(1)>",
    "<https://evil.example>",
    "https://evil.example/x",
    "HTTP://evil.example",
    "www.evil.example",
    "WWW.evil.example",
    "**all** `of` *it* ~~this~~ | that",
    "\\[x](y)",
    "\\\\[x](y)",
    "a\n\n# Heading\n- list\n\n    code",
)


@pytest.mark.parametrize("text", EVIL)
def test_nothing_of_it_is_markup(text: str) -> None:
    markdown = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])

    # in a line of a list, which is where it stands
    html = markdown.render(f"- Somebody: {plain(text)}").replace("\n", "")

    inner = html.removeprefix("<ul><li>Somebody: ").removesuffix("</li></ul>")
    assert "<" not in inner
    shown = inner.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")
    assert shown == " ".join(text.split())
    # what Home Assistant's own Markdown makes a link of without being asked
    assert re.search(r"\w://|www\.", plain(text), re.IGNORECASE) is None


@pytest.mark.parametrize(
    "text", ["my_meter.yaml", "Elm Row 1 (left)", "12:30", "no such table: hours", "5 %"]
)
def test_plain_words_stay_as_they_are(text: str) -> None:
    assert plain(text) == text
