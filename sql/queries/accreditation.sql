-- Accreditations: who may enter what.

-- name: lock_festival
-- One request after the other adds to festival $1, so that no two go beyond the bound together.
select from festival where festival_id = $1 for no key update;

-- name: find_request
-- What request $1 has accredited, and the digest of what it asked for.
select accreditation_id, request_digest from accreditation where request_id = $1 order by place;

-- name: count_accreditations
-- How many are accredited to festival $1.
select count(*) from accreditation where festival_id = $1;

-- name: find_unknown
-- Those of screenings $2 that are none of festival $1, of cities $3 without a venue, of venues $4 that are not there.
select 'screenings' as field, asked as unknown from unnest($2::text[]) as asked
where not exists (select from screening where screening_id = asked and festival_id = $1)
union all
select 'cities', asked from unnest($3::text[]) as asked where not exists (select from venue where city = asked)
union all
select 'venues', asked from unnest($4::text[]) as asked where not exists (select from venue where venue_id = asked);

-- name: add_accreditations
-- People $12 (ids), $13 (names), $14 (organisations), $15 (addresses) and $16 (languages), accredited alike to festival
-- $1 in category $2, by request $3 with digest $4: from day $5 to $6, for all screenings $7, all meetings $8, in cities
-- $9, at venues $10, so many screenings a day $11; at $17 by $18.
insert into accreditation (
    accreditation_id, festival_id, category, request_id, request_digest, first_day, last_day, all_screenings,
    all_meetings, cities, venues, screenings_per_day, name, organisation, email, locale, place, added_at, added_by
)
select who.accreditation, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, who.name, who.organisation, who.email,
       who.locale, who.place, $17, $18
from unnest($12::text[], $13::text[], $14::text[], $15::text[], $16::text[])
    with ordinality as who (accreditation, name, organisation, email, locale, place);

-- name: list_screenings_by_name
-- Accreditations $1 enter exactly screenings $2 by name.
with gone as (
    delete from accreditation_screening where accreditation_id = any($1::text[]) and screening_id <> all($2::text[])
)
insert into accreditation_screening (accreditation_id, screening_id)
select accreditation, screening from unnest($1::text[]) as accreditation, unnest($2::text[]) as screening
on conflict do nothing;

-- name: lock_accreditation
-- Nobody else changes accreditation $1 until this is done.
select from accreditation where accreditation_id = $1 for no key update;

-- name: change_accreditation
-- Accreditation $1 is of category $2 from now on, from day $3 to $4, for all screenings $5, all meetings $6, in cities
-- $7, at venues $8, so many screenings a day $9; of $10 (name), $11 (organisation), $12 (address), $13 (language).
update accreditation set
    category = $2, first_day = $3, last_day = $4, all_screenings = $5, all_meetings = $6, cities = $7, venues = $8,
    screenings_per_day = $9, name = $10, organisation = $11, email = $12, locale = $13
where accreditation_id = $1 and erased_at is null
returning accreditation_id;

-- name: revoke_accreditation
-- The badge of $1 lets in nowhere from now on. Answers nothing where it did not before.
update accreditation set status = 'revoked' where accreditation_id = $1 and status = 'active'
returning accreditation_id;

-- name: reissue_badge
-- The badge of $1 in revision $2 is superseded by a new one, which is good. Nothing where another has done so before.
update accreditation set revision = revision + 1, status = 'active'
where accreditation_id = $1 and revision = $2 and revision < 65535 and erased_at is null
returning accreditation_id;

-- name: read_accreditations
-- Accreditations $1, whole.
select * from accreditation_whole where accreditation = any($1::text[]);

-- name: list_accreditations
-- Accreditations of festival $1, in category $2 and status $3 (null: any), in the order in which they were added, after
-- ($4, $5) (null: from the first); at most $6.
select * from accreditation_whole
where festival = $1
  and ($2::text is null or category = $2)
  and ($3::text is null or status = $3)
  and ($4::timestamptz is null or (added_at, accreditation) > ($4, $5::text))
order by added_at, accreditation
limit $6;

-- name: keep_photo
-- The photo $2 of accreditation $1, in place of an earlier one.
insert into accreditation_photo (accreditation_id, content) values ($1, $2)
on conflict (accreditation_id) do update set content = excluded.content;

-- name: remove_photo
-- Accreditation $1 has no photo.
delete from accreditation_photo where accreditation_id = $1 returning accreditation_id;

-- name: touch_accreditation
-- Something beside the row of $1 has changed: gates are told it anew. Nothing for one that is not there, or erased.
update accreditation set revision = revision where accreditation_id = $1 and erased_at is null
returning accreditation_id;

-- name: read_photos
-- The photos of accreditations $1.
select accreditation_id, content from accreditation_photo where accreditation_id = any($1::text[]);

-- name: name_places
-- What cities $1 and venues $2 are called.
select distinct 'city' as kind, city as place, city_name as name from venue where city = any($1::text[])
union all
select 'venue', venue_id, name from venue where venue_id = any($2::text[]);

-- name: list_old_accreditations
-- Those who are named still, although their festival ended longer ago than its rule allows, $3 days where it has none;
-- at $1, at most $2.
select accreditation_id from accreditation join festival using (festival_id)
where erased_at is null
  and ends_on < ($1::timestamptz - make_interval(days => coalesce((rules ->> 'personal_data_days')::int, $3)))::date
order by added_at limit $2
for update of accreditation skip locked;

-- name: list_accreditations_of_person
-- The accreditations that name the address $1, whole; at most $2.
select * from accreditation_whole where lower(email) = lower($1) order by added_at limit $2;

-- name: erase_accreditations
-- Accreditations $1 name nobody any more, at $2, and a badge without a name is good for nothing.
with photo as (delete from accreditation_photo where accreditation_id = any($1::text[]))
update accreditation set name = '', email = '', status = 'revoked', erased_at = $2
where accreditation_id = any($1::text[]) and erased_at is null
returning accreditation_id;

-- name: queue_badge_letter
-- The badge of $1 in revision $2 is mailed at $3; $4 says which time that is asked for.
insert into job (kind, payload, run_at)
values (
    'mail_badge', jsonb_build_object('accreditation', $1::text, 'revision', $2::int, 'request', $4::text), $3
);
