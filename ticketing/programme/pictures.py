"""Pictures that organisers bring: posters, logos, portraits for badges. What comes is never what is shown.

A picture is decoded, turned upright, made smaller in a few sizes and written anew as WebP: without metadata (where
and by whom it was taken), colour profile, or a second file behind the first. Drawings that can
hold scripts (SVG) are not taken at all.
"""

import hashlib
import io
import struct
import warnings
from typing import Final, Literal

import msgspec
from PIL import Image, ImageOps, UnidentifiedImageError

from ticketing.kernel.i18n import Sentence

PictureKind = Literal["poster", "logo", "portrait"]

PICTURE_BYTES_MAX: Final = 15_000_000
PICTURE_PIXELS_MAX: Final = 40_000_000
"""More than a scanned film poster has, and 160 MB decoded: what claims more is refused before that."""
SIZE_BYTES_MAX: Final = 400_000
FORMATS: Final = ("JPEG", "PNG", "WEBP")
SUFFIXES: Final = (".jpg", ".jpeg", ".png", ".webp")
QUALITIES: Final = (80, 65, 45, 25)
# Another recipe makes other pictures of the same file, so they need another name.
RECIPE: Final = b"webp-1"

POSTER_WIDTHS: Final = (160, 480)
LOGO_WIDTH: Final = 480
PORTRAIT_WIDTH: Final = 360
BOXES: Final[dict[PictureKind, tuple[tuple[int, int], ...]]] = {
    "poster": tuple((width, width * 2) for width in POSTER_WIDTHS),
    "logo": ((LOGO_WIDTH, 96),),
    "portrait": ((PORTRAIT_WIDTH, 480),),
}
LEAST: Final[dict[PictureKind, tuple[int, int]]] = {"poster": (240, 240), "logo": (32, 32), "portrait": (120, 120)}
TOO_MANY_PIXELS: Final = Sentence("a picture of at most %(most)s pixels", most=f"{PICTURE_PIXELS_MAX:,}")


class PictureUnfit(Exception):
    """A file that can't be taken as a picture, and what was expected."""

    def __init__(self, expected: Sentence) -> None:
        super().__init__(expected)
        self.expected = expected


class MadePicture(msgspec.Struct, frozen=True):
    """A picture, made safe: its name, the measures of its largest size, the bytes of each by greatest width."""

    picture: str
    width: int
    height: int
    sizes: dict[int, bytes]


def make_picture(content: bytes, kind: PictureKind) -> MadePicture:
    """The sizes of a picture, from the bytes of a file. The same bytes give the same name.

    Takes some tenths of a second, most of it without the lock of the interpreter: never on the event loop.

    Raises:
        PictureUnfit: it is no JPEG, PNG or WebP, is damaged, too large, or too small to be shown.
    """
    if len(content) > PICTURE_BYTES_MAX:
        raise PictureUnfit(Sentence("a picture of at most %(most)s bytes", most=f"{PICTURE_BYTES_MAX:,}"))
    picture = _decoded(content, kind)
    sizes, widths, heights = {}, [], []
    for box in BOXES[kind]:
        small = ImageOps.contain(picture, box, Image.Resampling.LANCZOS) if _exceeds(picture, box) else picture
        sizes[box[0]] = _encoded(small)
        widths.append(small.width)
        heights.append(small.height)
    name = hashlib.sha256(RECIPE + kind.encode() + content).hexdigest()[:32]
    return MadePicture(name, max(widths), max(heights), sizes)


def _decoded(content: bytes, kind: PictureKind) -> Image.Image:
    """The picture upright, in RGB or RGBA."""
    try:
        with warnings.catch_warnings():
            # Pillow only warns of what it thinks too large; our own bound is looked at before anything is decoded.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=FORMATS)
            if picture.width * picture.height > PICTURE_PIXELS_MAX:
                raise PictureUnfit(TOO_MANY_PIXELS)
            if picture.width < LEAST[kind][0] or picture.height < LEAST[kind][1]:
                raise PictureUnfit(
                    Sentence(
                        "a picture of at least %(width)s by %(height)s pixels",
                        width=LEAST[kind][0],
                        height=LEAST[kind][1],
                    )
                )
            # A large JPEG is decoded at a fraction of its size: as sharp, and in a fraction of time and memory.
            picture.draft("RGB", (BOXES[kind][-1][0] * 2, BOXES[kind][-1][1] * 2))
            picture.load()
            upright = ImageOps.exif_transpose(picture)
            return upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    except UnidentifiedImageError as error:
        raise PictureUnfit(Sentence("a picture: JPEG, PNG or WebP")) from error
    except Image.DecompressionBombError as error:
        raise PictureUnfit(TOO_MANY_PIXELS) from error
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, OverflowError, struct.error) as error:
        # What decoders raise on damaged files; they are not of one family.
        raise PictureUnfit(Sentence("a picture that is whole; this one is damaged")) from error


def _exceeds(picture: Image.Image, box: tuple[int, int]) -> bool:
    return picture.width > box[0] or picture.height > box[1]


def _encoded(picture: Image.Image) -> bytes:
    """WebP in the best quality that stays below the bound; noise alone needs more than the first."""
    # A new picture has the pixels and nothing else: no profile, no comment, no thumbnail.
    clean = Image.new(picture.mode, picture.size)
    clean.paste(picture)
    body = b""
    for quality in QUALITIES:
        stream = io.BytesIO()
        clean.save(stream, "WEBP", quality=quality, method=4)
        body = stream.getvalue()
        if len(body) <= SIZE_BYTES_MAX:
            return body
    raise PictureUnfit(Sentence("a picture that can be shown in %(most)s bytes", most=f"{SIZE_BYTES_MAX:,}"))
