"""The mirror of Postgres in Redis: built anew where it is missing, compared and mended where it is there."""

import asyncio
import contextlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
import structlog
from prometheus_client import Counter

from ticketing.kernel.context import Context
from ticketing.kernel.errors import HallChanged, SeatingUnavailable, UnknownScreening
from ticketing.kernel.postgres import database_errors
from ticketing.kernel.queries import load_queries
from ticketing.kernel.redis import Argument
from ticketing.programme.catalogue import Catalogue
from ticketing.programme.layout import Layout
from ticketing.programme.model import Screening
from ticketing.seating.model import (
    OpenOffer,
    SeatingFacts,
    differences,
    offers_text,
    places_moved,
    states_from_facts,
)
from ticketing.seating.scripts import keys_of, run_script

SQL = load_queries("seating")
REBUILD_TTL_MS = 10_000
REBUILD_WAITS_MAX = 40
REBUILD_WAIT_S = 0.05
MIRROR_OUTLIVES_SCREENING_S = 86_400
RECONCILED_AT_ONCE_MAX = 200

log = structlog.get_logger(__name__)
REBUILT = Counter("ticketing_mirror_rebuilt_total", "Mirrors built anew from Postgres")
REPAIRED = Counter("ticketing_mirror_repaired_total", "Places in Redis that contradicted Postgres and were mended")


def terms_of_sale(screening: Screening) -> dict[str, str]:
    """What the gate of a screening's mirror goes by; times in ms since 1970."""
    rules = screening.rules
    on_offer = screening.status == "published" and screening.audience != "invitation"
    return {
        "open": "1" if on_offer else "0",
        "opens": str(_milliseconds(screening.sales_open_at)),
        "closes": str(_milliseconds(screening.sales_close_at)),
        "max": str(rules.seats_per_hold_max),
        "ttl": str(rules.hold_ttl_s * 1000),
        "cap": str(rules.hold_cap_s * 1000),
    }


