"""The code of a ticket as a QR symbol, as SVG and PNG.

Error correction M (15 %): a ticket is shown on a cracked, dim or greasy screen, or on paper that has been folded;
the next level up, Q, would need 49 modules a side instead of 41, so smaller ones, and phones at arm's length fail
on small modules sooner than on damaged ones.
"""

import io
from functools import lru_cache
from typing import Final

from PIL import Image
from qrcode.constants import ERROR_CORRECT_M
from qrcode.exceptions import DataOverflowError
from qrcode.main import QRCode
from qrcode.util import QRData

from ticketing.kernel.threads import Threads
from ticketing.tickets.code import CODE_SIGNS

QUIET_ZONE_MODULES: Final = 4
PNG_PIXELS_PER_MODULE: Final = 8
SYMBOLS_CACHED_MAX: Final = 1024
# Trying all eight masks takes most of the time. It guards against data full of patterns; a signature has none.
_MASK: Final = 0
_ALPHANUMERIC: Final = 2  # the mode's indicator in ISO/IEC 18004
_VERSION: Final = 6  # 41 modules a side, up to 154 signs

_THREADS = Threads("qr", threads_max=1, waiting_max=256)


async def render_qr_svg(code: str) -> str:
    """The symbol as an SVG of its own, one unit a module, quiet zone included; black on white in any theme.

    Raises:
        ValueError: the text is longer than a code.
        TooMany: too many symbols are wanted at once.
    """
    return await _THREADS.run(qr_svg, code)


async def render_qr_png(code: str) -> bytes:
    """The symbol as a PNG of 392 × 392 pixels, quiet zone included. Raises as :func:`render_qr_svg` does."""
    return await _THREADS.run(qr_png, code)


async def render_link_png(address: str) -> bytes:
    """An address as a PNG, for a telephone's own camera: as many modules as it needs. Raises TooMany as above."""
    return await _THREADS.run(link_png, address)


def link_png(address: str) -> bytes:
    """See :func:`render_link_png`; runs where it is called."""
    symbol = QRCode(error_correction=ERROR_CORRECT_M, border=QUIET_ZONE_MODULES, box_size=PNG_PIXELS_PER_MODULE)
    symbol.add_data(address)
    buffer = io.BytesIO()
    symbol.make_image().save(buffer)
    return buffer.getvalue()


def qr_modules(code: str) -> list[list[bool]]:
    """The symbol's modules by row, True where dark, without the quiet zone. Takes some 2 ms.

    Raises:
        ValueError: the text is longer than a code, or has signs that a code can't have.
    """
    if len(code) > CODE_SIGNS:
        raise ValueError("longer than a code")
    symbol = QRCode(version=_VERSION, error_correction=ERROR_CORRECT_M, border=0, mask_pattern=_MASK)
    symbol.add_data(QRData(code, mode=_ALPHANUMERIC))
    try:
        symbol.make(fit=False)
    except DataOverflowError as error:
        raise ValueError("longer than a code") from error
    return [[bool(module) for module in row] for row in symbol.get_matrix()]


@lru_cache(maxsize=SYMBOLS_CACHED_MAX)
def qr_svg(code: str) -> str:
    """See :func:`render_qr_svg`; runs where it is called."""
    modules = qr_modules(code)
    side = len(modules) + 2 * QUIET_ZONE_MODULES
    path = "".join(
        f"M{start + QUIET_ZONE_MODULES} {row + QUIET_ZONE_MODULES}h{length}v1h-{length}z"
        for row, line in enumerate(modules)
        for start, length in _runs(line)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path fill="#000" d="{path}"/></svg>'
    )


@lru_cache(maxsize=SYMBOLS_CACHED_MAX)
def qr_png(code: str) -> bytes:
    """See :func:`render_qr_png`; runs where it is called."""
    modules = qr_modules(code)
    side = len(modules) + 2 * QUIET_ZONE_MODULES
    image = Image.new("1", (side, side), 1)
    for row, line in enumerate(modules):
        for column, dark in enumerate(line):
            if dark:
                image.putpixel((column + QUIET_ZONE_MODULES, row + QUIET_ZONE_MODULES), 0)
    large = image.resize((side * PNG_PIXELS_PER_MODULE,) * 2, Image.Resampling.NEAREST)
    buffer = io.BytesIO()
    large.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _runs(line: list[bool]) -> list[tuple[int, int]]:
    """The dark stretches of a row: (start, length)."""
    runs: list[tuple[int, int]] = []
    start = None
    for place, dark in enumerate([*line, False]):
        if dark and start is None:
            start = place
        elif not dark and start is not None:
            runs.append((start, place - start))
            start = None
    return runs
