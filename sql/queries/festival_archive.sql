-- Festivals that were put away.

-- name: over_at
-- When the festival $1 is over: its last day on its own clock, and its last screening that is not cancelled.
select greatest(
    (ends_on + 1)::timestamp at time zone timezone,
    (select max(ends_at) from screening where screening.festival_id = festival.festival_id and status <> 'cancelled')
)
from festival where festival_id = $1;

-- name: archive_festival
-- The festival $1 is put away at $2 by $3, together with its line in the audit. One that is put away stays so.
with archived as (
    insert into festival_archive (festival_id, archived_at, archived_by) values ($1, $2, $3)
    on conflict do nothing returning festival_id
)
insert into audit (at, login, act, subject, detail) select $2, $3, 'festival_archived', festival_id, '{}' from archived;

-- name: take_out_festival
-- The festival $1 is in the lists again from $2 on, by $3.
with taken_out as (delete from festival_archive where festival_id = $1 returning festival_id, archived_at, archived_by)
insert into audit (at, login, act, subject, detail)
select $2, $3, 'festival_taken_out', festival_id, jsonb_build_object('archived_at', archived_at, 'archived_by', archived_by)
from taken_out;

-- name: list_archived
-- Festivals that are put away, and since when.
select festival_id, archived_at from festival_archive;
