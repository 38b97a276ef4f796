"""Keeps processes running: starts them again when they die, ends them all within seconds, leaves none behind.

Each child leads a process group of its own. So Ctrl-C in a terminal reaches the supervisor alone, which then ends
the children in order; and what a dead child left in its group can be ended before the next one starts. When the
supervisor itself is killed, the kernel tells the children (on Linux; elsewhere they may stay).
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from ticketing.kernel.processes import tie_to_parent

LOG_BYTES_MAX: Final = 10_000_000
LOG_CHECKED_EVERY_S: Final = 30.0
TICK_S: Final = 0.2
BACK_OFF_FIRST_S: Final = 0.2
BACK_OFF_MAX_S: Final = 10.0
# A process that ran so long had started well: its next failure is not the same one again.
SETTLED_AFTER_S: Final = 30.0


class Service:
    """A command to keep running, or one to run every ``every_s`` seconds, counted from its end."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        log: Path,
        *,
        every_s: float | None = None,
    ) -> None:
        self.name = name
        self.command = list(command)
        self.environment = dict(environment)
        self.log = log
        self.every_s = every_s
        self.process: subprocess.Popen[bytes] | None = None
        self.started_at_s = 0.0
        # When to start (again), on the monotonic clock; for what is repeated, the first time is one span away.
        self.due_at_s = 0.0 if every_s is None else time.monotonic() + every_s
        self.back_off_s = BACK_OFF_FIRST_S

    def start(self) -> None:
        """Start it, its output going to the log."""
        self.log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own commands
                self.command,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                # Whoever was killed waits for nobody: what it started is to be gone, not to end in peace.
                preexec_fn=tie_to_parent(signal.SIGKILL),  # noqa: PLW1509 - system calls only
            )
        self.started_at_s = time.monotonic()

    def ask_to_stop(self) -> None:
        """Ask it to end what it is doing, and end."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def kill_group(self) -> None:
        """End it and all that it started, at once."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):  # macOS refuses for a group of zombies
                return

    def trim_log(self) -> None:
        """Put a log aside that has grown too long, without the process noticing: it only ever appends."""
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES_MAX:
            shutil.copyfile(self.log, self.log.with_suffix(".log.1"))
            os.truncate(self.log, 0)


class Supervisor:
    """Watches services. ``tell`` gets a line for a person when one of them dies."""

    def __init__(self, services: Sequence[Service], tell: Callable[[str], None]) -> None:
        self.services = services
        self.tell = tell
        self._logs_checked_at_s = time.monotonic()

    def look(self) -> None:
        """One round: start what is due, and note what has died. Call it every ``TICK_S``."""
        now_s = time.monotonic()
        for service in self.services:
            if service.process is not None and service.process.poll() is not None:
                self._bury(service, service.process.returncode, now_s)
            if service.process is None and service.due_at_s <= now_s:
                service.start()
        if now_s - self._logs_checked_at_s > LOG_CHECKED_EVERY_S:
            self._logs_checked_at_s = now_s
            for service in self.services:
                service.trim_log()

    def stop(self, within_s: float) -> None:
        """Ask all to end, and make them after ``within_s`` seconds. Returns when none is left."""
        deadline = time.monotonic() + within_s
        for service in self.services:
            service.ask_to_stop()
        for service in self.services:
            if service.process is None:
                continue
            try:
                service.process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.tell(f"{service.name} did not end in time and was killed")
            service.kill_group()
            service.process.wait()
            service.process = None

    def _bury(self, service: Service, status: int, now_s: float) -> None:
        # Its own children would hold its port, and the next one could not listen.
        service.kill_group()
        service.process = None
        if service.every_s is not None:
            service.due_at_s = now_s + service.every_s
            if status:
                self.tell(f"{service.name} failed; the next try is in {service.every_s:.0f} s (see {service.log})")
            return
        if now_s - service.started_at_s > SETTLED_AFTER_S:
            service.back_off_s = BACK_OFF_FIRST_S
        service.due_at_s = now_s + service.back_off_s
        how = f"was ended by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"
        self.tell(f"{service.name} {how}; starting it again in {service.back_off_s:.1f} s (see {service.log})")
        service.back_off_s = min(service.back_off_s * 2, BACK_OFF_MAX_S)


def own_command(*words: str) -> list[str]:
    """The command line of ``ticketing …`` in this very installation."""
    return [sys.executable, "-m", "ticketing", *words]
