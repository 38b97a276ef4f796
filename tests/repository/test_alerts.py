"""Alarms go by metrics that are there, and say what to do."""

import importlib
import re
from pathlib import Path

from prometheus_client import REGISTRY

ALERTS = (Path(__file__).parents[2] / "deploy" / "alerts.yaml").read_text(encoding="utf-8")


def test_every_alarm_goes_by_a_metric_that_is_there() -> None:
    # A metric that was renamed leaves an alarm that never sounds.
    for module in ("ticketing.worker", "ticketing.web.app"):
        importlib.import_module(module)
    known = {metric.name for metric in REGISTRY.collect()}
    named = set(re.findall(r"\bticketing_[a-z_]+", ALERTS))
    assert named
    assert {re.sub(r"_(total|count|bucket|sum)$", "", name) for name in named} - known == set()


def test_every_alarm_says_what_to_do() -> None:
    alarms = ALERTS.split("- alert: ")[1:]
    assert all(f"{word}:" in alarm for alarm in alarms for word in ("expr", "severity", "summary", "do"))
