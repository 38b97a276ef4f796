"""A device of the door as ``static/js/door-*.js`` makes one, in Python, so that whole evenings pass in seconds.

Its rules are the browser's own, line by line; ``tests/journeys/test_door_rules.py`` compares the two.
"""

import base64
import uuid
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from enum import StrEnum
from random import Random
from typing import Any, TypeVar

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.door.alone_badges import (
    BadgeFacts,
    BadgeWait,
    Read,
    Signature,
    decide_badge,
    learnt,
    places_left,
    screening_for,
)
from ticketing.door.badges import EveningBadge
from ticketing.door.desk import Door
from ticketing.door.evening import EveningTicket, take_evening
from ticketing.door.model import TYPED_REVISION, Direction, RecordedScan, ScanRequest, Verdict, typed_number
from ticketing.door.offline import ScreeningShown
from ticketing.door.scans import record_scan, record_scans
from ticketing.kernel.ids import TICKET_ID_LENGTH
from ticketing.staff.model import Principal
from ticketing.tickets.code import DOMAIN, CodeRefused, read_code

BATCH_MAX = 100
DARK_ODDS = 1 / 100
Answer = TypeVar("Answer")


class Waiting(msgspec.Struct):
    """A scan that the house may not have heard of; ``shown``: what the device said by itself.

    ``ticket`` may be a badge.
    """

    request: ScanRequest
    ticket: str | None
    at: datetime
    shown: str | None = None


def standing(ticket: EveningTicket | None, waits: Sequence[Waiting]) -> tuple[int, bool]:
    """Entries, and whether somebody is inside, after the scans that the house has not heard of."""
    entries, inside = (ticket.entries, ticket.inside) if ticket else (0, False)
    for scan in waits:
        if scan.shown == "admitted":
            entries, inside = entries + 1, True
        elif scan.shown == "left":
            inside = False
    return entries, inside


class Facts(msgspec.Struct, frozen=True):
    """What a verdict is given by; named as in ``door-rules.js``."""

    read: Read | None
    signature: Signature
    ticket: EveningTicket | None
    id: str | None
    screening: ScreeningShown | None
    listed: bool
    lets_in_to: str | None
    direction: Direction
    at: datetime
    alone: bool


def decide(  # noqa: PLR0911 - a line a reason, as in the browser
    facts: Facts, waits: Sequence[Waiting]
) -> tuple[str, str | None]:
    """The verdict on a code, and the reason where it explains one."""
    read, ticket, screening = facts.read, facts.ticket, facts.screening
    if read is None or (not read.by_hand and facts.signature == "wrong"):
        return "forged", None
    if not facts.listed:
        return "unknown", "no_list"
    if not read.by_hand and facts.signature == "unknown_key":
        return "forged", "unknown_key"
    if ticket is None:
        if read.by_hand:
            return "unknown", "not_listed"
        if facts.signature != "good":
            return "unknown", "unchecked"
    if screening is None:
        return "wrong_screening", None
    entries, inside = standing(ticket, waits)
    paid_since = facts.alone and facts.signature == "good" and ticket is not None and ticket.status == "reserved"
    status = "sold" if ticket is None or paid_since else ticket.status
    verdicts: tuple[tuple[bool, str, str | None], ...] = (
        (status == "void", "void", "no_show" if ticket is not None and ticket.released else None),
        (not screening.published, "void", "screening_cancelled"),
        (ticket is not None and read.revision < ticket.revision, "superseded", None),
        (status == "reserved", "unpaid", None),
        (facts.lets_in_to not in (None, facts.id), "wrong_screening", None),
        (facts.direction == "out" and inside, "left", None),
        (facts.direction == "out", "unknown", "not_inside"),
        (facts.at < screening.doors_at, "too_early", None),
        (facts.at >= screening.ends_at, "ended", None),
        (inside or (entries > 0 and not screening.reentry), "already_admitted", None),
    )
    return next(((verdict, reason) for applies, verdict, reason in verdicts if applies), ("admitted", None))


class Network(StrEnum):
    """``MUTE``: the house hears, and its answers are lost."""

    UP = "up"
    MUTE = "mute"
    DOWN = "down"


