"""The badge in hand: its code, what is printed on it, its page and its file."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

import msgspec
import typst
from babel.dates import format_date

from ticketing.accreditation.desk import Accreditations
from ticketing.accreditation.model import Accreditation, Category, Entitlement
from ticketing.accreditation.photos import read_photos
from ticketing.accreditation.reading import SQL, read_accreditation
from ticketing.kernel import errors
from ticketing.kernel.errors import N_
from ticketing.kernel.i18n import pick, translate
from ticketing.kernel.postgres import database_errors
from ticketing.kernel.threads import Threads
from ticketing.programme.model import Festival
from ticketing.staff.accounts import add_audit
from ticketing.tickets.code import BadgeFacts
from ticketing.tickets.colours import letters_on
from ticketing.tickets.pdf import typeset
from ticketing.tickets.qr import qr_svg
from ticketing.tickets.sheet import is_colour

BADGES_PER_PDF_MAX: Final = 60
REVISIONS_KNOWN_MAX: Final = 50
"""Links of so many badges back are told that they are of an earlier one; still older ones are unknown."""
NO_ADDRESS_PROBLEM: Final = N_("There is no mail address to send the badge to")
PLAIN_COLOUR: Final = "#1b2a49"
CATEGORIES: Final[dict[Category, tuple[str, str]]] = {
    "delegation": (N_("Delegation"), "#7a1f3d"),
    "press": (N_("Press"), "#1f5f3a"),
    "jury": (N_("Jury"), "#4a2a7a"),
    "distributor": (N_("Distributor"), "#7a4a10"),
}
"""What is written in the band of a badge, and the band's colour: white letters can be read on each."""

BadgeFormat = Literal["a6", "a4"]

_TEMPLATE: Final = Path(__file__).with_name("badge.typ")
_THREADS: Final = Threads("badges", threads_max=1, waiting_max=16)


async def open_badge(desk: Accreditations, accreditation: str, secret: str) -> Accreditation:
    """The accreditation of a badge, for whoever has its link.

    Raises:
        UnknownAccreditation: there is none, or the secret is another's.
        BadgeSuperseded: the link is of an earlier badge, or the accreditation was revoked.
        DatabaseUnavailable
    """
    found = await read_accreditation(desk, accreditation)
    secrets = desk.context.secrets
    earliest = max(0, found.revision - REVISIONS_KNOWN_MAX)
    if not any(secrets.opens_ticket(accreditation, one, secret) for one in range(found.revision, earliest, -1)):
        raise errors.UnknownAccreditation
    if found.status == "revoked" or not secrets.opens_ticket(accreditation, found.revision, secret):
        raise errors.BadgeSuperseded
    return found


def badge_secret(desk: Accreditations, badge: Accreditation) -> str:
    """The secret that opens a badge in its revision, as that of a ticket does: their numbers are never the same."""
    return desk.context.secrets.ticket_secret(badge.accreditation, badge.revision)


def badge_page(desk: Accreditations, badge: Accreditation, locale: str) -> str:
    """The whole address of a badge's page, for its holder, until the badge is made anew."""
    address = f"{desk.context.settings.public_url}/{locale}/badges"
    return f"{address}/{badge.accreditation}/{badge_secret(desk, badge)}"


async def code_of_badge(desk: Accreditations, badge: Accreditation) -> str:
    """The code of a badge, signed by the current key.

    Raises:
        NoSigningKey, UnknownFestival, DatabaseUnavailable
    """
    zone = ZoneInfo((await desk.catalogue.festival(badge.festival)).timezone)
    days = badge.entitlement
    return await desk.keys.badge_code_of(
        BadgeFacts(
            badge.accreditation,
            badge.festival,
            badge.revision,
            datetime.combine(days.first_day, time(), zone),
            datetime.combine(days.last_day + timedelta(days=1), time(), zone),
        )
    )


async def render_badges_pdf(
    desk: Accreditations, badges: Sequence[Accreditation], locale: str, badge_format: BadgeFormat = "a6"
) -> bytes:
    """Badges of one festival in the order given, a page of A6 each or four to a sheet of A4: PDF/UA, fonts inside.

    Raises:
        TooManyTickets: more than ``BADGES_PER_PDF_MAX``.
        TooMany: too many documents are wanted at once.
        NoSigningKey, UnknownFestival, DatabaseUnavailable
    """
    if len(badges) > BADGES_PER_PDF_MAX:
        raise errors.TooManyTickets(max=BADGES_PER_PDF_MAX)
    festival = await desk.catalogue.festival(badges[0].festival)
    photos = await read_photos(desk, [badge.accreditation for badge in badges])
    cards = [(badge, await code_of_badge(desk, badge), photos.get(badge.accreditation)) for badge in badges]
    names = await names_of_places(desk, badges, locale)
    return await _THREADS.run(_compile, festival, cards, names, locale, badge_format)


