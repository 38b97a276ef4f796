"""A festival's rules as a form: each rule in words, in the unit in which people think of it. Pure."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

import msgspec

from ticketing.kernel.errors import N_
from ticketing.kernel.money import MINOR_UNITS_PER_UNIT
from ticketing.programme.festival_rules import FestivalRules


class Rule(msgspec.Struct, frozen=True):
    """A rule's line of the form. ``divisor`` of its stored number make one of the ``unit`` that is shown."""

    name: str
    label: str
    unit: str
    divisor: int = 1
    optional: bool = False


class RulePart(msgspec.Struct, frozen=True):
    """Rules that belong together."""

    name: str
    rules: tuple[Rule, ...]


PLAIN_NUMBER: Final = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,4})?")
"""What people type as a number; no exponent, by which a few signs are a number without end."""
MINUTES: Final = N_("minutes")
MINUTES_BEFORE: Final = N_("minutes before it begins")
HOURS: Final = N_("hours")
DAYS: Final = N_("days")
PERCENT: Final = N_("percent")
MONEY: Final = "money"
YES_NO: Final = "yes_no"
SINGLE_SEATS: Final = "single_seats"

PARTS: Final = (
    RulePart(
        N_("Holding seats"),
        (
            Rule("hold_ttl_s", N_("Seats are held for"), MINUTES, 60),
            Rule("hold_cap_s", N_("With extensions, at most"), MINUTES, 60),
            Rule("seats_per_hold_max", N_("At once, at most"), N_("seats")),
            Rule("single_seats", N_("Leaving one free seat between others is allowed"), SINGLE_SEATS),
            Rule("order_ttl_s", N_("An order waits for its payment"), MINUTES, 60),
            Rule("counter_ttl_s", N_("To be paid at the counter, it waits (0: not offered)"), HOURS, 3600),
            Rule("counter_deadline_minutes", N_("and at most until"), MINUTES_BEFORE),
        ),
    ),
    RulePart(
        N_("Giving back"),
        (
            Rule("refund", N_("Tickets can be given back"), YES_NO),
            Rule("refund_until_minutes", N_("until"), MINUTES_BEFORE),
            Rule("refund_fee_percent", N_("Kept of the price"), PERCENT),
            Rule("refund_fee", N_("and, a ticket"), MONEY, MINOR_UNITS_PER_UNIT),
        ),
    ),
    RulePart(
        N_("Exchanging and passing on"),
        (
            Rule("exchange", N_("Tickets can be exchanged"), YES_NO),
            Rule("exchange_until_minutes", N_("until"), MINUTES_BEFORE),
            Rule("exchange_fee", N_("for, a ticket"), MONEY, MINOR_UNITS_PER_UNIT),
            Rule("transfer", N_("Tickets can be passed on"), YES_NO),
            Rule("transfer_until_minutes", N_("until"), MINUTES_BEFORE),
        ),
    ),
    RulePart(
        N_("The door"),
        (
            Rule("reentry", N_("Who leaves may come back"), YES_NO),
            Rule(
                "no_show_release_minutes",
                N_("Places of people who have not come may be given to others (empty: never)"),
                MINUTES_BEFORE,
                optional=True,
            ),
            Rule("no_show_refund", N_("and the box office gives their money back"), YES_NO),
            Rule(
                "accredited_places_percent",
                N_("Of a hall, people with a badge may fill (empty: all that has no ticket)"),
                PERCENT,
                optional=True,
            ),
        ),
    ),
    RulePart(
        N_("The waiting list"),
        (
            Rule("waiting_list", N_("There is a waiting list"), YES_NO),
            Rule("waiting_offer_ttl_s", N_("An offer stands for"), MINUTES, 60),
            Rule("waiting_offers_max", N_("Who lets so many pass leaves the list"), N_("offers")),
        ),
    ),
    RulePart(
        N_("Alerts and personal data"),
        (
            Rule("alert_full_percent", N_("Tell when a screening is sold to"), PERCENT),
            Rule(
                "alert_nobody_entering_minutes",
                N_("Tell when nobody enters (0: never)"),
                N_("minutes after it began"),
            ),
            Rule("personal_data_days", N_("Names and addresses of buyers are kept after the last screening"), DAYS),
        ),
    ),
)
RULES: Final[Mapping[str, Rule]] = {rule.name: rule for part in PARTS for rule in part.rules}
_DEFAULTS: Final = msgspec.to_builtins(FestivalRules())


def rule_texts(stored: Mapping[str, Any]) -> dict[str, str]:
    """What the form shows of a festival's rules, by rule; what is not stored has its default."""
    return {name: _text(rule, stored.get(name, _DEFAULTS[name])) for name, rule in RULES.items()}


def rules_of(texts: Mapping[str, str], stored: Mapping[str, Any]) -> dict[str, Any]:
    """The rules as they are stored, of what was typed: a rule whose text is as it was shown stays as it is stored,
    and one that was not stored and has its default is left out. What is no number goes on as it was typed, to be
    refused by the rules themselves.
    """
    shown = rule_texts(stored)
    found: dict[str, Any] = {}
    for name, rule in RULES.items():
        typed = texts.get(name, "")
        if typed == shown[name]:
            if name in stored:
                found[name] = stored[name]
            continue
        value = _value(rule, typed)
        if value != _DEFAULTS[name] or name in stored:
            found[name] = value
    return found


def _text(rule: Rule, value: Any) -> str:
    if value is None:
        return ""
    if rule.unit == YES_NO:
        return "yes" if value else ""
    if rule.unit == SINGLE_SEATS:
        return "yes" if value == "allow" else ""
    if isinstance(value, bool) or not isinstance(value, int):
        return str(value)
    whole = Decimal(value) / rule.divisor
    return f"{whole.normalize():f}"


def _value(rule: Rule, text: str) -> Any:
    if rule.unit == YES_NO:
        return bool(text)
    if rule.unit == SINGLE_SEATS:
        return "allow" if text else "refuse"
    if not text:
        return None if rule.optional else _DEFAULTS[rule.name]
    plain = text.replace(",", ".")
    if not PLAIN_NUMBER.fullmatch(plain):
        return text
    number = Decimal(plain) * rule.divisor
    return int(number) if number == number.to_integral_value() else text
