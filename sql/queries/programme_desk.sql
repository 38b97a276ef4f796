-- The programme's desk: one entry at a time, read in the shape of an import file and written by the import's own rules.

-- name: get_entry
-- The entry of key $2 in the table $1.
select body from programme_entry where entry_table = $1 and entry_key = $2;

-- name: list_entries
-- The entries of the table $1: of the festival $2, or (null) all; at most $3.
select entry_key, body from programme_entry
where entry_table = $1 and ($2::text is null or festival_id = $2)
order by body -> 'position', entry_key
limit $3;

-- name: list_entries_behind
-- The entries of the table $1 of the festival $2 (null: of all), by key, behind the key $3 (null: from the first on); at
-- most $4. Each with the venue of its hall, where it is in one.
select entry_key, body, (select venue_id from hall where hall_id = body ->> 'hall') as venue
from programme_entry
where entry_table = $1 and ($2::text is null or festival_id = $2) and ($3::text is null or entry_key > $3)
order by entry_key
limit $4;

-- name: count_uses
-- What rests on the entry of key $2 in the table $1 ($3 and $4 are the two halves of that key), by kind.
select case $1::text
    when 'festival' then jsonb_build_object(
        'screenings', (select count(*) from screening where festival_id = $2),
        'tickets', (select count(*) from ticket join screening using (screening_id) where festival_id = $2),
        'vouchers', (select count(*) from voucher where festival_id = $2),
        'tariffs', (select count(*) from tariff where festival_id = $2),
        'zones', (select count(*) from price_zone where festival_id = $2),
        'rentals', (select count(*) from rental where festival_id = $2)
    )
    when 'film' then jsonb_build_object(
        'versions', (select count(*) from version where film_id = $2),
        'screenings', (select count(*) from screening where film_id = $2),
        'rentals', (select count(*) from rental where film_id = $2)
    )
    when 'version' then jsonb_build_object('screenings', (select count(*) from screening where version_id = $2))
    when 'venue' then jsonb_build_object('halls', (select count(*) from hall where venue_id = $2))
    when 'hall' then jsonb_build_object('screenings', (select count(*) from screening where hall_id = $2))
    when 'zone' then jsonb_build_object(
        'prices', (select count(*) from price where festival_id = $3 and zone_id = $4),
        'tickets', (select count(*) from ticket join screening using (screening_id) where festival_id = $3 and zone = $4)
    )
    when 'tariff' then jsonb_build_object(
        'prices', (select count(*) from price where festival_id = $3 and tariff_id = $4),
        'tickets', (select count(*) from ticket join screening using (screening_id) where festival_id = $3 and tariff = $4),
        'allotments', (
            select count(*) from allotment join screening using (screening_id)
            where festival_id = $3 and $4 = any(allotment.tariffs)
        )
    )
    when 'price_list' then jsonb_build_object(
        'screenings', (select count(*) from screening where festival_id = $3 and price_list_id = $4)
    )
    -- What was declared by them is kept with its week.
    when 'rental' then '{}'
    when 'screening' then jsonb_build_object(
        'tickets', (select count(*) from ticket where screening_id = $2),
        'live_tickets', (select count(*) from ticket where screening_id = $2 and status in ('reserved', 'sold')),
        'allotments', (select count(*) from allotment where screening_id = $2),
        'guests', (select count(*) from guest where screening_id = $2),
        'waiting', (select count(*) from waiting_entry where screening_id = $2),
        'rentals', (select count(*) from rental where screening_id = $2)
    )
end;

-- name: list_users
-- The festivals and venues of the screenings that show or take place in the entry of key $2 of the table $1, which
-- several may share; a hall and a venue have their own venue.
select distinct screening.festival_id, hall.venue_id
from screening join hall using (hall_id)
where case $1::text
    when 'film' then screening.film_id = $2
    when 'version' then screening.version_id = $2
    when 'venue' then hall.venue_id = $2
    when 'hall' then screening.hall_id = $2
    else false
end
limit 1000;

-- name: get_hall_layout
-- The body of the layout that new screenings in the hall $1 pin.
select layout.body::text from hall join layout using (layout_id) where hall_id = $1;

-- name: get_pinned_layout
-- The hall of the screening $1 and the body of the layout that it pins.
select screening.hall_id, layout.body::text as body from screening join layout using (layout_id) where screening_id = $1;

