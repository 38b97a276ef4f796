"""Links by which guests choose their own seats among those of an allotment: made, listed and revoked at the desk.

A link's code is its id and a secret derived from it, so that the desk can show it again and nobody can guess one.
"""

import base64
import binascii
import uuid
from datetime import datetime
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from ticketing.kernel import errors
from ticketing.kernel.context import Context
from ticketing.kernel.errors import N_
from ticketing.kernel.i18n import LOCALES
from ticketing.kernel.postgres import database_errors
from ticketing.kernel.queries import load_queries
from ticketing.programme.model import Screening
from ticketing.sales.allotments import SEATS_MAX, read_allotment
from ticketing.sales.desk import Sales

SQL = load_queries("allotment_links")
LINKS_LISTED_MAX: Final = 200
SEATS_PER_GUEST_MAX: Final = 20
ID_SIGNS: Final = 22
KIND: Final = "allotment"
PAST_PROBLEM: Final = N_("The end of the link is past")
LATE_PROBLEM: Final = N_("The end of the link is after the end of the screening")
OTHER_PROBLEM: Final = N_("This id was used for another link")


class LinkTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much a link gives. ``link`` is chosen by who makes it: sent again, it is one.

    ``seats_per_guest_max`` counts a mail address, where guests give one, and a choice, where they give none.
    """

    link: uuid.UUID
    ends_at: Annotated[datetime, Meta(tz=True)]
    seats_max: Annotated[int, Meta(ge=1, le=SEATS_MAX)]
    seats_per_guest_max: Annotated[int, Meta(ge=1, le=SEATS_PER_GUEST_MAX)] = 2


class AllotmentLink(msgspec.Struct, frozen=True):
    """A link as the desk sees it. ``pages``: its addresses by language; ``seats_taken``: by guests, so far."""

    link: uuid.UUID
    allotment: str
    pages: dict[str, str]
    seats_per_guest_max: int
    seats_max: int
    seats_taken: int
    orders: int
    ends_at: datetime
    revoked: bool


async def make_link(sales: Sales, screening: Screening, allotment: str, terms: LinkTerms, by: str) -> AllotmentLink:
    """A link to the seats of an allotment. The same ``link`` again changes nothing.

    Raises:
        UnknownAllotment, AllotmentReleased
        InvalidField: its end is past, or after that of the screening; or the id is another link's.
        DatabaseUnavailable
    """
    now = sales.context.clock.now()
    known = await read_allotment(sales, screening, allotment)
    if known.released:
        raise errors.AllotmentReleased
    if terms.ends_at <= now:
        raise errors.InvalidField(field="ends_at", problem=PAST_PROBLEM)
    if terms.ends_at > screening.ends_at:
        raise errors.InvalidField(field="ends_at", problem=LATE_PROBLEM)
    async with database_errors():
        await sales.context.postgres.execute(
            SQL.make_link,
            terms.link,
            screening.screening_id,
            allotment,
            terms.seats_per_guest_max,
            terms.seats_max,
            terms.ends_at,
            now,
            by,
        )
    found = await _find(sales, screening, terms.link)
    if found is None or found.allotment != allotment:
        raise errors.InvalidField(field="link", problem=OTHER_PROBLEM)
    return found


async def list_links(sales: Sales, screening: Screening) -> list[AllotmentLink]:
    """The links of a screening's allotments, the latest first, ``LINKS_LISTED_MAX`` at most.

    Raises:
        DatabaseUnavailable
    """
    async with database_errors():
        rows = await sales.context.postgres.fetch(SQL.list_links, screening.screening_id, LINKS_LISTED_MAX)
    return [AllotmentLink(pages=pages_of(sales.context, row["link"]), **row) for row in rows]


async def revoke_link(sales: Sales, screening: Screening, link: uuid.UUID, by: str) -> AllotmentLink:
    """Nobody takes seats by this link any more; tickets that were taken stay good. Again: nothing changes.

    Raises:
        UnknownAllotmentLink, DatabaseUnavailable
    """
    async with database_errors():
        await sales.context.postgres.execute(
            SQL.revoke_link, screening.screening_id, link, sales.context.clock.now(), by
        )
    found = await _find(sales, screening, link)
    if found is None:
        raise errors.UnknownAllotmentLink
    return found


def pages_of(context: Context, link: uuid.UUID) -> dict[str, str]:
    """The addresses that guests are sent, by language."""
    code = code_of_link(context, link)
    return {locale: f"{context.settings.public_url}/{locale}/allotments/{code}" for locale in LOCALES}


def code_of_link(context: Context, link: uuid.UUID) -> str:
    """What stands in a link: 22 signs of its id, 22 of its secret."""
    name = base64.urlsafe_b64encode(link.bytes).decode().rstrip("=")
    return name + context.secrets.link_secret(KIND, name)


def link_of_code(context: Context, code: str) -> uuid.UUID:
    """The link that a code opens.

    Raises:
        UnknownAllotmentLink: forged, cut off, or mistyped.
    """
    name, secret = code[:ID_SIGNS], code[ID_SIGNS:]
    if not context.secrets.opens_link(KIND, name, secret):
        raise errors.UnknownAllotmentLink
    try:
        return uuid.UUID(bytes=base64.urlsafe_b64decode(f"{name}=="))
    except (ValueError, binascii.Error) as error:
        raise errors.UnknownAllotmentLink from error


async def _find(sales: Sales, screening: Screening, link: uuid.UUID) -> AllotmentLink | None:
    return next((one for one in await list_links(sales, screening) if one.link == link), None)
