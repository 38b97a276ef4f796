"""The places of the staff's side, in the order of an evening and of a festival: what the bar and the desk list."""

from collections.abc import Sequence
from typing import Final

import msgspec

from ticketing.kernel.errors import N_
from ticketing.staff.model import Principal, Role, allows


class DeskPlace(msgspec.Struct, frozen=True):
    """A page that staff find from the desk. ``path`` comes after the language.

    ``needs`` is what its guard asks for; ``name`` and ``hint`` are marked for translation.
    """

    path: str
    name: str
    hint: str
    needs: Role


class DeskPart(msgspec.Struct, frozen=True):
    """Places that belong together."""

    name: str
    places: tuple[DeskPlace, ...]


PARTS: Final = (
    DeskPart(
        N_("The evening"),
        (
            DeskPlace("door", N_("Door"), N_("Scan tickets, with and without a network"), Role.DOOR),
            DeskPlace("door/house", N_("Before the film"), N_("Who is in, who is missing, guests"), Role.DOOR),
            DeskPlace("door/conflicts", N_("Conflicts"), N_("What two gates both let in"), Role.SUPERVISOR),
            DeskPlace("devices", N_("Devices"), N_("Telephones that scan at the door"), Role.SUPERVISOR),
        ),
    ),
    DeskPart(
        N_("Box office"),
        (
            DeskPlace("counter/sale", N_("Sale"), N_("Sell over the counter, print or mail"), Role.BOX_OFFICE),
            DeskPlace(
                "counter/payments",
                N_("Payments and refunds"),
                N_("Take money for an order, hand out what goes back"),
                Role.BOX_OFFICE,
            ),
            DeskPlace(
                "counter/outage",
                N_("Sold by hand"),
                N_("Enter paper tickets after an outage"),
                Role.BOX_OFFICE,
            ),
            DeskPlace("counter/till", N_("Till"), N_("Open it with a float, close it by a count"), Role.BOX_OFFICE),
            DeskPlace("counter/shifts", N_("Shifts"), N_("Every till's differences"), Role.SUPERVISOR),
        ),
    ),
    DeskPart(
        N_("The festival"),
        (
            DeskPlace(
                "desk/programme",
                N_("Programme"),
                N_("Films, halls, prices and screenings: make, change, publish, cancel"),
                Role.ORGANISER,
            ),
            DeskPlace(
                "desk/halls", N_("Halls"), N_("Draw halls, and move screenings to a new drawing"), Role.ORGANISER
            ),
            DeskPlace("capacity", N_("Capacity"), N_("Every screening and how full it is, live"), Role.ORGANISER),
            DeskPlace("desk/reports", N_("Reports"), N_("Admissions, takings and the returns"), Role.ORGANISER),
            DeskPlace(
                "desk/invitations",
                N_("Invitations"),
                N_("Who is invited, who comes, who sits where"),
                Role.ORGANISER,
            ),
            DeskPlace(
                "desk/delegations",
                N_("Delegations"),
                N_("Who comes together, to what, with which badges"),
                Role.ORGANISER,
            ),
            DeskPlace(
                "desk/accreditations",
                N_("Accreditations"),
                N_("Professionals: what they may enter, and their badges"),
                Role.ORGANISER,
            ),
            DeskPlace(
                "desk/monitoring",
                N_("Monitoring files"),
                N_("What the Kazakh monitoring system is told, hour by hour"),
                Role.ORGANISER,
            ),
        ),
    ),
    DeskPart(
        N_("The house"),
        (
            DeskPlace(
                "desk/people", N_("Staff"), N_("Who works here, and what each may do where"), Role.SUPERVISOR
            ),
            DeskPlace("desk/tokens", N_("Tokens"), N_("What other programs may do here"), Role.ADMIN),
            DeskPlace("desk/webhooks", N_("Webhooks"), N_("Which programs are told of orders"), Role.ORGANISER),
            DeskPlace("desk/audit", N_("Audit"), N_("Who did what, and when"), Role.SUPERVISOR),
            DeskPlace("desk/sessions", N_("Sign-ins"), N_("Where you are signed in"), Role.DOOR),
            DeskPlace("desk/second-factor", N_("Second step"), N_("Sign in with a code as well"), Role.DOOR),
        ),
    ),
)
STAFF_PATHS: Final = frozenset(place.path for part in PARTS for place in part.places) | {"desk"}
"""The places to which a sign-in may lead."""


def parts_for(principal: Principal) -> Sequence[DeskPart]:
    """What somebody may open, with no empty part. A device of the door has its own page and no desk."""
    if principal.post is not None:
        return ()
    shown = (
        DeskPart(part.name, tuple(place for place in part.places if allows(principal.role, place.needs)))
        for part in PARTS
    )
    return tuple(part for part in shown if part.places)


def here_of(path: str) -> str:
    """The place that an address belongs to, for the bar to mark: the longest that it begins with; "" for none."""
    _, _, rest = path.lstrip("/").partition("/")
    fitting = (place for place in STAFF_PATHS if rest == place or rest.startswith(place + "/"))
    return max(fitting, key=len, default="")
