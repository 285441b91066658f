"""A scrutineer's device: the key ceremony, the watch over the log, the share at the count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final

from flask import Blueprint, Response, jsonify
from msgspec import Meta

from voting import i18n
from voting.db import reading, transaction
from voting.rules.access import Action
from voting.services import reports, witnesses
from voting.services.reports import DevicePage
from voting.views.fields import read_form
from voting.views.gate import actor, door
from voting.views.pages import render

blueprint: Final = Blueprint("device", __name__, url_prefix="/scrutineer/<slug>")


@dataclass(frozen=True, slots=True)
class WitnessForm:
    vkey: Annotated[str, Meta(min_length=40, max_length=400)]


@dataclass(frozen=True, slots=True)
class FramePage:
    """The device's values, and the meaning of every rule code in the reader's language."""

    device: DevicePage
    rules: Mapping[str, str]


@blueprint.get("")
@door(Action.HOLD_KEY)
def device_page(slug: str) -> str:
    with reading() as tx:
        device = reports.read_device(tx, actor(), slug)
    page = FramePage(device, reports.rule_words(i18n.language()))
    return render("scrutineer/device.html", page)


@blueprint.get("/state")
@door(Action.HOLD_KEY)
def state(slug: str) -> Response:
    with reading() as tx:
        page = reports.read_device(tx, actor(), slug)
    return jsonify(page.told)


@blueprint.post("/witness")
@door(Action.COSIGN_LOG)
def name_witness(slug: str) -> Response:
    form = read_form(WitnessForm)
    with transaction() as tx:
        witnesses.name_witness(tx, actor(), slug, form.vkey)
    return jsonify(named=form.vkey)
