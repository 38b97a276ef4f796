"""A hall as small as a stamp: one dot a seat, one path a zone, a few bytes each. Pure."""

from functools import lru_cache
from typing import Final

from markupsafe import Markup

from ticketing.programme.layout import Layout
from ticketing.web.pages.hall_drawing import Kept

WIDTH: Final = 320
THUMBNAILS_KEPT_MAX: Final = 256
# Told apart by their place in the hall as well: a stamp needs no legend.
COLOURS: Final = ("#3f6fb5", "#a8487a", "#2f8f6b", "#b0722a", "#6d5bb8", "#64748b")


@lru_cache(maxsize=THUMBNAILS_KEPT_MAX)
def draw_thumbnail(layout_id: str, layout_of: Kept) -> Markup:
    """The whole SVG of a layout, without words: whoever shows it says beside it which hall it is."""
    layout = layout_of.layout
    left, top, width, height = _bounds(layout)
    scale = WIDTH / width
    dot = max(2.0, min(11.0, 40 * scale))
    paths = [
        Markup('<path stroke="{}" d="{}"/>').format(
            COLOURS[place % len(COLOURS)], _dots(layout, zone, left, top, scale)
        )
        for place, zone in enumerate(layout.zones())
    ]
    areas = [
        Markup(
            '<rect x="{}" y="{}" width="{}" height="{}" rx="4" fill="{}" fill-opacity=".45" stroke="none"/>'
        ).format(
            round((area.x - left) * scale),
            round((area.y - top) * scale),
            round(area.width * scale),
            round(area.height * scale),
            COLOURS[layout.zones().index(area.zone) % len(COLOURS)],
        )
        for area in layout.areas
    ]
    screen = Markup("")
    if layout.screen is not None:
        x1, y1, x2, y2 = layout.screen
        ends = [round(value * scale) for value in (x1 - left, y1 - top, x2 - left, y2 - top)]
        screen = Markup('<path class="stamp-screen" d="M{} {}L{} {}"/>').format(*ends)
    drawn = screen + Markup("").join(areas) + Markup("").join(paths)
    return Markup(
        '<svg class="stamp" viewBox="0 0 {} {}" fill="none" stroke-linecap="round" stroke-width="{}" '
        'aria-hidden="true">{}</svg>'
    ).format(WIDTH, round(height * scale), round(dot, 1), drawn)


def _dots(layout: Layout, zone: str, left: float, top: float, scale: float) -> str:
    return "".join(
        f"M{round((seat.x - left) * scale)} {round((seat.y - top) * scale)}h0"
        for seat in layout.seats
        if seat.zone == zone
    )


def _bounds(layout: Layout) -> tuple[float, float, float, float]:
    xs = [seat.x for seat in layout.seats] + [x for area in layout.areas for x in (area.x, area.x + area.width)]
    ys = [seat.y for seat in layout.seats] + [y for area in layout.areas for y in (area.y, area.y + area.height)]
    if layout.screen is not None:
        xs += [layout.screen[0], layout.screen[2]]
        ys += [layout.screen[1], layout.screen[3]]
    margin = 60.0
    left, top = min(xs) - margin, min(ys) - margin
    # However deep a hall is, its stamp is at most twice as high as wide.
    width = max(max(xs) + margin - left, (max(ys) + margin - top) / 2)
    return left, top, width, max(ys) + margin - top
