"""Writes a year's archive: one folder as a zip, with data, forms, record, journal digest, hashes.

Everything is in open formats (CSV, JSON, PDF, and the record as `ballots verify` reads it). The
manifest names every file with its size and SHA-256; `SHA256SUMS` says the same to `sha256sum -c`.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from voting import clock, ledger
from voting.errors import NotFound, NotNow
from voting.exports.ratings import rating_file, rating_values
from voting.exports.record import Reading, record_files
from voting.exports.sets import Form, print_form
from voting.exports.sheets import write_csv
from voting.i18n import iso, t
from voting.ledger import Log
from voting.models.ratings import Rating
from voting.services import reports
from voting.services.archives.closing import Written
from voting.services.archives.gathering import Table, YearData, clerk, gather
from voting.services.people import congresses

FORMAT: Final = "minsheng-vote-archive-1"
FORMS: Final = (Form.RULES, Form.ATTENDANCE, Form.CARDS_AND_BALLOTS, Form.COUNT, Form.ANNOUNCEMENT)
_TIME: Final = (2026, 1, 1, 0, 0, 0)
_RIGHTS: Final = 0o644 << 16


def write_archive(folder: Path, slug: str, year: int, reading: Reading) -> Written:
    """Write an archive into a folder, under a name with the hash of its manifest."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = folder / f".{slug}-{year}.part"
    listed: list[dict[str, Any]] = []
    top = f"{slug}-{year}"
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in archive_files(slug, year, reading):
            digest = hashlib.sha256(data).hexdigest()
            listed.append({"path": path, "size": len(data), "sha256": digest})
            _put(archive, f"{top}/{path}", data)
        manifest = _manifest(slug, year, listed)
        _put(archive, f"{top}/manifest.json", manifest)
        sums = "".join(f"{entry['sha256']}  {entry['path']}\n" for entry in listed)
        _put(archive, f"{top}/SHA256SUMS", sums.encode())
    digest = hashlib.sha256(manifest).hexdigest()
    whole = draft.rename(folder / f"{top}-{digest[:12]}.zip")
    whole.chmod(0o600)
    return Written(whole.name, whole.stat().st_size, digest)


def archive_files(slug: str, year: int, reading: Reading) -> Iterator[tuple[str, bytes]]:
    """Give the files of an archive but its manifest."""
    with reading() as tx:
        card = congresses.find_congress(tx, slug)
        found = gather(tx, clerk(card), slug, year)
        yield "README.txt", _readme(found).encode()
        for table in found.tables:
            yield f"data/{table.name}.csv", write_csv(table.columns, table.rows)
            yield f"data/{table.name}.json", _json(_objects(table))
        for rating in found.ratings:
            yield from _rating_files(rating, found)
        yield "journal/digest.json", _json(_journal(found))
        log = ledger.find_log(tx, slug)
    for object_id in found.elections:
        yield from _forms(slug, found, object_id, reading)
    yield from _record(log, reading)


def _rating_files(rating: Rating, found: YearData) -> Iterator[tuple[str, bytes]]:
    name = found.congress.name
    yield f"data/rating-{rating.id}.json", _json(rating_values(rating, name))
    yield f"forms/rating-{rating.id}.pdf", rating_file(rating, name, "pdf")[0]


def _forms(
    slug: str, found: YearData, object_id: str, reading: Reading
) -> Iterator[tuple[str, bytes]]:
    """Print the forms of one vote; those that it has no figures for are left out."""
    with reading() as tx:
        try:
            papers = reports.read_papers(tx, clerk(found.congress), slug, object_id)
        except NotFound:
            return
    for form in FORMS:
        if form is Form.ANNOUNCEMENT and papers.notice is None:
            continue
        try:
            content = print_form(form, papers, papers.voted_at)
        except NotNow:
            continue
        yield f"forms/{object_id[:12]}-{form}.pdf", content


def _record(log: Log, reading: Reading) -> Iterator[tuple[str, bytes]]:
    for path, data in record_files(log, reading):
        yield f"record/{path}", data


def _manifest(slug: str, year: int, listed: list[dict[str, Any]]) -> bytes:
    return _json(
        {
            "format": FORMAT,
            "congress": slug,
            "year": year,
            "made_at": iso(clock.now()),
            "files": listed,
        }
    )


def _journal(found: YearData) -> dict[str, Any]:
    journal = found.journal
    return {
        "length": journal.length,
        "digest": journal.digest,
        "acts": [
            {"position": place, "at": at, "kind": kind, "digest": digest}
            for place, at, kind, digest in journal.acts
        ],
    }


def _objects(table: Table) -> list[dict[str, Any]]:
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode() + b"\n"


def _readme(found: YearData) -> str:
    lines = (
        t(
            "{congress}: archive of the livelihood projects of {year}",
            congress=found.congress.name,
            year=str(found.year),
        ),
        "",
        t("data/: tables as CSV and JSON; no contacts and no telephone numbers are in them."),
        t("forms/: printed forms as PDF."),
        t("record/: the public log with every sealed ballot, as “ballots verify” checks it."),
        t("journal/: length and digest of the journal, and the digests of this congress's acts."),
        t("manifest.json: every file with its SHA-256; SHA256SUMS is for “sha256sum -c”."),
    )
    return "\n".join(lines) + "\n"


def _put(archive: zipfile.ZipFile, path: str, data: bytes) -> None:
    info = zipfile.ZipInfo(path, _TIME)
    info.external_attr, info.create_system = _RIGHTS, 3
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, data)