async def mail_badge(desk: Accreditations, accreditation: str, request: str, by: str) -> None:
    """Mail a badge to its holder. The same ``request``, of letters and digits, sent again mails it once.

    Raises:
        UnknownAccreditation
        BadgeSuperseded: it was revoked.
        InvalidField: there is no address.
        DatabaseUnavailable
    """
    badge = await read_accreditation(desk, accreditation)
    if badge.status == "revoked":
        raise errors.BadgeSuperseded
    if badge.email is None:
        raise errors.InvalidField(field="email", problem=NO_ADDRESS_PROBLEM)
    now = desk.context.clock.now()
    async with database_errors(), desk.context.postgres.acquire() as connection, connection.transaction():
        await connection.execute(SQL.queue_badge_letter, accreditation, badge.revision, now, request)
        await add_audit(connection, now, by, "badge_mailed", accreditation)


async def names_of_places(desk: Accreditations, badges: Sequence[Accreditation], locale: str) -> dict[str, str]:
    """What the cities and venues are called that badges are good in, by their id.

    Raises:
        DatabaseUnavailable
    """
    cities = {city for badge in badges for city in badge.entitlement.cities}
    venues = {venue for badge in badges for venue in badge.entitlement.venues}
    if not cities and not venues:
        return {}
    async with database_errors():
        rows = await desk.context.postgres.fetch(SQL.name_places, list(cities), list(venues))
    return {f"{row['kind']} {row['place']}": pick(row["name"], locale) for row in rows}


def what_it_enters(terms: Entitlement, names: Mapping[str, str], locale: str) -> list[str]:
    """In words, a line each: kinds, places, some by name, the days, the quota. ``names``: of the places."""
    lines = []
    if terms.all_screenings:
        lines.append(translate("All screenings", locale))
    if terms.all_meetings:
        lines.append(translate("All meetings", locale))
    places = [names.get(f"city {city}", city) for city in terms.cities]
    places += [names.get(f"venue {venue}", venue) for venue in terms.venues]
    if lines and places:
        lines.append(translate("in: %(places)s", locale) % {"places": ", ".join(places)})
    if terms.screenings:
        lines.append(translate("By name: %(count)s", locale) % {"count": len(terms.screenings)})
    days = [_day(terms.first_day, locale)]
    if terms.last_day != terms.first_day:
        days.append(_day(terms.last_day, locale))
    lines.append(" – ".join(days))
    if terms.screenings_per_day is not None:
        lines.append(translate("Screenings a day: %(count)s", locale) % {"count": terms.screenings_per_day})
    return lines


def number_of_badge(accreditation: str) -> str:
    """A badge's number as people read it to each other: ``B ABCD EFGH JKLM``."""
    return " ".join((accreditation[:1], accreditation[1:5], accreditation[5:9], accreditation[9:]))


def _day(day: Any, locale: str) -> str:
    return str(format_date(day, "d MMMM y", locale=locale))


def _compile(
    festival: Festival,
    cards: Sequence[tuple[Accreditation, str, bytes | None]],
    names: Mapping[str, str],
    locale: str,
    badge_format: BadgeFormat,
) -> bytes:
    colour = festival.colours.get("primary", "")
    colour = colour if is_colour(colour) else PLAIN_COLOUR
    name = pick(festival.name, locale)
    sheet = {
        "lang": locale,
        "title": f"{_clean(name)} · {translate('Badge', locale)}",
        "festival": _clean(name),
        "colour": colour,
        "on_colour": letters_on(colour),
        "format": badge_format,
        "badges": [
            _printed(badge, code, photo, locale)
            | {"festival": _clean(name), "lines": what_it_enters(badge.entitlement, names, locale)}
            for badge, code, photo in cards
        ],
    }
    inputs = {"sheet": msgspec.json.encode(sheet).decode()}
    try:
        return typeset(_TEMPLATE.read_bytes(), inputs, ["ua-1"])
    except typst.TypstError:
        # As for tickets: a name with a sign that the font lacks is printed all the same, with a box for the sign.
        return typeset(_TEMPLATE.read_bytes(), inputs, [])


def _printed(badge: Accreditation, code: str, photo: bytes | None, locale: str) -> dict[str, Any]:
    category, colour = CATEGORIES[badge.category]
    number = number_of_badge(badge.accreditation)
    return {
        "category": translate(category, locale),
        "colour": colour,
        "name": _clean(badge.name),
        "organisation": _clean(badge.organisation),
        "number": number,
        "advice": translate("Show this code at the door. The badge is personal.", locale),
        "photo": list(photo) if photo else None,
        "photo_alt": translate("Photo of the holder", locale),
        "qr": qr_svg(code),
        "qr_alt": translate("The code of badge %(badge)s", locale) % {"badge": number},
    }


def _clean(text: str) -> str:
    # Control signs have no shape in any font.
    return "".join(sign if sign.isprintable() else " " for sign in text)
