"""Every act of staff leaves a line in the audit, or stands in a book of its own that says who did it."""

import re
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler

from ticketing.kernel.settings import Settings
from ticketing.staff.guards import access_rule_missing
from ticketing.web.app import create_app

ROOT = Path(__file__).parents[2]
SAFE = {"GET", "HEAD", "OPTIONS"}
WEBHOOK = "/api/v1/festivals/{festival:str}/webhooks/{webhook:uuid}"
WEBHOOK_PAGE = "/{language:str}/desk/webhooks/{festival:str}/{webhook:uuid}"
# What each call of staff that changes something writes; of several acts the one of its usual way.
ACTS = {
    "POST /api/v1/desk/{table:str}": "programme_added",
    "PUT /api/v1/desk/{table:str}/{key:str}": "programme_changed",
    "DELETE /api/v1/desk/{table:str}/{key:str}": "programme_deleted",
    "POST /{language:str}/desk/programme/new/{table:str}": "programme_added",
    "POST /{language:str}/desk/programme/{table:str}/{key:str}": "programme_changed",
    "POST /{language:str}/desk/programme/{table:str}/{key:str}/delete": "programme_deleted",
    "POST /api/v1/screenings/{screening:str}/copies": "programme_added",
    "POST /{language:str}/desk/programme/copy/{screening:str}": "programme_added",
    "POST /api/v1/screenings/{screening:str}/cancellation": "screening_cancelled",
    "POST /{language:str}/desk/programme/cancellation/{screening:str}": "screening_cancelled",
    "PUT /api/v1/halls/{hall:str}": "hall_saved",
    "POST /{language:str}/desk/halls/{hall:str}": "hall_saved",
    "POST /api/v1/screenings/{screening:str}/hall-move": "screening_moved_to_layout",
    "POST /{language:str}/desk/halls/{hall:str}/screenings/{screening:str}": "screening_moved_to_layout",
    "POST /api/v1/orders/{order:str}/counter-payment": "took_payment",
    "POST /{language:str}/counter/payments": "took_payment",
    "POST /api/v1/counter/refunds/{refund:int}/settlement": "handed_out_refund",
    "POST /{language:str}/counter/refunds/{refund:int}": "handed_out_refund",
    "POST /api/v1/counter/orders/{order:str}/cancellation": "cancelled_at_counter",
    "POST /{language:str}/counter/orders/{order:str}/cancellation": "cancelled_at_counter",
    "POST /api/v1/counter/tickets/{ticket:str}/reprint": "ticket_reprinted",
    "POST /{language:str}/counter/orders/{order:str}/reprint": "ticket_reprinted",
    "POST /api/v1/screenings/{screening:str}/hand-sold": "hand_sold_entered",
    "POST /{language:str}/counter/outage/{screening:str}": "hand_sold_entered",
    "POST /api/v1/counter/sales": "sold_at_counter",
    "POST /{language:str}/counter/sale": "sold_at_counter",
    "POST /{language:str}/counter/till": "shift_opened",
    "POST /{language:str}/counter/till/closing": "shift_closed",
    "POST /{language:str}/counter/shifts": "till_set",
    "PUT /api/v1/counter/tills/{till:str}": "till_set",
    "POST /api/v1/counter/tills/{till:str}/shifts": "shift_opened",
    "POST /api/v1/counter/shifts/{shift:uuid}/closing": "shift_closed",
    "DELETE /api/v1/staff/sessions": "signed_out",
    "DELETE /api/v1/staff/sessions/{session:uuid}": "session_revoked",
    "POST /{language:str}/desk/sessions/revocation": "session_revoked",
    "POST /api/v1/screenings/{screening:str}/no-shows": "no_shows_released",
    "POST /{language:str}/door/house/{screening:str}/release": "no_shows_released",
    "POST /api/v1/screenings/{screening:str}/no-shows/restored": "no_show_restored",
    "POST /{language:str}/door/house/{screening:str}/restore": "no_show_restored",
    "POST /api/v1/screenings/{screening:str}/rush": "rush_ticket_given",
    "POST /{language:str}/door/house/{screening:str}/rush": "rush_ticket_given",
    "POST /api/v1/screenings/{screening:str}/broken-seats": "ticket_reseated",
    "POST /{language:str}/door/house/{screening:str}/broken": "ticket_reseated",
    "POST /api/v1/screenings/{screening:str}/broken-seats/repaired": "seat_repaired",
    "POST /{language:str}/door/house/{screening:str}/repaired": "seat_repaired",
    "PUT /api/v1/screenings/{screening:str}/guest-list": "guest_list_set",
    "POST /{language:str}/door/house/{screening:str}/guests/list": "guest_list_set",
    "POST /api/v1/screenings/{screening:str}/guests": "guest_added",
    "POST /{language:str}/door/house/{screening:str}/guests/new": "guest_added",
    "DELETE /api/v1/screenings/{screening:str}/guests/{guest:uuid}": "guest_taken_off",
    "POST /{language:str}/door/house/{screening:str}/guests/removal": "guest_taken_off",
    "PUT /api/v1/door/conflicts/{scan:uuid}/settlement": "conflict_settled",
    "DELETE /api/v1/door/conflicts/{scan:uuid}/settlement": "conflict_reopened",
    "POST /{language:str}/door/conflicts/settlement": "conflict_settled",
    "POST /{language:str}/door/conflicts/reopening": "conflict_reopened",
    "PUT /api/v1/screenings/{screening:str}/allotments/{allotment:str}": "allotment_set",
    "POST /{language:str}/desk/allotments/{screening:str}": "allotment_set",
    "POST /api/v1/screenings/{screening:str}/allotments/{allotment:str}/release": "allotment_released",
    "POST /{language:str}/desk/allotments/{screening:str}/release": "allotment_released",
    "POST /api/v1/screenings/{screening:str}/allotments/{allotment:str}/tickets": "allotment_filled",
    "POST /{language:str}/desk/allotments/{screening:str}/tickets": "allotment_filled",
    "POST /api/v1/festivals/{festival:str}/accreditations": "accredited",
    "POST /api/v1/delegations/{delegation:uuid}/accreditations": "accredited",
    "PUT /api/v1/accreditations/{accreditation:str}": "accreditation_changed",
    "POST /api/v1/accreditations/{accreditation:str}/revocation": "accreditation_revoked",
    "POST /api/v1/accreditations/{accreditation:str}/reissue": "badge_reissued",
    "POST /api/v1/accreditations/{accreditation:str}/mail": "badge_mailed",
    "PUT /api/v1/accreditations/{accreditation:str}/photo": "badge_photo_kept",
    "DELETE /api/v1/accreditations/{accreditation:str}/photo": "badge_photo_removed",
    "POST /{language:str}/desk/accreditations/{festival:str}": "accredited",
    "POST /{language:str}/desk/accreditations/{festival:str}/{accreditation:str}": "accreditation_changed",
    "POST /{language:str}/desk/accreditations/{festival:str}/{accreditation:str}/photo": "badge_photo_kept",
    "POST /{language:str}/desk/accreditations/{festival:str}/{accreditation:str}/{verb:str}": "badge_reissued",
    "PUT /api/v1/screenings/{screening:str}/allotments/{allotment:str}/link": "allotment_link_made",
    "POST /api/v1/screenings/{screening:str}/allotment-links/{link:uuid}/revocation": "allotment_link_revoked",
    "POST /{language:str}/desk/allotments/{screening:str}/links": "allotment_link_made",
    "POST /{language:str}/desk/allotments/{screening:str}/links/revocation": "allotment_link_revoked",
    "PUT /api/v1/screenings/{screening:str}/invitation-terms": "invitation_terms_set",
    "POST /api/v1/screenings/{screening:str}/invitations": "guests_invited",
    "POST /api/v1/screenings/{screening:str}/invitations/{invitation:str}/withdrawal": "invitation_withdrawn",
    "POST /api/v1/screenings/{screening:str}/invitation-seats": "guests_seated",
    "PUT /api/v1/screenings/{screening:str}/invitations/{invitation:str}/seats": "guests_seated",
    "POST /api/v1/screenings/{screening:str}/invitation-tickets": "guest_tickets_issued",
    "POST /{language:str}/desk/invitations/{screening:str}/terms": "invitation_terms_set",
    "POST /{language:str}/desk/invitations/{screening:str}/guests": "guests_invited",
    "POST /{language:str}/desk/invitations/{screening:str}/withdrawal": "invitation_withdrawn",
    "POST /{language:str}/desk/invitations/{screening:str}/seats/{verb:str}": "guests_seated",
    "PUT /api/v1/festivals/{festival:str}/delegations/{delegation:uuid}": "delegation_set",
    "POST /api/v1/delegations/{delegation:uuid}/invitations": "guests_invited",
    "POST /{language:str}/desk/delegations": "delegation_set",
    "POST /{language:str}/desk/delegations/{delegation:uuid}/{verb:str}": "delegation_set",
    "POST /api/v1/programme/imports": "programme_imported",
    "POST /{language:str}/desk/programme/workbook/import": "programme_imported",
    "POST /{language:str}/desk/reports/closed-weeks": "week_closed",
    "POST /api/v1/festivals/{festival:str}/closed-weeks": "week_closed",
    "PUT /api/v1/festivals/{festival:str}/archive": "festival_archived",
    "DELETE /api/v1/festivals/{festival:str}/archive": "festival_taken_out",
    "POST /{language:str}/desk/festivals/{festival:str}/archive": "festival_archived",
    "POST /{language:str}/desk/festivals/{festival:str}/taking-out": "festival_taken_out",
    "POST /api/v1/personal-data": "personal_data_shown",
    "POST /api/v1/personal-data/erasure": "personal_data_erased",
    "PUT /api/v1/staff/accounts/{login:str}": "staff_grants_set",
    "POST /api/v1/staff/accounts/{login:str}/password-link": "password_link_made",
    "POST /{language:str}/desk/people": "staff_added",
    "POST /{language:str}/desk/people/{login:str}/grants": "staff_grants_set",
    "POST /{language:str}/desk/people/{login:str}/grants/removal": "staff_grants_set",
    "POST /{language:str}/desk/people/{login:str}/password-link": "password_link_made",
    "POST /{language:str}/desk/people/{login:str}/closing": "staff_disabled",
    "POST /{language:str}/desk/people/{login:str}/opening": "staff_enabled",
    "POST /api/v1/staff/second-factor/confirmation": "second_factor_added",
    "POST /api/v1/staff/second-factor/recovery-codes": "recovery_codes_made",
    "POST /api/v1/staff/second-factor/removal": "second_factor_removed",
    "DELETE /api/v1/staff/accounts/{login:str}/second-factor": "second_factor_reset",
    "POST /{language:str}/desk/second-factor/confirmation": "second_factor_added",
    "POST /{language:str}/desk/second-factor/recovery-codes": "recovery_codes_made",
    "POST /{language:str}/desk/second-factor/removal": "second_factor_removed",
    "POST /{language:str}/desk/people/{login:str}/second-factor/reset": "second_factor_reset",
    f"PUT {WEBHOOK}": "webhook_set",
    f"DELETE {WEBHOOK}": "webhook_ended",
    f"POST {WEBHOOK}/pings": "webhook_tried",
    f"POST {WEBHOOK}/deliveries/{{delivery:uuid}}/replays": "webhook_replayed",
    "POST /{language:str}/desk/webhooks": "webhook_set",
    f"POST {WEBHOOK_PAGE}/ending": "webhook_ended",
    f"POST {WEBHOOK_PAGE}/pings": "webhook_tried",
    f"POST {WEBHOOK_PAGE}/deliveries/{{delivery:uuid}}": "webhook_replayed",
    "POST /api/v1/staff/tokens": "token_added",
    "DELETE /api/v1/staff/tokens/{token:str}": "token_revoked",
    "POST /{language:str}/desk/tokens": "token_added",
    "POST /{language:str}/desk/tokens/revocation": "token_revoked",
    "POST /{language:str}/devices": "device_added",
    "POST /{language:str}/devices/link": "device_link_made",
    "POST /{language:str}/devices/revocation": "device_revoked",
}
# What happens by the hundred has a book of its own: the column that says who did it.
OTHER_BOOKS = {
    # A draft changes nothing for anybody else; reading a file keeps nothing.
    "PUT /api/v1/halls/{hall:str}/draft": "hall_draft.login",
    "DELETE /api/v1/halls/{hall:str}/draft": "hall_draft.login",
    "POST /{language:str}/desk/halls": "hall_draft.login",
    "POST /api/v1/hall-files": "hall_draft.login",
    "POST /{language:str}/desk/programme/workbook": "programme_upload.login",
    # Until a code proves it, nothing counts.
    "POST /api/v1/staff/second-factor": "staff.login",
    "POST /{language:str}/desk/second-factor": "staff.login",
    "POST /api/v1/door/scans": "scan.staff_login",
    "POST /api/v1/door/scans/batch": "scan.staff_login",
    "POST /{language:str}/door": "scan.staff_login",
    "POST /api/v1/screenings/{screening:str}/guests/{guest:uuid}/arrivals": "guest_arrival.let_in_by",
    "POST /{language:str}/door/house/{screening:str}/guests/arrivals": "guest_arrival.let_in_by",
}
# Keeps seats for some minutes or gives them back, as anybody can: nothing is written that stays.
HOLDS = {
    "POST /api/v1/counter/screenings/{screening:str}/holds",
    "POST /{language:str}/counter/sale/seats",
    "POST /{language:str}/counter/sale/release",
}
# Only looks: what is asked for is too much for an address, or must not stand in one.
LOOKS = {
    "POST /api/v1/counter/search",
    "POST /{language:str}/counter/search",
    "POST /api/v1/counter/orders/{order:str}/cancellation-terms",
    "POST /{language:str}/counter/orders/{order:str}/terms",
    "POST /api/v1/screenings/{screening:str}/hand-sold/preview",
    "POST /{language:str}/counter/outage/{screening:str}/look",
}


