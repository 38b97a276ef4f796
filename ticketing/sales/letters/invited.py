"""The letters of an invitation: one is invited, an answer is awaited, there is room, it is moved or called off."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from ticketing.kernel.errors import UnknownInvitation
from ticketing.kernel.i18n import pick, translate
from ticketing.programme.model import Screening, heading
from ticketing.sales.desk import Sales
from ticketing.sales.invitations.answering import OpenInvitation, invitation_page, read_invitation
from ticketing.sales.invitations.model import InvitationStatus
from ticketing.sales.letters.letter import Button, Letter, frame_of
from ticketing.sales.letters.screening_listed import screening_row
from ticketing.sales.letters.screening_moved import times_of_move
from ticketing.sales.letters.sending import Payload
from ticketing.sales.screenings.cancelling import look_at_screening
from ticketing.tickets.sheet import day_text, time_text, zone_text

COMING: Final[tuple[InvitationStatus, ...]] = ("invited", "accepted", "waiting")
NO_FACTS: Final[Mapping[str, str]] = MappingProxyType({})


async def write_invited(sales: Sales, payload: Payload) -> Letter | None:
    """Somebody is invited, and asked for an answer. None once they have answered, or it is withdrawn."""
    opened = await _open(sales, payload, "invited")
    if opened is None:
        return None
    guest, words = opened.invitation, opened.invitation.locale
    screening = await sales.catalogue.screening(guest.screening)
    festival = await sales.catalogue.festival(screening.festival)
    told = translate("%(name)s, %(festival)s has the honour to invite you.", words)
    along = translate("You may bring people along, at most: %(people)s.", words)
    return await _letter(
        sales,
        opened,
        screening,
        key=f"invited-{guest.invitation}",
        subject=translate("You are invited: %(title)s", words),
        paragraphs=(
            told % {"name": guest.name, "festival": pick(festival.name, words)},
            *((along % {"people": guest.companions_max},) if guest.companions_max else ()),
            _until(opened, screening),
        ),
    )


async def write_invitation_reminder(sales: Sales, payload: Payload) -> Letter | None:
    """Somebody who is silent is asked once more. None once they have answered."""
    opened = await _open(sales, payload, "invited")
    if opened is None:
        return None
    words = opened.invitation.locale
    screening = await sales.catalogue.screening(opened.invitation.screening)
    return await _letter(
        sales,
        opened,
        screening,
        key=f"invitation-reminder-{opened.invitation.invitation}",
        subject=translate("Will you come? %(title)s", words),
        paragraphs=(
            translate("You are invited, and we have no answer from you yet.", words),
            _until(opened, screening),
        ),
    )


async def write_invitation_moved_up(sales: Sales, payload: Payload) -> Letter | None:
    """Somebody had said yes when there was no room, and now there is. None once that has changed again."""
    opened = await _open(sales, payload, "accepted")
    if opened is None:
        return None
    words = opened.invitation.locale
    screening = await sales.catalogue.screening(opened.invitation.screening)
    return await _letter(
        sales,
        opened,
        screening,
        key=f"invitation-moved-up-{opened.invitation.invitation}",
        subject=translate("There is room for you: %(title)s", words),
        paragraphs=(
            translate(
                "You had answered that you would come when all places were taken. Now you have yours.", words
            ),
            translate("If you can't come any more, please say so by the same link: others are waiting.", words),
        ),
    )


async def write_invitation_moved(sales: Sales, payload: Payload) -> Letter | None:
    """What somebody is invited to begins at ``payload["starts_at"]``, and not at ``payload["was"]``.

    None where they have declined or have tickets by now, or where it was moved again or cancelled since: another
    letter tells that.
    """
    opened = await _open(sales, payload, *COMING)
    if opened is None or opened.invitation.order is not None:
        return None
    words = opened.invitation.locale
    screening = await sales.catalogue.screening(opened.invitation.screening)
    was, starts_at = datetime.fromisoformat(payload["was"]), datetime.fromisoformat(payload["starts_at"])
    if screening.starts_at != starts_at or screening.status == "cancelled":
        return None
    facts = times_of_move(screening, was, words)
    told = translate(
        "%(title)s, to which you are invited, begins on %(day)s at %(time)s, "
        "and not on %(old_day)s at %(old_time)s.",
        words,
    )
    answered = translate(
        "Your answer stands. If the new time does not suit you, change it by the same link.", words
    )
    silent = opened.invitation.status == "invited"
    return await _letter(
        sales,
        opened,
        screening,
        key=f"invitation-moved-{opened.invitation.invitation}-{int(starts_at.timestamp())}",
        subject=translate("Another time: %(title)s, %(day)s at %(time)s", words),
        facts=facts,
        paragraphs=(told % facts, _until(opened, screening) if silent else answered),
    )


async def write_invitation_called_off(sales: Sales, payload: Payload) -> Letter | None:
    """What somebody is invited to is cancelled, and why. None where it is not, or they are forgotten."""
    try:
        guest = (await read_invitation(sales.context.postgres, payload["invitation"])).invitation
    except UnknownInvitation:
        return None
    words = guest.locale
    screening = await sales.catalogue.screening(guest.screening)
    found = (await look_at_screening(sales, screening)).cancellation
    if screening.status != "cancelled":
        return None
    when = {
        "title": pick(heading(screening), words),
        "day": day_text(screening.starts_at, screening.venue.timezone, words),
        "time": time_text(screening.starts_at, screening.venue.timezone),
    }
    told = translate("We are sorry: %(title)s on %(day)s at %(time)s is cancelled.", words) % when
    reason = pick(found.reason, words) if found else ""
    return Letter(
        key=f"invitation-called-off-{guest.invitation}",
        to=guest.email or "",
        locale=words,
        frame=frame_of(await sales.catalogue.festival(screening.festival), words),
        subject=translate("Cancelled: %(title)s, %(day)s", words) % when,
        paragraphs=tuple(text for text in (told, reason) if text),
        tickets=(screening_row(screening, words, ()),),
    )


async def _open(sales: Sales, payload: Payload, *statuses: InvitationStatus) -> OpenInvitation | None:
    try:
        opened = await read_invitation(sales.context.postgres, payload["invitation"])
    except UnknownInvitation:
        # Forgotten meanwhile.
        return None
    return opened if opened.invitation.status in statuses else None


def _until(opened: OpenInvitation, screening: Screening) -> str:
    words, zone = opened.invitation.locale, screening.venue.timezone
    text = translate("Please answer before %(time)s, %(day)s.", words)
    time = f"{time_text(opened.answer_by, zone)} ({zone_text(opened.answer_by, zone)})"
    return text % {"time": time, "day": day_text(opened.answer_by, zone, words)}


async def _letter(
    sales: Sales,
    opened: OpenInvitation,
    screening: Screening,
    *,
    key: str,
    subject: str,
    paragraphs: tuple[str, ...],
    facts: Mapping[str, str] = NO_FACTS,
) -> Letter:
    guest, words = opened.invitation, opened.invitation.locale
    page = invitation_page(sales.context, guest.invitation, words)
    return Letter(
        key=key,
        to=guest.email or "",
        locale=words,
        frame=frame_of(await sales.catalogue.festival(screening.festival), words),
        subject=subject % {"title": pick(heading(screening), words), **facts},
        paragraphs=paragraphs,
        button=Button(translate("Answer the invitation", words), page),
        tickets=(screening_row(screening, words, ()),),
        closing=(
            translate(
                "The link is yours alone: whoever has it answers for you. You can change your answer.", words
            ),
        ),
    )
