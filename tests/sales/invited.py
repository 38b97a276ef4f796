"""An organiser's desk with invitations to one screening, for tests."""

from datetime import timedelta
from typing import Any

from tests.seating.box_office import BoxOffice
from ticketing.kernel.context import Context
from ticketing.programme.model import Screening
from ticketing.sales.allotments import AllotmentTerms, set_allotment
from ticketing.sales.invitations.answering import KIND, OpenInvitation, answer_invitation
from ticketing.sales.invitations.model import Answer, Invitation, InvitationTerms, Invitee, Round
from ticketing.sales.invitations.rounds import invite, read_round, set_terms

CLIENT = "203.0.113.9"


class Hosts:
    """Who invites: to a screening with an allotment "embassy" of A-1 … A-8."""

    def __init__(self, office: BoxOffice, screening: Screening) -> None:
        self.office, self.screening, self.sales = office, screening, office.house.sales

    @classmethod
    async def opened(cls, context: Context, people_max: int = 6) -> "Hosts":
        # A whole minute, as people write it down.
        starts_at = (context.clock.now() + timedelta(days=5)).replace(second=0, microsecond=0)
        office = await BoxOffice.opened(context, starts_at=starts_at)
        await office.reconcile()
        made = cls(office, await office.house.catalogue.screening(office.screening))
        seats = tuple(f"A-{number}" for number in range(1, 9))
        await set_allotment(made.sales, made.screening, "embassy", AllotmentTerms("Embassy", seats), "olga")
        await made.set(people_max)
        return made

    async def set(self, people_max: int, **more: Any) -> Round:
        now = self.sales.context.clock.now()
        usual = {"answer_by": now + timedelta(days=3), "remind_at": now + timedelta(days=1), "allotment": "embassy"}
        return await set_terms(self.sales, self.screening, InvitationTerms(people_max, **{**usual, **more}), "olga")

    async def invite(self, *names: str, **more: Any) -> list[str]:
        """Invite people at addresses made of their names, with two companions."""
        usual: dict[str, Any] = {"locale": "fr", "companions_max": 2}
        usual |= more
        people = [Invitee(name, **{"email": f"{name.lower()}@example.org", **usual}) for name in names]
        return await invite(self.sales, self.screening, people, "olga")

    async def answer(
        self, invitation: str, *companions: str, attending: bool = True, **more: Any
    ) -> OpenInvitation:
        secret = self.sales.context.secrets.link_secret(KIND, invitation)
        answer = Answer(attending, companions, **more)
        return await answer_invitation(self.sales, invitation, secret, answer, CLIENT)

    async def round(self) -> dict[str, Invitation]:
        found = await read_round(self.sales, self.screening)
        assert found is not None
        return {one.name: one for one in found.invitations}

    async def statuses(self) -> dict[str, str]:
        return {name: one.status for name, one in (await self.round()).items()}

    async def jobs(self) -> list[str]:
        """What is to be mailed, by kind."""
        rows = await self.office.context.postgres.fetch("select kind from job order by job_id")
        return [row["kind"] for row in rows]
