"""The real server as its operator runs it, and buyers who do not give up."""

import asyncio
import os
import random
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import httpx

from ticketing.kernel.processes import tie_to_parent

START_TIMEOUT_S = 30.0
SECRET = "a secret for tests, long enough to be taken"


class WebServer:
    """``ticketing serve`` with two workers, in a process group of its own; beside it ``ticketing worker``."""

    def __init__(self, database_url: str, redis_url: str, data: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self._environment = os.environ | {
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "TICKETING_DATA": str(data),
            "TICKETING_PORT": str(port),
            "TICKETING_SECRET": SECRET,
            "TICKETING_PAYMENT_PROVIDERS": "demo",
            "TICKETING_SECURE_COOKIES": "false",
            "TICKETING_RECONCILE_EVERY_S": "1",
        }
        self._process: subprocess.Popen[bytes] | None = None
        self._worker: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it is ready. The worker, once started, lives on."""
        self._process = self._run("serve")
        self._worker = self._worker or self._run("worker")
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"{self.url}/health/ready", timeout=2).status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.05)
        raise AssertionError("the server did not start")

    def _run(self, command: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "ticketing", command],
            env=self._environment,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            # A run of the tests that is itself killed leaves no server behind.
            preexec_fn=tie_to_parent(),  # noqa: PLW1509 - system calls only
        )

    def stop(self) -> None:
        """End all of it."""
        self.kill()
        if self._worker is not None:
            self._worker.kill()
            self._worker.wait()

    def kill(self) -> None:
        """As a power cut: every process of the web server at once, with no chance to say goodbye."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None


class Buyers:
    """Buyers of one screening. They note what they were told, and send again what was not answered."""

    def __init__(self, url: str, screening: str) -> None:
        self.url = url
        self.screening = screening
        self.confirmed: set[str] = set()
        self.met: Counter[str] = Counter()
        self.sold_out = asyncio.Event()

    async def sell_out(self, buyers: int) -> None:
        """Until no seat is free and none is held."""
        limits = httpx.Limits(max_connections=buyers)
        async with httpx.AsyncClient(base_url=self.url, limits=limits, timeout=5) as client:
            await asyncio.gather(*(self._buy(client, random.Random(number)) for number in range(buyers)))

    async def _buy(self, client: httpx.AsyncClient, chance: random.Random) -> None:
        while not self.sold_out.is_set():
            party = {"best": {"count": chance.choice((1, 2, 2, 3, 4))}}
            hold = await self._insist(client, "POST", f"/api/v1/screenings/{self.screening}/holds", json=party)
            if hold.status_code == 409:
                await self._look(client)
                continue
            held = hold.json()
            tariff = chance.choice(("invitation", "full"))
            body = {
                "holds": [
                    {"hold": held["hold"], "tickets": [{"seat": seat, "tariff": tariff} for seat in held["seats"]]}
                ],
                "buyer": {"email": "aigerim@example.org", "name": "Aigerim"},
                "payment": "demo",
            }
            key = {"idempotency-key": secrets.token_hex(8)}
            order = await self._insist(client, "POST", "/api/v1/orders", json=body, headers=key)
            if order.status_code != 201:
                continue
            placed = order.json()
            if placed["status"] == "awaiting_payment":
                path = f"/api/v1/payments/demo/{placed['order']}"
                placed = (await self._insist(client, "POST", path, json={"outcome": "paid"})).json()
            if placed.get("status") == "confirmed":
                self.confirmed.add(placed["order"])

    async def _look(self, client: httpx.AsyncClient) -> None:
        counts = (await self._insist(client, "GET", f"/api/v1/screenings/{self.screening}/availability")).json()[
            "counts"
        ]
        if counts["free"] + counts["held"] + counts["reserved"] == 0:
            self.sold_out.set()
        await asyncio.sleep(0.1)

    async def _insist(self, client: httpx.AsyncClient, method: str, path: str, **request: Any) -> httpx.Response:
        """The first answer that is one: not a broken line, and not a fault that passes."""
        while True:
            try:
                response = await client.request(method, path, **request)
            except httpx.HTTPError as error:
                self.met[type(error).__name__] += 1
            else:
                if response.status_code < 500:
                    return response
                self.met[response.json()["code"]] += 1
                assert response.json()["transient"], response.text
            await asyncio.sleep(0.1)
