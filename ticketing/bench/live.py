"""A thousand viewers of one screening: how long until each has seen a seat go, and what each costs in memory."""

import asyncio
import time

import msgspec
import psutil

from ticketing.bench.load import request_bytes
from ticketing.bench.stage import pairs

CHANGES = 40
CHANGE_EVERY_S = 0.1
SEEN_WITHIN_S = 20.0


class LiveResult(msgspec.Struct, frozen=True):
    """``memory_kb_a_client`` is what the web processes grew by, divided by the clients."""

    clients: int
    changes: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    memory_kb_a_client: float
    missed: int


class _Viewer(asyncio.Protocol):
    def __init__(self) -> None:
        self.seen_at_s: list[float] = []
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.saw_all: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def data_received(self, data: bytes) -> None:
        if b"event: snapshot" in data and not self.opened.done():
            self.opened.set_result(None)
        now_s = time.perf_counter()
        self.seen_at_s += [now_s] * data.count(b"event: change")
        if len(self.seen_at_s) >= CHANGES and not self.saw_all.done():
            self.saw_all.set_result(None)


def _memory_kb(pids: list[int]) -> float:
    return float(sum(psutil.Process(pid).memory_info().rss for pid in pids)) / 1024


async def watch(host: str, port: int, screening_id: str, clients: int, web_pids: list[int]) -> LiveResult:
    """Open so many streams, take seats one after the other, and time what each viewer sees."""
    loop = asyncio.get_running_loop()
    request = request_bytes("GET", f"/api/v1/screenings/{screening_id}/events")
    before_kb = _memory_kb(web_pids)
    viewers: list[_Viewer] = []
    transports = []
    for _ in range(clients):
        transport, viewer = await loop.create_connection(_Viewer, host, port)
        transport.write(request)
        viewers.append(viewer)
        transports.append(transport)
        if len(viewers) % 50 == 0:
            await asyncio.gather(*(viewer.opened for viewer in viewers))
    await asyncio.gather(*(viewer.opened for viewer in viewers))
    await asyncio.sleep(1)
    grown_kb = _memory_kb(web_pids) - before_kb
    taken_at_s = []
    taker = _Taker()
    transport, _ = await loop.create_connection(lambda: taker, host, port)
    for (_, seats), _number in zip(pairs([screening_id]), range(CHANGES), strict=False):
        body = msgspec.json.encode({"seats": seats})
        taken_at_s.append(time.perf_counter())
        transport.write(request_bytes("POST", f"/api/v1/screenings/{screening_id}/holds", body))
        await asyncio.sleep(CHANGE_EVERY_S)
    await asyncio.wait([viewer.saw_all for viewer in viewers], timeout=SEEN_WITHIN_S)
    for one in [*transports, transport]:
        one.close()
    delays = sorted(
        (seen - taken) * 1000
        for viewer in viewers
        for seen, taken in zip(viewer.seen_at_s, taken_at_s, strict=False)
    )
    return LiveResult(
        clients=clients,
        changes=CHANGES,
        p50_ms=delays[len(delays) // 2],
        p95_ms=delays[int(len(delays) * 0.95)],
        p99_ms=delays[int(len(delays) * 0.99)],
        memory_kb_a_client=grown_kb / clients,
        missed=clients * CHANGES - len(delays),
    )


class _Taker(asyncio.Protocol):
    """Takes seats; its answers are of no interest here."""
