"""The command: its help, what it refuses and how, and its work on real servers."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ticketing.cli import COMMANDS, main
from ticketing.settings_page import settings_page
from ticketing.staff.model import Role

ROOT = Path(__file__).parents[2]


def run(*words: str, text: str = "", **environment: str) -> Result:
    """The outcome of a command; a fault of ours is raised."""
    result = CliRunner(env=environment).invoke(main, list(words), input=text, prog_name="ticketing")
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def servers(database_url: str, redis_url: str, tmp_path: Path) -> dict[str, str]:
    """The environment of an operator who has servers."""
    return {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "TICKETING_DATA": str(tmp_path / "data")}


def test_help_names_every_command() -> None:
    shown = run("--help").output
    for name, entry in COMMANDS.items():
        assert f"{name} " in shown
        assert entry.line in shown


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_each_command_explains_itself(name: str) -> None:
    assert run(name, "--help").output.startswith(f"Usage: ticketing {name}")


def test_the_page_of_commands_names_each() -> None:
    page = (ROOT / "docs" / "command.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS if f"`ticketing {name}" not in page] == []


def test_the_page_of_settings_is_that_of_the_code() -> None:
    assert (ROOT / "docs" / "settings.md").read_text(encoding="utf-8") == settings_page()
    assert run("settings").output == settings_page()


def test_all_bad_settings_are_told_together() -> None:
    result = run("migrate", TICKETING_PORT="99999", TICKETING_FESTIVAL="x")
    assert result.exit_code == 1
    assert "TICKETING_PORT" in result.output
    assert "TICKETING_FESTIVAL: no such setting" in result.output


def test_without_servers_a_command_says_how_to_get_some(tmp_path: Path) -> None:
    result = run("staff", "list", TICKETING_DATA=str(tmp_path))
    assert result.exit_code == 1
    assert "make demo" in result.output
    assert "DATABASE_URL" in result.output


def test_a_database_that_is_not_there_is_no_stack_trace(tmp_path: Path) -> None:
    nowhere = {"DATABASE_URL": "postgresql://127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1"}
    for words in (["migrate"], ["staff", "list"]):
        result = run(*words, TICKETING_DATA=str(tmp_path), **nowhere)
        assert result.exit_code == 1
        assert result.output.startswith("Error: ")
        assert "Traceback" not in result.output


def test_migrate_can_be_repeated(servers: dict[str, str]) -> None:
    assert "up to date" in run("migrate", **servers).output


def test_staff_come_and_go(servers: dict[str, str]) -> None:
    assert "nobody yet" in run("staff", "list", **servers).output
    added = run("staff", "add", "ann", "--role", Role.DOOR.value, text="correct horse\ncorrect horse\n", **servers)
    assert "ann can sign in as door" in added.output
    again = run("staff", "add", "ann", "--role", "door", "--password", "correct horse", **servers)
    assert again.exit_code == 1
    assert run("staff", "password", "ann", "--password", "battery staple", **servers).exit_code == 0
    assert run("staff", "password", "bob", "--password", "battery staple", **servers).exit_code == 1
    assert run("staff", "add", "ann b", "--role", "door", "--password", "x", **servers).exit_code == 1
    assert run("staff", "disable", "ann", **servers).exit_code == 0
    assert "disabled" in run("staff", "list", **servers).output
    assert run("staff", "enable", "ann", **servers).exit_code == 0
    assert "disabled" not in run("staff", "list", **servers).output


def test_keys_are_rotated_and_retired(servers: dict[str, str]) -> None:
    assert "keys rotate" in run("keys", "list", **servers).output
    assert run("keys", "rotate", **servers).exit_code == 0
    assert "signs new tickets" in run("keys", "list", **servers).output
    assert run("keys", "retire", "1", "--yes", **servers).exit_code == 1
    assert run("keys", "rotate", **servers).exit_code == 0
    assert run("keys", "retire", "1", text="n\n", **servers).exit_code == 1
    assert run("keys", "retire", "1", "--yes", **servers).exit_code == 0
    assert "private half destroyed" in run("keys", "list", **servers).output


def test_an_empty_ledger_is_verified_and_exported(servers: dict[str, str], tmp_path: Path) -> None:
    assert "0 seals" in run("ledger", "verify", **servers).output
    assert run("ledger", "verify", "--anchor", "12", **servers).exit_code == 2
    missing = run("ledger", "verify", "--anchor", "1:" + "00" * 32, **servers)
    assert missing.exit_code == 1
    assert "not there" in missing.output
    exported = tmp_path / "ledger.csv"
    assert run("ledger", "export", "--output", str(exported), **servers).exit_code == 0
    assert exported.read_text().startswith("position,right_number,entry,screening")


def test_a_programme_is_imported_once_however_often_it_is_read(servers: dict[str, str]) -> None:
    first = run("import", "--demo", **servers)
    assert first.exit_code == 0
    assert "screening" in first.output
    second = run("import", "--demo", **servers).output
    counts = [line.split() for line in second.splitlines()[1:] if not line.startswith("note:")]
    assert counts
    assert all(added == changed == "0" for _table, added, changed, _same in counts)


def test_mistakes_of_a_programme_are_listed_together(servers: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "programme"
    folder.mkdir()
    (folder / "festival.toml").write_text('[[festival]]\nfestival = "Not a slug"\n[[film]]\nyear = "x"\n')
    result = run("import", str(folder), **servers)
    assert result.exit_code == 1
    assert "festival.toml" in result.output
    assert "nothing was imported" in result.output
    assert result.output.count("festival.toml") >= 2


def test_import_wants_a_file_or_the_demo(servers: dict[str, str], tmp_path: Path) -> None:
    assert run("import", **servers).exit_code == 2
    assert run("import", str(tmp_path), "--demo", **servers).exit_code == 2
    assert run("import", str(tmp_path / "missing"), **servers).exit_code == 2
