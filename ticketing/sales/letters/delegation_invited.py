"""The letter to the head of a delegation: what it is invited to, and the link by which to answer for all."""

import uuid

from ticketing.kernel.errors import UnknownDelegation
from ticketing.kernel.i18n import pick, translate
from ticketing.sales.delegations.heading import delegation_page
from ticketing.sales.delegations.keeping import read_delegation
from ticketing.sales.delegations.model import programme_of
from ticketing.sales.desk import Sales
from ticketing.sales.letters.letter import Button, Letter, frame_of
from ticketing.sales.letters.screening_listed import screening_row
from ticketing.sales.letters.sending import Payload


async def write_delegation_invited(sales: Sales, payload: Payload) -> Letter | None:
    """The programme of the delegation, in its language. None once it is forgotten, or invited to nothing."""
    try:
        delegation = await read_delegation(sales, uuid.UUID(payload["delegation"]))
    except UnknownDelegation:
        return None
    head = next((one for one in delegation.members if one.head), None)
    points = programme_of(delegation)
    if head is None or not points:
        return None
    words = delegation.locale
    festival = await sales.catalogue.festival(delegation.festival)
    told = translate("%(name)s, %(festival)s has the honour to invite your delegation.", words)
    rows = []
    for point in points:
        people = translate("People: %(people)s", words) % {"people": len(point.guests)}
        rows.append(screening_row(await sales.catalogue.screening(point.screening), words, (people,)))
    return Letter(
        key=f"delegation-invited-{delegation.delegation.hex}-{payload['at']}",
        to=head.email or "",
        locale=words,
        frame=frame_of(festival, words),
        subject=translate("Invitation for %(delegation)s", words) % {"delegation": delegation.name},
        paragraphs=(
            told % {"name": head.name, "festival": pick(festival.name, words)},
            translate(
                "Please say for each of you who comes to what. Members with an address can also answer themselves.",
                words,
            ),
        ),
        button=Button(
            translate("Answer for the delegation", words),
            delegation_page(sales.context, delegation, words),
        ),
        tickets=tuple(rows),
        closing=(translate("Whoever has this link answers for the whole delegation.", words),),
    )
