"""The audit room: who did what to whom or what, and when. For supervisors and organisers."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.kernel.context import Context
from ticketing.kernel.errors import N_, InvalidField, TicketingError
from ticketing.kernel.i18n import translate
from ticketing.sales.allotment_choosing import GUEST
from ticketing.sales.allotments import WORKER
from ticketing.sales.webhooks.delivering import GONE
from ticketing.staff.accounts import OPERATOR
from ticketing.staff.audit import (
    CURSOR_PATTERN,
    SUBJECT_SIGNS_MAX,
    WORDS_SIGNS_MAX,
    AuditPage,
    AuditWish,
    read_audit,
)
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role
from ticketing.staff.sessions import NOBODY
from ticketing.web.pages.languages import require_language
from ticketing.web.pages.refusal import Refusal, refusal_of
from ticketing.web.pages.rendering import page

LINES_A_PAGE: Final = 50
FIELDS: Final = {
    "login": 64,
    "act": 63,
    "subject": SUBJECT_SIGNS_MAX,
    "words": WORDS_SIGNS_MAX,
    "from": 10,
    "to": 10,
    "cursor": 18,
}
FILTER_PROBLEM: Final = N_("That can't be looked for: check the signs and the days")

# What people call an act; one that has no words yet is shown as it is written.
ACTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "signed_in": N_("Signed in"),
        "signed_out": N_("Signed out"),
        "sign_in_failed": N_("Failed to sign in"),
        "session_revoked": N_("Ended a sign-in"),
        "staff_added": N_("Added an account"),
        "staff_grants_set": N_("Changed what an account may do"),
        "password_link_made": N_("Made a link to set a password"),
        "password_set": N_("Set a password"),
        "staff_enabled": N_("Opened an account again"),
        "staff_disabled": N_("Closed an account"),
        "second_factor_added": N_("Set up a second step"),
        "second_factor_failed": N_("Gave a wrong code"),
        "second_factor_removed": N_("Switched the second step off"),
        "second_factor_reset": N_("Took away somebody's second step"),
        "recovery_code_used": N_("Used a recovery code"),
        "recovery_codes_made": N_("Made new recovery codes"),
        "token_added": N_("Made a token"),
        "token_revoked": N_("Revoked a token"),
        "webhook_set": N_("Made or changed a webhook"),
        "webhook_ended": N_("Ended a webhook"),
        "webhook_tried": N_("Tried a webhook"),
        "webhook_replayed": N_("Sent something to a webhook again"),
        "device_added": N_("Added a device"),
        "device_link_made": N_("Made a link for a device"),
        "device_enrolled": N_("Became a device of the door"),
        "device_revoked": N_("Took a device out of use"),
        "accredited": N_("Accredited people"),
        "accreditation_changed": N_("Changed an accreditation"),
        "accreditation_revoked": N_("Revoked an accreditation"),
        "badge_reissued": N_("Made a badge anew"),
        "badge_mailed": N_("Mailed a badge"),
        "badge_photo_kept": N_("Kept the photo for a badge"),
        "badge_photo_removed": N_("Removed the photo of a badge"),
        "key_rotated": N_("Made a new signing key"),
        "key_retired": N_("Destroyed a private key"),
        "key_revoked": N_("Refused the codes of a key"),
        "took_payment": N_("Took a payment"),
        "handed_out_refund": N_("Handed out a refund"),
        "sold_at_counter": N_("Sold over the counter"),
        "till_set": N_("Put up or changed a till"),
        "shift_opened": N_("Opened a till"),
        "shift_closed": N_("Closed a till"),
        "cancelled_at_counter": N_("Took tickets back at the box office"),
        "ticket_reprinted": N_("Printed a ticket anew"),
        "hand_sold_entered": N_("Entered tickets that were sold by hand"),
        "conflict_settled": N_("Settled a conflict at the door"),
        "conflict_reopened": N_("Reopened a conflict at the door"),
        "no_shows_released": N_("Released places of people who did not come"),
        "no_show_restored": N_("Made a released ticket good again"),
        "rush_ticket_given": N_("Gave a ticket to the rush line"),
        "ticket_reseated": N_("Moved a ticket off a broken seat"),
        "seat_broken": N_("Reported a broken seat"),
        "seat_repaired": N_("Reported a seat as repaired"),
        "allotment_set": N_("Kept seats back"),
        "allotment_filled": N_("Gave tickets from an allotment"),
        "allotment_released": N_("Released an allotment"),
        "allotment_link_made": N_("Made a link to an allotment"),
        "allotment_link_revoked": N_("Took back a link to an allotment"),
        "delegation_set": N_("Made or changed a delegation"),
        "invitation_terms_set": N_("Set the terms of invitations"),
        "guests_invited": N_("Invited guests"),
        "invitation_withdrawn": N_("Took back an invitation"),
        "invitation_answered": N_("Answered an invitation"),
        "guests_seated": N_("Planned seats for guests"),
        "guest_tickets_issued": N_("Issued tickets to guests"),
        "allotment_seats_taken": N_("Took seats of an allotment by a link"),
        "guest_list_set": N_("Set the size of a guest list"),
        "guest_added": N_("Put a guest on the list"),
        "guest_taken_off": N_("Took a guest off the list"),
        "programme_added": N_("Added to the programme"),
        "programme_changed": N_("Changed the programme"),
        "screening_cancelled": N_("Cancelled a screening"),
        "programme_deleted": N_("Deleted from the programme"),
        "programme_imported": N_("Imported a programme"),
        "hall_saved": N_("Saved a hall"),
        "screening_moved_to_layout": N_("Moved a screening to a new drawing"),
        "week_closed": N_("Closed a film week"),
        "festival_archived": N_("Put a festival away"),
        "festival_taken_out": N_("Took a festival out again"),
    }
)


@get("/{language:str}/desk/audit", guards=[requires(Role.SUPERVISOR)], include_in_schema=False)
async def show_audit(
    request: StaffRequest, context: NamedDependency[Context], language: FromPath[str]
) -> Response[str]:
    """The latest first, fifty a page; a filter that can't be is told, and nothing is shown."""
    require_language(language)
    typed = {name: request.query_params.get(name, "").strip() for name in FIELDS}
    refusal: Refusal | None = None
    found = AuditPage((), None)
    try:
        cursor = typed["cursor"] or None
        found = await read_audit(context, _wish(typed), LINES_A_PAGE, cursor, reader=request.user)
    except TicketingError as error:
        refusal = refusal_of(error, language)
    narrowed = {name: text for name, text in typed.items() if text and name != "cursor"}
    return page(
        request,
        "audit.html",
        language,
        status_code=refusal.status if refusal else 200,
        festival=None,
        cart_count=0,
        lines=[
            (line, translate(ACTS[line.act], language) if line.act in ACTS else line.act, _told(line.detail))
            for line in found.lines
        ],
        acts=sorted(((act, translate(words, language)) for act, words in ACTS.items()), key=lambda one: one[1]),
        names={
            OPERATOR: translate(N_("the command on the server"), language),
            NOBODY: translate(N_("an unknown name"), language),
            GUEST: translate(N_("a guest, by a link"), language),
            GONE: translate(N_("the program itself, by its answer"), language),
            WORKER: translate(N_("by itself, at its time"), language),
        },
        typed=typed,
        narrowed=bool(narrowed),
        older=urlencode({**narrowed, "cursor": found.next}) if found.next else None,
        later=bool(typed["cursor"]),
        refusal=refusal,
        signs_max=FIELDS,
    )


def _wish(typed: Mapping[str, str]) -> AuditWish:
    cursor_fits = not typed["cursor"] or re.fullmatch(CURSOR_PATTERN, typed["cursor"])
    if not cursor_fits or any(len(typed[name]) > most for name, most in FIELDS.items()):
        raise InvalidField(field="filter", problem=FILTER_PROBLEM)
    wanted: dict[str, Any] = {name: typed[name] for name in ("login", "act", "subject", "words") if typed[name]}
    try:
        if typed["from"]:
            wanted["since"] = _midnight(typed["from"])
        if typed["to"]:
            wanted["until"] = _midnight(typed["to"]) + timedelta(days=1)
        return msgspec.convert(wanted, AuditWish)
    except (ValueError, OverflowError, msgspec.ValidationError):
        raise InvalidField(field="filter", problem=FILTER_PROBLEM) from None


def _midnight(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC)


def _told(detail: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The rest of a line, as pairs that can be read."""
    return [(name, _text(value)) for name, value in detail.items() if value is not None]


def _text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(_text(one) for one in value)
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


routes = [show_audit]
