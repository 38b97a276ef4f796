"""How two layouts of a hall differ, place by place: what a format can't carry, what a new drawing changes. Pure."""

from collections.abc import Collection

import msgspec

from ticketing.programme.layout import Layout, LayoutSeat

STAYS_CM_MAX = 5.0
"""A seat that moves by less stays where it is, as far as anybody can see."""


class LayoutDifferences(msgspec.Struct, frozen=True):
    """Places by label, in the order of the layout that they stand in.

    ``gone`` are in the one before alone, ``new`` in the one after alone; the others are in both. ``zone``: another
    price zone. ``kind``: another kind, or a companion of another wheelchair place. ``aisle``: other seats beside it
    than before. ``moved``: stands elsewhere, by more than ``STAYS_CM_MAX``.
    """

    gone: tuple[str, ...]
    new: tuple[str, ...]
    zone: tuple[str, ...]
    kind: tuple[str, ...]
    aisle: tuple[str, ...]
    moved: tuple[str, ...]


def compare_layouts(before: Layout, after: Layout) -> LayoutDifferences:
    """What is other in ``after``. Slots of an unnumbered area are places like others, but stand nowhere."""
    common = [label for label in before.labels if label in after.index_of]
    seats_before = {seat.seat: seat for seat in before.seats}
    seats_after = {seat.seat: seat for seat in after.seats}
    seats = [label for label in common if label in seats_before and label in seats_after]
    return LayoutDifferences(
        gone=_without(before.labels, after.index_of),
        new=_without(after.labels, before.index_of),
        zone=tuple(label for label in common if _zone(before, label) != _zone(after, label)),
        kind=tuple(label for label in seats if _kind(seats_before[label]) != _kind(seats_after[label])),
        aisle=tuple(label for label in seats if _beside(before, label) != _beside(after, label)),
        moved=tuple(label for label in seats if _stands_elsewhere(seats_before[label], seats_after[label])),
    )


def _without(labels: Collection[str], others: Collection[str]) -> tuple[str, ...]:
    return tuple(label for label in labels if label not in others)


def _zone(layout: Layout, label: str) -> str:
    return layout.zone_of[layout.index_of[label]]


def _kind(seat: LayoutSeat) -> tuple[str, str | None]:
    return seat.kind.value, seat.companion_of


def _beside(layout: Layout, label: str) -> set[str]:
    return {layout.labels[index] for index in layout.neighbours[layout.index_of[label]]}


def _stands_elsewhere(one: LayoutSeat, other: LayoutSeat) -> bool:
    return max(abs(one.x - other.x), abs(one.y - other.y)) > STAYS_CM_MAX
