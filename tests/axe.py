"""Asks axe-core what a page does to those who cannot see, point or tell colours apart."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from playwright.sync_api import Page

_SOURCE = Path(__file__).parents[1] / "web" / "node_modules" / "axe-core" / "axe.min.js"
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


_RUN = """async rules => {
  const found = await axe.run(document, {
    runOnly: {type: 'tag', values: rules}, resultTypes: ['violations']
  });
  return found.violations.map(({id, help, nodes}) => [id, help, nodes.map(node => node.target)]);
}"""


def violations(page: Page) -> list[str]:
    """List what is wrong, each with the places where it is."""
    # A page that was asked before has the program still; to bring it anew takes a while.
    if not page.evaluate("'axe' in window"):
        page.evaluate(_source())
    # What is right is neither gathered nor brought here: that takes as long as everything else.
    return [f"{rule}: {words}: {places}" for rule, words, places in page.evaluate(_RUN, _RULES)]


@cache
def _source() -> str:
    return _SOURCE.read_text(encoding="utf-8")
