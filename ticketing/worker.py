"""The worker: what must happen without anybody asking. Run as many as you like; they share the work."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import NamedTuple

import structlog
from prometheus_client import Counter, start_http_server

from ticketing.accreditation.forgetting import forget_old_accreditations
from ticketing.door.before_film.guests import erase_guests
from ticketing.insight.monitoring.exporter import exporter_of
from ticketing.insight.monitoring.hours import measure_hours, tell_hours
from ticketing.insight.reports.closing import close_due_weeks
from ticketing.kernel.context import Context
from ticketing.kernel.errors import Unavailable
from ticketing.kernel.jobs import Work, count_jobs, do_jobs
from ticketing.kernel.logs import set_up_logs
from ticketing.kernel.mail import transport_of
from ticketing.sales.allotments import release_due_allotments
from ticketing.sales.books import audit_books
from ticketing.sales.changes.exchange_payment import expire_exchanges
from ticketing.sales.delegations.keeping import forget_delegations
from ticketing.sales.demo_bank import tell_late_notice
from ticketing.sales.invitations.rounds import call_off_invitations, forget_invited, remind_invited
from ticketing.sales.ledger import seal_when_worth_it
from ticketing.sales.letters.registry import letter_jobs
from ticketing.sales.orders import expire_orders
from ticketing.sales.payments import close_ended_payments
from ticketing.sales.personal_data import forget_old_orders
from ticketing.sales.refunds import measure_refunds, settle_refunds
from ticketing.sales.screenings.orders import see_to_cancelled
from ticketing.sales.waiting.ending import count_waiting, forget_lists
from ticketing.sales.waiting.offering import offer_seats
from ticketing.sales.webhooks.delivering import deliver_next, forget_deliveries, measure_deliveries
from ticketing.sales.webhooks.events import note_events
from ticketing.web.house import House, build_house

IDLE_S = 0.5
AFTER_FAILURE_S = 2.0
JOB_LANES = 3
"""Jobs done side by side: a mail server that is slow to answer one recipient holds up no other job."""
WEBHOOK_LANES = 4
"""Webhooks called side by side."""

log = structlog.get_logger(__name__)
FAILED = Counter("ticketing_duty_failed_total", "Duties of the worker that failed and are tried again", ("duty",))


class Duty(NamedTuple):
    """Something done over and over: ``work`` says how much it did; after nothing it rests ``every_s``."""

    name: str
    work: Callable[[], Awaitable[int]]
    every_s: float


def duties_of(house: House) -> list[Duty]:
    """What a worker does."""
    context = house.context
    kinds: dict[str, Work] = {
        **letter_jobs(house.sales, transport_of(context.settings)),
        "demo_bank_answers": partial(tell_late_notice, house.sales),
    }

    async def reconcile() -> int:
        return await house.mirror.reconcile(await house.mirror.open_screenings()) and 0

    async def measure() -> int:
        await count_jobs(context)
        await measure_refunds(house.sales)
        await count_waiting(context)
        await measure_deliveries(context)
        await measure_hours(context, exporter_of(context.settings))
        return 0

    async def audit() -> int:
        await audit_books(context)
        return 0

    return [
        *(Duty("jobs", lambda: do_jobs(context, kinds), IDLE_S) for _ in range(JOB_LANES)),
        Duty("expire_orders", lambda: expire_orders(house.sales), IDLE_S),
        Duty("expire_exchanges", lambda: expire_exchanges(house.sales), IDLE_S),
        Duty("see_to_cancelled", lambda: see_to_cancelled(house.sales), 2.0),
        Duty("release_allotments", lambda: release_due_allotments(house.sales), 5.0),
        Duty("offer_seats", lambda: offer_seats(house.sales), IDLE_S),
        Duty("forget_waiting_lists", lambda: forget_lists(house.sales), 3600.0),
        Duty("call_off_invitations", lambda: call_off_invitations(house.sales), 60.0),
        Duty("remind_invited", lambda: remind_invited(house.sales), 60.0),
        Duty("forget_delegations", lambda: forget_delegations(house.sales), 3600.0),
        Duty("forget_invited", lambda: forget_invited(house.sales), 3600.0),
        Duty("erase_guests", lambda: erase_guests(context), 3600.0),
        Duty("forget_old_accreditations", lambda: forget_old_accreditations(house.accreditations), 3600.0),
        Duty("forget_old_orders", lambda: forget_old_orders(house.sales), 3600.0),
        Duty("close_weeks", lambda: close_due_weeks(house.insight), 3600.0),
        Duty("tell_hours", lambda: tell_hours(context, exporter_of(context.settings)), 60.0),
        Duty("note_webhooks", lambda: note_events(context), 2.0),
        *(Duty("call_webhooks", lambda: deliver_next(context), 1.0) for _ in range(WEBHOOK_LANES)),
        Duty("forget_webhook_deliveries", lambda: forget_deliveries(context), 3600.0),
        Duty("seal_ledger", lambda: seal_when_worth_it(context), IDLE_S),
        Duty("settle_refunds", lambda: settle_refunds(house.sales), 5.0),
        Duty("close_ended_payments", lambda: close_ended_payments(house.sales), 5.0),
        Duty("reconcile", reconcile, context.settings.reconcile_every_s),
        Duty("measure", measure, 10.0),
        Duty("audit", audit, 60.0),
    ]


async def run_worker(context: Context) -> None:
    """Do all duties until cancelled. Each goes its own pace: a mail server that hangs holds up no expiry."""
    set_up_logs(context.settings.log_format)
    if context.settings.worker_metrics_port:
        start_http_server(context.settings.worker_metrics_port, addr=context.settings.host)
    async with asyncio.TaskGroup() as group:
        for duty in duties_of(build_house(context)):
            group.create_task(_keep_doing(duty), name=duty.name)


async def _keep_doing(duty: Duty) -> None:
    while True:
        began_s = time.monotonic()
        try:
            done = await duty.work()
        except Unavailable as error:
            FAILED.labels(duty.name).inc()
            log.warning("duty_put_off", duty=duty.name, code=error.code)
            await asyncio.sleep(AFTER_FAILURE_S)
            continue
        except Exception:
            FAILED.labels(duty.name).inc()
            log.exception("duty_failed", duty=duty.name)
            await asyncio.sleep(AFTER_FAILURE_S)
            continue
        if not done:
            await asyncio.sleep(max(0.0, duty.every_s - (time.monotonic() - began_s)))
