"""What a token of another program may be for: a closed list, each scope with its role and the calls that it opens.

A token opens the calls of its scopes and nothing else, as somebody of the scope's role would: what the guard of a
call and the use case behind it ask for is asked of a token in the same way. What the public may see needs no token.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from ticketing.kernel.errors import N_
from ticketing.staff.model import Role

API: Final = "/api/v1"


class Scope(StrEnum):
    """The names of scopes, as they are asked for."""

    PROGRAMME_READ = "programme:read"
    CAPACITY_READ = "capacity:read"
    REPORTS_READ = "reports:read"
    ALLOTMENTS_READ = "allotments:read"
    INVITATIONS_READ = "invitations:read"
    ORDERS_READ = "orders:read"
    COUNTER_SELL = "counter:sell"
    DOOR_SCAN = "door:scan"
    DOOR_HOUSE = "door:house"
    AUDIT_READ = "audit:read"


class Opening(NamedTuple):
    """What a scope opens: ``calls`` as ``GET /path`` with the names of parameters, for who is allowed ``role``."""

    words: str
    role: Role
    calls: frozenset[str]


def _calls(*calls: str) -> frozenset[str]:
    return frozenset(call.replace(" ", f" {API}", 1) for call in calls)


SCOPES: Final[Mapping[Scope, Opening]] = MappingProxyType(
    {
        Scope.PROGRAMME_READ: Opening(
            N_("Read the programme's desk, drafts included"),
            Role.ORGANISER,
            _calls(
                "GET /desk/{table}",
                "GET /desk/{table}/{key}",
                "GET /halls",
                "GET /halls/{hall}",
                "GET /halls/{hall}/file",
            ),
        ),
        Scope.CAPACITY_READ: Opening(
            N_("Read how full screenings are, live"),
            Role.ORGANISER,
            _calls(
                "GET /screenings/{screening}/capacity",
                "GET /festivals/{festival}/capacity",
                "GET /festivals/{festival}/events",
            ),
        ),
        Scope.REPORTS_READ: Opening(
            N_("Read reports and closed weeks"),
            Role.ORGANISER,
            _calls("GET /reports/{report}", "GET /festivals/{festival}/closed-weeks"),
        ),
        Scope.ALLOTMENTS_READ: Opening(
            N_("Read for whom seats are kept back"),
            Role.SUPERVISOR,
            _calls("GET /screenings/{screening}/allotments"),
        ),
        Scope.INVITATIONS_READ: Opening(
            N_("Read invitations, delegations and accreditations, with names"),
            Role.ORGANISER,
            _calls(
                "GET /screenings/{screening}/invitations",
                "GET /festivals/{festival}/delegations",
                "GET /festivals/{festival}/accreditations",
                "GET /accreditations/{accreditation}",
            ),
        ),
        Scope.ORDERS_READ: Opening(
            N_("Find and read orders, with the names of buyers"),
            Role.BOX_OFFICE,
            _calls("POST /counter/search", "GET /counter/orders/{order}"),
        ),
        Scope.COUNTER_SELL: Opening(
            N_("Sell over the counter, with a till of its own"),
            Role.BOX_OFFICE,
            _calls(
                "POST /counter/screenings/{screening}/holds",
                "POST /counter/sales",
                "POST /orders/{order}/counter-payment",
                "GET /counter/orders/{order}/tickets.pdf",
                "GET /counter/tills",
                "POST /counter/tills/{till}/shifts",
                "POST /counter/shifts/{shift}/closing",
                "GET /counter/shifts/{shift}",
            ),
        ),
        Scope.DOOR_SCAN: Opening(
            N_("Scan tickets, with a network and without"),
            Role.DOOR,
            _calls("POST /door/scans", "POST /door/scans/batch", "GET /door/snapshot", "GET /door/evening"),
        ),
        Scope.DOOR_HOUSE: Opening(
            N_("See who is in the house, and let guests in"),
            Role.DOOR,
            _calls(
                "GET /screenings/{screening}/house",
                "GET /screenings/{screening}/guests",
                "POST /screenings/{screening}/guests/{guest}/arrivals",
            ),
        ),
        Scope.AUDIT_READ: Opening(N_("Read the audit"), Role.SUPERVISOR, _calls("GET /staff/audit")),
    }
)
