"""Photos: pixels alone are kept, within bounds that are looked at before anything is decoded."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image, ImageFile

from voting.db import reading, transaction
from voting.errors import NotFound, NotValid
from voting.models.pictures import Picture
from voting.rules.access import NOBODY, Actor
from voting.rules.roles import Role
from voting.services import pictures

OWNER = "proposal:1"
SCRIPT = b"<script>alert(1)</script>"
ORIENTATION, MAKER, GPS = 0x0112, 0x010F, 0x8825


def photo(size: tuple[int, int] = (400, 300), form: str = "JPEG", **options: object) -> bytes:
    """Make a photo whose upper left quarter is red."""
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1] // 2))
    memory = io.BytesIO()
    image.save(memory, form, **options)
    return memory.getvalue()


def exif(orientation: int) -> Image.Exif:
    """Make what a telephone writes beside the pixels: how it was held, whose it is, where."""
    made = Image.Exif()
    made[ORIENTATION] = orientation
    made[MAKER] = "Telephone of Li Xiaomei"
    made.get_ifd(GPS)[2] = (30.0, 12.0, 30.0)
    return made


def claimed(width: int, height: int) -> bytes:
    """Write a PNG of one kilobyte that claims any size."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        body = kind + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1000))
    parts = [chunk(b"IHDR", header), chunk(b"IDAT", pixels), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def keep(congress_id: int, raw: bytes, *, public: bool = True) -> int:
    """Keep a photo and give its number."""
    with transaction() as tx:
        return pictures.keep(tx, congress_id, OWNER, raw, public=public).id


def both_sizes(congress_id: int, number: int) -> tuple[bytes, bytes]:
    """Read what was kept, as anybody may."""
    with reading() as tx:
        large = pictures.read(tx, NOBODY, congress_id, number)
        small = pictures.read(tx, NOBODY, congress_id, number, small=True)
    assert (large.media_type, small.media_type) == ("image/jpeg", "image/webp")
    return large.content, small.content


def opened(content: bytes) -> Image.Image:
    """Decode a picture."""
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_kept_in_two_sizes(congress_id: int, form: str) -> None:
    number = keep(congress_id, photo((3000, 2000), form))

    large, small = both_sizes(congress_id, number)

    assert (opened(large).format, opened(large).size) == ("JPEG", (1600, 1067))
    assert (opened(small).format, opened(small).size) == ("WEBP", (480, 320))


def test_a_photo_is_turned_upright_and_loses_what_the_telephone_wrote(congress_id: int) -> None:
    number = keep(congress_id, photo(exif=exif(6)))

    for content in both_sizes(congress_id, number):
        kept = opened(content).convert("RGB")
        assert kept.size == (300, 400)
        red, _, blue = kept.getpixel((290, 10))  # type: ignore[misc]  # three bands
        assert red > 200 > blue
        assert not opened(content).getexif()
        assert b"Xiaomei" not in content


def test_text_beside_the_pixels_is_not_kept(congress_id: int) -> None:
    raw = photo(comment=SCRIPT, icc_profile=SCRIPT, exif=exif(1))
    assert raw.count(SCRIPT) == 2

    number = keep(congress_id, raw)

    assert not any(b"script" in content for content in both_sizes(congress_id, number))


@pytest.mark.parametrize("behind", [b"PK\x03\x04 an archive", SCRIPT, b"%PDF-1.7"])
def test_a_second_format_behind_the_picture_is_not_kept(congress_id: int, behind: bytes) -> None:
    number = keep(congress_id, photo(form="PNG") + behind)

    assert not any(behind in content for content in both_sizes(congress_id, number))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"not a picture",
        SCRIPT + photo(),
        b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>',
        photo()[:200],
        photo(form="GIF"),
        photo(form="TIFF"),
        photo(form="PDF"),
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 1 1\n",
    ],
)
def test_what_is_no_photo_is_refused(congress_id: int, raw: bytes) -> None:
    with pytest.raises(NotValid, match="can't be read as a photo"):
        keep(congress_id, raw)


@pytest.mark.parametrize(
    "raw",
    [
        photo((10_000, 10_000)),
        photo((12_001, 10)),
        photo((5_000, 5_000), "PNG"),
        claimed(30_000, 30_000),
        claimed(2**31 - 1, 1),
        claimed(9_000, 9_000),
    ],
    ids=["square", "long", "png", "bomb", "line", "small bomb"],
)
def test_too_many_pixels_are_refused_before_they_are_decoded(
    congress_id: int, raw: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded: list[object] = []
    monkeypatch.setattr(ImageFile.ImageFile, "load", decoded.append)

    with pytest.raises(NotValid, match="too many pixels"):
        keep(congress_id, raw)

    assert decoded == []


def test_a_wide_photo_within_bounds_is_made_smaller(congress_id: int) -> None:
    number = keep(congress_id, photo((10_000, 4_000)))

    large, _ = both_sizes(congress_id, number)

    assert opened(large).size == (1600, 640)


def test_a_file_of_too_many_bytes_is_refused(congress_id: int) -> None:
    with pytest.raises(NotValid, match="at most"):
        keep(congress_id, photo() + bytes(pictures.LARGEST_FILE))


def test_what_shines_through_lies_on_white(congress_id: int) -> None:
    memory = io.BytesIO()
    Image.new("RGBA", (10, 10), (255, 0, 0, 0)).save(memory, "PNG")

    large, _ = both_sizes(congress_id, keep(congress_id, memory.getvalue()))

    assert opened(large).getpixel((5, 5)) == (255, 255, 255)


def test_only_offices_see_what_is_not_public(congress_id: int) -> None:
    number = keep(congress_id, photo(), public=False)
    office = Actor(1, "office", frozenset({(congress_id, Role.COMMITTEE)}))
    elsewhere = Actor(2, "elsewhere", frozenset({(congress_id + 1, Role.COMMITTEE)}))
    deputy = Actor(3, "deputy", frozenset({(congress_id, Role.DEPUTY)}))

    with reading() as tx:
        assert pictures.read(tx, office, congress_id, number).content
        for other in (NOBODY, elsewhere, deputy):
            with pytest.raises(NotFound):
                pictures.read(tx, other, congress_id, number)
        with pytest.raises(NotFound):
            pictures.read(tx, office, congress_id + 1, number)


def test_photos_of_a_thing_are_published_together(congress_id: int) -> None:
    numbers = [keep(congress_id, photo(), public=False) for _ in range(2)]

    with transaction() as tx:
        pictures.publish(tx, congress_id, OWNER)
    with reading() as tx:
        cards = pictures.of(tx, congress_id, OWNER)

    assert [(card.number, card.is_public) for card in cards] == [(n, True) for n in numbers]
    assert {(card.width, card.height) for card in cards} == {(400, 300)}


def test_a_photo_can_be_destroyed(congress_id: int) -> None:
    number = keep(congress_id, photo())

    with transaction() as tx:
        pictures.remove(tx, congress_id, "proposal:2", number)
        assert tx.get(Picture, number) is not None
        pictures.remove(tx, congress_id, OWNER, number)

    with reading() as tx, pytest.raises(NotFound):
        pictures.read(tx, NOBODY, congress_id, number)
