"""Accepted guests without a seat of their own, on the door's list by name: for meetings without numbered places."""

import uuid
from typing import Final

from ticketing.door.before_film.guests import (
    GuestListTerms,
    NewGuest,
    add_guest,
    list_guests,
    read_guest_list,
    set_guest_list,
)
from ticketing.kernel import errors
from ticketing.programme.model import Screening
from ticketing.sales.desk import Sales
from ticketing.sales.invitations.rounds import read_round

# So that an invitation is the same entry however often the list is written.
_NAMESPACE: Final = uuid.UUID("5f0c2a52-6f0e-4c35-9d7d-8a3a2f4f7f10")
NOTE_SIGNS_MAX: Final = 200


async def list_invited(sales: Sales, screening: Screening, by: str) -> int:
    """Put everybody who has accepted, and has neither seat nor ticket, on the guest list; how many are new on it.

    The list is made longer where it needs to be. Again: nothing changes for those who are on it.

    Raises:
        InvitationTermsMissing
        GuestsBeyondList: a list has at most 500 names.
        DatabaseUnavailable
    """
    found = await read_round(sales, screening)
    if found is None:
        raise errors.InvitationTermsMissing
    context = sales.context
    guests = {
        _entry_of(one.invitation): one
        for one in found.invitations
        if one.status == "accepted" and one.order is None and not one.seats
    }
    known = {guest.guest for guest in await list_guests(context, screening.screening_id)}
    new = {entry: one for entry, one in guests.items() if entry not in known}
    if not new:
        return 0
    holds = await read_guest_list(context, screening.screening_id)
    needed = holds.places + sum(one.people for one in new.values())
    if needed > holds.places_max:
        # Beside seats of an allotment it could be longer than they are; whom the door lets in by name needs none.
        await set_guest_list(context, screening.screening_id, GuestListTerms(needed), by)
    for entry, one in new.items():
        note = " ".join(one.note.split())[:NOTE_SIGNS_MAX]
        guest = NewGuest(entry, one.name, len(one.companions), note)
        await add_guest(context, screening.screening_id, guest, by)
    return len(new)


def _entry_of(invitation: str) -> uuid.UUID:
    return uuid.uuid5(_NAMESPACE, invitation)
