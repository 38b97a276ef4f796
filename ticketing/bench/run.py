"""One run of the benchmark: servers, stage, rounds of floor and ours by turns, checks, table."""

import asyncio
import contextlib
import functools
import itertools
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import msgspec
import psutil

from ticketing.bench import paths
from ticketing.bench.gate_lists import add_full_house, gate_lists
from ticketing.bench.live import LiveResult, watch
from ticketing.bench.load import Load, drive, request_bytes
from ticketing.bench.pages import add_week, pages
from ticketing.bench.report import Line, Report, line_of, machine
from ticketing.bench.stage import SQL, add_old_tickets, pairs, set_stage
from ticketing.embedded import PostgresServer, ValkeyServer
from ticketing.kernel.context import Context, open_context
from ticketing.kernel.migrations import migrate
from ticketing.kernel.processes import tie_to_parent
from ticketing.kernel.settings import Settings
from ticketing.programme.layout import Layout, layout_id
from ticketing.seating.holds import hold_seats
from ticketing.seating.model import NamedSeats
from ticketing.staff.accounts import add_staff
from ticketing.staff.model import Role
from ticketing.staff.sessions import sign_in
from ticketing.tickets.keys import ensure_key
from ticketing.web.house import build_house

HOST = "127.0.0.1"
WORKERS = 2
CONNECTIONS = 32
READY_WITHIN_S = 60
SCREENINGS_A_PATH = 120
PASSWORD = "bench-bench-bench"  # noqa: S105 - of a throw-away database


class Plan(msgspec.Struct, frozen=True):
    """How long to measure, with how many old tickets in the tables (each number is a pass of its own)."""

    seconds: float = 3.0
    rounds: int = 3
    tickets: tuple[int, ...] = (10_000, 1_000_000)
    viewers: int = 1000
    only: str = ""


Say = Callable[[str], None]


async def run(plan: Plan, say: Say) -> Report:
    """Measure everything.

    Raises:
        CheckFailed: an answer was wrong, or something was sold or let in twice.
    """
    lines: list[Line] = []
    live: LiveResult | None = None
    with tempfile.TemporaryDirectory(prefix="ticketing-bench-", ignore_cleanup_errors=True) as folder:
        data = Path(folder)
        with PostgresServer(data / "postgres") as postgres, ValkeyServer(data / "valkey") as valkey:
            await migrate(postgres.url)
            settings = Settings(
                database_url=postgres.url,
                redis_url=valkey.url,
                data=str(data),
                secret="b" * 32,
                payment_providers="demo",
                holds_per_client_per_minute_max=0,
                port=_free_port(),
                secure_cookies=False,
                reconcile_every_s=3600,
            )
            async with open_context(settings) as context, _web(settings) as pids:
                await ensure_key(context)
                have = 0
                for number, tickets in enumerate(plan.tickets):
                    say(f"stage: {tickets:,} old tickets")
                    screenings = [f"bench-{number}-{place}" for place in range(SCREENINGS_A_PATH * 5 + 2)]
                    if number == 0:
                        layout = await set_stage(context, screenings)
                        await add_staff(context, "bench", PASSWORD, Role.ADMIN)
                        week = await add_week(context, layout_id(layout))
                        await _warm(settings, week)
                    else:
                        await context.postgres.execute(SQL.add_screenings, screenings, layout_id(layout))
                    await add_old_tickets(context, have, tickets)
                    have = tickets
                    lines += await _measure(
                        plan, settings, context, layout=layout, screenings=screenings, tickets=tickets, say=say
                    )
                if plan.viewers and plan.only in ("", "live"):
                    say(f"live: {plan.viewers} viewers")
                    live = await watch(
                        HOST, settings.port, f"bench-0-{SCREENINGS_A_PATH * 5 + 1}", plan.viewers, pids
                    )
                memory_mb = sum(psutil.Process(pid).memory_info().rss for pid in pids) / 2**20
    return Report(machine(), lines, live, memory_mb)


async def _measure(
    plan: Plan,
    settings: Settings,
    context: Context,
    *,
    layout: Layout,
    screenings: list[str],
    tickets: int,
    say: Say,
) -> list[Line]:
    named, best, ordered, scanned, entered = (
        screenings[place * SCREENINGS_A_PATH : (place + 1) * SCREENINGS_A_PATH] for place in range(5)
    )
    looked_at = screenings[-2]
    seating = build_house(context).seating
    for number, (_, seats) in enumerate(pairs([looked_at])):
        if number % 2 == 0:
            await hold_seats(seating, looked_at, NamedSeats(tuple(seats)), "bench")
    signed_in = await sign_in(context, "bench", PASSWORD, "bench")
    await _warm(settings, [*named, *best, *ordered, *entered, looked_at])
    body = await _body(settings, looked_at)
    makers: list[Callable[[], Awaitable[paths.HotPath]]] = [
        lambda: _now(paths.hold_named(named)),
        lambda: _now(paths.hold_best(best)),
        lambda: paths.place_order(seating, ordered),
        lambda: paths.order_with_ledger(seating, entered),
        lambda: paths.scan(context, layout, scanned[:60], signed_in.token),
        lambda: _now(paths.availability(looked_at, len(body))),
        *[functools.partial(_now, path) for path in await pages(f"http://{HOST}:{settings.port}", looked_at)],
        *await _gate_lists(settings, context, layout, signed_in.token),
    ]
    lines = []
    for make in makers:
        path = await make()
        if plan.only and plan.only not in path.name:
            continue
        with _sealer(settings) if path.sealing else contextlib.nullcontext():
            rounds = [await _round(plan, settings, path) for _ in range(plan.rounds)]
        line = line_of(path.name, path.at_least, tickets, rounds, await path.check())
        say(f"{line.path}: {line.ours_per_s:,.0f}/s, floor {line.floor_per_s:,.0f}/s, ratio {line.ratio:.2f}")
        lines.append(line)
    return lines


