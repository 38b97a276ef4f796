"""The rules of invitations, as tables: what an answer makes, who moves up, who sits where, what a list says."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from tests.factories import make_layout
from ticketing.kernel import errors
from ticketing.programme.layout import SeatKind
from ticketing.sales.invitations.model import Answer, Invitation, count_answers, decide_answer, who_moves_up
from ticketing.sales.invitations.pasting import read_invitees
from ticketing.sales.invitations.proposal import SeatedParty, propose_seats

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
YES, NO = Answer(attending=True), Answer(attending=False)


def guest(**more: Any) -> Invitation:
    usual: dict[str, Any] = {
        "invitation": "K7Q29XFMK7Q2",
        "screening": "s",
        "name": "Әсел",
        "email": "asel@example.kz",
        "locale": "kk",
        "companions_max": 2,
        "rank": 500,
        "status": "invited",
        "companions": (),
        "wheelchairs": 0,
        "note": "",
        "invited_at": NOON,
    }
    return Invitation(**{**usual, **more})


@pytest.mark.parametrize(
    ("known", "answer", "left", "hours", "outcome"),
    [
        ({}, YES, 1, 0, "accepted"),
        ({}, NO, 0, 0, "declined"),
        ({}, YES, 0, 0, "waiting"),
        ({}, Answer(True, ("Dana", "")), 3, 0, "accepted"),
        ({}, Answer(True, ("Dana", "")), 2, 0, "waiting"),
        ({}, Answer(True, ("a", "b", "c")), 9, 0, errors.TooManyCompanions),
        ({}, Answer(True, ("Dana",), 2), 2, 0, "accepted"),
        ({}, Answer(True, ("Dana",), 3), 2, 0, errors.InvalidField),
        ({}, YES, 1, 2, errors.AnswersClosed),
        ({}, NO, 1, 1, errors.AnswersClosed),
        ({"status": "declined"}, YES, 1, 0, "accepted"),
        ({"status": "waiting"}, YES, 1, 0, "accepted"),
        ({"status": "accepted"}, NO, 0, 0, "declined"),
        ({"status": "accepted"}, Answer(True, ("Dana",)), 1, 0, errors.InvitationsFull),
        ({"status": "withdrawn"}, YES, 1, 0, errors.InvitationWithdrawn),
        ({"status": "accepted", "order": "K7Q29XFM"}, NO, 1, 0, errors.InvitationTicketed),
    ],
)
def test_what_an_answer_makes(known: Any, answer: Answer, left: int, hours: int, outcome: Any) -> None:
    wanted = {"now": NOON + timedelta(hours=hours), "answer_by": NOON + timedelta(hours=1), "left": left}
    if isinstance(outcome, str):
        assert decide_answer(guest(**known), answer, **wanted) == outcome
    else:
        with pytest.raises(outcome):
            decide_answer(guest(**known), answer, **wanted)


def test_who_moves_up_and_how_a_round_is_counted() -> None:
    line = [
        guest(invitation="three", status="waiting", companions=("a", "b")),
        guest(invitation="one", status="waiting"),
        guest(invitation="two", status="waiting", companions=("a",)),
    ]
    for left, moved in ((0, []), (1, ["one"]), (2, ["one"]), (3, ["three"]), (4, ["three", "one"])):
        assert [one.invitation for one in who_moves_up(left, line)] == moved
    counts = count_answers(
        [
            *line,
            guest(status="accepted", companions=("a",), wheelchairs=1, seats=("A-1", "A-2")),
            guest(status="accepted", order="K7Q29XFM", seats=("A-3",)),
            guest(status="declined"),
            guest(),
            guest(status="withdrawn"),
        ]
    )
    told = msgspec.structs.asdict(counts)
    assert told == {
        "invited": 7, "accepted": 2, "declined": 1, "waiting": 3, "silent": 1,
        "people": 3, "people_waiting": 6, "wheelchairs": 1, "seated": 2, "ticketed": 1,
    }  # fmt: skip


def row(letter: str, *numbers: int) -> list[str]:
    return [f"{letter}-{number}" for number in numbers]


@pytest.mark.parametrize(
    ("places", "parties", "seats"),
    [
        # The best rank gets the middle, whatever the order they come in.
        (row("A", *range(1, 10)), [("b", 1, 9), ("a", 1, 1)], {"a": "A-5", "b": "A-4"}),
        # A party sits together around the middle, the guest nearest to it.
        (row("A", *range(1, 8)), [("a", 3, 1), ("b", 2, 2)], {"a": "A-4 A-3 A-5", "b": "A-2 A-1"}),
        # Together in a worse place rather than apart in a better one.
        (row("A", 4, 6) + row("C", 1, 2), [("a", 2, 1)], {"a": "C-2 C-1"}),
        # Apart only where nothing else is left, and then near.
        (row("A", 1, 3, 9), [("a", 2, 1)], {"a": "A-3 A-1"}),
        # Too few for the last: nobody is seated in part.
        (row("A", 1, 2, 3), [("a", 2, 1), ("b", 2, 2)], {"a": "A-2 A-1"}),
        # Equal ranks: as they come.
        (row("A", 1, 2, 3), [("b", 1, 5), ("a", 1, 5)], {"b": "A-2", "a": "A-1"}),
        # Unnumbered places, where no seats are left.
        (
            ["parterre#2", "parterre#1", "A-1"],
            [("a", 1, 1), ("b", 2, 2)],
            {"a": "A-1", "b": "parterre#1 parterre#2"},
        ),
        ([], [("a", 1, 1)], {}),
        (["Z-9"], [("a", 1, 1)], {}),
    ],
)
def test_who_sits_where(places: list[str], parties: list[Any], seats: dict[str, str]) -> None:
    layout = make_layout(area_capacity=3)
    found = propose_seats(layout, places, [SeatedParty(*party) for party in parties])
    assert {party: " ".join(given) for party, given in found.items()} == seats


def test_wheelchair_places_are_for_wheelchairs() -> None:
    layout = make_layout()
    kinds = {"A-4": SeatKind.WHEELCHAIR, "A-5": SeatKind.COMPANION, "B-5": SeatKind.RESTRICTED}
    layout = msgspec.structs.replace(
        layout,
        seats=tuple(msgspec.structs.replace(seat, kind=kinds.get(seat.seat, seat.kind)) for seat in layout.seats),
    )
    places = row("A", 3, 4, 5, 6) + row("B", 4, 5)
    found = propose_seats(
        layout,
        places,
        [SeatedParty("first", 1, 1), SeatedParty("chair", 2, 2, wheelchairs=1), SeatedParty("last", 2, 3)],
    )
    assert set(found["chair"]) <= {"A-3", "A-4", "A-5"}
    assert "A-4" in found["chair"]
    assert not {"A-4", "A-5"} & {*found["first"], *found["last"]}
    # A restricted view goes last.
    assert "B-5" not in found["first"]
    both = propose_seats(layout, row("A", 4), [SeatedParty("a", 2, 1, wheelchairs=1), SeatedParty("b", 1, 2)])
    assert both == {}


def test_a_pasted_list() -> None:
    read = read_invitees("  Әсел  Серік ; asel@example.kz ; kk ; 2 ; 10\n\nÉlodie\tel@example.fr\tfr\nDana", "ru")
    told = [(one.name, one.email, one.locale, one.companions_max, one.rank) for one in read]
    assert told == [
        ("Әсел Серік", "asel@example.kz", "kk", 2, 10),
        ("Élodie", "el@example.fr", "fr", 0, 500),
        ("Dana", None, "ru", 0, 500),
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", None),
        (" \n ", None),
        ("\n".join(["x"] * 301), None),
        ("Dana\nSara; no address", 2),
        ("Dana;;de", 1),
        ("Dana;;kk;many", 1),
        ("Dana;;kk;11", 1),
        ("Dana;;kk;0;1000", 1),
        ("Dana;;kk;0;1;more", 1),
        ("; a@example.kz", 1),
        ("x" * 121, 1),
        ("a\x07b", 1),
    ],
)
def test_a_list_that_can_t_be_read_says_where(text: str, line: int | None) -> None:
    with pytest.raises(errors.InvalidField) as refusal:
        read_invitees(text, "en")
    assert refusal.value.data.get("line") == line
