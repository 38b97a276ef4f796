-- Whom gates let in and the house would have refused, and what came of it.

-- name: list_conflicts
-- The latest first: of screening $1 (null: all within reach of $5), from before ($2, $3) on (null: from the latest), at
-- most $4; $6: those that are settled, or those that are not (null: both).
select scan_id, screening_id, ticket_id, accreditation_id, gate, direction, verdict, scanned_at, received_at, staff_login,
       by_hand, answer ->> 'seat' as seat, answer ->> 'reason' as reason, (answer -> 'first')::jsonb as first,
       (answer -> 'other')::jsonb as other, gate_screening_id, outcome, note, settled_at, settled_by
from scan left join conflict_settlement using (scan_id)
where conflict
  and ($1::text is null or screening_id = $1)
  and ($2::timestamptz is null or (received_at, scan_id) < ($2, $3::uuid))
  and ($5::jsonb is null or (screening_id is not null and screening_within_reach($5, screening_id)))
  and ($6::boolean is null or (settled_at is not null) = $6)
order by received_at desc, scan_id desc
limit $4;

-- name: count_open_conflicts
-- How many are not settled: of screening $1 (null: all within reach of $2); counted up to $3.
select count(*)::int
from (
    select from scan
    where conflict
      and ($1::text is null or screening_id = $1)
      and not exists (select from conflict_settlement where conflict_settlement.scan_id = scan.scan_id)
      and ($2::jsonb is null or (screening_id is not null and screening_within_reach($2, screening_id)))
    limit $3
) as open;

-- name: read_conflict
-- The conflict $1 as it is listed, and whether it is within reach of $2; no row where the scan is none.
select scan_id, screening_id, ticket_id, accreditation_id, gate, direction, verdict, scanned_at, received_at, staff_login,
       by_hand, answer ->> 'seat' as seat, answer ->> 'reason' as reason, (answer -> 'first')::jsonb as first,
       (answer -> 'other')::jsonb as other, gate_screening_id, outcome, note, settled_at, settled_by,
       $2::jsonb is null or (screening_id is not null and screening_within_reach($2, screening_id)) as within_reach
from scan left join conflict_settlement using (scan_id)
where conflict and scan_id = $1;

-- name: settle_conflict
-- The conflict $1 came to $2, with the note $3, at $4, by $5. Settled already: nothing. The audit leaves the note out, in
-- which people write names.
with settled as (
    insert into conflict_settlement (scan_id, outcome, note, settled_at, settled_by)
    select scan_id, $2, $3, $4, $5 from scan where scan_id = $1 and conflict
    on conflict (scan_id) do nothing
    returning scan_id, outcome
)
insert into audit (at, login, act, subject, detail)
select $4, $5, 'conflict_settled', coalesce(screening_id, scan_id::text),
    jsonb_build_object('scan', scan_id, 'outcome', outcome)
from settled join scan using (scan_id);

-- name: reopen_conflict
-- The conflict $1 is open again, at $2, by $3. Open already: nothing.
with reopened as (
    delete from conflict_settlement where scan_id = $1 returning scan_id, outcome, settled_by
)
insert into audit (at, login, act, subject, detail)
select $2, $3, 'conflict_reopened', coalesce(screening_id, scan_id::text),
    jsonb_build_object('scan', scan_id, 'was', jsonb_build_object('outcome', outcome, 'by', settled_by))
from reopened join scan using (scan_id);
