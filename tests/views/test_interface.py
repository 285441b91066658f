"""The ballot box over HTTP is described, as described, and never at a loss for an answer."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

import jsonschema_rs
import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.core import NotSet
from werkzeug.test import TestResponse

from tests.hall import Hall

DESCRIBED: Final = json.loads(Path("docs/openapi.json").read_text(encoding="utf-8"))
OPERATIONS: Final[list[Any]] = [
    found.ok()  # type: ignore[union-attr]  # a description that can't be read fails here
    for found in schemathesis.openapi.from_dict(DESCRIBED).get_all_operations()
]
EXAMPLES: Final = 12
SLUG: Final = "binjiang"


@pytest.fixture
def hall(app: Flask) -> Hall:
    """A sitting whose box is open, on a server that answers as in use."""
    made = Hall.build(app, trustees=1, threshold=1)
    made.cast(made.open_election(), 1, ["p01"])
    app.testing = False
    return made


def test_the_description_names_every_route_of_the_box(app: Flask) -> None:
    routes = {
        (re.sub(r"<(?:[a-z]+:)?([a-z_]+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith(("/api/c/", "/log/"))
    }

    assert {
        (path, method)
        for path, operations in DESCRIBED["paths"].items()
        for method in operations
        if method != "parameters"
    } == routes


def test_no_request_finds_the_box_at_a_loss(hall: Hall) -> None:
    for operation in OPERATIONS:
        ask(hall, operation)


def ask(hall: Hall, operation: Any) -> None:
    """Send made-up requests to one route, right and wrong ones."""
    client = hall.app.test_client(use_cookies=False)

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), is_here=st.booleans())
    def send(case: Any, is_here: bool) -> None:
        case.path_parameters["slug"] = SLUG if is_here else case.path_parameters["slug"]
        answer = client.open(**request_of(case))

        assert answer.status_code < 500, case.as_curl_command()
        check(operation, answer)

    send()


def request_of(case: Any) -> dict[str, Any]:
    """Turn a made-up case into what a client sends."""
    sent: dict[str, Any] = {
        "path": case.formatted_path,
        "method": case.method,
        "query_string": dict(case.query or {}),
        "headers": {name: _latin(value) for name, value in dict(case.headers or {}).items()},
    }
    if not isinstance(case.body, NotSet):
        is_text = case.media_type == "text/plain"
        sent["data"] = str(case.body).encode() if is_text else json.dumps(case.body).encode()
        sent["content_type"] = case.media_type
    return sent


def check(operation: Any, answer: TestResponse) -> None:
    """Hold an answer to the description: a status that it names, and JSON of that form."""
    answers = DESCRIBED["paths"][operation.path][operation.method]["responses"]
    status = str(answer.status_code)
    described = answers.get(status) or answers.get(f"{status[0]}XX")
    assert described is not None, status
    if "$ref" in described:
        described = DESCRIBED["components"]["responses"][described["$ref"].rsplit("/", 1)[1]]
    schema = described.get("content", {}).get("application/json", {}).get("schema")
    if schema and answer.data:
        known = {"components": DESCRIBED["components"]}
        jsonschema_rs.validate({**schema, **known}, answer.get_json())


def _latin(value: object) -> str:
    return str(value).encode("latin-1", "replace").decode("latin-1")
