"""Keeps photos: decoded within bounds, turned upright, drawn anew in two sizes.

What was sent is thrown away with everything that hides in a file: the place and the telephone of
the camera, a second format behind the first, text for a browser to obey. Only pixels stay.
"""

from __future__ import annotations

import hashlib
import io
import threading
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageOps
from sqlalchemy import delete, select, update

from voting import clock
from voting.db import Tx
from voting.errors import NotFound, NotValid
from voting.models.pictures import Picture
from voting.rules import access
from voting.rules.access import Action, Actor

LARGEST_FILE: Final = 8 * 1024 * 1024
MOST_PIXELS: Final = 64_000_000
ACCEPTED: Final = "image/jpeg,image/png,image/webp"

_READERS: Final = {"proposal": Action.MANAGE_COLLECTION, "voice": Action.KEEP_STATION}
_FORMATS: Final = ("JPEG", "PNG", "WEBP")
# A JPEG is decoded at a fraction of its size, other formats only whole.
_MOST_PIXELS_WHOLE: Final = 24_000_000
_LONGEST_SIDE: Final = 12_000
_LARGE: Final = (1600, 1600)
_SMALL: Final = (480, 480)
_JPEG_QUALITY: Final = 82
_WEBP_QUALITY: Final = 76

# Decoding takes a hundred megabytes at worst, so not everybody may do it at once.
_decoding: Final = threading.BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class PictureCard:
    """A photo as pages place it; `number` is in its address."""

    number: int
    width: int
    height: int
    is_public: bool


@dataclass(frozen=True, slots=True)
class PictureFile:
    """The bytes of a photo in one size."""

    content: bytes
    media_type: str
    digest: str
    is_public: bool


def keep(tx: Tx, congress_id: int, owner: str, raw: bytes, *, public: bool = False) -> Picture:
    """Keep a photo of a thing such as "proposal:12". Raises NotValid."""
    drawn = _drawn(raw)
    large = _encoded(drawn, "JPEG", _JPEG_QUALITY)
    picture = Picture(
        congress_id=congress_id,
        owner=owner,
        is_public=public,
        width=drawn.width,
        height=drawn.height,
        digest=hashlib.sha256(large).hexdigest(),
        large=large,
        small=_encoded(_shrunk(drawn, _SMALL), "WEBP", _WEBP_QUALITY),
        created_at=clock.now(),
    )
    tx.add(picture)
    tx.flush()
    return picture


def of(tx: Tx, congress_id: int, owner: str) -> tuple[PictureCard, ...]:
    """List the photos of a thing in the order they were kept."""
    query = select(Picture).where(Picture.congress_id == congress_id, Picture.owner == owner)
    return tuple(
        PictureCard(row.id, row.width, row.height, row.is_public)
        for row in tx.scalars(query.order_by(Picture.id))
    )


def publish(tx: Tx, congress_id: int, owner: str, *, public: bool = True) -> None:
    """Let everyone see the photos of a thing, or no longer."""
    tx.execute(
        update(Picture)
        .where(Picture.congress_id == congress_id, Picture.owner == owner)
        .values(is_public=public)
    )


def remove(tx: Tx, congress_id: int, owner: str, number: int) -> None:
    """Destroy a photo, such as one on which somebody can be recognised."""
    tx.execute(
        delete(Picture).where(
            Picture.congress_id == congress_id, Picture.owner == owner, Picture.id == number
        )
    )


def read(
    tx: Tx, actor: Actor, congress_id: int, number: int, *, small: bool = False
) -> PictureFile:
    """Give a photo's bytes; one that isn't public only to those who work with such things."""
    picture = tx.get(Picture, number)
    missing = NotFound("There is no picture at this address.")
    if picture is None or picture.congress_id != congress_id:
        raise missing
    if not picture.is_public and not access.is_allowed(actor, _reader_of(picture), congress_id):
        raise missing
    content, kind = (picture.small, "image/webp") if small else (picture.large, "image/jpeg")
    return PictureFile(content, kind, picture.digest, picture.is_public)


def _reader_of(picture: Picture) -> Action:
    kind, _, _ = picture.owner.partition(":")
    return _READERS.get(kind, Action.READ_SUPERVISION)


def _drawn(raw: bytes) -> Image.Image:
    """Decode within bounds, upright, on white, as nothing but red, green and blue."""
    if len(raw) > LARGEST_FILE:
        raise NotValid(
            "The photo has {megabytes} MB; at most {limit} MB are taken.",
            megabytes=-(-len(raw) // 2**20),
            limit=LARGEST_FILE // 2**20,
        ).now("Choose a smaller one, or take the photo again with a lower resolution.")
    with _decoding:
        try:
            with Image.open(io.BytesIO(raw), formats=_FORMATS) as image:
                _check_size(image)
                image.draft("RGB", _LARGE)
                image.load()
                return _plain(ImageOps.exif_transpose(image))
        except NotValid:
            raise
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise _too_large() from error
        except Exception as error:  # decoders raise whatever they stumble over
            raise NotValid("This file can't be read as a photo.").now(
                "Choose a photo in the format JPEG, PNG or WebP."
            ) from error


def _check_size(image: Image.Image) -> None:
    """Look at the size that the file claims before a single pixel is decoded."""
    most = MOST_PIXELS if image.format == "JPEG" else _MOST_PIXELS_WHOLE
    if max(image.size) > _LONGEST_SIDE or image.width * image.height > most:
        raise _too_large()


def _plain(image: Image.Image) -> Image.Image:
    whole = _shrunk(image.convert("RGBA"), _LARGE)
    plain = Image.new("RGB", whole.size, "white")
    plain.paste(whole, mask=whole.getchannel("A"))
    return plain


def _shrunk(image: Image.Image, box: tuple[int, int]) -> Image.Image:
    copy = image.copy()
    copy.thumbnail(box)
    return copy


def _encoded(image: Image.Image, form: str, quality: int) -> bytes:
    memory = io.BytesIO()
    image.save(memory, form, quality=quality)
    return memory.getvalue()


def _too_large() -> NotValid:
    refusal = NotValid("The photo has too many pixels.")
    refusal.now("Choose a smaller one, or take the photo again with a lower resolution.")
    return refusal
