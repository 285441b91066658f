"""Compare the sentences that the product says with those that its catalogues have."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

import hatch_build

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = ROOT / "voting" / "translations"
REFUSED = "Refused"
SAYING = {"t": 1, "msg": 1, "Message": 1, "now": 1, "tn": 2}
PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One sentence of a catalogue."""

    area: str
    ids: tuple[str, ...]
    texts: tuple[str, ...]
    is_fuzzy: bool


@cache
def used() -> dict[tuple[str, ...], str]:
    """Gather every sentence that code, templates and the browser say, with one place each."""
    found: dict[tuple[str, ...], str] = {}
    saying = {**SAYING, **dict.fromkeys(refusals(), 1)}
    for path in sorted((ROOT / "voting").rglob("*.py")):
        for ids, line in said_in_python(path.read_text(encoding="utf-8"), saying):
            found.setdefault(ids, f"{path.relative_to(ROOT)}:{line}")
    for path in sorted((ROOT / "templates").rglob("*")):
        if path.is_file():
            for ids, line in said_in_template(path.read_text(encoding="utf-8")):
                found.setdefault(ids, f"{path.relative_to(ROOT)}:{line}")
    for text in hatch_build.browser_messages():
        found.setdefault((text,), "web")
    return found


@cache
def refusals() -> frozenset[str]:
    """Name the errors that hold a sentence: Refused and all that derive from it."""
    bases: dict[str, list[str]] = {}
    for path in (ROOT / "voting").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                bases[node.name] = [ast.unparse(base).rsplit(".", 1)[-1] for base in node.bases]
    known = {REFUSED}
    while more := {name for name, of in bases.items() if known.intersection(of)} - known:
        known |= more
    return frozenset(known)


def said_in_python(source: str, saying: dict[str, int]) -> Iterator[tuple[tuple[str, ...], int]]:
    """Find the literal sentences in calls such as `t("…")` or `NotNow("…")`."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        count = saying.get(ast.unparse(node.func).rsplit(".", 1)[-1], 0)
        literals = [arg.value for arg in node.args[:count] if isinstance(arg, ast.Constant)]
        texts = tuple(text for text in literals if isinstance(text, str))
        if count and len(texts) == count:
            yield texts, node.lineno


def said_in_template(source: str) -> Iterator[tuple[tuple[str, ...], int]]:
    """Find the literal sentences in a template's calls of `t` and `tn`."""
    parsed = Environment(autoescape=True, extensions=["jinja2.ext.do"]).parse(source)
    for call in parsed.find_all(nodes.Call):
        name = call.node.name if isinstance(call.node, nodes.Name) else ""
        count = SAYING.get(name, 0)
        literals = [arg.value for arg in call.args[:count] if isinstance(arg, nodes.Const)]
        texts = tuple(text for text in literals if isinstance(text, str))
        if count and len(texts) == count:
            yield texts, call.lineno


def catalogue(locale: str) -> list[Entry]:
    """Read all areas of a language."""
    entries = []
    for path in sorted((TRANSLATIONS / locale).glob("*.po")):
        with path.open("rb") as handle:
            entries += [
                Entry(
                    path.stem, _strings(message.id), _strings(message.string or ""), message.fuzzy
                )
                for message in read_po(handle, locale=locale)
                if message.id
            ]
    return entries


def wrong_places(entry: Entry) -> bool:
    """Tell whether a translation lacks a place that its sentence has, or has another."""
    wanted = set(PLACE.findall(" ".join(entry.ids)))
    # "{n}" may go unsaid where the singular says it in words.
    return any(set(PLACE.findall(text)) ^ wanted for text in entry.texts)


def main() -> int:
    """Print what each catalogue lacks, ready to be pasted into an area, and what nobody says."""
    said = used()
    status = 0
    for folder in sorted(TRANSLATIONS.glob("*/")):
        there = {entry.ids for entry in catalogue(folder.name) if all(entry.texts)}
        missing = [ids for ids in said if ids not in there]
        for ids in missing:
            print(f"\n#: {said[ids]}")
            for keyword, text in zip(("msgid", "msgid_plural"), ids, strict=False):
                print(f'{keyword} "{_quoted(text)}"')
            print('msgstr ""' if len(ids) == 1 else 'msgstr[0] ""')
        unused = [entry for entry in catalogue(folder.name) if entry.ids not in said]
        for entry in unused:
            print(f'{folder.name}/{entry.area}.po: nobody says "{entry.ids[0]}"', file=sys.stderr)
        summary = f"{len(said)} sentences, {len(missing)} missing, {len(unused)} unused"
        print(f"{folder.name}: {summary}", file=sys.stderr)
        status |= bool(missing or unused)
    return status


def _strings(value: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


if __name__ == "__main__":
    sys.exit(main())
