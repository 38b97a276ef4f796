"""What other programs are told, how it is signed, and when it is tried again. Pure.

The form is that of Standard Webhooks (https://www.standardwebhooks.com): libraries that verify it exist in most
languages. Nothing here names a person.
"""

import base64
import hashlib
import hmac
import uuid
from datetime import datetime
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from ticketing.sales.webhooks.addresses import URL_SIGNS_MAX

Kind = Literal["order.confirmed", "order.cancelled", "screening.changed"]
KINDS: Final[tuple[Kind, ...]] = ("order.confirmed", "order.cancelled", "screening.changed")
PING: Final = "webhook.ping"
WEBHOOKS_MAX: Final = 10
"""In use, of one festival."""
TRIES_MAX: Final = 12
PAUSES_S: Final = (5, 30, 120, 300, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 36_000)
"""Between two tries; together, a day."""
KEPT_DAYS: Final = 30
TICKETS_TOLD_MAX: Final = 500
DELIVERIES_LISTED_MAX: Final = 200

Problem = Literal["status", "slow", "inner_address", "unknown_name", "no_connection", "ended"]
"""Why a try failed; ``status``: the answer was none of 200 to 299; ``slow``: there was none in 5 s."""


class WebhookTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A webhook as it shall be: where it goes, and what is told there."""

    url: Annotated[str, Meta(min_length=1, max_length=URL_SIGNS_MAX)]
    kinds: Annotated[tuple[Kind, ...], Meta(min_length=1, max_length=len(KINDS))] = KINDS


class Delivery(msgspec.Struct, frozen=True):
    """One thing told to one webhook. ``delivery`` goes along as ``webhook-id``, the same at every try.

    One of ``next_try_at`` (it waits), ``delivered_at`` and ``failed_at`` (given up) is there. ``last_status`` is
    the HTTP status of the last answer.
    """

    delivery: uuid.UUID
    kind: str
    subject: str
    created_at: datetime
    attempts: int
    next_try_at: datetime | None
    delivered_at: datetime | None
    failed_at: datetime | None
    last_status: int | None
    last_problem: Problem | None


class DeliveryList(msgspec.Struct, frozen=True):
    """What the webhook that goes to ``url`` was told, the latest first.

    ``next``: the cursor of those before, None at the end.
    """

    url: str
    ended: bool
    deliveries: tuple[Delivery, ...]
    next: str | None


class Webhook(msgspec.Struct, frozen=True):
    """A webhook as it is listed. ``deliveries`` are the latest ones, five at most."""

    webhook: uuid.UUID
    festival: str
    url: str
    kinds: tuple[str, ...]
    made_at: datetime
    made_by: str
    ended_at: datetime | None
    ended_by: str | None
    deliveries: tuple[Delivery, ...]


class FreshWebhook(msgspec.Struct, frozen=True):
    """A webhook that was made or changed. ``secret`` signs what goes there, and is told to nobody else."""

    webhook: uuid.UUID
    url: str
    kinds: tuple[str, ...]
    secret: str


class Told(msgspec.Struct, frozen=True):
    """The body of a webhook. ``timestamp``: when it happened, not when it was sent."""

    type: str
    timestamp: datetime
    data: dict[str, Any]


def secret_text(key: bytes) -> str:
    """A key as libraries of Standard Webhooks take it."""
    return "whsec_" + base64.b64encode(key).decode()


def signature(key: bytes, delivery: uuid.UUID, sent_at_s: int, body: bytes) -> str:
    """The header ``webhook-signature``: HMAC-SHA-256 of ``id.timestamp.body``. ``sent_at_s``: seconds of Unix."""
    signed = f"{delivery}.{sent_at_s}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def pause_s(attempts: int) -> int | None:
    """How long a delivery rests after its n-th try failed; None: it is given up."""
    return None if attempts >= TRIES_MAX else PAUSES_S[attempts - 1]
