"""People are accredited, what they may enter is changed, their badges are revoked and made anew."""

import hashlib
from typing import Final

import msgspec

from ticketing.accreditation.desk import Accreditations
from ticketing.accreditation.model import (
    Accreditation,
    AccreditationTerms,
    Entitlement,
    NewAccreditations,
    said_by,
    terms_of,
)
from ticketing.accreditation.reading import SQL, accreditation_of, read_accreditation
from ticketing.kernel import errors
from ticketing.kernel.errors import N_
from ticketing.kernel.ids import new_accreditation_id
from ticketing.kernel.postgres import Connection, database_errors
from ticketing.programme.desk.model import changed_fields
from ticketing.staff.accounts import add_audit

ACCREDITED_MAX: Final = 5_000
"""At a festival: that many a gate keeps on its list."""
UNKNOWN_PROBLEM: Final = N_("There is something here that this festival does not have")
REVISION_PROBLEM: Final = N_("There is no badge of this revision yet")


async def accredit(desk: Accreditations, festival: str, wish: NewAccreditations, by: str) -> list[Accreditation]:
    """Accredit people to a festival, all or none; their accreditations in the order of ``wish.holders``.

    The same request sent again changes nothing and answers with what it made, as that stands now.

    Raises:
        UnknownFestival
        InvalidField: a screening, city or venue that the festival does not have.
        AccreditationsFull: more than ``ACCREDITED_MAX``.
        IdempotencyMismatch: the request was used for something else.
        DatabaseUnavailable
    """
    await desk.catalogue.festival(festival)
    digest = hashlib.sha256(msgspec.json.encode((festival, wish), order="deterministic")).digest()
    now = desk.context.clock.now()
    async with database_errors(), desk.context.postgres.acquire() as connection, connection.transaction():
        await connection.execute(SQL.lock_festival, festival)
        before = await connection.fetch(SQL.find_request, wish.request)
        if any(row["request_digest"] != digest for row in before):
            raise errors.IdempotencyMismatch
        made = [row["accreditation_id"] for row in before]
        if not made:
            if await connection.fetchval(SQL.count_accreditations, festival) + len(wish.holders) > ACCREDITED_MAX:
                raise errors.AccreditationsFull(max=ACCREDITED_MAX)
            await _check(connection, festival, wish.entitlement)
            made = [new_accreditation_id() for _ in wish.holders]
            terms = wish.entitlement
            await connection.execute(
                SQL.add_accreditations,
                festival,
                wish.category,
                wish.request,
                digest,
                terms.first_day,
                terms.last_day,
                terms.all_screenings,
                terms.all_meetings,
                list(terms.cities),
                list(terms.venues),
                terms.screenings_per_day,
                made,
                [holder.name.strip() for holder in wish.holders],
                [holder.organisation.strip() for holder in wish.holders],
                [holder.email or "" for holder in wish.holders],
                [holder.locale for holder in wish.holders],
                now,
                by,
            )
            await connection.execute(SQL.list_screenings_by_name, made, list(terms.screenings))
            await add_audit(connection, now, by, "accredited", festival, category=wish.category, people=len(made))
        rows = await connection.fetch(SQL.read_accreditations, made)
    found = {row["accreditation"]: accreditation_of(row) for row in rows}
    return [found[one] for one in made]


async def change_accreditation(
    desk: Accreditations, accreditation: str, terms: AccreditationTerms, by: str, *, made_from: str
) -> Accreditation:
    """Give an accreditation that had the version ``made_from`` other terms or another holder. Its badge stays good.
    Sent again, it changes nothing: what stands there already is the answer.

    Raises:
        UnknownAccreditation
        AccreditationErased: it names nobody any more.
        ChangedMeanwhile: it has another version by now; with the fields that would be overwritten unseen.
        InvalidField: a screening, city or venue that its festival does not have.
        DatabaseUnavailable
    """
    before = await read_accreditation(desk, accreditation)
    may, who = terms.entitlement, terms.holder
    async with database_errors(), desk.context.postgres.acquire() as connection, connection.transaction():
        await connection.execute(SQL.lock_accreditation, accreditation)
        (row,) = await connection.fetch(SQL.read_accreditations, [accreditation])
        before = accreditation_of(row)
        if before.erased:
            raise errors.AccreditationErased
        overwritten = changed_fields(said_by(terms_of(before)), said_by(terms))
        if not overwritten:
            return before
        if made_from != before.version:
            raise errors.ChangedMeanwhile(accreditation=accreditation, version=before.version, changed=overwritten)
        await _check(connection, before.festival, may)
        await connection.execute(
            SQL.change_accreditation,
            accreditation,
            terms.category,
            may.first_day,
            may.last_day,
            may.all_screenings,
            may.all_meetings,
            list(may.cities),
            list(may.venues),
            may.screenings_per_day,
            who.name.strip(),
            who.organisation.strip(),
            who.email or "",
            who.locale,
        )
        await connection.execute(SQL.list_screenings_by_name, [accreditation], list(may.screenings))
        # Which fields, not what they say: some are personal data.
        now, fields = desk.context.clock.now(), ", ".join(overwritten)
        await add_audit(connection, now, by, "accreditation_changed", accreditation, fields=fields)
    return await read_accreditation(desk, accreditation)


async def revoke_accreditation(desk: Accreditations, accreditation: str, by: str) -> Accreditation:
    """Its badge lets in nowhere from now on. Revoked again: nothing changes.

    Raises:
        UnknownAccreditation, DatabaseUnavailable
    """
    await read_accreditation(desk, accreditation)
    async with database_errors(), desk.context.postgres.acquire() as connection, connection.transaction():
        if await connection.fetchval(SQL.revoke_accreditation, accreditation) is not None:
            await add_audit(connection, desk.context.clock.now(), by, "accreditation_revoked", accreditation)
    return await read_accreditation(desk, accreditation)


async def reissue_badge(desk: Accreditations, accreditation: str, revision: int, by: str) -> Accreditation:
    """Supersede the badge of ``revision`` by a new one; a revoked accreditation is good again by that.

    Sent again, it changes nothing: that badge is superseded already.

    Raises:
        UnknownAccreditation
        AccreditationErased: it names nobody any more.
        InvalidField: there is no badge of that revision yet.
        DatabaseUnavailable
    """
    before = await read_accreditation(desk, accreditation)
    if before.erased:
        raise errors.AccreditationErased
    if revision > before.revision:
        raise errors.InvalidField(field="revision", problem=REVISION_PROBLEM)
    async with database_errors(), desk.context.postgres.acquire() as connection, connection.transaction():
        if await connection.fetchval(SQL.reissue_badge, accreditation, revision) is not None:
            await add_audit(
                connection, desk.context.clock.now(), by, "badge_reissued", accreditation, revision=revision + 1
            )
    return await read_accreditation(desk, accreditation)


async def _check(connection: Connection, festival: str, terms: Entitlement) -> None:
    unknown = await connection.fetch(
        SQL.find_unknown, festival, list(terms.screenings), list(terms.cities), list(terms.venues)
    )
    if unknown:
        raise errors.InvalidField(
            field=unknown[0]["field"], problem=UNKNOWN_PROBLEM, unknown=[row["unknown"] for row in unknown][:10]
        )