@pytest.fixture(scope="module")
def app() -> Litestar:
    """The whole application, with no server behind it: only its routes are looked at."""
    return create_app(Settings(database_url="postgresql:///nowhere", redis_url="redis://nowhere"))


def guarded(app: Litestar) -> set[str]:
    """The calls of staff that may change something, as ``POST /path``."""
    found = set()
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            if isinstance(handler, HTTPRouteHandler) and handler.opt.get("access") != "public":
                found |= {f"{method} {route.path}" for method in handler.http_methods if method not in SAFE}
    return found


def test_every_route_of_the_house_has_a_rule(app: Litestar) -> None:
    assert access_rule_missing(app) == []
    assert len(app.routes) > 100


def test_every_act_of_staff_is_written_down(app: Litestar) -> None:
    known = ACTS.keys() | OTHER_BOOKS.keys() | HOLDS | LOOKS
    calls = guarded(app)
    assert calls - known == set(), "say which line of the audit it writes, or which book says who did it"
    assert known - calls == set(), "gone"


def test_the_acts_and_books_are_there() -> None:
    written = "\n".join(
        path.read_text(encoding="utf-8")
        for path in [*ROOT.glob("sql/queries/*.sql"), *ROOT.glob("ticketing/*/**/*.py")]
        if "web" not in path.parts
    )
    acts = {act for act in ACTS.values() if not re.search(rf"['\"]{act}['\"]", written)}
    assert acts == set()
    schema = "\n".join(path.read_text(encoding="utf-8") for path in ROOT.glob("sql/migrations/*.sql"))
    for book in OTHER_BOOKS.values():
        table, column = book.split(".")
        assert re.search(rf"create table {table} \(.*?^ +{column} .*?^\);", schema, re.DOTALL | re.MULTILINE), book
