"""Webhooks at the desk: made, changed, listed, tried, sent anew, ended."""

import base64
import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from ticketing.kernel.context import Context
from ticketing.kernel.errors import N_, InvalidField, UnknownFestival, UnknownWebhook, WebhookEnded, WebhooksFull
from ticketing.kernel.postgres import database_errors
from ticketing.kernel.queries import load_queries
from ticketing.sales.webhooks.addresses import check_target
from ticketing.sales.webhooks.model import (
    DELIVERIES_LISTED_MAX,
    KINDS,
    PING,
    WEBHOOKS_MAX,
    Delivery,
    DeliveryList,
    FreshWebhook,
    Told,
    Webhook,
    WebhookTerms,
    secret_text,
)
from ticketing.staff.accounts import add_audit

SQL = load_queries("webhooks")
LISTED_MAX: Final = 500
CURSOR_PROBLEM: Final = N_("cursor is not one that was given out here: begin without it")
NOTHING_ADDED: Final = "INSERT 0 0"


class _Cursor(msgspec.Struct, frozen=True, array_like=True):
    created_at: Annotated[datetime, Meta(tz=True)]
    delivery: uuid.UUID


async def set_webhook(
    context: Context, festival: str, webhook: uuid.UUID, terms: WebhookTerms, *, by: str
) -> FreshWebhook:
    """Make a webhook, or change where it goes and what it is told. A new one is told what happens from now on.

    The same again changes nothing and has the same answer: whoever lost the secret with the connection has it.

    Raises:
        InvalidField: its address is none, or one that webhooks don't go to.
        UnknownFestival
        UnknownWebhook: it is one of another festival.
        WebhookEnded
        WebhooksFull: ``WEBHOOKS_MAX`` of this festival are in use.
        DatabaseUnavailable
    """
    check_target(terms.url, inner=context.settings.webhooks_inner)
    kinds = tuple(kind for kind in KINDS if kind in terms.kinds)
    async with (
        # What is no name of a festival is none of those there are.
        database_errors(dict.fromkeys(("webhook_festival_fkey", "slug_check"), lambda _: UnknownFestival())),
        context.postgres.acquire() as connection,
        connection.transaction(),
    ):
        await connection.execute(SQL.take_turn_on_festival, festival)
        if await connection.fetchval(SQL.count_webhooks, festival, webhook) >= WEBHOOKS_MAX:
            raise WebhooksFull(max=WEBHOOKS_MAX)
        now = context.clock.now()
        if not await connection.fetchval(SQL.set_webhook, webhook, festival, terms.url, list(kinds), now, by):
            known = await connection.fetchrow(SQL.find_webhook, webhook, festival)
            raise WebhookEnded if known else UnknownWebhook
    return FreshWebhook(webhook, terms.url, kinds, secret_text(context.secrets.webhook_key(str(webhook))))


async def list_webhooks(context: Context, festivals: Iterable[str]) -> list[Webhook]:
    """The webhooks of these festivals, those in use first; at most ``LISTED_MAX``.

    Raises:
        DatabaseUnavailable
    """
    async with database_errors():
        rows = await context.postgres.fetch(SQL.list_webhooks, sorted(festivals), LISTED_MAX)
    return [msgspec.json.decode(row["body"], type=Webhook) for row in rows]


async def end_webhook(context: Context, festival: str, webhook: uuid.UUID, *, by: str) -> None:
    """Nothing goes there any more; what waits is given up. Again, nothing changes.

    Raises:
        UnknownWebhook, DatabaseUnavailable
    """
    async with database_errors():
        found = await context.postgres.fetchval(SQL.end_webhook, webhook, festival, context.clock.now(), by)
    if found is None:
        raise UnknownWebhook


async def list_deliveries(
    context: Context, festival: str, webhook: uuid.UUID, limit: int, cursor: str | None = None
) -> DeliveryList:
    """What it was told in the last ``KEPT_DAYS`` days, the latest first; ``limit`` is cut to 1 … 200.

    Raises:
        UnknownWebhook
        InvalidField: the cursor is none of ours.
        DatabaseUnavailable
    """
    wanted = min(max(limit, 1), DELIVERIES_LISTED_MAX)
    behind = _read_cursor(cursor) if cursor else (None, None)
    async with database_errors():
        known = await context.postgres.fetchrow(SQL.find_webhook, webhook, festival)
        if known is None:
            raise UnknownWebhook
        rows = await context.postgres.fetch(SQL.list_deliveries, webhook, wanted + 1, *behind)
    deliveries = tuple(msgspec.convert(dict(row), Delivery) for row in rows[:wanted])
    more = _write_cursor(deliveries[-1]) if len(rows) > wanted else None
    return DeliveryList(known["url"], known["ended"], deliveries, more)


async def ping_webhook(
    context: Context, festival: str, webhook: uuid.UUID, ping: uuid.UUID, *, by: str
) -> Delivery:
    """Have something sent there that says nothing, to see whether it is taken. ``ping`` is chosen by the sender:
    the same again is the same delivery.

    Raises:
        UnknownWebhook: or ``ping`` is something that another webhook was told.
        WebhookEnded, DatabaseUnavailable
    """
    now = context.clock.now()
    await _require_in_use(context, festival, webhook)
    body = msgspec.json.encode(Told(PING, now, {"festival": festival})).decode()
    async with database_errors(), context.postgres.acquire() as connection, connection.transaction():
        done = await connection.execute(SQL.add_delivery, ping, webhook, PING, str(ping), now, body, now)
        if done != NOTHING_ADDED:
            await add_audit(connection, now, by, "webhook_tried", festival, webhook=str(webhook))
    return await _read_delivery(context, webhook, ping)


async def replay_delivery(
    context: Context, festival: str, webhook: uuid.UUID, delivery: uuid.UUID, replay: uuid.UUID, *, by: str
) -> Delivery:
    """Send something again: the same id and body, signed anew, with all its tries. What waits anyway stays as it
    is. ``replay`` is chosen by the sender: the same again changes nothing.

    Raises:
        UnknownWebhook: or there is no such delivery to it.
        WebhookEnded, DatabaseUnavailable
    """
    await _require_in_use(context, festival, webhook)
    async with database_errors():
        await context.postgres.execute(SQL.replay_delivery, webhook, delivery, context.clock.now(), replay, by)
    return await _read_delivery(context, webhook, delivery)


def _write_cursor(last: Delivery) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(_Cursor(last.created_at, last.delivery))).decode()


def _read_cursor(text: str) -> tuple[datetime, uuid.UUID]:
    try:
        cursor = msgspec.json.decode(base64.urlsafe_b64decode(text.encode()), type=_Cursor)
    except (ValueError, msgspec.DecodeError):
        raise InvalidField(field="cursor", problem=CURSOR_PROBLEM) from None
    return cursor.created_at, cursor.delivery


async def _require_in_use(context: Context, festival: str, webhook: uuid.UUID) -> None:
    async with database_errors():
        known = await context.postgres.fetchrow(SQL.find_webhook, webhook, festival)
    if known is None:
        raise UnknownWebhook
    if known["ended"]:
        raise WebhookEnded


async def _read_delivery(context: Context, webhook: uuid.UUID, delivery: uuid.UUID) -> Delivery:
    async with database_errors():
        row = await context.postgres.fetchrow(SQL.get_delivery, webhook, delivery)
    if row is None:
        raise UnknownWebhook
    return msgspec.convert(dict(row), Delivery)
