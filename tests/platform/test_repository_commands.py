"""What a stranger types first: make, and the locks below it."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.lock"))


def names_in(lock: Path) -> set[str]:
    return set(re.findall(r"^([a-z0-9._-]+)==", lock.read_text(encoding="utf-8"), re.MULTILINE))


def test_make_explains_itself() -> None:
    shown = subprocess.run(["make", "help"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for target in ("demo", "test", "check", "bench", "clean"):
        assert f"make {target} " in shown


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_a_lock_names_hashes_and_no_host(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert "://" not in text
    packages = re.split(r"^(?=[a-z0-9._-]+==)", text, flags=re.MULTILINE)[1:]
    assert [package.split()[0] for package in packages if "--hash=sha256:" not in package] == []


def test_what_runs_is_what_was_tested() -> None:
    """A package of the smaller lock stands in the larger one too, in the same version."""
    runtime, demo, dev = (ROOT / "requirements" / f"{name}.lock" for name in ("runtime", "demo", "dev"))
    pins = {lock: set(re.findall(r"^[a-z0-9._-]+==\S+", lock.read_text("utf-8"), re.MULTILINE)) for lock in LOCKS}
    assert pins[runtime] <= pins[demo] <= pins[dev]


def test_the_locks_have_what_the_project_asks_for() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    asked = re.findall(r'^    "([a-z0-9-]+)(?:\[|>|")', project, re.MULTILINE)
    assert len(asked) > 30
    assert [name for name in asked if name.lower() not in names_in(ROOT / "requirements" / "dev.lock")] == []
