"""How each call of staff keeps to the reach of whoever asks: what the address does not show stands in this table.

Nothing needs to stand here of a handler whose address has a ``{festival}``, ``{venue}``, ``{hall}`` or
``{screening}``, nor of one with a guard for everywhere: their guards refuse, and the test asks them all.
"""

import dataclasses
import uuid
from typing import Any

from litestar import Litestar
from litestar.handlers import HTTPRouteHandler

NAMED = ("festival", "venue", "hall", "screening")


@dataclasses.dataclass(frozen=True)
class Asks:
    """A request for something of another festival, with ``{…}`` for what is there; it must be refused.

    ``part_will_do``: whoever may be there in one festival is let in, for that festival alone. ``lists``: what is
    out of reach is left out instead.
    """

    params: dict[str, str] | None = None
    json: Any = None
    form: dict[str, str] | None = None
    part_will_do: bool = False
    lists: bool = False


@dataclasses.dataclass(frozen=True)
class Keeps:
    """A call that can't be asked for something of another festival, and why; or where else it is tested."""

    why: str


SCAN = {"scan": str(uuid.UUID(int=1)), "code": "x", "gate": "1", "screening": "{screening}"}
PAYMENT = {"receipt": "r-1", "method": "cash", "money": {"amount": 350_000, "currency": "KZT"}}
CANCELLED = {
    "tickets": ["{ticket}"],
    "cancellation": str(uuid.UUID(int=4)),
    "reason": "illness",
    "money": {"amount": 350_000, "currency": "KZT"},
}
REPRINTED = {"reprint": str(uuid.UUID(int=5)), "reason": "lost"}
HOLDER = {"name": "Ann", "email": "ann@example.org", "organisation": "A paper", "locale": "en"}
ACCREDITED = {
    "category": "press",
    "holder": HOLDER,
    "entitlement": {"first_day": "2026-11-26", "last_day": "2026-11-27"},
}
ONE_S_OWN = Keeps("one's own account and sign-ins")
OF_WHO_WORKS_WHERE_ONE_SUPERVISES = Keeps("refused by grants: test_sign_ins_keep_to_where_one_supervises")
WORKBOOKS = Keeps("refused by what the file would change: test_of_another_festival_nothing_is_changed")
HALLS = Keeps("lists halls of venues within reach: test_only_halls_within_reach_are_listed")
LISTS = Keeps("lists what is within reach: test_lists_show_what_is_within_reach")

