"""What a festival decides for itself. Pure."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Seconds = Annotated[int, Meta(ge=1, le=86_400)]
Minutes = Annotated[int, Meta(ge=0, le=43_200)]
Percent = Annotated[int, Meta(ge=0, le=100)]
# In minor units of the festival's currency.
Fee = Annotated[int, Meta(ge=0, le=1_000_000_000)]


class FestivalRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a festival decides for itself; a field that is left out takes its default.

    `hold_cap_s` is counted from the moment the hold was given: no extension reaches beyond it.
    `refund_until_minutes`, `exchange_until_minutes` and `transfer_until_minutes` count back from the start of the
    screening; `refund`, `exchange` and `transfer` switch the whole of it off. `refund_fee` and `exchange_fee` are
    minor units a ticket; of a ticket that is given back no more is kept than was paid for it.
    An order that is to be paid at the counter waits until `counter_deadline_minutes` before the first of its
    screenings, and `counter_ttl_s` at most; 0 switches the counter off.
    `single_seats` says whether the pages let a buyer leave one free seat between others although it can be avoided.
    `no_show_release_minutes` counts back from the start to the moment from which places of people who have not come
    may be given to others; below zero it is after the start, None is never.
    `no_show_refund` says whether the box office gives back the money of such a place; else only a supervisor does.
    `waiting_offers_max` is how many offers a party of a waiting list may let pass before it leaves.
    `personal_data_days` is how long after an order's last screening its buyer's name and address are kept.
    `accredited_places_percent` is how much of a hall people with a badge may fill, where a screening does not say
    how many places they have; None is all of it. They never have more places than are without a ticket.
    `alert_full_percent` (of what can be sold) and `alert_nobody_entering_minutes` after the start alert organisers.
    Raises `ValueError` (`msgspec.ValidationError` when decoded) where the cap is shorter than the first term.
    """

    hold_ttl_s: Seconds = 600
    hold_cap_s: Seconds = 1800
    seats_per_hold_max: Annotated[int, Meta(ge=1, le=100)] = 10
    order_ttl_s: Seconds = 900
    counter_deadline_minutes: Minutes = 60
    counter_ttl_s: Annotated[int, Meta(ge=0, le=2_592_000)] = 172_800
    refund: bool = True
    refund_until_minutes: Minutes = 30
    refund_fee_percent: Percent = 0
    refund_fee: Fee = 0
    exchange: bool = True
    exchange_until_minutes: Minutes = 30
    exchange_fee: Fee = 0
    transfer: bool = True
    transfer_until_minutes: Minutes = 0
    reentry: bool = True
    no_show_release_minutes: Annotated[int, Meta(ge=-240, le=240)] | None = None
    no_show_refund: bool = False
    single_seats: Literal["refuse", "allow"] = "refuse"
    accredited_places_percent: Percent | None = None
    waiting_list: bool = True
    waiting_offer_ttl_s: Seconds = 1800
    waiting_offers_max: Annotated[int, Meta(ge=1, le=5)] = 1
    personal_data_days: Annotated[int, Meta(ge=1, le=3650)] = 365
    alert_full_percent: Annotated[int, Meta(ge=50, le=100)] = 90
    alert_nobody_entering_minutes: Annotated[int, Meta(ge=0, le=240)] = 0

    def __post_init__(self) -> None:
        if self.hold_cap_s < self.hold_ttl_s:
            raise ValueError(f"hold_cap_s ({self.hold_cap_s}) is shorter than hold_ttl_s ({self.hold_ttl_s})")