class Mirror:
    """The mirrors of all screenings, as one process tends them."""

    def __init__(self, context: Context, catalogue: Catalogue) -> None:
        self.context = context
        self.catalogue = catalogue
        self._rebuilds: dict[str, asyncio.Task[None]] = {}

    async def run(
        self,
        name: str,
        screening_id: str,
        arguments: Sequence[Argument],
        more_keys: Sequence[str] = (),
        *,
        layout_id: str = "",
    ) -> tuple[str, list[Any]]:
        """Run a script of a screening, after a rebuild where its mirror is missing.

        ``layout_id`` is the layout whose places the arguments, or the answer, count.

        Raises:
            HallChanged: the screening has another layout by now; the same asked again goes by the new one.
            SeatingUnavailable: Redis does not answer, or the mirror vanishes as fast as it is built.
            UnknownScreening: there is nothing to build a mirror from.
        """
        for _ in range(3):
            redis = self.context.redis
            outcome, rest = await run_script(redis, name, screening_id, arguments, more_keys, layout_id=layout_id)
            if outcome != "missing":
                return outcome, rest
            await self.rebuild(screening_id)
            if layout_id and (await self.catalogue.screening(screening_id)).layout_id != layout_id:
                raise HallChanged(screening=screening_id)
        raise SeatingUnavailable

    async def rebuild(self, screening_id: str) -> None:
        """Build the mirror of a screening from Postgres. Those of this process who need it wait for one rebuild.

        Raises:
            SeatingUnavailable, UnknownScreening, DatabaseUnavailable
        """
        task = self._rebuilds.get(screening_id)
        if task is None:
            task = asyncio.create_task(self._rebuild(screening_id))
            self._rebuilds[screening_id] = task
            task.add_done_callback(lambda _: self._rebuilds.pop(screening_id, None))
        await asyncio.shield(task)

    async def _rebuild(self, screening_id: str) -> None:
        # Not as it was a few seconds ago: it may have moved to another layout since.
        screening = await self.catalogue.fresh_screening(screening_id)
        token = secrets.token_hex(8)
        before = ""
        for _ in range(REBUILD_WAITS_MAX):
            outcome, rest = await self._run_beside_rebuild(
                "begin_rebuild", screening_id, [token, REBUILD_TTL_MS], screening.layout_id
            )
            if outcome == "there":
                return
            if outcome == "ok":
                before = rest[0].decode()
                break
            await asyncio.sleep(REBUILD_WAIT_S)
        else:
            raise SeatingUnavailable
        try:
            outcome, _rest = await self._build(screening, token, before)
        except BaseException:
            # Whoever comes next would wait for the token of a rebuild that nobody goes on with.
            with contextlib.suppress(SeatingUnavailable):
                await self._run_beside_rebuild("abandon_rebuild", screening_id, [token])
            raise
        if outcome != "ok":
            raise SeatingUnavailable
        REBUILT.inc()
        log.debug("mirror_rebuilt", screening=screening_id)

    async def _run_beside_rebuild(
        self, name: str, screening_id: str, arguments: Sequence[Argument], layout_id: str = ""
    ) -> tuple[str, list[Any]]:
        keys = keys_of(screening_id)
        return await run_script(
            self.context.redis,
            name,
            screening_id,
            arguments,
            [keys.rebuild(), keys.late()],
            layout_id=layout_id,
        )

    async def _build(self, screening: Screening, token: str, before: str) -> tuple[str, list[Any]]:
        screening_id = screening.screening_id
        layout = await self.catalogue.layout(screening.layout_id)
        moves = ""
        if before and before != screening.layout_id:
            moves = places_moved(await self.catalogue.layout(before), layout)
        facts = await self._read([screening_id])
        if screening_id not in facts:
            raise UnknownScreening(screening=screening_id)
        known = facts[screening_id]
        states = states_from_facts(layout, known)
        fields: list[Argument] = ["layout", screening.layout_id]
        for pair in terms_of_sale(screening).items():
            fields += pair
        lifetime_s = max(
            int((screening.ends_at - self.context.clock.now()).total_seconds()) + MIRROR_OUTLIVES_SCREENING_S, 3600
        )
        return await self._run_beside_rebuild(
            "finish_rebuild",
            screening_id,
            [
                token,
                bytes(states),
                lifetime_s,
                known.queue,
                offers_text(layout, known.offers),
                before,
                moves,
                *fields,
            ],
            screening.layout_id,
        )

    async def settle(
        self,
        screening_id: str,
        holds: Sequence[str],
        states: Sequence[tuple[Sequence[int], str]],
        *,
        layout_id: str = "",
    ) -> None:
        """Tell the mirror what Postgres has decided: ``states`` pairs place indices with r, s, b or f.

        ``layout_id`` is the layout that counts these places; a mirror of another one is not told.

        A mirror that is missing, or a Redis that does not answer, is no fault here: the rebuild and the reconciler
        read the same from Postgres.
        """
        arguments: list[Argument] = [",".join(holds)]
        for indices, state in states:
            arguments += [",".join(map(str, indices)), state]
        try:
            await self._run_beside_rebuild("settle", screening_id, arguments, layout_id)
        except SeatingUnavailable:
            log.warning("mirror_not_told", screening=screening_id)

    async def reconcile(self, screening_ids: Sequence[str]) -> int:
        """Compare mirrors with Postgres, mend what differs, build what is missing; how many places were mended.

        The mirror is read first and Postgres second, so a ticket sold in between shows as one to be marked sold,
        never as one to be freed; and a repair holds only while the place is as it was seen.

        Raises:
            SeatingUnavailable, DatabaseUnavailable
        """
        repaired = 0
        for first in range(0, len(screening_ids), RECONCILED_AT_ONCE_MAX):
            chunk = screening_ids[first : first + RECONCILED_AT_ONCE_MAX]
            seen = dict(zip(chunk, await asyncio.gather(*map(self._seen, chunk)), strict=True))
            facts = await self._read(chunk)
            for screening_id, snapshot in seen.items():
                if screening_id not in facts:
                    continue
                screening = await self.catalogue.screening(screening_id)
                layout = await self.catalogue.layout(screening.layout_id)
                repaired += await self._mend(screening, layout, snapshot, facts[screening_id])
        return repaired

    async def _seen(self, screening_id: str) -> tuple[bytes, str]:
        _, (_revision, states, layout_id) = await self.run("snapshot", screening_id, [])
        return bytes(states), layout_id.decode()

    async def _mend(
        self,
        screening: Screening,
        layout: Layout,
        seen: tuple[bytes, str],
        facts: SeatingFacts,
    ) -> int:
        states, layout_id = seen
        if layout_id != screening.layout_id:
            # Another layout was pinned since: the old mirror speaks of other places. Its holds move along.
            await self.rebuild(screening.screening_id)
            return 0
        wrong = differences(states, states_from_facts(layout, facts), somebody_waits=facts.somebody_waits)
        arguments: list[Argument] = [facts.queue, len(wrong)]
        for repair in wrong:
            arguments.extend(repair)
        for pair in terms_of_sale(screening).items():
            arguments += pair
        outcome, rest = await run_script(
            self.context.redis, "reconcile", screening.screening_id, arguments, layout_id=layout_id
        )
        mended = int(rest[0]) if outcome == "ok" else 0
        if mended:
            REPAIRED.inc(mended)
            log.warning("mirror_repaired", screening=screening.screening_id, places=mended)
        return mended

    async def _read(self, screening_ids: Sequence[str]) -> dict[str, SeatingFacts]:
        async with database_errors():
            rows = await self.context.postgres.fetch(
                SQL.read_seating, list(screening_ids), self.context.clock.now()
            )
        return {
            row["screening_id"]: SeatingFacts(
                row["reserved"],
                row["sold"],
                row["blocked"],
                row["queue"],
                msgspec.convert(row["offers"], tuple[OpenOffer, ...]),
            )
            for row in rows
        }

    async def open_screenings(self) -> list[str]:
        """The screenings whose mirrors are tended."""
        async with database_errors():
            rows = await self.context.postgres.fetch(SQL.list_open_screenings, self.context.clock.now())
        return [row["screening_id"] for row in rows]


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
