"""The ballot box over HTTP, as tablets, trustees' devices and anyone's browser use it."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from ballots.encoding import parse_json
from ballots.log import (
    check_cosignature,
    cosign,
    make_verifier_key,
    parse_checkpoint,
    parse_verifier_key,
)
from ballots.objects import object_id
from ballots.receipt import check_receipt, parse_compact, parse_receipt
from ballots.record import ZipReader
from ballots.verify import check_record
from tests.hall import Hall
from voting import clock as clocks
from voting.db import db, transaction
from voting.errors import NotAllowed
from voting.rules.verdicts import RuleBroken
from voting.services import witnesses

JSON = {"Content-Type": "application/json"}


@pytest.fixture
def hall(app: Flask, clock: clocks.StoppedClock) -> Hall:
    """A sitting with cards issued and keys made."""
    return Hall.build(app)


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    """A client without cookies."""
    with app.test_client(use_cookies=False) as made:
        yield made


@pytest.fixture
def queries(app: Flask) -> Iterator[list[str]]:
    """All statements that the database is asked, as they come."""
    asked: list[str] = []

    def note(*arguments: Any) -> None:
        asked.append(arguments[2])

    event.listen(db.engine, "before_cursor_execute", note)
    yield asked
    event.remove(db.engine, "before_cursor_execute", note)


def test_a_ballot_gets_a_receipt_that_holds(hall: Hall, client: FlaskClient) -> None:
    election = hall.open_election()
    ballot = hall.ballot(election, 1, ["p01"])

    answer = client.post("/api/c/binjiang/ballots", data=ballot.raw, headers=JSON)

    assert answer.status_code == 201
    receipt = parse_receipt(answer.get_json()["receipt"])
    assert check_receipt(receipt, hall.key()) == ballot.id
    assert parse_compact(answer.get_json()["compact"], [hall.key()]) == receipt
    assert answer.get_json()["index"] == receipt.index


def test_the_same_ballot_again_gets_the_same_place(hall: Hall, client: FlaskClient) -> None:
    election = hall.open_election()
    ballot = hall.ballot(election, 1, ["p01"])
    first = client.post("/api/c/binjiang/ballots", data=ballot.raw, headers=JSON)

    hall.close(election)
    again = client.post("/api/c/binjiang/ballots", data=ballot.raw, headers=JSON)

    assert again.status_code == 200
    assert (again.get_json()["index"], again.get_json()["tracker"]) == (
        first.get_json()["index"],
        first.get_json()["tracker"],
    )


def test_a_second_ballot_is_refused_in_the_readers_language(
    hall: Hall, client: FlaskClient
) -> None:
    election = hall.open_election()
    hall.cast(election, 1, ["p01"])
    other = hall.ballot(election, 1, ["p02"], "other")

    answer = client.post("/api/c/binjiang/ballots?lang=en", data=other.raw, headers=JSON)

    assert answer.status_code == 409
    assert answer.get_json()["rule"] == "ballot.second"
    assert "the first one counts" in answer.get_json()["message"]


def test_what_is_no_ballot_is_malformed(hall: Hall, client: FlaskClient) -> None:
    hall.open_election()

    answer = client.post("/api/c/binjiang/ballots", data=b'{"type":"ballot"}', headers=JSON)

    assert answer.status_code == 400
    assert answer.get_json()["rule"] == "object.schema"


def test_a_body_that_is_too_large_is_not_read(hall: Hall, client: FlaskClient) -> None:
    answer = client.post("/api/c/binjiang/ballots", data=b"x" * 2_000_000, headers=JSON)

    assert answer.status_code == 413
    assert "rule" in answer.get_json()


def test_an_unknown_congress_is_not_found(hall: Hall, client: FlaskClient) -> None:
    election = hall.open_election()
    ballot = hall.ballot(election, 1, ["p01"])

    answer = client.post("/api/c/nowhere/ballots", data=ballot.raw, headers=JSON)

    assert answer.status_code == 404


def test_a_form_can_not_pass_for_a_ballot(hall: Hall, client: FlaskClient) -> None:
    election = hall.open_election()
    ballot = hall.ballot(election, 1, ["p01"])

    answer = client.post("/api/c/binjiang/ballots", data=ballot.raw, content_type="text/plain")

    assert answer.status_code == 422


def test_no_cookie_is_set_where_ballots_come_in(hall: Hall, client: FlaskClient) -> None:
    election = hall.open_election()
    ballot = hall.ballot(election, 1, ["p01"])

    answers = [
        client.post("/api/c/binjiang/ballots", data=ballot.raw, headers=JSON),
        client.post("/api/c/binjiang/challenges", data=b"{}", headers=JSON),
        client.get("/api/c/binjiang/state"),
    ]

    assert [answer.headers.get("Set-Cookie") for answer in answers] == [None, None, None]


def test_a_challenge_is_published(hall: Hall, client: FlaskClient) -> None:
    election = hall.open_election()
    challenge = hall.challenge_of(election, 1, ["p01"])

    answer = client.post("/api/c/binjiang/challenges", data=challenge.raw, headers=JSON)

    assert answer.status_code == 201
    assert answer.get_json()["id"] == challenge.id


def test_a_receipt_is_found_by_the_shown_tracker(hall: Hall, client: FlaskClient) -> None:
    election = hall.open_election()
    ballot = hall.ballot(election, 1, ["p01"])
    shown = client.post("/api/c/binjiang/ballots", data=ballot.raw, headers=JSON).get_json()[
        "tracker"
    ]

    found = client.get(f"/api/c/binjiang/receipts/{shown.lower().replace('-', '')}")

    assert found.status_code == 200
    assert check_receipt(parse_receipt(found.get_json()["receipt"]), hall.key()) == ballot.id


@pytest.mark.parametrize("code", ["0000-0000-0000-0000", "short", "!"])
def test_a_tracker_that_is_none_is_not_found(hall: Hall, client: FlaskClient, code: str) -> None:
    answer = client.get(f"/api/c/binjiang/receipts/{code}")

    assert answer.status_code == 404


def test_the_log_is_served_as_files(hall: Hall, client: FlaskClient) -> None:
    election = hall.open_election()
    hall.cast(election, 1, ["p01"])

    served = {path: client.get(f"/log/binjiang/{path}").data for path in hall.record()}

    assert served == hall.record()


def test_full_tiles_and_objects_are_kept_for_ever_and_the_checkpoint_is_not(
    hall: Hall, client: FlaskClient
) -> None:
    size = parse_checkpoint(client.get("/log/binjiang/checkpoint").text).size
    name = hall.row(hall.prepare()).object_id

    caching = {
        path: client.get(f"/log/binjiang/{path}").headers["Cache-Control"]
        for path in ("checkpoint", f"tile/0/000.p/{size}", f"object/{name}")
    }

    assert caching["checkpoint"] == "no-cache"
    assert "immutable" not in caching[f"tile/0/000.p/{size}"]
    assert "immutable" in caching[f"object/{name}"]


def test_an_unchanged_checkpoint_is_not_sent_again(hall: Hall, client: FlaskClient) -> None:
    mark = client.get("/log/binjiang/checkpoint").headers["ETag"]

    answer = client.get("/log/binjiang/checkpoint", headers={"If-None-Match": mark})

    assert answer.status_code == 304


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/001",
        "tile/0/000",
        "tile/0/000.p/255",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/0",
        "tile/00/000.p/1",
        "tile/0/x000/000.p/1",
        "tile/1/000.p/1",
        "tile/entries/x00/000",
        "tile/9/000",
        "object/xyz",
        "object/" + "0" * 64,
        "nothing",
    ],
)
def test_what_the_log_does_not_have_is_not_found(
    hall: Hall, client: FlaskClient, path: str
) -> None:
    assert client.get(f"/log/binjiang/{path}").status_code == 404


def test_the_record_is_one_zip_that_holds(hall: Hall, client: FlaskClient) -> None:
    election = hall.open_election()
    hall.cast(election, 1, ["p01"])
    hall.count(election)

    first = client.get("/log/binjiang/record.zip").data
    again = client.get("/log/binjiang/record.zip").data

    assert first == again
    key = parse_verifier_key(zipfile.ZipFile(io.BytesIO(first)).read("log.vkey").decode().strip())
    assert check_record(ZipReader(io.BytesIO(first)), key).findings == []


def test_any_page_may_read_the_log(hall: Hall, client: FlaskClient) -> None:
    answer = client.get("/log/binjiang/checkpoint")

    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_the_state_tells_turnout_and_no_choices(hall: Hall, client: FlaskClient) -> None:
    election = hall.open_election()
    hall.cast(election, 1, ["p01"])

    state = client.get("/api/c/binjiang/state").get_json()

    assert state["sitting"]["present"] == 4
    assert state["elections"] == [
        {
            "id": hall.row(election).object_id,
            "title": "民生实事项目票决",
            "kind": "decision",
            "round": 1,
            "state": "open",
            "turnout": {"deputies": 4, "present": 4, "issued": 4, "ballots": 1},
            "keys": hall.row(election).keys_object,
            "roll": hall.row(election).roll_object,
            "outcome": None,
        }
    ]
    assert state["time"] == "2026-02-01T01:00:00Z"


def test_a_tablet_that_polls_gets_nothing_new_until_something_happens(
    hall: Hall, client: FlaskClient
) -> None:
    election = hall.open_election()
    hall.cast(election, 1, ["p01"])
    mark = client.get("/api/c/binjiang/state").headers["ETag"]

    same = client.get("/api/c/binjiang/state", headers={"If-None-Match": mark})
    hall.close(election)
    changed = client.get("/api/c/binjiang/state", headers={"If-None-Match": mark})

    assert (same.status_code, same.data) == (304, b"")
    assert changed.status_code == 200
    assert changed.get_json()["elections"][0]["state"] == "tallied"


def test_polling_asks_the_database_once_a_second(
    hall: Hall, client: FlaskClient, clock: clocks.StoppedClock, queries: list[str]
) -> None:
    client.get("/api/c/binjiang/state")
    before = len(queries)

    for _ in range(50):
        client.get("/api/c/binjiang/state")

    assert len(queries) == before
    clock.advance(1.5)
    client.get("/api/c/binjiang/state")
    assert len(queries) > before


def test_a_ceremony_is_held_over_http(app: Flask, client: FlaskClient) -> None:
    hall = Hall.gather(app)
    name = hall.begin_ceremony()

    for step in (hall.register, hall.commit, hall.confirm):
        for index in range(1, 4):
            headers = {**JSON, "X-Invitation": hall.invitations[index - 1]}
            raw = step(index)
            answer = client.post("/api/c/binjiang/trustee-objects", data=raw, headers=headers)
            assert (answer.status_code, answer.get_json()["id"]) == (201, object_id(raw))

    status = client.get(f"/api/c/binjiang/ceremonies/{name}").get_json()
    assert status["stage"] == "done"
    assert (
        len(status["trustees"]) == len(status["commitments"]) == len(status["confirmations"]) == 3
    )
    assert parse_json(client.get(f"/log/binjiang/object/{status['keys']}").data)["type"] == "keys"


def test_a_registration_without_its_invitation_is_not_allowed(
    app: Flask, client: FlaskClient
) -> None:
    hall = Hall.gather(app)
    hall.begin_ceremony()
    raw = hall.register(1)

    bare = client.post("/api/c/binjiang/trustee-objects", data=raw, headers=JSON)
    others = client.post(
        "/api/c/binjiang/trustee-objects",
        data=raw,
        headers={**JSON, "X-Invitation": hall.invitations[1]},
    )

    assert (bare.status_code, others.status_code) == (403, 403)


def test_a_failed_share_ends_the_ceremony_over_http(app: Flask, client: FlaskClient) -> None:
    hall = Hall.gather(app)
    name = hall.begin_ceremony()
    for step in (hall.register, hall.commit):
        for index in range(1, 4):
            hall.publish(step(index), hall.invitations[index - 1])
    body = {"ceremony": name, "index": 2, "sender": 1}

    answer = client.post(
        "/api/c/binjiang/trustee-failures",
        json=body,
        headers={"X-Invitation": hall.invitations[1]},
    )

    assert answer.status_code == 201
    assert client.get(f"/api/c/binjiang/ceremonies/{name}").get_json()["stage"] == "abandoned"


def test_shares_come_over_http_until_the_outcome_stands(hall: Hall, client: FlaskClient) -> None:
    election = hall.open_election()
    hall.cast(election, 1, ["p01"])
    hall.close(election)

    for index in (1, 3):
        raw = hall.share(election, index)
        answer = client.post("/api/c/binjiang/trustee-objects", data=raw, headers=JSON)
        assert answer.status_code == 201

    state = client.get("/api/c/binjiang/state").get_json()["elections"][0]
    assert state["state"] == "decided"
    outcome = parse_json(client.get(f"/log/binjiang/object/{state['outcome']}").data)
    assert outcome["type"] == "outcome"


WITNESS_SEED = bytes(range(32))
WITNESS = make_verifier_key("witness.example", WITNESS_SEED, is_witness=True)


def name_witness(hall: Hall) -> None:
    with transaction() as tx:
        witnesses.name_witness(tx, hall.chief, hall.slug, str(WITNESS))


def cosigned(client: FlaskClient) -> str:
    checkpoint = parse_checkpoint(client.get("/log/binjiang/checkpoint").text)
    return str(cosign(checkpoint, WITNESS.name, WITNESS_SEED, time=1_770_000_000))


def test_a_witness_cosigns_the_checkpoint(hall: Hall, client: FlaskClient) -> None:
    name_witness(hall)

    answer = client.post(
        "/api/c/binjiang/cosignatures", data=cosigned(client), content_type="text/plain"
    )

    assert answer.status_code == 201
    checkpoint = parse_checkpoint(client.get("/log/binjiang/checkpoint").text)
    assert check_cosignature(checkpoint, WITNESS) == 1_770_000_000
    assert answer.get_json() == {"size": checkpoint.size}


def test_a_witness_that_is_late_names_the_size(hall: Hall, client: FlaskClient) -> None:
    name_witness(hall)
    size = parse_checkpoint(client.get("/log/binjiang/checkpoint").text).size
    line = cosigned(client)
    hall.prepare()

    late = client.post("/api/c/binjiang/cosignatures", data=line, content_type="text/plain")
    named = client.post(
        f"/api/c/binjiang/cosignatures?size={size}", data=line, content_type="text/plain"
    )

    assert (late.status_code, late.get_json()["rule"]) == (422, "log.signature")
    assert named.status_code == 201


@pytest.mark.parametrize("line", [b"\xff", b"", b"nonsense"])
def test_what_is_no_cosignature_is_refused(hall: Hall, client: FlaskClient, line: bytes) -> None:
    answer = client.post("/api/c/binjiang/cosignatures", data=line, content_type="text/plain")

    assert answer.status_code in {400, 422}


def test_only_who_watches_the_log_names_witnesses(hall: Hall) -> None:
    with pytest.raises(NotAllowed), transaction() as tx:
        witnesses.name_witness(tx, hall.secretary, hall.slug, str(WITNESS))
    with pytest.raises(RuleBroken), transaction() as tx:
        witnesses.name_witness(tx, hall.chief, hall.slug, "nonsense")


def test_a_state_is_worked_out_once_for_all_who_ask_at_once(
    hall: Hall, app: Flask, queries: list[str]
) -> None:
    barrier = threading.Barrier(8)
    codes: list[int] = []

    def ask() -> None:
        with app.test_client(use_cookies=False) as client:
            barrier.wait()
            codes.append(client.get("/api/c/binjiang/state").status_code)

    queries.clear()
    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert codes == [200] * 8
    assert sum("FROM sittings" in query for query in queries) == 1
