"""What the demo keeps in its data folder, beside Postgres: a lock, where its servers listen, the sign-ins."""

import contextlib
import fcntl
import os
import secrets
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

# Signs that are not mistaken for each other when read aloud or typed.
PASSWORD_SIGNS: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # noqa: S105 - an alphabet
PASSWORD_GROUPS: Final = 3
PASSWORD_GROUP_SIGNS: Final = 5


class FolderInUse(Exception):
    """Another demo runs on this data folder."""


class RunningDemo(msgspec.Struct, frozen=True):
    """A demo while it runs: where to find it, and the folders to remove where it was killed."""

    pid: int
    address: str
    database_url: str
    redis_url: str
    socket_folders: tuple[str, ...] = ()


class DemoFolder:
    """The data folder of a demo. Files that hold secrets are readable by their owner only."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock_path = path / "demo.lock"
        self._running_path = path / "demo.json"
        self._staff_path = path / "demo-staff.toml"

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder for this process; the kernel lets go of it however the process ends.

        Raises:
            FolderInUse: another process holds it.
        """
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._lock_path.open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise FolderInUse from None
            self._clear()
            try:
                yield
            finally:
                self._running_path.unlink(missing_ok=True)

    def announce(self, running: RunningDemo) -> None:
        """Let other commands find this demo."""
        self._write(self._running_path, msgspec.json.encode(running))

    def running(self) -> RunningDemo | None:
        """The demo that runs on this folder, or None."""
        try:
            with self._lock_path.open() as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return None
        except BlockingIOError:
            return self._announced()
        return None

    def read_passwords(self) -> dict[str, str]:
        """The passwords of the demo's staff by login, as they were last written; empty at the first run."""
        try:
            kept = tomllib.loads(self._staff_path.read_text(encoding="utf-8"))
        except (FileNotFoundError, tomllib.TOMLDecodeError):
            return {}
        return {login: password for login, password in kept.items() if isinstance(password, str)}

    def write_passwords(self, passwords: dict[str, str]) -> None:
        """Keep the passwords of the demo's staff."""
        lines = ["# The sign-ins of the demo's staff."]
        # A TOML basic string escapes as JSON does.
        lines += [f"{login} = {msgspec.json.encode(word).decode()}" for login, word in passwords.items()]
        self._write(self._staff_path, ("\n".join(lines) + "\n").encode())

    def _announced(self) -> RunningDemo | None:
        try:
            return msgspec.json.decode(self._running_path.read_bytes(), type=RunningDemo)
        except (FileNotFoundError, msgspec.DecodeError):
            return None

    def _clear(self) -> None:
        """Remove what a killed run left behind. Its servers ended with it, or are stopped by the next start."""
        left = self._announced()
        for folder in left.socket_folders if left else ():
            if Path(folder).name.startswith("ticketing-"):
                shutil.rmtree(folder, ignore_errors=True)
        self._running_path.unlink(missing_ok=True)

    def _write(self, path: Path, content: bytes) -> None:
        fresh = path.with_suffix(".new")
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:  # noqa: PTH123
            file.write(content)
        fresh.replace(path)


def random_password() -> str:
    """About 74 bits, easy to type on a phone, like ``k3m9p-xq2wd-7hjrt``."""
    return "-".join(
        "".join(secrets.choice(PASSWORD_SIGNS) for _ in range(PASSWORD_GROUP_SIGNS)) for _ in range(PASSWORD_GROUPS)
    )
