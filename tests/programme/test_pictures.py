"""Posters and logos that organisers bring: made safe, kept once, refused in words."""

import io
import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from tests.programme.import_runs import imported, refused, the_problem
from ticketing.kernel.context import Context
from ticketing.programme.catalogue import Catalogue
from ticketing.programme.pictures import PICTURE_BYTES_MAX, PictureUnfit, make_picture


def picture(
    size: tuple[int, int] = (600, 900), kind: str = "JPEG", mode: str = "RGB", *, noise: bool = False, **how: object
) -> bytes:
    """A picture's file; with ``noise`` one that can't be compressed."""
    made = Image.frombytes(mode, size, os.urandom(size[0] * size[1] * 3)) if noise else Image.new(mode, size, 90)
    stream = io.BytesIO()
    made.save(stream, kind, **how)
    return stream.getvalue()


def bomb() -> bytes:
    """A PNG of a few hundred bytes that claims 60,000 by 60,000 pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(100_000))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


UNFIT: dict[str, tuple[Callable[[], bytes], str]] = {
    "a renamed page": (lambda: b"<!doctype html><script>alert(1)</script>", "JPEG, PNG or WebP"),
    "a drawing with a script": (
        lambda: b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>",
        "JPEG, PNG or WebP",
    ),
    "nothing": (lambda: b"", "JPEG, PNG or WebP"),
    "another kind of picture": (lambda: picture(kind="GIF", mode="L"), "JPEG, PNG or WebP"),
    "half a JPEG": (lambda: picture(noise=True)[:4000], "whole"),
    "half a PNG": (lambda: picture(kind="PNG", noise=True)[:4000], "whole"),
    "half a WebP": (lambda: picture(kind="WEBP", noise=True)[:4000], "whole"),
    "a head alone": (lambda: b"\x89PNG\r\n\x1a\n", "JPEG, PNG or WebP"),
    "a decompression bomb": (bomb, "pixels"),
    "a hundred megabytes": (lambda: picture() + bytes(100_000_000), "bytes"),
    "a stamp": (lambda: picture((100, 140)), "at least 240"),
}


@pytest.mark.parametrize("name", UNFIT)
def test_what_is_no_good_picture_is_told_so(name: str) -> None:
    content, expected = UNFIT[name]
    with pytest.raises(PictureUnfit) as unfit:
        make_picture(content(), "poster")
    assert expected in str(unfit.value)


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("JPEG", "RGB"), ("JPEG", "CMYK"), ("JPEG", "L"), ("PNG", "RGBA"), ("PNG", "P"), ("WEBP", "RGB")],
)
def test_every_usual_kind_is_taken_and_becomes_webp_in_two_sizes(kind: str, mode: str) -> None:
    stream = io.BytesIO()
    Image.new("RGB", (1200, 1800), "#b01029").convert(mode).save(stream, kind)
    made = make_picture(stream.getvalue(), "poster")
    assert (made.width, made.height) == (480, 720)
    for width, body in made.sizes.items():
        with Image.open(io.BytesIO(body)) as shown:
            assert (shown.format, shown.size) == ("WEBP", (width, width * 3 // 2))


def test_nothing_of_a_file_is_kept_but_its_pixels() -> None:
    exif = Image.Exif()
    exif[0x0110] = "a camera of Aigerim"
    exif[0x0112] = 6  # taken on its side
    told = picture((900, 600), exif=exif, comment=b"secret comment", icc_profile=b"a profile of some length")
    made = make_picture(told + b"<script>behind the picture</script>", "poster")
    assert (made.width, made.height) == (480, 720)
    for body in made.sizes.values():
        for word in (b"Aigerim", b"secret", b"profile", b"script", b"EXIF", b"ICCP"):
            assert word not in body


def test_a_small_picture_is_not_blown_up_and_a_noisy_one_stays_in_bounds() -> None:
    assert make_picture(picture((300, 420)), "poster").width == 300
    noisy = make_picture(picture((1500, 2200), noise=True), "poster")
    assert all(len(body) <= 400_000 for body in noisy.sizes.values())


def test_a_logo_keeps_what_shows_through() -> None:
    stream = io.BytesIO()
    Image.new("RGBA", (2000, 500), (200, 30, 60, 0)).save(stream, "PNG")
    made = make_picture(stream.getvalue(), "logo")
    assert (made.width, made.height) == (384, 96)
    with Image.open(io.BytesIO(made.sizes[480])) as shown:
        assert shown.mode == "RGBA"


def put(folder: Path, name: str, content: bytes) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)


async def test_posters_and_logos_come_with_the_programme(context: Context, folder: Path) -> None:
    put(folder, "posters/le-bal.jpg", picture())
    put(folder, "posters/.DS_Store", b"left by a system")
    put(folder, "logos/premieres-2024.png", picture((400, 100), "PNG"))
    report = await imported(context, folder)
    assert [(report.tables[kind].added, report.tables[kind].same) for kind in ("poster", "logo")] == [
        (1, 0),
        (1, 0),
    ]
    catalogue = Catalogue(context)
    film, festival = await catalogue.film("le-bal"), await catalogue.festival("premieres-2024")
    assert film.poster is not None
    assert festival.logo is not None
    screening = await catalogue.screening("premieres-2024-mo-19")
    assert screening.film == film
    assert (await catalogue.picture_size(film.poster.picture, 160) or b"")[8:12] == b"WEBP"
    assert await catalogue.picture_size(film.poster.picture, 161) is None

    again = await imported(context, folder)
    assert (again.tables["poster"].same, again.tables["logo"].same) == (1, 1)
    put(folder, "posters/le-bal.jpg", picture((500, 700)))
    assert (await imported(context, folder)).tables["poster"].changed == 1
    catalogue.forget()
    changed = (await catalogue.film("le-bal")).poster
    assert changed is not None
    assert changed.picture != film.poster.picture
    # A page somebody has open still finds the picture it names.
    assert await catalogue.picture_size(film.poster.picture, 480)


async def test_one_bad_picture_stops_the_whole_import(context: Context, folder: Path) -> None:
    put(folder, "posters/le-bal.jpg", b"<html>")
    problem = await the_problem(context, folder)
    assert (problem.file, problem.key) == ("posters/le-bal.jpg", "le-bal")
    assert await context.postgres.fetchval("select count(*) from picture") == 0


async def test_names_of_pictures_are_looked_at(context: Context, folder: Path, tmp_path: Path) -> None:
    put(folder, "posters/le-ball.jpg", picture())
    put(folder, "posters/le-bal.jpg", picture())
    put(folder, "posters/le-bal.png", picture(kind="PNG"))
    put(folder, "posters/le-bal.svg", b"<svg/>")
    put(folder, "logos/premieres-2025.webp", picture((64, 64), "WEBP"))
    put(tmp_path, "elsewhere.jpg", picture())
    (folder / "logos" / "premieres-2024.jpg").symlink_to(tmp_path / "elsewhere.jpg")
    told = {problem.file: problem.expected for problem in await refused(context, folder)}
    assert "le-bal perhaps" in told["posters/le-ball.jpg"]
    assert "one picture a film" in told["posters/le-bal.png"]
    assert ".jpg" in told["posters/le-bal.svg"]
    assert "premieres-2024 perhaps" in told["logos/premieres-2025.webp"]
    assert "beneath" in told["logos/premieres-2024.jpg"]


def test_the_bound_is_looked_at_before_the_file_is_decoded() -> None:
    with pytest.raises(PictureUnfit, match="bytes"):
        make_picture(bytes(PICTURE_BYTES_MAX + 1), "poster")
