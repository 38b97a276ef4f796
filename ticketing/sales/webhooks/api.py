"""Webhooks over JSON, for organisers."""

import uuid
from typing import Annotated, Final

import msgspec
from litestar import delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from ticketing.kernel import errors
from ticketing.kernel.context import Context
from ticketing.kernel.wire import problems
from ticketing.sales.webhooks import keeping
from ticketing.sales.webhooks.model import DELIVERIES_LISTED_MAX, Delivery, FreshWebhook, Webhook, WebhookTerms
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role
from ticketing.staff.reach import require_reach

ORGANISER = [requires(Role.ORGANISER)]
STAFF = (errors.Unauthenticated, errors.Forbidden, errors.OutOfReach)
ALL: Final = "/api/v1/festivals/{festival:str}/webhooks"
ONE: Final = ALL + "/{webhook:uuid}"


class Ping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`ping` is chosen by you: the same again is the same delivery."""

    ping: uuid.UUID


class Replay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`replay` is chosen by you: the same again changes nothing."""

    replay: uuid.UUID


class Webhooks(msgspec.Struct, frozen=True):
    """Those in use first, each with its latest five deliveries."""

    webhooks: list[Webhook]


class Deliveries(msgspec.Struct, frozen=True):
    """The latest first; ``next``: the cursor of those before, null at the end."""

    deliveries: tuple[Delivery, ...]
    next: str | None


@get(ALL, summary="Webhooks of a festival", tags=["webhooks"], guards=ORGANISER, responses=problems(*STAFF))
async def get_webhooks(
    request: StaffRequest, festival: FromPath[str], context: NamedDependency[Context]
) -> Webhooks:
    require_reach(request.user.reach, festival=festival)
    return Webhooks(await keeping.list_webhooks(context, [festival]))


@put(
    ONE,
    summary="Make a webhook, or change it",
    description="Its `secret` is answered here and nowhere else. Sent again, it changes nothing.",
    tags=["webhooks"],
    guards=ORGANISER,
    responses=problems(
        *STAFF, errors.UnknownFestival, errors.UnknownWebhook, errors.WebhookEnded, errors.WebhooksFull
    ),
)
async def put_webhook(
    request: StaffRequest,
    festival: FromPath[str],
    webhook: FromPath[uuid.UUID],
    data: JSONBody[WebhookTerms],
    context: NamedDependency[Context],
) -> FreshWebhook:
    require_reach(request.user.reach, festival=festival)
    return await keeping.set_webhook(context, festival, webhook, data, by=request.user.login)


@delete(
    ONE,
    summary="End a webhook",
    description="Nothing goes there any more, and what waits is given up. Again, nothing changes.",
    tags=["webhooks"],
    guards=ORGANISER,
    responses=problems(*STAFF, errors.UnknownWebhook),
)
async def delete_webhook(
    request: StaffRequest,
    festival: FromPath[str],
    webhook: FromPath[uuid.UUID],
    context: NamedDependency[Context],
) -> None:
    require_reach(request.user.reach, festival=festival)
    await keeping.end_webhook(context, festival, webhook, by=request.user.login)


@get(
    ONE + "/deliveries",
    summary="What a webhook was told",
    tags=["webhooks"],
    guards=ORGANISER,
    responses=problems(*STAFF, errors.UnknownWebhook),
)
async def get_deliveries(
    *,
    request: StaffRequest,
    festival: FromPath[str],
    webhook: FromPath[uuid.UUID],
    context: NamedDependency[Context],
    limit: Annotated[int, QueryParameter(ge=1, le=DELIVERIES_LISTED_MAX, description="How many.")] = 50,
    cursor: Annotated[str | None, QueryParameter(max_length=200, description="From `next`.")] = None,
) -> Deliveries:
    """Of the last 30 days."""
    require_reach(request.user.reach, festival=festival)
    listed = await keeping.list_deliveries(context, festival, webhook, limit, cursor)
    return Deliveries(listed.deliveries, listed.next)


@post(
    ONE + "/pings",
    summary="Try a webhook",
    description="Something is sent there that says nothing, `webhook.ping`, to see whether it is taken.",
    tags=["webhooks"],
    status_code=200,
    guards=ORGANISER,
    responses=problems(*STAFF, errors.UnknownWebhook, errors.WebhookEnded),
)
async def post_ping(
    request: StaffRequest,
    festival: FromPath[str],
    webhook: FromPath[uuid.UUID],
    data: JSONBody[Ping],
    context: NamedDependency[Context],
) -> Delivery:
    require_reach(request.user.reach, festival=festival)
    return await keeping.ping_webhook(context, festival, webhook, data.ping, by=request.user.login)


@post(
    ONE + "/deliveries/{delivery:uuid}/replays",
    summary="Send something to a webhook again",
    description="The same `webhook-id` and body, signed anew. What waits anyway stays as it is.",
    tags=["webhooks"],
    status_code=200,
    guards=ORGANISER,
    responses=problems(*STAFF, errors.UnknownWebhook, errors.WebhookEnded),
)
async def post_replay(
    *,
    request: StaffRequest,
    festival: FromPath[str],
    webhook: FromPath[uuid.UUID],
    delivery: FromPath[uuid.UUID],
    data: JSONBody[Replay],
    context: NamedDependency[Context],
) -> Delivery:
    require_reach(request.user.reach, festival=festival)
    return await keeping.replay_delivery(context, festival, webhook, delivery, data.replay, by=request.user.login)


routes = [get_webhooks, put_webhook, delete_webhook, get_deliveries, post_ping, post_replay]