class Silence(Exception):
    """Nobody answered."""


class Device:
    """An enrolled telephone at one gate that lets in to one screening."""

    def __init__(self, door: Door, principal: Principal, screening: str, rng: Random) -> None:
        assert principal.post is not None
        self.door, self.principal, self.lets_in_to, self.rng = door, principal, screening, rng
        (self.gate,) = principal.post.gates
        self.network = Network.UP
        self.believes_up = True
        self.waits: list[Waiting] = []
        self.handed_in: list[tuple[ScanRequest, RecordedScan]] = []
        self._mark: int | None = None
        self._tickets: dict[str, EveningTicket] = {}
        self._badges: dict[str, EveningBadge] = {}
        self._screenings: dict[str, ScreeningShown] = {}
        self._keys: dict[str, Ed25519PublicKey] = {}

    async def refresh(self) -> None:
        """Ask the house for what is new."""
        try:
            evening, _ = await self._ask(lambda: take_evening(self.door, None, self._mark, self.principal, "en"))
        except Silence:
            return
        if evening.whole:
            self._tickets.clear()
            self._badges.clear()
        self._badges |= {badge.badge: badge for badge in evening.badges}
        self._tickets |= {ticket.ticket: ticket for ticket in evening.tickets}
        self._mark, self._screenings = evening.mark, evening.screenings
        self._keys = {
            key: Ed25519PublicKey.from_public_bytes(base64.b64decode(public))
            for key, public in evening.keys.items()
        }

    async def scan(self, code: str, direction: Direction, at: datetime) -> tuple[uuid.UUID, str]:
        """What is shown to whoever holds up a code; written down before the house is asked."""
        verdict, read = self._judge(code, direction, at)
        request = ScanRequest(
            scan=uuid.uuid4(), code=code, gate=self.gate, screening=self.lets_in_to, direction=direction
        )
        waiting = Waiting(request, read.ticket if read else None, at)
        self.waits.append(waiting)
        if self.believes_up:
            try:
                answer = await self._ask(lambda: record_scan(self.door, request, self.principal))
            except Silence:
                pass
            else:
                self._learn(answer)
                # Now and then it goes dark before it has noted that this one is done.
                if self.rng.random() >= DARK_ODDS:
                    self.waits.remove(waiting)
                return request.scan, answer.verdict.value
        waiting.shown = verdict
        return request.scan, verdict

    async def hand_in(self) -> None:
        """Hand in what waits, sometimes the later ones first; what was answered is sometimes sent once more."""
        batches = [self.waits[first : first + BATCH_MAX] for first in range(0, len(self.waits), BATCH_MAX)]
        if len(self.waits) > 1 and self.rng.random() < 0.3:
            half = len(self.waits) // 2
            batches = [self.waits[half:], self.waits[:half]]
        for batch in batches:
            requests = [_told(waiting) for waiting in self.rng.sample(batch, len(batch))]
            try:
                answers = await self._ask(lambda told=requests: record_scans(self.door, told, self.principal))
            except Silence:
                return
            self.handed_in += zip(requests, answers, strict=True)
            for answer in answers:
                self._learn(answer)
            self.waits = [waiting for waiting in self.waits if waiting not in batch]
        if self.handed_in and self.rng.random() < 0.1:
            await self._hand_in_again()

    async def _hand_in_again(self) -> None:
        again = self.rng.sample(self.handed_in, min(len(self.handed_in), 20))
        answers = await record_scans(self.door, [request for request, _ in again], self.principal)
        for answer, (_, first) in zip(answers, again, strict=True):
            assert (answer.verdict, answer.conflict) == (first.verdict, first.conflict)

    async def _ask(self, what: Callable[[], Awaitable[Answer]]) -> Answer:
        if self.network is Network.DOWN:
            self.believes_up = False
            raise Silence
        answer = await what()
        self.believes_up = self.network is Network.UP
        if not self.believes_up:
            raise Silence
        return answer

    def _judge(self, code: str, direction: Direction, at: datetime) -> tuple[str, Read | None]:
        read, digest, signature = self._read(code)
        mine = [waiting for waiting in self.waits if read and waiting.ticket == read.ticket]
        if read and len(read.ticket) > TICKET_ID_LENGTH:
            return self._judge_badge(read, signature, direction, at, mine), read
        ticket = self._tickets.get(read.ticket) if read else None
        known = (one for one, shown in self._screenings.items() if shown.digest == digest)
        screening = ticket.screening if ticket else next(known, None)
        facts = Facts(
            read=read,
            signature=signature,
            ticket=ticket,
            id=screening,
            screening=self._screenings.get(screening or ""),
            listed=self._mark is not None,
            lets_in_to=self.lets_in_to,
            direction=direction,
            at=at,
            alone=not self.believes_up,
        )
        return decide(facts, mine)[0], read

    def _judge_badge(
        self, read: Read, signature: Signature, direction: Direction, at: datetime, waits: Sequence[Waiting]
    ) -> str:
        badge, shown = self._badges.get(read.ticket), self._screenings
        before = [BadgeWait(waiting.request.screening, waiting.shown) for waiting in waits]
        screening, open_doors = screening_for(badge, read, shown, self.lets_in_to, direction, at, before)
        listed, left = self._mark is not None, self._places_left(screening)
        facts = BadgeFacts(read, signature, badge, screening, open_doors, shown, listed, direction, at, left)
        return decide_badge(facts, before)[0]

    def _places_left(self, screening: str | None) -> int:
        shown = self._screenings.get(screening or "")
        if shown is None or screening is None:
            return 1
        waits: dict[str, list[BadgeWait]] = {}
        for one in self.waits:
            if one.ticket and len(one.ticket) > TICKET_ID_LENGTH:
                waits.setdefault(one.ticket, []).append(BadgeWait(one.request.screening, one.shown))
        of_screening = (one for one in self._tickets.values() if one.screening == screening)
        sold = sum(one.status == "sold" for one in of_screening)
        return places_left(screening, shown, sold, self._badges, waits)

    def _read(self, code: str) -> tuple[Read | None, str, Signature]:
        typed = typed_number(code)
        if typed is not None:
            return Read(typed, TYPED_REVISION, by_hand=True), "", "unchecked"
        try:
            payload, signed, signature = read_code(code)
        except CodeRefused:
            return None, "", "unchecked"
        digest = base64.b64encode(payload.screening_digest).decode()
        read = Read(payload.ticket_id, payload.revision, digest=digest)
        key = self._keys.get(str(payload.key_id))
        if key is None:
            return read, digest, "unknown_key"
        try:
            key.verify(signature, DOMAIN + signed)
        except InvalidSignature:
            return read, digest, "wrong"
        return read, digest, "good"

    def _learn(self, answer: RecordedScan) -> None:
        if answer.badge:
            return self._learn_badge(answer, answer.badge.accreditation)
        if not answer.ticket or not answer.screening or answer.verdict.value not in LEARNT_FROM:
            return None
        unknown: dict[str, Any] = {"seat": answer.seat or "", "tariff": answer.tariff or "", "revision": 1}
        row = self._tickets.get(answer.ticket) or EveningTicket(
            ticket=answer.ticket, screening=answer.screening, status="sold", **unknown
        )
        admitted = answer.verdict is Verdict.ADMITTED
        inside = answer.verdict is not Verdict.LEFT and (admitted or row.inside)
        self._tickets[row.ticket] = msgspec.structs.replace(
            row, inside=inside, entries=max(1, row.entries + admitted)
        )
        return None

    def _learn_badge(self, answer: RecordedScan, number: str) -> None:
        badge, screening = self._badges.get(number), answer.screening or ""
        shown = self._screenings.get(screening)
        if badge is None or shown is None or answer.verdict.value not in LEARNT_FROM:
            return
        self._badges[number] = learnt(badge, screening, shown, answer.verdict)


LEARNT_FROM = ("admitted", "left", "already_admitted")


def _told(waiting: Waiting) -> ScanRequest:
    shown = Verdict(waiting.shown or "unknown")
    return msgspec.structs.replace(waiting.request, scanned_at=waiting.at, shown=shown)
