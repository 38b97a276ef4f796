-- Halls as the desk sees them: their layouts, drafts of these, and the screenings that go by an older one.

-- name: list_halls
-- Halls by city, venue and id: those of the venues $1 (null: all), or the one of id $2; at most $4. `ahead` counts the
-- screenings that end after $3, `older` those of them that are pinned to another layout than the hall's.
select
    hall.hall_id as hall, hall.venue_id as venue, hall.name, venue.name as venue_name, venue.city_name, venue.timezone,
    hall.layout_id as layout, layout.place_count as places,
    coalesce(screenings.ahead, 0)::int as ahead, coalesce(screenings.older, 0)::int as older
from hall
join venue using (venue_id)
join layout on layout.layout_id = hall.layout_id
left join lateral (
    select count(*) as ahead, count(*) filter (where screening.layout_id <> hall.layout_id) as older
    from screening
    where screening.hall_id = hall.hall_id and screening.ends_at > $3 and screening.status <> 'cancelled'
) as screenings on true
where ($1::text[] is null or hall.venue_id = any($1::text[])) and ($2::text is null or hall.hall_id = $2)
order by venue.city, hall.venue_id, hall.hall_id
limit $4;

-- name: list_venues
-- The venues $1 (null: all) by city and id, at most $2.
select venue_id as venue, name, city_name from venue
where $1::text[] is null or venue_id = any($1::text[])
order by city, venue_id
limit $2;

-- name: list_screenings_of_hall
-- The screenings of hall $1 that end after $2, by start, at most $3: body as programme.model.Screening.
select body::text from screening_whole
where screening_id in (select screening_id from screening where hall_id = $1 and ends_at > $2 and status <> 'cancelled')
order by starts_at, screening_id
limit $3;

-- name: read_venue_of_hall
-- The venue of hall $1; no row where there is none yet.
select venue_id from hall where hall_id = $1;

-- name: lock_hall
-- The hall $1, locked: who saves it second waits, and sees the layout of who was first.
select venue_id, layout_id from hall where hall_id = $1 for update;

-- name: add_hall
-- A new hall $1 of venue $2 called $3 with the layout $4; nothing where it is there by now.
insert into hall (hall_id, venue_id, name, layout_id) values ($1, $2, $3, $4)
on conflict (hall_id) do nothing
returning hall_id;

-- name: change_hall
-- The hall $1 is called $2 and has the layout $3.
update hall set name = $2, layout_id = $3 where hall_id = $1;

-- name: store_layout
-- A layout; one that is there already is the same.
insert into layout (layout_id, body, place_count) values ($1, $2, $3) on conflict (layout_id) do nothing;

-- name: keep_hall_draft
-- The draft of hall $1 by $2: venue $3, name $4, begun with $5, document $6, at $7. Nobody keeps more than $8.
insert into hall_draft (hall_id, login, venue_id, name, based_on, document, saved_at)
select $1::text, $2::text, $3::text, $4::jsonb, $5::text, $6::jsonb, $7::timestamptz
where (select count(*) from hall_draft where login = $2::text and hall_id <> $1::text) < $8::int
on conflict (hall_id, login) do update set
    venue_id = excluded.venue_id, name = excluded.name, based_on = excluded.based_on, document = excluded.document,
    saved_at = excluded.saved_at
returning saved_at;

-- name: read_hall_draft
-- The draft of hall $1 by $2.
select venue_id as venue, name, based_on, document, saved_at from hall_draft where hall_id = $1 and login = $2;

-- name: list_hall_drafts
-- The drafts of $1, the latest first.
select hall_id as hall, venue_id as venue, name, saved_at from hall_draft where login = $1
order by saved_at desc, hall_id;

-- name: drop_hall_draft
-- The draft of hall $1 by $2 is not needed any more.
delete from hall_draft where hall_id = $1 and login = $2;

-- name: find_seats_in_use
-- The places of screening $1 that somebody has or that are kept, and how: at the moment $2.
select seat, status as used from ticket where screening_id = $1 and status in ('reserved', 'sold')
union all
select seat, 'kept_back' from allotment_seat join allotment using (screening_id, allotment_id)
where screening_id = $1 and released_at is null and (release_at is null or release_at > $2)
union all
select seat, 'offered' from waiting_offer_seat where screening_id = $1
union all
select seat, 'broken' from broken_seat where screening_id = $1
order by seat, used;

-- name: lock_screening_of_hall
-- The screening $1, locked, and its hall, which keeps its layout meanwhile.
select screening.layout_id, hall.layout_id as layout_of_hall, screening.ends_at, screening.status
from screening join hall using (hall_id)
where screening_id = $1
for no key update of screening for share of hall;

-- name: read_layout_of_hall
-- The layout that the hall of screening $1 has.
select hall.layout_id from screening join hall using (hall_id) where screening_id = $1;

-- name: lock_layout_of_screening
-- From now to the end of the transaction nobody takes a seat of screening $1.
select pg_advisory_xact_lock(layout_lock($1));

-- name: move_screening
-- The screening $1 goes by the layout $2 from now, $3.
update screening set layout_id = $2, changed_at = $3 where screening_id = $1;
