"""What the papers name is there: files, headings, commands, settings, targets, calls, tests."""

import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

from ticketing.cli import COMMANDS
from ticketing.kernel.settings import Settings, environment_name
from ticketing.web.app import create_app

ROOT = Path(__file__).parents[2]
PAPERS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
# Read by the tests, by make or by libraries, not by the service.
OTHER_NAMES = {"TEST_DATABASE_URL", "TEST_REDIS_URL"}
# A place in the repository, as papers name one: one of our folders, a folder in it, or a file.
PLACE = re.compile(r"^(?:docs|sql|tests|ticketing|deploy|requirements)(?:/[\w-]+/?|/[\w./-]+(?:/|\.[a-z]+))$")

papers = pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: str(paper.relative_to(ROOT)))


@cache
def text_of(paper: Path) -> str:
    return paper.read_text(encoding="utf-8")


def prose_of(paper: Path) -> str:
    return re.sub(r"^ *```.*?^ *```$", "", text_of(paper), flags=re.MULTILINE | re.DOTALL)


def named_in(paper: Path) -> list[str]:
    """What stands between single backticks."""
    return re.findall(r"`([^`\n]+)`", prose_of(paper))


def anchor_of(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


def anchors_in(paper: Path) -> set[str]:
    return {anchor_of(heading) for heading in re.findall(r"^#+ (.*)$", prose_of(paper), re.MULTILINE)}


@papers
def test_every_link_leads_somewhere(paper: Path) -> None:
    targets = re.findall(r"\]\(([^)\s]+)\)", prose_of(paper))
    for target in targets:
        if re.match(r"https?:|mailto:", target):
            continue
        place, _, anchor = target.partition("#")
        file = (paper.parent / place).resolve() if place else paper
        assert file.exists(), f"{paper.name}: {target}"
        assert file.is_relative_to(ROOT), f"{paper.name}: {target} leaves the repository"
        if anchor:
            assert anchor in anchors_in(file), f"{paper.name}: {target} has no such heading"


@papers
def test_every_place_that_is_named_is_there(paper: Path) -> None:
    for name in named_in(paper):
        if PLACE.match(name):
            assert (ROOT / name).exists(), f"{paper.name}: {name}"


@papers
def test_every_setting_that_is_named_is_one(paper: Path) -> None:
    known = {environment_name(field) for field in Settings.__struct_fields__} | OTHER_NAMES
    for name in re.findall(
        r"\b(?:TICKETING_[A-Z][A-Z_]*[A-Z]|[A-Z_]*DATABASE_URL|[A-Z_]*REDIS_URL)\b", text_of(paper)
    ):
        assert name in known, f"{paper.name}: {name}"


@papers
def test_every_command_that_is_named_is_one(paper: Path) -> None:
    text = text_of(paper)
    for name in re.findall(r"(?:`|^ *\$? *)ticketing ([a-z]+)", text, re.MULTILINE):
        assert name in COMMANDS, f"{paper.name}: ticketing {name}"
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"(?:`|^ *\$? *)make ([a-z]+)", text, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"{paper.name}: make {target}"


@papers
def test_every_test_that_is_named_is_one(paper: Path) -> None:
    tests = "\n".join(file.read_text(encoding="utf-8") for file in ROOT.glob("tests/**/*.py"))
    for name in named_in(paper):
        if re.fullmatch(r"test_\w+…?", name):
            assert f"def {name.removesuffix('…')}" in tests, f"{paper.name}: {name}"


def test_the_guide_to_the_api_has_every_call_and_no_other() -> None:
    app = create_app(Settings(database_url="postgresql:///nowhere", redis_url="redis://nowhere"))
    calls = {
        f"{method.upper()} {path}"
        for path, item in app.openapi_schema.to_schema()["paths"].items()
        for method in item
        if path.startswith(("/api/", "/health/"))
    }
    told = set(
        re.findall(r"`((?:GET|POST|PATCH|PUT|DELETE) /(?:api|health)/[^`?]*)`", text_of(ROOT / "docs/api.md"))
    )
    assert told == calls


def test_the_changelog_tells_of_this_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert f"\n## [{project['version']}]" in text_of(ROOT / "CHANGELOG.md")


def test_the_readme_is_short() -> None:
    """Whoever opens it wants to know what this is, and to see it run."""
    assert len(text_of(ROOT / "README.md").splitlines()) < 150


def test_decisions_are_numbered_without_gap_and_listed() -> None:
    pages = sorted((ROOT / "docs/decisions").glob("0*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    index = text_of(ROOT / "docs/decisions/README.md")
    for number, page in enumerate(pages, 1):
        title = re.match(rf"# {number}\. (.*)\n", text_of(page))
        assert title, page.name
        assert f"| [{number}]({page.name}) | {title[1]} |" in index
        for part in ("**Context.**", "**Decision.**", "**Consequences.**", "**Kept by**"):
            assert part in text_of(page), f"{page.name}: {part}"
