"""What may be changed, until when, and what it comes to: the rules as tables."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from tests.programme.test_model import MINUTE, START, screening
from ticketing.kernel import errors
from ticketing.programme.festival_rules import FestivalRules
from ticketing.sales.changes.rules import (
    Change,
    can_change,
    changeable_until,
    check_changeable,
    exchange_fee_of,
    refund_fee_of,
)
from ticketing.sales.model import TicketFacts

TICKET = TicketFacts("K7Q29XFMK7Q2", "week-1", "F-11", "standard", "full", 350_000, None, "sold", 1, 0)
LONG_BEFORE = START - timedelta(days=2)


def ticket(**changes: Any) -> TicketFacts:
    return msgspec.structs.replace(TICKET, **changes)


@pytest.mark.parametrize(
    ("rules", "status", "amount", "fee"),
    [
        ({}, "published", 350_000, 0),
        ({"refund_fee_percent": 10}, "published", 350_000, 35_000),
        ({"refund_fee_percent": 10}, "published", 99, 9),
        ({"refund_fee": 20_000}, "published", 350_000, 20_000),
        ({"refund_fee_percent": 10, "refund_fee": 20_000}, "published", 350_000, 55_000),
        # Never more than was paid for it.
        ({"refund_fee": 400_000}, "published", 350_000, 350_000),
        ({"refund_fee": 20_000}, "published", 0, 0),
        ({"refund_fee_percent": 100, "refund_fee": 1}, "published", 350_000, 350_000),
        ({"refund_fee_percent": 100}, "cancelled", 350_000, 0),
    ],
)
def test_what_is_kept_of_a_ticket_given_back(rules: dict[str, Any], status: str, amount: int, fee: int) -> None:
    shown = screening(rules=FestivalRules(**rules), status=status)
    assert refund_fee_of(ticket(amount=amount), shown) == fee


@pytest.mark.parametrize(
    ("amount", "status", "fee"),
    [(350_000, "published", 5_000), (1, "published", 5_000), (0, "published", 0), (350_000, "cancelled", 0)],
)
def test_what_an_exchange_costs(amount: int, status: str, fee: int) -> None:
    shown = screening(rules=FestivalRules(exchange_fee=5_000), status=status)
    assert exchange_fee_of(ticket(amount=amount), shown) == fee


RULES = FestivalRules(refund_until_minutes=30, exchange_until_minutes=60, transfer_until_minutes=0)
OFF = FestivalRules(refund=False, exchange=False, transfer=False)


@pytest.mark.parametrize(
    ("change", "rules", "of_screening", "of_ticket", "now", "refusal"),
    [
        ("refund", RULES, {}, {}, START - 31 * MINUTE, None),
        ("refund", RULES, {}, {}, START - 30 * MINUTE, errors.TooLateToChange),
        ("exchange", RULES, {}, {}, START - 61 * MINUTE, None),
        ("exchange", RULES, {}, {}, START - 60 * MINUTE, errors.TooLateToChange),
        ("transfer", RULES, {}, {}, START - MINUTE, None),
        ("transfer", RULES, {}, {}, START, errors.TooLateToChange),
        ("refund", RULES, {}, {"entries": 1}, LONG_BEFORE, errors.AlreadyUsed),
        ("exchange", RULES, {}, {"entries": 1}, LONG_BEFORE, errors.AlreadyUsed),
        ("transfer", RULES, {}, {"entries": 1}, LONG_BEFORE, errors.AlreadyUsed),
        ("refund", RULES, {}, {"holder_email": "a@example.org"}, LONG_BEFORE, errors.TicketPassedOn),
        ("exchange", RULES, {}, {"holder_email": "a@example.org"}, LONG_BEFORE, errors.TicketPassedOn),
        ("transfer", RULES, {}, {"holder_email": "a@example.org"}, LONG_BEFORE, None),
        ("refund", RULES, {}, {"refundable": False}, LONG_BEFORE, errors.RefundForfeited),
        ("exchange", RULES, {}, {"refundable": False}, LONG_BEFORE, None),
        ("transfer", RULES, {}, {"refundable": False}, LONG_BEFORE, None),
        ("refund", OFF, {}, {}, LONG_BEFORE, errors.RefundNotAllowed),
        ("exchange", OFF, {}, {}, LONG_BEFORE, errors.ExchangeNotAllowed),
        ("transfer", OFF, {}, {}, LONG_BEFORE, errors.TransferNotAllowed),
        # The screening does not take place: money back in any case, another screening where exchanges are allowed.
        ("refund", OFF, {"status": "cancelled"}, {"entries": 1}, START + timedelta(days=9), None),
        ("refund", RULES, {"status": "cancelled"}, {"refundable": False}, LONG_BEFORE, None),
        ("exchange", RULES, {"status": "cancelled"}, {}, START + timedelta(days=9), None),
        ("exchange", OFF, {"status": "cancelled"}, {}, LONG_BEFORE, errors.ExchangeNotAllowed),
        ("transfer", RULES, {"status": "cancelled"}, {}, LONG_BEFORE, errors.TooLateToChange),
    ],
)
def test_what_may_be_changed_and_until_when(  # noqa: PLR0917 - the columns of the table
    change: Change,
    rules: FestivalRules,
    of_screening: dict[str, Any],
    of_ticket: dict[str, Any],
    now: datetime,
    refusal: type[errors.Conflict] | None,
) -> None:
    shown = screening(rules=rules, **of_screening)
    asked = ticket(**of_ticket)
    assert can_change(asked, shown, change, now) is (refusal is None)
    if refusal is None:
        check_changeable(asked, shown, change, now)
    else:
        with pytest.raises(refusal):
            check_changeable(asked, shown, change, now)


def test_a_void_ticket_is_changed_no_more() -> None:
    assert not can_change(ticket(status="void"), screening(), "refund", LONG_BEFORE)
    assert changeable_until(screening(rules=OFF), "exchange") is None
