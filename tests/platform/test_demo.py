"""The demo as a visitor meets it: from nothing to a festival, and gone without a trace."""

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import tomllib
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from ticketing.demo.folder import DemoFolder
from ticketing.staff.model import Role

UP_WITHIN_S = 120
# The promise of the README.
GONE_WITHIN_S = 5


class Demo:
    """A demo in a process of its own, and all that it started."""

    def __init__(self, data: Path, port: int) -> None:
        self.data = data
        self.port = port
        self.environment = os.environ | {"TICKETING_DATA": str(data), "TICKETING_PORT": str(port)}
        self.output = (data.parent / "output.txt").open("w+b")
        self.process = self.command("demo")

    def command(self, *words: str, **settings: str) -> subprocess.Popen[bytes]:
        program = [sys.executable, "-m", "ticketing", *words]
        return subprocess.Popen(program, env=self.environment | settings, stdout=self.output, stderr=self.output)

    def said(self) -> str:
        return Path(self.output.name).read_text(encoding="utf-8")

    def wait_until_up(self) -> None:
        self.wait_for(lambda: "Ctrl-C stops" in self.said(), UP_WITHIN_S)

    def wait_for(self, reached: Any, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not reached():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.05)

    def get(self, path: str) -> Any:
        return self.ask(f"http://127.0.0.1:{self.port}{path}")

    @staticmethod
    def ask(request: str | urllib.request.Request) -> Any:
        # A proxy that the environment names is for other machines than this one.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=10) as answer:
            return json.load(answer)

    def answers(self) -> bool:
        try:
            return bool(self.get("/health/ready")["status"] == "ready")
        except OSError:
            return False

    def watch_live(self) -> http.client.HTTPConnection:
        """A browser that stays for the live updates of a screening."""
        screening = self.get("/api/v1/programme")["screenings"][0]["screening"]
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", f"/api/v1/screenings/{screening}/events")
        answer = connection.getresponse()
        assert answer.status == 200
        assert answer.readline().strip()
        return connection

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def called(self, words: str) -> list[psutil.Process]:
        """Those of its processes whose command line has ``words``."""
        found = []
        for process in self.family():
            with contextlib.suppress(psutil.Error):  # it ended while we looked
                if words in " ".join(process.cmdline()):
                    found.append(process)
        return found


def still_running(processes: list[psutil.Process]) -> list[psutil.Process]:
    return [one for one in processes if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]


@contextlib.contextmanager
def running_demo(data: Path) -> Iterator[Demo]:
    """A demo that is up; whatever becomes of the test, nothing of it stays."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    demo = Demo(data, port)
    try:
        demo.wait_until_up()
        yield demo
    finally:
        family = demo.family() if demo.process.poll() is None else []
        demo.process.kill()
        demo.process.wait()
        psutil.wait_procs(family, timeout=10)
        demo.output.close()


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    with running_demo(tmp_path / "data") as demo:
        yield demo


def test_a_demo_as_a_visitor_meets_it(demo: Demo) -> None:
    """One demo for all of this, since each takes seconds to start."""
    it_prints_what_a_visitor_needs(demo)
    other_commands_find_it(demo)
    a_second_one_on_the_same_folder_or_port_says_so(demo)
    ctrl_c_ends_everything_in_time_though_people_watch(demo)


def test_a_demo_in_trouble(demo: Demo) -> None:
    what_dies_is_started_again(demo)
    nothing_outlives_it_when_it_is_killed_and_the_next_one_starts(demo)


def it_prints_what_a_visitor_needs(demo: Demo) -> None:
    said = demo.said()
    assert f"http://127.0.0.1:{demo.port}" in said
    kept = demo.data / "demo-staff.toml"
    assert kept.stat().st_mode & 0o777 == 0o600
    passwords = tomllib.loads(kept.read_text(encoding="utf-8"))
    assert set(passwords) == {role.value for role in Role}
    assert len(set(passwords.values())) == len(passwords)
    for login, password in passwords.items():
        assert re.search(rf"^ +{login} +{password}$", said, re.MULTILINE)
        body = json.dumps({"login": login, "password": password}).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{demo.port}/api/v1/staff/sessions", body, {"content-type": "application/json"}
        )
        assert demo.ask(request)["role"] == login


def other_commands_find_it(demo: Demo) -> None:
    assert demo.command("staff", "list").wait(30) == 0, demo.said()
    assert "box_office" in demo.said()
    assert demo.command("doctor").wait(30) == 0, demo.said()
    assert "All that is needed works." in demo.said()


def a_second_one_on_the_same_folder_or_port_says_so(demo: Demo) -> None:
    next_port = str(demo.port % 65535 + 1)
    assert demo.command("demo", TICKETING_PORT=next_port).wait(30) == 1
    assert f"already runs on {demo.data} at http://127.0.0.1:{demo.port}" in demo.said()
    assert demo.command("demo", TICKETING_DATA=str(demo.data.with_name("other"))).wait(30) == 1
    assert f"port {demo.port}" in demo.said()
    assert demo.answers()


def ctrl_c_ends_everything_in_time_though_people_watch(demo: Demo) -> None:
    watching = [demo.watch_live() for _ in range(5)]
    family = demo.family()
    assert len(family) >= 6
    asked_at = time.monotonic()
    demo.process.send_signal(signal.SIGINT)
    assert demo.process.wait(20) == 0
    assert time.monotonic() - asked_at < GONE_WITHIN_S
    assert still_running(family) == []
    assert DemoFolder(demo.data).running() is None
    for connection in watching:
        connection.close()


def what_dies_is_started_again(demo: Demo) -> None:
    for words in ("ticketing serve", "ticketing worker", "multiprocessing-fork", "valkey-server", "postgres -D"):
        before = {process.pid for process in demo.called(words)}
        victim = min(before)
        os.kill(victim, signal.SIGKILL)
        demo.wait_for(lambda words=words, before=before: {one.pid for one in demo.called(words)} - before, 60)
        demo.wait_for(demo.answers, 60)


def nothing_outlives_it_when_it_is_killed_and_the_next_one_starts(demo: Demo) -> None:
    family = demo.family()
    passwords = (demo.data / "demo-staff.toml").read_text(encoding="utf-8")
    demo.process.kill()
    demo.process.wait()
    psutil.wait_procs(family, timeout=10)
    assert still_running(family) == []
    demo.output.truncate(0)
    demo.process = demo.command("demo")
    demo.wait_until_up()
    assert (demo.data / "demo-staff.toml").read_text(encoding="utf-8") == passwords
