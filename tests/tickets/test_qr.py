"""Every symbol is read back by a reader that is not ours."""

import io
import re
import secrets

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from ticketing.tickets import base45
from ticketing.tickets.code import CODE_SIGNS
from ticketing.tickets.qr import QUIET_ZONE_MODULES, qr_modules, render_qr_png, render_qr_svg


def random_code() -> str:
    return base45.encode(secrets.token_bytes(92))


def modules_of_svg(svg: str) -> np.ndarray:
    """The dark modules that an SVG of ours draws, quiet zone included."""
    side = int(re.search(r'viewBox="0 0 (\d+) \1"', svg)[1])  # type: ignore[index]
    dark = np.zeros((side, side), dtype=bool)
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", svg):
        dark[int(y), int(x) : int(x) + int(length)] = True
    return dark


def read(image: Image.Image) -> list[str]:
    return [symbol.text for symbol in zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)]


@pytest.mark.parametrize("_time", range(20))
async def test_a_symbol_says_its_code(_time: int) -> None:
    code = random_code()
    png, svg = await render_qr_png(code), await render_qr_svg(code)
    image = Image.open(io.BytesIO(png))
    assert read(image) == [code]
    dark = modules_of_svg(svg)
    drawn = Image.fromarray(np.where(dark, 0, 255).astype("uint8"))
    assert read(drawn.resize(image.size, Image.Resampling.NEAREST)) == [code]
    assert np.array_equal(dark, ~np.asarray(image)[::8, ::8])


async def test_a_symbol_is_small_and_has_its_quiet_zone() -> None:
    code = random_code()
    assert len(qr_modules(code)) == 41
    dark = modules_of_svg(await render_qr_svg(code))
    assert dark.shape == (49, 49)
    inside = slice(QUIET_ZONE_MODULES, -QUIET_ZONE_MODULES)
    assert dark.sum() == dark[inside, inside].sum()
    assert len(await render_qr_svg(code)) < 16_000


@pytest.mark.parametrize("text", ["A" * (CODE_SIGNS + 1), "lower case", "ү", "A" * 100_000])
async def test_what_is_no_code_gets_no_symbol(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whichever layer refuses it
        await render_qr_svg(text)
    with pytest.raises(ValueError):  # noqa: PT011
        await render_qr_png(text)


async def test_a_damaged_symbol_is_still_read() -> None:
    code = random_code()
    image = Image.open(io.BytesIO(await render_qr_png(code))).convert("L")
    image.paste(128, (150, 150, 220, 220))  # a thumb
    assert read(image) == [code]
