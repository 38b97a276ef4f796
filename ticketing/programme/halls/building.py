"""From rows of seats to a layout: runs, aisles, companions and the frame around them."""

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import median

import msgspec

from ticketing.programme.layout import (
    COMPANIONS_PER_WHEELCHAIR_MAX,
    EXTENT_CM_MAX,
    PLACES_MAX,
    Layout,
    LayoutArea,
    LayoutSeat,
    LayoutSection,
    SeatKind,
    distance_cm,
)
from ticketing.programme.layout_check import check_layout
from ticketing.programme.problems import Problems

SEAT_PITCH_CM = 55.0
ROW_PITCH_CM = 95.0
MARGIN_CM = 80.0
SCREEN_DISTANCE_CM = 300.0
AISLE_PITCHES = 1.5
"""Seats further apart than this many usual seat distances have an aisle between them."""

Run = list[LayoutSeat]


def split_runs(row: Sequence[LayoutSeat], pitch_cm: float) -> list[Run]:
    """A row's seats in their order along it, parted where a gap is wider than usual.

    The usual distance is the row's own where it has four seats or more, so that a row of wide seats is not all
    aisles; `pitch_cm`, the hall's, otherwise.
    """
    xs, ys = [seat.x for seat in row], [seat.y for seat in row]
    along_x = max(xs) - min(xs) >= max(ys) - min(ys)
    ordered = sorted(row, key=lambda seat: (seat.x, seat.y) if along_x else (seat.y, seat.x))
    gaps = [distance_cm(one, other) for one, other in pairwise(ordered)]
    usual = median(gaps) if len(gaps) >= 3 else pitch_cm
    runs: list[Run] = [[ordered[0]]]
    for seat, gap in zip(ordered[1:], gaps, strict=True):
        if gap > AISLE_PITCHES * usual:
            runs.append([])
        runs[-1].append(seat)
    return runs


def usual_gap(rows: Iterable[Sequence[LayoutSeat]], default: float) -> float:
    """The usual distance between neighbours over all rows; `default` where no row has two seats apart."""
    gaps = []
    for row in rows:
        ordered = sorted(row, key=lambda seat: (seat.x, seat.y))
        gaps += [distance_cm(one, other) for one, other in pairwise(ordered)]
    positive = [gap for gap in gaps if gap > 0]
    return median(positive) if positive else default


def assign_companions(runs: list[Run]) -> list[Run]:
    """Give each companion seat that names no wheelchair place the nearest one, of its row before others.

    A wheelchair place takes at most three; a companion for whom none is left stays as it is and is found by the
    check of the layout.
    """
    wheelchairs = [seat for run in runs for seat in run if seat.kind is SeatKind.WHEELCHAIR]
    counts = {seat.seat: 0 for seat in wheelchairs}
    lonely = [seat for run in runs for seat in run if seat.kind is SeatKind.COMPANION and seat.companion_of is None]
    pairs = (
        sorted(
            (
                (seat.section, seat.row) != (place.section, place.row),
                distance_cm(seat, place),
                seat.seat,
                place.seat,
            )
            for seat in lonely
            for place in wheelchairs
        )
        if len(lonely) * len(wheelchairs) <= PLACES_MAX
        else []
    )
    chosen: dict[str, str] = {}
    for _, _, seat, place in pairs:
        if seat not in chosen and counts[place] < COMPANIONS_PER_WHEELCHAIR_MAX:
            chosen[seat] = place
            counts[place] += 1
    return [
        [
            msgspec.structs.replace(seat, companion_of=chosen[seat.seat]) if seat.seat in chosen else seat
            for seat in run
        ]
        for run in runs
    ]


def frame(runs: list[Run], areas: Sequence[LayoutArea], sections: Sequence[LayoutSection]) -> Layout:
    """Move everything so that it begins at the margin below the screen, and draw screen, focal point and edges.

    The focal point is in the middle of the hall, two thirds of the way back in what is not balcony or box:
    where sound engineers sit. Coordinates are rounded to the millimetre, so that equal halls hash alike.
    """
    xs = [seat.x for run in runs for seat in run] + [x for area in areas for x in (area.x, area.x + area.width)]
    ys = [seat.y for run in runs for seat in run] + [y for area in areas for y in (area.y, area.y + area.height)]
    left, top = min(xs, default=0.0), min(ys, default=0.0)
    shift_x, shift_y = MARGIN_CM - left, SCREEN_DISTANCE_CM - top
    moved = [
        [msgspec.structs.replace(seat, x=tidy(seat.x + shift_x), y=tidy(seat.y + shift_y)) for seat in run]
        for run in runs
    ]
    moved_areas = tuple(
        msgspec.structs.replace(
            area,
            x=tidy(area.x + shift_x),
            y=tidy(area.y + shift_y),
            width=tidy(area.width),
            height=tidy(area.height),
        )
        for area in areas
    )
    width = tidy(max(xs, default=0.0) - left + 2 * MARGIN_CM)
    height = tidy(max(ys, default=0.0) - top + SCREEN_DISTANCE_CM + MARGIN_CM)
    upstairs = {section.section for section in sections if section.kind != "stalls"}
    depths = [seat.y for run in moved for seat in run if seat.section not in upstairs] or [
        seat.y for run in moved for seat in run
    ]
    nearest, farthest = min(depths, default=SCREEN_DISTANCE_CM), max(depths, default=height)
    focal = (tidy(width / 2), tidy(nearest + (farthest - nearest) * 2 / 3))
    screen = (tidy(width * 0.15), 40.0, tidy(width * 0.85), 40.0)
    return layout_of(moved, moved_areas, sections, width=width, height=height, focal=focal, screen=screen)


def layout_of(
    runs: Iterable[Run],
    areas: Iterable[LayoutArea],
    sections: Iterable[LayoutSection],
    *,
    width: float,
    height: float,
    focal: tuple[float, float],
    screen: tuple[float, float, float, float] | None,
) -> Layout:
    """The layout, its seats in the order of the runs."""
    seats: list[LayoutSeat] = []
    bounds: list[tuple[int, int]] = []
    for run in runs:
        if run:
            bounds.append((len(seats), len(run)))
            seats.extend(run)
    return Layout(
        width=width,
        height=height,
        focal=focal,
        screen=screen,
        sections=tuple(sections),
        seats=tuple(seats),
        areas=tuple(areas),
        runs=tuple(bounds),
    )


def accept(layout: Layout, file: str, problems: Problems) -> Layout | None:
    """The layout when nothing is wrong with it; None with every reason noted."""
    found = check_layout(layout)
    for problem in found:
        problems.add(file, problem.expected, key=problem.place, column=problem.field, value=problem.value)
    return None if found else layout


def tidy(value: float) -> float:
    """A coordinate to the millimetre; what can't be one is left for the check to name."""
    return round(value, 1) if math.isfinite(value) and abs(value) <= EXTENT_CM_MAX else value


def slug_of(text: str, default: str, *, length_max: int = 31) -> str:
    """A name as an id: `Catégorie 1` becomes `categorie-1`; `default` where no Latin letter or digit is left."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:length_max].strip("-")
    return slug or default
