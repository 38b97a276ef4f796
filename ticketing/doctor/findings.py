"""What the doctor finds."""

from enum import StrEnum

import msgspec


class Level(StrEnum):
    """How bad a finding is."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at; ``advice`` says what to do where it is not as it should be."""

    level: Level
    text: str
    advice: str = ""


def ok(text: str) -> Finding:
    """All is well."""
    return Finding(Level.OK, text)


def warning(text: str, advice: str) -> Finding:
    """It works, but will hurt one day."""
    return Finding(Level.WARNING, text, advice)


def problem(text: str, advice: str) -> Finding:
    """It does not work like this."""
    return Finding(Level.PROBLEM, text, advice)
