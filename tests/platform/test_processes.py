"""What runs is started again when it dies, and ends when it should."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from ticketing.supervisor import Service, Supervisor

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)",
]


def runs(pid: int) -> bool:
    """Whether the process does something still; one that only waits to be buried does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_for(reached: Callable[[], object], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def service(tmp_path: Path, command: list[str], every_s: float | None = None) -> Service:
    return Service("it", command, os.environ, tmp_path / "it.log", every_s=every_s)


def pid_of(watched: Service) -> int:
    assert watched.process is not None
    return watched.process.pid


def test_what_was_killed_is_started_again(tmp_path: Path) -> None:
    said: list[str] = []
    it = service(tmp_path, SLEEP)
    supervisor = Supervisor([it], said.append)
    supervisor.look()
    first = pid_of(it)
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: (supervisor.look(), it.process is not None and pid_of(it) != first)[1])
    second = pid_of(it)
    assert runs(second)
    assert "SIGKILL" in said[0]
    supervisor.stop(5)
    assert not runs(second)


def test_what_fails_again_and_again_is_tried_less_and_less_often(tmp_path: Path) -> None:
    said: list[str] = []
    it = service(tmp_path, [sys.executable, "-c", "raise SystemExit(3)"])
    supervisor = Supervisor([it], said.append)
    wait_for(lambda: (supervisor.look(), len(said) >= 3)[1])
    supervisor.stop(5)
    assert ["0.2 s" in said[0], "0.4 s" in said[1], "0.8 s" in said[2]] == [True] * 3
    assert "status 3" in said[0]


def test_what_is_repeated_waits_before_the_first_time(tmp_path: Path) -> None:
    it = service(tmp_path, [sys.executable, "-c", "print('again')"], every_s=0.3)
    supervisor = Supervisor([it], pytest.fail)
    supervisor.look()
    assert it.process is None
    wait_for(lambda: (supervisor.look(), it.log.exists() and it.log.read_text().count("again") >= 2)[1])
    supervisor.stop(5)


def test_what_does_not_listen_is_killed_in_time(tmp_path: Path) -> None:
    said: list[str] = []
    it = service(tmp_path, STUBBORN)
    supervisor = Supervisor([it], said.append)
    supervisor.look()
    wait_for(lambda: it.log.exists() and "up" in it.log.read_text())
    pid, started = pid_of(it), time.monotonic()
    supervisor.stop(0.5)
    assert time.monotonic() - started < 2
    assert not runs(pid)
    assert "killed" in said[0]


def test_nothing_that_a_dead_process_had_started_stays(tmp_path: Path) -> None:
    code = f"import subprocess, time; print(subprocess.Popen({STUBBORN!r}).pid, flush=True); time.sleep(60)"
    it = service(tmp_path, [sys.executable, "-c", code])
    supervisor = Supervisor([it], lambda _: None)
    supervisor.look()
    wait_for(lambda: it.log.exists() and it.log.read_text().count("\n") >= 2)
    grandchild = next(int(line) for line in it.log.read_text().split() if line.isdigit())
    os.kill(pid_of(it), signal.SIGKILL)
    wait_for(lambda: (supervisor.look(), not runs(grandchild))[1])
    supervisor.stop(5)


def test_a_log_does_not_grow_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ticketing.supervisor.LOG_BYTES_MAX", 10)
    it = service(tmp_path, SLEEP)
    it.log.write_text("a line that is long enough\n")
    it.trim_log()
    assert it.log.read_text() == ""
    assert "long enough" in it.log.with_suffix(".log.1").read_text()


def test_a_child_ends_with_a_parent_that_was_killed() -> None:
    code = f"""
import subprocess, time
from ticketing.kernel.processes import tie_to_parent
print(subprocess.Popen({SLEEP!r}, preexec_fn=tie_to_parent()).pid, flush=True)
time.sleep(60)
"""
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    with parent.stdout:
        child = int(parent.stdout.readline())
    assert runs(child)
    parent.kill()
    parent.wait()
    if sys.platform != "linux":  # nobody else tells a child of its parent's death
        os.kill(child, signal.SIGKILL)
    wait_for(lambda: not runs(child))
