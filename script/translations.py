"""Keep the languages together: translations/en.json is the source, the others have its keys and placeholders.

python3 script/translations.py check            what is wrong, language by language
python3 script/translations.py missing de       what is not translated yet, as JSON: key -> English text
python3 script/translations.py merge de FILE    take in JSON of the same shape, in the order of the source
"""

from __future__ import annotations

import json
from pathlib import Path
import re
import sys
from typing import Any, Final

FOLDER: Final = Path(__file__).parents[1] / "custom_components" / "csj_meter" / "translations"
SOURCE: Final = "en"
LANGUAGES: Final = ("de", "es", "fr", "pt", "zh-Hans")

PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")
FORBIDDEN: Final = re.compile(r"https?://|<[a-zA-Z/]")
"""Home Assistant takes neither addresses nor HTML in a text."""


def flat(tree: dict[str, Any], path: str = "") -> dict[str, str]:
    """Key with dots -> text, in the order of the tree."""
    found: dict[str, str] = {}
    for key, value in tree.items():
        if isinstance(value, dict):
            found |= flat(value, f"{path}{key}.")
        else:
            found[f"{path}{key}"] = value
    return found


def read(language: str) -> dict[str, str]:
    """The texts of a language; empty for one that is not there."""
    path = FOLDER / f"{language}.json"
    return flat(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


def faults(language: str, texts: dict[str, str], source: dict[str, str]) -> list[str]:
    """What is wrong with the texts of a language, in words."""
    wrong = [f"{language}: {key} is missing" for key in source if key not in texts]
    wrong += [f"{language}: {key} is not in the source any more" for key in texts if key not in source]
    for key, text in texts.items():
        if key not in source:
            continue
        if not text.strip():
            wrong.append(f"{language}: {key} is empty")
        if sorted(set(PLACEHOLDER.findall(text))) != sorted(set(PLACEHOLDER.findall(source[key]))):
            wrong.append(f"{language}: {key} has other placeholders: {text!r} for {source[key]!r}")
        if FORBIDDEN.search(text) and not FORBIDDEN.search(source[key]):
            wrong.append(f"{language}: {key} has an address or HTML in it")
    return wrong


def write(language: str, texts: dict[str, str], source: dict[str, str]) -> None:
    """Write the texts that the source has, in its order."""
    tree: dict[str, Any] = {}
    for key in source:
        if key in texts:
            *folders, last = key.split(".")
            branch = tree
            for folder in folders:
                branch = branch.setdefault(folder, {})
            branch[last] = texts[key]
    content = json.dumps(tree, ensure_ascii=False, indent=2) + "\n"
    (FOLDER / f"{language}.json").write_text(content, encoding="utf-8")


def main(arguments: list[str]) -> int:
    """From the command line; returns the exit status."""
    source = read(SOURCE)
    match arguments:
        case ["check"]:
            wrong = [fault for language in LANGUAGES for fault in faults(language, read(language), source)]
            print("\n".join(wrong) or "Every language says what English says.")
            return 1 if wrong else 0
        case ["missing", language]:
            texts = read(language)
            print(
                json.dumps({k: v for k, v in source.items() if k not in texts}, ensure_ascii=False, indent=1)
            )
            return 0
        case ["merge", language, file]:
            try:
                texts = read(language) | flat(json.loads(Path(file).read_text(encoding="utf-8")))
            except (OSError, ValueError) as err:
                print(f"{file} cannot be read: {err}", file=sys.stderr)
                return 1
            texts = {key: text for key, text in texts.items() if key in source}
            wrong = [fault for fault in faults(language, texts, source) if not fault.endswith("is missing")]
            if wrong:
                print("\n".join(wrong), file=sys.stderr)
                return 1
            write(language, texts, source)
            return 0
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