OTHERS: dict[str, Asks | Keeps] = {
    "POST /api/v1/door/scans": Asks(json=SCAN),
    "POST /api/v1/door/scans/batch": Asks(json={"scans": [SCAN]}),
    "GET /api/v1/door/snapshot": Asks({"screening": "{screening}"}),
    "GET /api/v1/door/evening": Asks({"venue": "{venue}"}),
    "GET /api/v1/door/conflicts": Asks({"screening": "{screening}"}),
    "PUT /api/v1/door/conflicts/{scan:uuid}/settlement": Asks(json={"outcome": "may_stay"}),
    "DELETE /api/v1/door/conflicts/{scan:uuid}/settlement": Asks(),
    "POST /{language:str}/door/conflicts/settlement": Asks(form={"scan": "{scan}", "outcome": "may_stay"}),
    "POST /{language:str}/door/conflicts/reopening": Asks(form={"scan": "{scan}"}),
    "POST /{language:str}/door": Asks(form={"code": "x", "gate": "1", "screening": "{screening}"}),
    "GET /{language:str}/door": LISTS,
    "GET /{language:str}/door/evening": Asks({"venue": "{venue}"}),
    "GET /{language:str}/door/conflicts": Asks({"screening": "{screening}"}),
    "GET /{language:str}/door/house": LISTS,
    "POST /api/v1/orders/{order:str}/counter-payment": Asks(json=PAYMENT),
    "GET /api/v1/counter/refunds": LISTS,
    "POST /api/v1/counter/refunds/{refund:int}/settlement": Asks(),
    "GET /{language:str}/counter/payments": Asks({"order": "{order}"}),
    "POST /{language:str}/counter/payments": Asks(
        form={"order": "{order}", "receipt": "r-1", "method": "cash", "amount": "350000", "currency": "KZT"}
    ),
    "POST /{language:str}/counter/refunds/{refund:int}": Asks(),
    "POST /api/v1/counter/sales": Keeps("tests/sales/tills: test_when_and_what_the_counter_sells"),
    "GET /api/v1/counter/orders/{order:str}/tickets.pdf": Asks(),
    "GET /{language:str}/counter/sale": Asks({"screening": "{screening}"}),
    "POST /{language:str}/counter/sale": Asks(form={"screening": "{screening}"}),
    "POST /{language:str}/counter/sale/seats": Asks(
        form={"screening": "{screening}", "wish": "best", "count": "1"}
    ),
    "POST /{language:str}/counter/sale/release": Keeps("gives back a hold, which is whose who knows it"),
    "GET /{language:str}/counter/till": Keeps("one's own shift"),
    "POST /{language:str}/counter/till": Asks(
        form={"till": "{till}", "shift": str(uuid.UUID(int=2))}, part_will_do=True
    ),
    "POST /{language:str}/counter/till/closing": Asks(form={"shift": "{shift}"}, part_will_do=True),
    "GET /{language:str}/counter/shifts/{shift:uuid}": Asks(part_will_do=True),
    "GET /{language:str}/counter/shifts": LISTS,
    "POST /{language:str}/counter/shifts": Asks(form={"till": "new", "venue": "{venue}", "name": "Foyer"}),
    "GET /api/v1/counter/tills": LISTS,
    "GET /api/v1/counter/shifts": LISTS,
    "PUT /api/v1/counter/tills/{till:str}": Asks(json={"venue": "{venue}", "name": "Foyer"}),
    "POST /api/v1/counter/tills/{till:str}/shifts": Asks(
        json={"shift": str(uuid.UUID(int=2)), "float": []}, part_will_do=True
    ),
    "POST /api/v1/counter/shifts/{shift:uuid}/closing": Asks(json={}, part_will_do=True),
    "GET /api/v1/counter/shifts/{shift:uuid}": Asks(part_will_do=True),
    "GET /api/v1/counter/shifts/{shift:uuid}/bookings": Asks(part_will_do=True),
    "POST /api/v1/counter/search": LISTS,
    "POST /{language:str}/counter/search": LISTS,
    "GET /api/v1/counter/orders/{order:str}": Asks(),
    "POST /api/v1/counter/orders/{order:str}/cancellation-terms": Asks(json={"tickets": ["{ticket}"]}),
    "POST /api/v1/counter/orders/{order:str}/cancellation": Asks(json=CANCELLED),
    "POST /api/v1/counter/tickets/{ticket:str}/reprint": Asks(json=REPRINTED),
    "GET /api/v1/counter/reprints/{reprint:uuid}/ticket.pdf": Keeps("tests/sales/after_sale: test_reprinting"),
    "GET /api/v1/counter/hand-sold/{batch:uuid}": Keeps("tests/sales/outage: test_until_when_and_by_whom"),
    "GET /{language:str}/counter/outage": Keeps("tests/sales/outage: test_until_when_and_by_whom"),
    "GET /{language:str}/counter/orders/{order:str}": Asks(),
    "POST /{language:str}/counter/orders/{order:str}/terms": Asks(form={"ticket": "{ticket}"}),
    "POST /{language:str}/counter/orders/{order:str}/cancellation": Asks(form={"ticket": "{ticket}"}),
    "POST /{language:str}/counter/orders/{order:str}/reprint": Asks(form={"ticket": "{ticket}"}),
    "GET /{language:str}/desk/programme": Asks({"festival": "{festival}"}, lists=True),
    "GET /{language:str}/desk/programme/list/{table:str}": Asks({"festival": "{festival}"}, lists=True),
    "GET /{language:str}/desk/programme/new/{table:str}": Keeps("an empty form"),
    "POST /{language:str}/desk/programme/new/{table:str}": Keeps("tests/programme/desk: test_writing"),
    "GET /{language:str}/desk/programme/workbook": Asks(lists=True),
    "POST /{language:str}/desk/programme/workbook": Keeps("only keeps the file for its owner"),
    "POST /{language:str}/desk/programme/workbook/import": WORKBOOKS,
    "POST /api/v1/programme/imports": WORKBOOKS,
    "GET /{language:str}/desk/programme/{table:str}/{key:str}": Asks(),
    "POST /{language:str}/desk/programme/{table:str}/{key:str}": Asks(),
    "POST /{language:str}/desk/programme/{table:str}/{key:str}/delete": Asks(),
    "GET /api/v1/halls": HALLS,
    "GET /{language:str}/desk/halls": HALLS,
    "POST /{language:str}/desk/halls": Asks(form={"hall": "new-hall", "venue": "{venue}", "name_en": "New hall"}),
    "POST /api/v1/hall-files": Keeps("reads the file that is sent, and nothing else"),
    "GET /api/v1/desk/{table:str}": Asks({"festival": "{festival}"}, lists=True),
    "POST /api/v1/desk/{table:str}": Asks(json={"fields": {"festival": "{festival}", "hall": "{hall}"}}),
    "GET /api/v1/desk/{table:str}/{key:str}": Asks(),
    "PUT /api/v1/desk/{table:str}/{key:str}": Asks(json={"fields": {}, "made_from": "0" * 24}),
    "DELETE /api/v1/desk/{table:str}/{key:str}": Asks(),
    "GET /{language:str}/desk/invitations": LISTS,
    "GET /{language:str}/desk/delegations": LISTS,
    "POST /{language:str}/desk/delegations": Asks(
        form={
            "delegation": str(uuid.UUID(int=6)),
            "festival": "{festival}",
            "name": "A delegation",
            "members": "Ann",
        }
    ),
    "GET /{language:str}/desk/delegations/{delegation:uuid}": Asks(),
    "POST /{language:str}/desk/delegations/{delegation:uuid}/{verb:str}": Asks(),
    "POST /api/v1/delegations/{delegation:uuid}/invitations": Asks(json={"screenings": ["{screening}"]}),
    "POST /api/v1/delegations/{delegation:uuid}/accreditations": Asks(),
    "GET /{language:str}/desk/webhooks": LISTS,
    "POST /{language:str}/desk/webhooks": Asks(
        form={"festival": "{festival}", "webhook": str(uuid.UUID(int=8)), "url": "https://example.org/"}
    ),
    "GET /{language:str}/desk/reports": Asks({"festival": "{festival}"}),
    "GET /{language:str}/desk/reports/file": Asks({"festival": "{festival}", "format": "json"}),
    "POST /{language:str}/desk/reports/closed-weeks": Asks(form={"festival": "{festival}", "week": "2026-01-07"}),
    "GET /{language:str}/desk/accreditations": Asks({"festival": "{festival}"}),
    "PUT /api/v1/accreditations/{accreditation:str}": Asks(json=ACCREDITED | {"made_from": ""}),
    "GET /api/v1/accreditations/{accreditation:str}": Asks(),
    "POST /api/v1/accreditations/{accreditation:str}/revocation": Asks(),
    "PUT /api/v1/accreditations/{accreditation:str}/photo": Asks(),
    "GET /api/v1/accreditations/{accreditation:str}/photo": Asks(),
    "DELETE /api/v1/accreditations/{accreditation:str}/photo": Asks(),
    "POST /api/v1/accreditations/{accreditation:str}/mail": Asks(json={"request": str(uuid.UUID(int=1))}),
    "POST /api/v1/accreditations/{accreditation:str}/reissue": Asks(json={"revision": 1}),
    "GET /api/v1/reports/{report:str}": Asks({"festival": "{festival}"}),
    "GET /{language:str}/capacity": Asks({"festival": "{festival}"}),
    "GET /{language:str}/devices": LISTS,
    "POST /{language:str}/devices": Asks(
        form={"name": "Phone", "gates": "1", "venue": "{venue}"}, part_will_do=True
    ),
    "POST /{language:str}/devices/link": Asks(form={"device": "{device}"}),
    "POST /{language:str}/devices/revocation": Asks(form={"device": "{device}"}),
    "GET /api/v1/staff/audit": LISTS,
    "GET /{language:str}/desk/audit": LISTS,
    "GET /api/v1/staff/sessions": OF_WHO_WORKS_WHERE_ONE_SUPERVISES,
    "DELETE /api/v1/staff/sessions": ONE_S_OWN,
    "DELETE /api/v1/staff/sessions/{session:uuid}": OF_WHO_WORKS_WHERE_ONE_SUPERVISES,
    "GET /api/v1/staff/accounts": OF_WHO_WORKS_WHERE_ONE_SUPERVISES,
    "GET /{language:str}/desk/people": OF_WHO_WORKS_WHERE_ONE_SUPERVISES,
    "GET /{language:str}/desk/sessions": OF_WHO_WORKS_WHERE_ONE_SUPERVISES,
    "POST /{language:str}/desk/sessions/revocation": OF_WHO_WORKS_WHERE_ONE_SUPERVISES,
    "GET /api/v1/staff/second-factor": ONE_S_OWN,
    "POST /api/v1/staff/second-factor": ONE_S_OWN,
    "POST /api/v1/staff/second-factor/confirmation": ONE_S_OWN,
    "POST /api/v1/staff/second-factor/recovery-codes": ONE_S_OWN,
    "POST /api/v1/staff/second-factor/removal": ONE_S_OWN,
    "GET /{language:str}/desk/second-factor": ONE_S_OWN,
    "POST /{language:str}/desk/second-factor": ONE_S_OWN,
    "POST /{language:str}/desk/second-factor/confirmation": ONE_S_OWN,
    "POST /{language:str}/desk/second-factor/recovery-codes": ONE_S_OWN,
    "POST /{language:str}/desk/second-factor/removal": ONE_S_OWN,
    "GET /{language:str}/desk": Keeps("lists pages that the role opens, nothing of a festival"),
}


@dataclasses.dataclass(frozen=True)
class StaffCall:
    """A method at an address that only staff may call; ``kept``: its guard alone refuses what is out of reach."""

    method: str
    path: str
    kept: bool

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


def staff_calls(app: Litestar) -> list[StaffCall]:
    """All calls that only staff may make."""
    found = []
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            if not isinstance(handler, HTTPRouteHandler) or handler.opt.get("access") == "public":
                continue
            guards = [getattr(guard, "func", guard) for guard in handler.resolve_guards()]
            kept = any(getattr(guard, "everywhere", False) for guard in guards) or any(
                f"{{{name}:" in route.path for name in NAMED
            )
            found += [
                StaffCall(method, route.path, kept) for method in sorted(handler.http_methods - {"OPTIONS", "HEAD"})
            ]
    return found
