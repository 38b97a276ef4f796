"""The repository lints itself. Each rule says which bug it keeps out."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINES_MAX = 320
CODE = {".py", ".sql", ".lua", ".js", ".css", ".html"}
# Data, not code: what a person reads in a row.
DATA = ("ticketing/web/locale/", "ticketing/demo/", "requirements/", "docs/", "sql/queries/")
# Words of SQL at the start of a text that is meant to be a statement.
STATEMENT = re.compile(
    r"\s*(select|insert\s+into|update|delete\s+from|with\s+\w+\s+as|create|drop|alter)\s", re.IGNORECASE
)
# Opens no door to data: taking turns, looking what is there, and the database's own affairs.
SQL_ALLOWED = {"ticketing/kernel/migrations.py", "ticketing/embedded/postgres.py", "ticketing/web/health.py"}


def tracked() -> list[Path]:
    """The files that are in the repository."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        return [
            path
            for folder in ("ticketing", "tests", "sql")
            for path in (ROOT / folder).rglob("*")
            if path.is_file()
        ]
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def texts() -> Iterator[tuple[str, str]]:
    for path in tracked():
        try:
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def test_no_file_is_a_drawer() -> None:
    # A file of thousands of lines is where a second way of doing a thing hides from the one who mends the first.
    long = {
        name: text.count("\n")
        for name, text in texts()
        if Path(name).suffix in CODE and not name.startswith(DATA) and text.count("\n") > LINES_MAX
    }
    # The tree of errors is one closed list on purpose.
    long.pop("ticketing/kernel/errors.py", None)
    assert long == {}
    drawers = [name for name, _ in texts() if re.search(r"(^|/)(utils?|helpers?|common|misc)\.\w+$", name)]
    assert drawers == []


def statements(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and STATEMENT.match(node.value):
            # Sentences begin like that as well; a statement goes on like one.
            if (
                re.search(r"\b(from|values|set|table|index|where|into)\b", node.value, re.IGNORECASE)
                and "\n\n" not in node.value
            ):
                yield node.lineno
        elif isinstance(node, ast.JoinedStr):
            head = next((part.value for part in node.values if isinstance(part, ast.Constant)), "")
            if isinstance(head, str) and STATEMENT.match(head):
                yield node.lineno


def test_no_sql_in_python() -> None:
    # SQL glued together from strings is how a seat label becomes a statement; and when a column moves, nobody sees.
    assert set(statements(ast.parse('x = "select seat from ticket"\ny = f"update {table} set a = 1"'))) == {1, 2}
    found = [
        f"{name}:{line}"
        for name, text in texts()
        if name.startswith("ticketing/") and name.endswith(".py") and name not in SQL_ALLOWED
        for line in statements(ast.parse(text))
    ]
    assert found == []


# Spelt so that this file does not find itself.
FORBIDDEN = {
    "unfinished work is an issue, not a remark": r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b",
    "a path of one machine is wrong on every other": r"/(root|home/\w+|Users/\w+)/|/work" r"/",
    "a registry of one network breaks the installation in the next": r"--(extra-)?index-"
    r"url[ =]|https?://[^\s/]*(artifactory|nexus|pypi-proxy)",
    "a key in the repository opens every house": r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    "a skipped test tells nobody that it fails": r"pytest\.mark\.(skip|xfail)|pytest\.skip\(",
    "an error that is swallowed is found by a visitor": r"except Exception:\s*\n\s*pass\b",
}


@pytest.mark.parametrize("reason", FORBIDDEN, ids=lambda reason: reason.split(" is ")[0][:40])
def test_nothing_forbidden(reason: str) -> None:
    pattern = re.compile(FORBIDDEN[reason])
    found = [
        f"{name}:{text.count(chr(10), 0, match.start()) + 1}: {match[0].strip()}"
        for name, text in texts()
        for match in pattern.finditer(text)
        if name != "tests/repository/test_repository.py"
    ]
    assert found == [], reason


def test_every_query_says_what_it_is_for() -> None:
    # A statement that nobody can name the purpose of is never deleted and never mended.
    mute = [
        f"{path.name}: {match[1]}"
        for path in (ROOT / "sql" / "queries").glob("*.sql")
        for match in re.finditer(r"^-- name: (\w+)\n(?!-- \S)", path.read_text(), re.MULTILINE)
    ]
    assert mute == []


def test_every_query_is_used() -> None:
    # Dead SQL is kept up by every migration and runs nowhere.
    words = {word for name, text in texts() if name.endswith(".py") for word in re.findall(r"\w+", text)}
    unused = [
        f"{path.stem}.{name}"
        for path in (ROOT / "sql" / "queries").glob("*.sql")
        for name in re.findall(r"^-- name: (\w+)$", path.read_text(), re.MULTILINE)
        # Those of the import are named after their tables.
        if name not in words and not name.startswith("upsert_")
    ]
    assert unused == []


def test_rules_import_no_framework_and_no_driver() -> None:
    # Rules that read the clock or the database can't be shown by a table, and then nobody knows them.
    foreign = re.compile(r"^(?:from|import) (litestar|asyncpg|redis|uvicorn|jinja2)\b", re.MULTILINE)
    models = [(name, text) for name, text in texts() if re.fullmatch(r"ticketing/\w+/model\.py", name)]
    assert len(models) >= 5
    assert [name for name, text in models if foreign.search(text) or "datetime.now(" in text] == []


def test_the_clock_is_passed_in() -> None:
    # Code that reads the clock by itself can't be tested at midnight, on the last day, or five minutes too late.
    allowed = {"ticketing/kernel/clock.py"}
    found = [
        name
        for name, text in texts()
        if name.startswith("ticketing/")
        and name.endswith(".py")
        and not name.startswith(("ticketing/demo/", "ticketing/commands/", "ticketing/bench/", "ticketing/doctor/"))
        and name not in allowed
        and re.search(r"datetime\.(now|utcnow|today)\(|date\.today\(", text)
    ]
    assert found == []


def test_every_package_has_its_reason() -> None:
    # A stranger opens the file first; an empty one sends him to guess.
    mute = [
        name
        for name, text in texts()
        if name.startswith("ticketing/") and name.endswith(".py") and ast.get_docstring(ast.parse(text)) is None
    ]
    assert mute == []