async def _round(plan: Plan, settings: Settings, path: paths.HotPath) -> tuple[Load, Load]:
    """The floor, then ours, each with its share of what there is."""
    bare = itertools.islice(path.floor, path.floor_supply // plan.rounds) if path.floor_supply else path.floor
    floor = await drive(HOST, settings.port, bare, connections=CONNECTIONS, seconds=plan.seconds)
    share = itertools.islice(path.ours, path.supply // plan.rounds) if path.supply else path.ours
    ours = await drive(HOST, settings.port, share, connections=CONNECTIONS, seconds=plan.seconds, take=path.take)
    wrong = {status: count for status, count in ours.statuses.items() if status not in path.statuses}
    if wrong or set(floor.statuses) - {200, 201}:
        raise paths.CheckFailed(f"{path.name}: answers {wrong}, floor {floor.statuses}")
    return floor, ours


async def _gate_lists(
    settings: Settings, context: Context, layout: Layout, token: str
) -> list[Callable[[], Awaitable[paths.HotPath]]]:
    await add_full_house(context, layout_id(layout))

    # The mark of an evening is only as good as what has been written since: each is made when its turn comes.
    async def made(place: int) -> paths.HotPath:
        return (await gate_lists(f"http://{HOST}:{settings.port}", token))[place]

    return [functools.partial(made, place) for place in range(3)]


async def _now(path: paths.HotPath) -> paths.HotPath:
    return path


async def _warm(settings: Settings, screenings: list[str]) -> None:
    """Let both processes read the screenings and build the mirrors, so that no round pays for it."""
    warm = [request_bytes("GET", f"/api/v1/screenings/{screening}") for screening in screenings]
    await drive(HOST, settings.port, iter(warm * 6), connections=16, seconds=60)


async def _body(settings: Settings, screening: str) -> bytes:
    url = f"http://{HOST}:{settings.port}/api/v1/screenings/{screening}/availability"
    return await asyncio.to_thread(lambda: urllib.request.urlopen(url, timeout=10).read())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.asynccontextmanager
async def _web(settings: Settings) -> AsyncIterator[list[int]]:
    """The web server with the floors, as it runs in production; the ids of its workers."""
    command = [sys.executable, "-m", "uvicorn", "ticketing.bench.floors:create_app", "--factory"]
    command += ["--host", HOST, "--port", str(settings.port), "--workers", str(WORKERS), "--loop", "uvloop"]
    command += ["--http", "httptools", "--no-access-log", "--log-level", "warning", "--no-server-header"]
    process = await asyncio.to_thread(_start, command, _environment(settings))
    try:
        await _ready(settings.port)
        yield [
            child.pid for child in psutil.Process(process.pid).children() if "spawn" in " ".join(child.cmdline())
        ]
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait, 20)


@contextlib.contextmanager
def _sealer(settings: Settings) -> Iterator[None]:
    """A process that seals the ledger."""
    process = _start([sys.executable, "-m", "ticketing.bench.sealer"], _environment(settings))
    try:
        yield
        if process.poll() is not None:
            raise paths.CheckFailed("nobody seals the ledger")
    finally:
        process.terminate()
        process.wait(20)


def _environment(settings: Settings) -> dict[str, str]:
    return os.environ | {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "TICKETING_DATA": settings.data,
        "TICKETING_SECRET": settings.secret,
        "TICKETING_PAYMENT_PROVIDERS": settings.payment_providers,
        "TICKETING_HOLDS_PER_CLIENT_PER_MINUTE_MAX": "0",
        "TICKETING_PORT": str(settings.port),
        "TICKETING_SECURE_COOKIES": "false",
    }


def _start(command: list[str], environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(command, env=environment, preexec_fn=tie_to_parent())  # noqa: S603, PLW1509 - our own


async def _ready(port: int) -> None:
    deadline_s = time.monotonic() + READY_WITHIN_S
    while True:
        with contextlib.suppress(OSError):
            await asyncio.to_thread(
                lambda: urllib.request.urlopen(f"http://{HOST}:{port}/health/ready", timeout=5).read()
            )
            return
        if time.monotonic() > deadline_s:
            raise paths.CheckFailed("the web server does not answer")
        await asyncio.sleep(0.2)
