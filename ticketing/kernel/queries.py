"""Named SQL: the text lives in ``sql/``, Python only names it.

A file is a list of blocks, each opened by ``-- name: verb_noun`` and followed by a line of intent.
"""

import re
from functools import cache
from pathlib import Path

_NAME = re.compile(r"^-- name: ([a-z][a-z0-9_]*)[ \t]*$", re.MULTILINE)


class Queries:
    """The named statements of one file, each an attribute holding its text."""

    def __init__(self, source: str, statements: dict[str, str]) -> None:
        self.source = source
        self.statements = statements

    def __getattr__(self, name: str) -> str:
        try:
            return self.statements[name]
        except KeyError:
            raise AttributeError(f"{self.source} has no query named {name}") from None


def sql_root() -> Path:
    """The folder of ``migrations/`` and ``queries/``: in a checkout beside the package, in a wheel inside it.

    Raises:
        FileNotFoundError: neither is there, so the installation is incomplete.
    """
    package = Path(__file__).resolve().parent.parent
    for candidate in (package / "_sql", package.parent / "sql"):
        if (candidate / "queries").is_dir():
            return candidate
    raise FileNotFoundError("the sql folder is missing: reinstall the package")


@cache
def load_queries(capability: str) -> Queries:
    """The named statements of ``sql/queries/<capability>.sql``.

    Raises:
        ValueError: text stands before the first name, or a name stands twice.
    """
    path = sql_root() / "queries" / f"{capability}.sql"
    text = path.read_text(encoding="utf-8")
    parts = _NAME.split(text)
    if any(line.strip() and not line.startswith("--") for line in parts[0].splitlines()):
        raise ValueError(f"{path.name}: SQL before the first name")
    statements: dict[str, str] = {}
    for name, body in zip(parts[1::2], parts[2::2], strict=True):
        if name in statements:
            raise ValueError(f"{path.name}: {name} stands twice")
        statements[name] = body.strip().removesuffix(";")
    return Queries(path.name, statements)