-- name: set_currency_of_screenings
-- The screenings of the festival $1 are sold in its new currency $2, at $3; none has been sold yet.
update screening set currency = $2, changed_at = $3 where festival_id = $1 and currency <> $2;

-- name: drop_prices
-- The prices of the list $2 of the festival $1 that are not among $3 (zone:tariff).
delete from price
where festival_id = $1 and price_list_id = $2 and zone_id || ':' || tariff_id <> all($3::text[]);

-- name: delete_festival
-- A festival that nothing rests on.
with logo as (delete from festival_logo where festival_id = $1)
delete from festival where festival_id = $1;

-- name: delete_film
-- A film that nothing rests on.
with poster as (delete from film_poster where film_id = $1)
delete from film where film_id = $1;

-- name: delete_version
-- A version that nothing rests on.
delete from version where version_id = $1;

-- name: delete_venue
-- A venue without halls.
delete from venue where venue_id = $1;

-- name: delete_hall
-- A hall without screenings.
delete from hall where hall_id = $1;

-- name: delete_zone
-- The zone $2 of the festival $1, which no price names.
delete from price_zone where festival_id = $1 and zone_id = $2;

-- name: delete_tariff
-- The tariff $2 of the festival $1, which no price names.
delete from tariff where festival_id = $1 and tariff_id = $2;

-- name: delete_price_list
-- The price list $2 of the festival $1, which no screening has.
delete from price where festival_id = $1 and price_list_id = $2;

-- name: delete_screening
-- A screening of which no ticket was ever sold.
delete from screening where screening_id = $1;

-- name: delete_rental
-- The terms $2 of the festival $1; closed weeks keep them in their figures.
delete from rental where festival_id = $1 and rental_id = $2;

-- name: list_week
-- The screenings of the festival $1 that start from $2 to before $3, drafts included, as programme.model.Screening, each
-- with its live tickets and the seats that are kept back; at most $4.
select screening_whole.body::text as body, taken.tickets as sold, kept.seats as kept, layout_check.wheelchairs
from screening_whole
cross join lateral (
    select count(*) as tickets from ticket
    where ticket.screening_id = screening_whole.screening_id and ticket.status in ('reserved', 'sold')
) as taken
cross join lateral (
    select count(*) as seats from allotment_seat join allotment using (screening_id, allotment_id)
    where allotment_seat.screening_id = screening_whole.screening_id and allotment.released_at is null
) as kept
cross join lateral (
    select count(*) as wheelchairs
    from layout, jsonb_array_elements(layout.body -> 'seats') as place
    where layout.layout_id = screening_whole.body ->> 'layout_id' and place ->> 'kind' = 'wheelchair'
) as layout_check
where festival_id = $1 and starts_at >= $2 and starts_at < $3
order by starts_at, screening_whole.screening_id
limit $4;

-- name: list_hall_uses_of_others
-- What other festivals than $1 show in the halls $2 between $3 and $4, drafts included, as programme.model.Screening, each
-- with the name of its festival; at most $5.
select screening_whole.body::text as body, festival.name as festival_name
from screening_whole join screening using (screening_id) join festival on festival.festival_id = screening.festival_id
where screening.hall_id = any($2::text[]) and screening.festival_id <> $1 and screening.status <> 'cancelled'
    and screening.starts_at < $4 and screening.ends_at > $3
order by screening.starts_at, screening.screening_id
limit $5;

-- name: first_screening_day
-- When the first screening of the festival $1 starts that is not over at $2, or its last one; null where it has none.
select coalesce(
    min(starts_at) filter (where ends_at > $2), max(starts_at)
)
from screening where festival_id = $1;

-- name: how_far
-- How far the festival $1 is on its way to being on sale.
select
    (select count(*) from festival) as festivals,
    (select count(*) from hall) as halls,
    (select count(*) from price_zone where festival_id = $1) as zones,
    (select count(*) from tariff where festival_id = $1) as tariffs,
    (select count(distinct price_list_id) from price where festival_id = $1) as price_lists,
    (select count(*) from version) as versions,
    (select count(*) from screening where festival_id = $1) as screenings,
    (select count(*) from screening where festival_id = $1 and status = 'published') as published;
