"""The whole record: checked in the reader's browser, or taken home and checked there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint

from voting import i18n
from voting.db import reading
from voting.rules.access import Action
from voting.services import reports
from voting.services.reports import LogPage
from voting.views.assets import asset
from voting.views.gate import door
from voting.views.pages import render

blueprint: Final = Blueprint("verify", __name__, url_prefix="/c/<slug>/verify")


@dataclass(frozen=True, slots=True)
class VerifyPage:
    log: LogPage
    data: dict[str, Any]


@blueprint.get("")
@door(Action.READ_PUBLIC)
def verify(slug: str) -> str:
    lang = i18n.language()
    with reading() as tx:
        log = reports.read_log(tx, slug)
    words = {
        "rules": reports.rule_words(lang),
        "report": reports.report_words(lang),
        "icons": asset("vendor/icons.svg"),
    }
    data = {"slug": slug, "vkey": log.known.vkey, "words": words}
    return render("public/verify.html", VerifyPage(log, data))
