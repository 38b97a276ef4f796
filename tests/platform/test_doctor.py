"""The doctor finds what is wrong, and says what to do."""

from pathlib import Path

import msgspec
import pytest

from ticketing.doctor import Finding, Level, check_postgres, check_redis, examine
from ticketing.doctor.machine import check_fonts, check_machine, check_settings
from ticketing.doctor.servers import without_password
from ticketing.kernel.context import Context
from ticketing.kernel.settings import Settings
from ticketing.staff.accounts import add_staff
from ticketing.staff.model import Role
from ticketing.tickets.keys import ensure_key


def wrong(findings: list[Finding]) -> list[str]:
    """What is not as it should be; each must come with advice."""
    assert all(found.advice for found in findings if found.level is not Level.OK)
    return [found.text for found in findings if found.level is not Level.OK]


async def test_a_house_in_order(context: Context) -> None:
    await ensure_key(context)
    await add_staff(context, "ann", "correct horse", Role.ADMIN)
    found = wrong(await examine(context.settings))
    # The servers of tests forget on purpose, and no mail leaves a test.
    assert [text for text in found if "mail" not in text and "forgets" not in text] == []


async def test_a_house_without_key_and_people(context: Context) -> None:
    found = wrong(await examine(context.settings))
    assert any("no key" in text for text in found)
    assert any("nobody can administer" in text for text in found)


async def test_work_that_waits_or_was_given_up(context: Context) -> None:
    await context.postgres.execute(
        "insert into job (kind, payload, run_at, failed_at)"
        " values ('mail', '{}', now() - interval '1 hour', null), ('mail', '{}', now(), now())"
    )
    found = wrong(await examine(context.settings))
    assert any("wait longer" in text for text in found)
    assert any("given up" in text for text in found)


async def test_migrations_that_are_not_applied(context: Context) -> None:
    await context.postgres.execute("delete from migration where number = (select max(number) from migration)")
    found = await examine(context.settings)
    assert any(one.advice == "run `ticketing migrate`" for one in found)


@pytest.mark.parametrize("url", ["", "postgresql://127.0.0.1:1/none", "postgresql:///x?host=/nowhere", "mysql://x"])
async def test_a_postgres_that_does_not_answer(url: str) -> None:
    assert [found.level for found in await check_postgres(url)] == [Level.PROBLEM]


@pytest.mark.parametrize("url", ["", "redis://127.0.0.1:1", "unix:///nowhere.sock", "http://x"])
async def test_a_redis_that_does_not_answer(url: str) -> None:
    assert [found.level for found in await check_redis(url)] == [Level.PROBLEM]


async def test_a_postgres_without_our_database(database_url: str) -> None:
    (found,) = await check_postgres(database_url.replace("/test_", "/missing_", 1))
    assert "createdb" in found.advice


async def test_too_few_connections(database_url: str) -> None:
    found = await check_postgres(database_url, connections_needed=100_000)
    assert any("connections" in text for text in wrong(found))


def test_settings_that_do_not_fit_together(tmp_path: Path) -> None:
    public = Settings(data=str(tmp_path), base_url="https://tickets.example", payment_providers="demo")
    assert any("demo payment provider" in text for text in wrong(check_settings(public)))
    plain = msgspec.structs.replace(public, secure_cookies=False)
    assert any("without encryption" in text for text in wrong(check_settings(plain)))


def test_a_secret_that_others_can_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("x" * 40)
    secret.chmod(0o644)
    assert any("others can read" in text for text in wrong(check_machine(Settings(data=str(tmp_path)))))


def test_the_font_has_our_signs() -> None:
    assert check_fonts().level is Level.OK


def test_addresses_are_shown_without_their_password() -> None:
    assert without_password("redis://:hush@host:1/0") == "redis://:…@host:1/0"
    assert without_password("redis://host:1/0") == "redis://host:1/0"
