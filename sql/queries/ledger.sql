-- Sealing the ledger, and looking for what was tampered with.

-- name: take_turn_to_seal
-- One process seals at a time; the lock ends with the transaction. 0x6c656467 is "ledg".
select pg_try_advisory_xact_lock(1818584167);

-- name: list_unsealed
-- Entries without a seal, the oldest first, at most $1. A transaction that took its entry ids early and commits late
-- is caught up with: 20000 ids back is more than can be under way at once.
select entry_id, screening_id, ticket_id, order_id, kind, tariff, amount, currency, at, seat, reason
from ledger_entry
where entry_id > coalesce((select max(entry_id) from ledger_seal), 0) - 20000
  -- Cut at both ends, so that it costs the same however long the ledger is: no more seals than this can be that new.
  and entry_id not in (select entry_id from ledger_seal order by entry_id desc limit 20000)
order by entry_id
limit $1;

-- name: last_seal
-- The end of the chain.
select position, hash from ledger_seal order by position desc limit 1;

-- name: last_right_numbers
-- The last number issued for each pair of screening ($1) and tariff ($2) that has one.
select wanted.screening_id, wanted.tariff, last.right_number
from unnest($1::text[], $2::text[]) as wanted (screening_id, tariff)
cross join lateral (
    select right_number from ledger_seal
    where ledger_seal.screening_id = wanted.screening_id and ledger_seal.tariff = wanted.tariff
      and ledger_seal.kind = 'issued'
    order by right_number desc limit 1
) as last;

-- name: add_seals
-- Put seals at the end of the chain, an element each.
insert into ledger_seal (position, entry_id, right_number, screening_id, tariff, kind, previous_hash, hash)
select * from unnest(
    $1::bigint[], $2::bigint[], $3::int[], $4::text[], $5::text[], $6::text[], $7::bytea[], $8::bytea[]
);

-- name: list_sealed
-- Seals behind position $1 with what they seal, at most $2. What the seal itself says of its entry stands beside it.
select
    ledger_seal.position, ledger_seal.entry_id, ledger_seal.right_number, ledger_seal.previous_hash,
    ledger_seal.hash, ledger_seal.screening_id as sealed_screening, ledger_seal.tariff as sealed_tariff,
    ledger_seal.kind as sealed_kind,
    ledger_entry.screening_id, ledger_entry.ticket_id, ledger_entry.order_id, ledger_entry.kind, ledger_entry.tariff,
    ledger_entry.amount, ledger_entry.currency, ledger_entry.at, ledger_entry.seat, ledger_entry.reason
from ledger_seal left join ledger_entry using (entry_id)
where ledger_seal.position > $1
order by ledger_seal.position
limit $2;

-- name: count_unsealed
-- Entries that wait for their seal.
select count(*) from ledger_entry left join ledger_seal using (entry_id) where ledger_seal.entry_id is null;
