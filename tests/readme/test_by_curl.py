"""The lines of the README, pasted by a stranger: they work as they stand, on a demo like anybody's."""

import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.platform.test_demo import GONE_WITHIN_S, Demo, running_demo, still_running

README = Path(__file__).parents[2] / "README.md"
PASSWORD = "opening-night-of-the-tests"
PASTED_WITHIN_S = 60


def the_block() -> str:
    """The shell block below "By curl alone", exactly as it is printed. There is one, so that one paste does it."""
    section = README.read_text(encoding="utf-8").partition("\n## By curl alone\n")[2].partition("\n## ")[0]
    blocks = re.findall(r"^```sh\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 1
    return str(blocks[0])


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Demo]:
    """A demo that is up, with the password that the block is told."""
    monkeypatch.setenv("TICKETING_DEMO_PASSWORD", PASSWORD)
    with running_demo(tmp_path / "data") as demo:
        yield demo


def test_the_readme(demo: Demo) -> None:
    """One demo for both, since it takes seconds to start."""
    a_seat_is_held_paid_for_and_admitted_once(demo)
    ctrl_c_ends_it_in_time_though_somebody_watches(demo)


def a_seat_is_held_paid_for_and_admitted_once(demo: Demo) -> None:
    sh = shutil.which("sh")
    assert sh
    run = subprocess.run(
        [sh, "-eu"],
        check=False,
        input=the_block(),
        env=demo.environment,
        cwd=demo.data.parent,
        capture_output=True,
        text=True,
        timeout=PASTED_WITHIN_S,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stderr == ""
    screening, held, placed, paid, code, first, second, capacity = run.stdout.splitlines()
    assert re.fullmatch(r"screening [a-z0-9-]+", screening)
    assert re.fullmatch(r"held \S+ until 20\S+T\S+", held)
    assert re.fullmatch(r"order [2-9A-Z]{8} awaiting_payment", placed)
    assert paid == placed.replace("awaiting_payment", "confirmed")
    assert re.fullmatch(r"code [0-9A-Z $%*+./:-]{138}", code)
    assert first == "scan at north: admitted"
    assert re.fullmatch(r"scan at south: already_admitted first 20\S+T\S+ at north", second)
    assert capacity == "capacity: 1 admitted of 1 sold"


def ctrl_c_ends_it_in_time_though_somebody_watches(demo: Demo) -> None:
    watching = demo.watch_live()
    family = demo.family()
    asked_at_s = time.monotonic()
    demo.process.send_signal(signal.SIGINT)
    assert demo.process.wait(20) == 0
    assert time.monotonic() - asked_at_s < GONE_WITHIN_S, demo.said()
    assert still_running(family) == []
    watching.close()
