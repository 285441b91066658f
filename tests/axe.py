"""Asks axe-core what a page does to those who cannot see, point or tell colours apart."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from playwright.sync_api import Page

_SOURCE = Path(__file__).parents[1] / "web" / "node_modules" / "axe-core" / "axe.min.js"
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page) -> list[str]:
    """List what is wrong, each with the places where it is."""
    page.evaluate(_source())
    # What is right is not gathered: that alone takes as long as everything else.
    found = page.evaluate(
        """rules => axe.run(document, {
             runOnly: {type: 'tag', values: rules}, resultTypes: ['violations']
           })""",
        _RULES,
    )
    return [
        f"{fault['id']}: {fault['help']}: {[node['target'] for node in fault['nodes']]}"
        for fault in found["violations"]
    ]


@cache
def _source() -> str:
    return _SOURCE.read_text(encoding="utf-8")
