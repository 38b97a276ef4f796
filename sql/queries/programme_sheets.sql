-- The programme as a spreadsheet: handed out whole, and what a file that was handed in would change.

-- name: list_programme
-- Every entry that a file of the festivals $1 may have: theirs, and those that all festivals share.
select entry_table, entry_key, body from programme_entry
where festival_id is null or festival_id = any($1::text[])
order by entry_table, body -> 'position', entry_key
limit $2;

-- name: list_allotments_written
-- The allotments of the festivals $1 that are not released, in the shape of a file; at most $2.
select jsonb_build_object(
    'screening', allotment.screening_id, 'allotment', allotment_id, 'owner', owner,
    'seats', (
        select coalesce(jsonb_agg(seat order by seat), '[]') from allotment_seat
        where allotment_seat.screening_id = allotment.screening_id and allotment_seat.allotment_id = allotment.allotment_id
    ),
    'release_at', release_at, 'tariffs', tariffs
)
from allotment join screening using (screening_id)
where festival_id = any($1::text[]) and released_at is null
order by screening.starts_at, allotment.screening_id, allotment_id
limit $2;

-- name: list_vouchers_written
-- The vouchers of the festivals $1, in the shape of a file; at most $2.
select jsonb_build_object(
    'festival', festival_id, 'voucher', voucher, 'percent', percent, 'uses_max', uses_max, 'valid_until', valid_until
)
from voucher where festival_id = any($1::text[])
order by festival_id, voucher
limit $2;

-- name: keep_upload
-- A workbook that waits for its word: the upload $1 of $2, with its body $3, at $4. Those before $5 go, and all but
-- the latest four of the same person.
with gone as (
    delete from programme_upload
    where uploaded_at < $5 or upload_id in (
        select upload_id from programme_upload where login = $2 order by uploaded_at desc offset 4
    )
)
insert into programme_upload (upload_id, login, body, uploaded_at) values ($1, $2, $3, $4)
on conflict (upload_id) do nothing;

-- name: get_upload
-- The workbook of the upload $1, where $2 has handed it in.
select body from programme_upload where upload_id = $1 and login = $2;

-- name: list_places_of_screenings
-- The festivals and venues of the screenings that a file names by $1: whole ids, or keys within any festival.
select distinct festival_id, venue_id
from screening join hall using (hall_id)
where screening_id = any($1::text[]) or substr(screening_id, length(festival_id) + 2) = any($1::text[]);

-- name: list_hall_layouts
-- The venue and the layout of each of the halls $1.
select hall_id, venue_id, layout_id from hall where hall_id = any($1::text[]);
