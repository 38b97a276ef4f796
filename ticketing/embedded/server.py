"""What the servers from the wheels have in common: a socket, a log, a start, an end."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, ClassVar, Self

START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 1.5
LOG_BYTES_MAX = 5_000_000


class EmbeddedServerFailed(Exception):
    """A server from the wheels did not start. The text says why, and shows the end of its log."""


class EmbeddedServer:
    """A server that is a child of this process and ends with it, even when it is killed.

    It listens on a socket only, in a folder of its own under /tmp: the path of a socket may have about 100
    bytes, and that of the data folder may be longer. Start it from the main thread: the kernel counts the death
    of the starting thread as that of the parent.
    """

    name: ClassVar[str]
    # How it is asked to end at once, and how it is made to.
    end_signal: ClassVar[signal.Signals]
    kill_signal: ClassVar[signal.Signals] = signal.SIGKILL

    def __init__(self, data: Path) -> None:
        """``data`` is for what lasts, and the log."""
        self.data = data
        self.sockets = make_socket_folder()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it listens, for a client."""
        raise NotImplementedError

    def start(self) -> None:
        """Start it and wait until it answers.

        Raises:
            EmbeddedServerFailed: it does not come up within ``START_TIMEOUT_S``.
        """
        raise NotImplementedError

    def stop(self) -> None:
        """End it, at most ``STOP_TIMEOUT_S`` late, and remove its socket. Safe to repeat."""
        self.ask_to_stop()
        if self.process is not None:
            try:
                self.process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self.process.send_signal(self.kill_signal)
                self.process.wait()
        shutil.rmtree(self.sockets, ignore_errors=True)

    def ask_to_stop(self) -> None:
        """Ask it to end, and do not wait: so that several end at the same time."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(self.end_signal)

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def log_path(self) -> Path:
        """What it says goes here."""
        return self.data / "log" / f"{self.name}.log"

    @contextlib.contextmanager
    def log(self) -> Iterator[IO[bytes]]:
        """The log, open for a child. One that outgrew ``LOG_BYTES_MAX`` is put aside first."""
        self.log_path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.log_path.exists() and self.log_path.stat().st_size > LOG_BYTES_MAX:
            self.log_path.replace(self.log_path.with_suffix(".log.1"))
        with self.log_path.open("ab") as log:
            yield log

    def wait_until(self, ready: Callable[[], bool]) -> None:
        """Wait until ``ready`` says so.

        Raises:
            EmbeddedServerFailed: the process ended, or it takes longer than ``START_TIMEOUT_S``.
        """
        deadline = time.monotonic() + START_TIMEOUT_S
        while self.process is not None and self.process.poll() is None and time.monotonic() < deadline:
            if ready():
                return
            time.sleep(0.02)
        tail = self.log_path.read_text("utf-8", "replace")[-2000:]
        raise EmbeddedServerFailed(f"{self.name} did not start; the end of {self.log_path}:\n{tail}")


def make_socket_folder() -> Path:
    """A folder with a short path that others can't write to. Root lets others pass through, but not look."""
    base = "/tmp" if os.access("/tmp", os.W_OK) else None  # noqa: S108 - mkdtemp makes one of our own
    folder = Path(tempfile.mkdtemp(prefix="ticketing-", dir=base))
    folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
    return folder
