"""What the door is told: a recorded scan with the names that people go by, in the caller's language.

No personal data: neither a holder's name nor anything of the buyer.
"""

from datetime import datetime

import msgspec

from ticketing.door.desk import Door
from ticketing.door.model import BadgeSeen, Counts, Direction, RecordedScan, ScanRequest, Sighting, Verdict
from ticketing.door.scans import record_scan
from ticketing.kernel.i18n import pick
from ticketing.programme.layout import Layout, area_of
from ticketing.programme.model import Screening, heading
from ticketing.staff.model import Principal
from ticketing.tickets.notices import minors_need_company


class VersionShown(msgspec.Struct, frozen=True):
    """What is heard and read: language codes."""

    audio: str
    subtitles: tuple[str, ...]
    kind: str


class ScanAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """A verdict, and what there is to know of the ticket; what is not known is null or left out.

    ``screening`` and what follows of it are the ticket's own: with ``wrong_screening`` they say where to go.
    ``first``: the first entry with this ticket. ``conflict``: a gate that was offline let somebody in whom the
    house would have refused; ``other`` is then the entry that it collides with. ``counts`` are of the screening
    that the gate lets in to, where it names one. ``reason`` explains: ``screening_cancelled`` and ``no_show``
    (released, as nobody had come) a ``void``, ``not_inside`` an ``unknown`` on the way out, ``gate_refused`` what
    a gate that was alone had shown where the house would have let in. ``by_hand``: the ticket's number was typed.

    Of a badge there is ``badge`` instead of a ticket, and ``screening`` is the one that the gate lets in to.
    ``reason`` is then ``revoked`` (a ``void``), or explains a ``wrong_screening``: ``not_entitled``, ``quota_used``
    (as many screenings of that day as it is good for), ``no_places`` (none for badges is left), ``no_open_door`` or
    ``choose_screening`` (none, or several, of its festival are open, and the gate names none).
    """

    verdict: Verdict
    ticket: str | None
    seat: str | None
    tariff: str | None
    film: str | None
    screening: str | None
    counts: Counts | None
    direction: Direction
    first: Sighting | None = None
    conflict: bool = False
    other: Sighting | None = None
    late: bool = False
    by_hand: bool = False
    reason: str | None = None
    section: str | None = None
    row: str | None = None
    number: str | None = None
    area: str | None = None
    tariff_name: str | None = None
    proof: str | None = None
    age_category: str | None = None
    minors_need_company: bool = False
    version: VersionShown | None = None
    hall: str | None = None
    venue: str | None = None
    doors_at: datetime | None = None
    starts_at: datetime | None = None
    timezone: str | None = None
    badge: BadgeSeen | None = None


async def admit(door: Door, scan: ScanRequest, principal: Principal, locale: str) -> ScanAnswer:
    """Decide a scan, in the caller's language. Raises as :func:`record_scan` does."""
    return await answer_of(door, await record_scan(door, scan, principal), locale)


async def answer_of(door: Door, recorded: RecordedScan, locale: str) -> ScanAnswer:
    """A recorded scan in a language. The programme is read from this process's cache.

    Raises:
        DatabaseUnavailable: the screening was not in the cache, and Postgres does not answer.
    """
    screening = await door.catalogue.screening(recorded.screening) if recorded.screening else None
    if screening is None:
        return ScanAnswer(
            verdict=recorded.verdict,
            ticket=recorded.ticket,
            seat=recorded.seat,
            tariff=recorded.tariff,
            film=None,
            screening=None,
            counts=recorded.counts,
            direction=recorded.direction,
            late=recorded.late,
            by_hand=recorded.by_hand,
            reason=recorded.reason,
            badge=recorded.badge,
        )
    layout = await door.catalogue.layout(screening.layout_id)
    tariff = next((price for price in screening.prices if price.tariff == recorded.tariff), None)
    section, row, number = _place(layout, recorded.seat or "", locale)
    return ScanAnswer(
        verdict=recorded.verdict,
        ticket=recorded.ticket,
        seat=recorded.seat,
        tariff=recorded.tariff,
        film=pick(heading(screening), locale),
        screening=screening.screening_id,
        counts=recorded.counts,
        direction=recorded.direction,
        first=recorded.first,
        conflict=recorded.conflict,
        other=recorded.other,
        late=recorded.late,
        by_hand=recorded.by_hand,
        reason=recorded.reason,
        section=section,
        row=row,
        number=number,
        area=area_of(recorded.seat or ""),
        tariff_name=pick(tariff.name, locale) if tariff else None,
        proof=(pick(tariff.proof, locale) or None) if tariff else None,
        age_category=screening.film.age_category if screening.film else None,
        minors_need_company=minors_need_company(screening),
        version=version_of(screening),
        hall=pick(screening.hall.name, locale),
        venue=pick(screening.venue.name, locale),
        doors_at=screening.doors_at,
        starts_at=screening.starts_at,
        timezone=screening.venue.timezone,
        badge=recorded.badge,
    )


def version_of(screening: Screening) -> VersionShown | None:
    """The version that is shown; None for a meeting."""
    version = screening.version
    return VersionShown(version.audio, version.subtitles, version.kind) if version else None


def _place(layout: Layout, label: str, locale: str) -> tuple[str | None, str | None, str | None]:
    index = layout.index_of.get(label)
    if index is None or index >= len(layout.seats):
        return None, None, None
    seat = layout.seats[index]
    names = {section.section: section.name for section in layout.sections}
    return pick(names.get(seat.section, {}), locale) or seat.section or None, seat.row, seat.number
