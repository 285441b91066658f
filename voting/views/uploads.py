"""Files that are looked at before they count: sent once, kept in the page between the two steps."""

from __future__ import annotations

import base64
import binascii
from typing import Final

from flask import request

from voting.errors import FieldProblem, NotValid, msg

LARGEST: Final = 4 * 1024 * 1024
FIELD: Final = "file"
KEPT: Final = "upload"


def read_upload() -> bytes:
    """Give the file of this request. Raises NotValid."""
    file = request.files.get(FIELD)
    data = b"" if file is None else file.stream.read(LARGEST + 1)
    if not data:
        problem = FieldProblem(FIELD, msg("Choose a file."))
        raise NotValid("No file was sent.").at(problem)
    if len(data) > LARGEST:
        problem = FieldProblem(FIELD, msg("At most {megabytes} MB.", megabytes=LARGEST >> 20))
        raise NotValid("The file is too large.").at(problem)
    return data


def wrapped(data: bytes) -> str:
    """Write a file so that a page can carry it."""
    return base64.b64encode(data).decode("ascii")


def kept_upload() -> bytes:
    """Give the file that the page carried. Raises NotValid."""
    try:
        return base64.b64decode(request.form.get(KEPT, ""), validate=True)
    except binascii.Error:
        raise NotValid("The file got lost on the way.").now("Choose it again.") from None
