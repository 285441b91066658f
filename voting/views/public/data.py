"""Open data: the list of tables, and each as CSV and JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from flask import Blueprint, Response, url_for

from voting.db import reading
from voting.errors import NotFound
from voting.exports.datasets import Table, dataset_csv, dataset_json
from voting.rules.access import Action
from voting.services.people.congresses import CongressCard
from voting.services.reports.datasets import DATASETS, Dataset, find_dataset
from voting.views.gate import congress, door, limited
from voting.views.pages import render

blueprint: Final = Blueprint("data", __name__, url_prefix="/c/<slug>/data")

LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"
FORMATS: Final[Mapping[str, tuple[Callable[[Table], bytes], str]]] = {
    "csv": (dataset_csv, "text/csv; charset=utf-8"),
    "json": (dataset_json, "application/json"),
}


@dataclass(frozen=True, slots=True)
class DataPage:
    congress: CongressCard
    datasets: tuple[Dataset, ...]
    formats: tuple[str, ...]
    licence: str


@blueprint.get("")
@door(Action.READ_PUBLIC)
def list_page(slug: str) -> str:
    return render("public/data.html", DataPage(congress(), DATASETS, tuple(FORMATS), LICENCE))


@blueprint.get("/<key>.<suffix>")
@door(Action.READ_PUBLIC)
@limited(60, "minute")
def table(slug: str, key: str, suffix: str) -> Response:
    if suffix not in FORMATS:
        raise NotFound("This table is not written in this form.")
    write, content_type = FORMATS[suffix]
    dataset = find_dataset(key)
    with reading() as tx:
        rows = list(dataset.rows(tx, congress()))
    source = url_for("data.list_page", slug=slug, _external=True)
    content = write(Table(dataset, rows, congress().name, source, LICENCE))
    answer = Response(content, content_type=content_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{slug}-{key}.{suffix}"'
    return answer
