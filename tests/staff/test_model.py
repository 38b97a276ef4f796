"""Who may what: the whole table."""

import pytest

from ticketing.staff.model import Role, allows, normal_login

TABLE = """
              door  box_office  supervisor  organiser  admin
door          yes   no          no          no         no
box_office    yes   yes         no          no         no
supervisor    yes   yes         yes         no         no
organiser     yes   yes         yes         yes        no
admin         yes   yes         yes         yes        yes
"""
HEAD, *LINES = [line.split() for line in TABLE.strip().splitlines()]


@pytest.mark.parametrize(
    ("role", "needed", "expected"),
    [(line[0], needed, answer == "yes") for line in LINES for needed, answer in zip(HEAD, line[1:], strict=True)],
)
def test_roles(role: str, needed: str, expected: bool) -> None:
    assert allows(Role(role), Role(needed)) is expected


@pytest.mark.parametrize(
    ("text", "login"),
    [
        ("dana", "dana"),
        (" Dana ", "dana"),
        ("box_office", "box_office"),
        ("a.b-c_9", "a.b-c_9"),
        ("", None),
        (".dana", None),
        ("dana k", None),
        ("дана", None),
        ("a" * 64, None),
        ("dana\x00", None),
    ],
)
def test_logins(text: str, login: str | None) -> None:
    assert normal_login(text) == login
