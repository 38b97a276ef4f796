-- The writing side of the programme: whole tables at once. Each upsert takes its rows as one jsonb array and
-- answers the key and `added` (else changed) of those it touched; rows that are equal already are not touched.

-- name: lock_imports
-- One import at a time, to the end of its transaction.
select pg_advisory_xact_lock(hashtext('ticketing.programme.import'));

-- name: read_programme_now
-- What the rows of a file may refer to. $1: halls and $2: screenings (ids or the keys in them) that the file names.
select
    (select coalesce(jsonb_agg(jsonb_build_object(
        'festival', festival_id, 'currency', currency, 'timezone', timezone, 'starts_on', starts_on
    )), '[]') from festival) as festival,
    (select coalesce(jsonb_agg(jsonb_build_object(
        'film', film_id, 'running_minutes', running_minutes, 'certificate_number', certificate_number
    )), '[]') from film) as film,
    (select coalesce(jsonb_agg(jsonb_build_object(
        'version', version_id, 'film', film_id, 'audio', audio, 'subtitles', subtitles
    )), '[]') from version) as version,
    (select coalesce(jsonb_agg(jsonb_build_object(
        'venue', venue_id, 'timezone', timezone, 'country', country
    )), '[]') from venue) as venue,
    (select coalesce(jsonb_agg(jsonb_build_object(
        'hall', hall_id, 'venue', venue_id, 'layout_id', layout_id
    )), '[]') from hall) as hall,
    (select coalesce(jsonb_agg(jsonb_build_object(
        'festival', festival_id, 'zone', zone_id
    )), '[]') from price_zone) as zone,
    (select coalesce(jsonb_agg(jsonb_build_object(
        'festival', festival_id, 'tariff', tariff_id
    )), '[]') from tariff) as tariff,
    (select coalesce(jsonb_agg(jsonb_build_object(
        'festival', festival_id, 'price_list', price_list_id, 'zone', zone_id, 'tariff', tariff_id
    )), '[]') from price) as price,
    (select coalesce(jsonb_agg(jsonb_build_object(
        'festival', festival_id, 'rental', rental_id, 'film', film_id, 'distributor', distributor,
        'screening', substr(screening_id, length(festival_id) + 2), 'rate_basis_points', rate_basis_points
    )), '[]') from rental) as rental,
    (select coalesce(jsonb_agg(jsonb_build_object(
        'screening_id', screening_id, 'festival_id', festival_id, 'hall_id', hall_id, 'layout_id', layout_id,
        'currency', currency, 'status', status, 'starts_at', starts_at, 'ends_at', ends_at, 'film_id', film_id,
        'price_list_id', price_list_id
    )), '[]') from screening
    where hall_id = any($1::text[]) or screening_id = any($2::text[])
        or substr(screening_id, length(festival_id) + 2) = any($2::text[])) as screening;

-- name: list_layouts
-- The bodies of the layouts of ids $1.
select layout_id, body::text as body from layout where layout_id = any($1::text[]);

-- name: list_screenings_sold
-- Those of the screenings $1 that have live tickets.
select screening_id from unnest($1::text[]) as asked (screening_id)
where exists (
    select from ticket where ticket.screening_id = asked.screening_id and status in ('reserved', 'sold')
);

-- name: list_screenings_cancelled
-- Those of the screenings $1 that were cancelled at the desk: their buyers have been told.
select screening_id from screening_cancellation where screening_id = any($1::text[]) order by screening_id;

-- name: list_seats_kept
-- The seats of the screenings $1 that are kept back at the moment $2, or (without an allotment) offered to somebody.
select screening_id, seat, allotment_id from allotment_seat join allotment using (screening_id, allotment_id)
where screening_id = any($1::text[]) and released_at is null and (release_at is null or release_at > $2)
union all
select screening_id, seat, null from waiting_offer_seat where screening_id = any($1::text[])
order by 1, 2;

-- name: list_seats_taken
-- Those of the seats to be kept back that have a live ticket and were not kept back for the same owner before.
select r.screening_id, r.allotment_id, r.seat
from jsonb_to_recordset($1::jsonb) as r (screening_id text, allotment_id text, seat text)
join ticket on ticket.screening_id = r.screening_id and ticket.seat = r.seat and ticket.status in ('reserved', 'sold')
where not exists (
    select from allotment_seat as kept
    where kept.screening_id = r.screening_id and kept.seat = r.seat and kept.allotment_id = r.allotment_id
)
order by 1, 2, 3;

-- name: store_layouts
-- Layouts are immutable: one that is there already is the same.
insert into layout (layout_id, body, place_count)
select layout_id, body, place_count
from jsonb_to_recordset($1::jsonb) as r (layout_id text, body jsonb, place_count int)
on conflict (layout_id) do nothing;

-- name: upsert_festival
-- Festivals.
insert into festival (
    festival_id, name, tagline, organisers, country, currency, timezone, starts_on, ends_on, colours, rules
)
select festival, name, tagline, organisers, country, currency, timezone, starts_on, ends_on, colours, rules
from jsonb_to_recordset($1::jsonb) as r (
    festival text, name jsonb, tagline jsonb, organisers jsonb, country text, currency text, timezone text,
    starts_on date, ends_on date, colours jsonb, rules jsonb
)
on conflict (festival_id) do update set
    name = excluded.name, tagline = excluded.tagline, organisers = excluded.organisers, country = excluded.country,
    currency = excluded.currency, timezone = excluded.timezone, starts_on = excluded.starts_on,
    ends_on = excluded.ends_on, colours = excluded.colours, rules = excluded.rules
where (festival.*) is distinct from (excluded.*)
returning festival_id::text as key, xmax = 0 as added;

-- name: upsert_film
-- Films.
insert into film (
    film_id, original_title, title, directors, year, running_minutes, countries, age_category, synopsis,
    visa_number, certificate_number, distributor
)
select
    film, original_title, title, directors, year, running_minutes, countries, age_category, synopsis,
    visa_number, certificate_number, distributor
from jsonb_to_recordset($1::jsonb) as r (
    film text, original_title text, title jsonb, directors jsonb, year int, running_minutes int, countries jsonb,
    age_category text, synopsis jsonb, visa_number text, certificate_number text, distributor text
)
on conflict (film_id) do update set
    original_title = excluded.original_title, title = excluded.title, directors = excluded.directors,
    year = excluded.year, running_minutes = excluded.running_minutes, countries = excluded.countries,
    age_category = excluded.age_category, synopsis = excluded.synopsis, visa_number = excluded.visa_number,
    certificate_number = excluded.certificate_number, distributor = excluded.distributor
where (film.*) is distinct from (excluded.*)
returning film_id::text as key, xmax = 0 as added;

-- name: upsert_version
-- Versions of films.
insert into version (version_id, film_id, audio, subtitles, kind)
select version, film, audio, subtitles, kind
from jsonb_to_recordset($1::jsonb) as r (version text, film text, audio text, subtitles jsonb, kind text)
on conflict (version_id) do update set
    film_id = excluded.film_id, audio = excluded.audio, subtitles = excluded.subtitles, kind = excluded.kind
where (version.*) is distinct from (excluded.*)
returning version_id::text as key, xmax = 0 as added;

-- name: upsert_venue
-- Venues.
insert into venue (venue_id, name, city, city_name, country, timezone, address)
select venue, name, city, city_name, country, timezone, address
from jsonb_to_recordset($1::jsonb) as r (
    venue text, name jsonb, city text, city_name jsonb, country text, timezone text, address jsonb
)
on conflict (venue_id) do update set
    name = excluded.name, city = excluded.city, city_name = excluded.city_name, country = excluded.country,
    timezone = excluded.timezone, address = excluded.address
where (venue.*) is distinct from (excluded.*)
returning venue_id::text as key, xmax = 0 as added;

-- name: upsert_hall
-- Halls with the layout that new screenings in them will pin.
insert into hall (hall_id, venue_id, name, layout_id)
select hall, venue, name, layout_id
from jsonb_to_recordset($1::jsonb) as r (hall text, venue text, name jsonb, layout_id text)
on conflict (hall_id) do update set
    venue_id = excluded.venue_id, name = excluded.name, layout_id = excluded.layout_id
where (hall.*) is distinct from (excluded.*)
returning hall_id::text as key, xmax = 0 as added;

-- name: upsert_zone
-- Price zones.
insert into price_zone (festival_id, zone_id, name, colour, position)
select festival, zone, name, colour, position
from jsonb_to_recordset($1::jsonb) as r (festival text, zone text, name jsonb, colour text, position int)
on conflict (festival_id, zone_id) do update set
    name = excluded.name, colour = excluded.colour, position = excluded.position
where (price_zone.*) is distinct from (excluded.*)
returning festival_id || '/' || zone_id as key, xmax = 0 as added;

-- name: upsert_tariff
-- Tariffs.
insert into tariff (festival_id, tariff_id, name, family, proof, public, position)
select festival, tariff, name, family, proof, public, position
from jsonb_to_recordset($1::jsonb) as r (
    festival text, tariff text, name jsonb, family text, proof jsonb, public boolean, position int
)
on conflict (festival_id, tariff_id) do update set
    name = excluded.name, family = excluded.family, proof = excluded.proof, public = excluded.public,
    position = excluded.position
where (tariff.*) is distinct from (excluded.*)
returning festival_id || '/' || tariff_id as key, xmax = 0 as added;

-- name: upsert_price
-- Prices.
insert into price (festival_id, price_list_id, zone_id, tariff_id, amount)
select festival, price_list, zone, tariff, amount
from jsonb_to_recordset($1::jsonb) as r (
    festival text, price_list text, zone text, tariff text, amount bigint
)
on conflict (festival_id, price_list_id, zone_id, tariff_id) do update set amount = excluded.amount
where price.amount is distinct from excluded.amount
returning festival_id || '/' || price_list_id || '/' || zone_id || '/' || tariff_id as key, xmax = 0 as added;

-- name: step_aside_screenings
-- Screenings that move leave their hall first, so that two can change places in one import: the constraint that
-- keeps a hall free is looked at row by row.
update screening set status = 'draft'
from jsonb_to_recordset($1::jsonb) as r (
    screening_id text, hall_id text, starts_at timestamptz, ends_at timestamptz, status text
)
where screening.screening_id = r.screening_id and screening.status = 'published'
    and (screening.hall_id, screening.starts_at, screening.ends_at, screening.status)
        is distinct from (r.hall_id, r.starts_at, r.ends_at, r.status);

-- name: upsert_screening
-- Screenings; $2 is the time of the change.
insert into screening (
    screening_id, festival_id, kind, film_id, version_id, title, hall_id, layout_id, starts_at, ends_at, doors_at,
    sales_open_at, sales_close_at, audience, status, currency, price_list_id, accredited_places,
    changed_at
)
select
    screening_id, festival_id, kind, film_id, version_id, title, hall_id, layout_id, starts_at, ends_at, doors_at,
    sales_open_at, sales_close_at, audience, status, currency, price_list_id, accredited_places,
    $2::timestamptz
from jsonb_to_recordset($1::jsonb) as r (
    screening_id text, festival_id text, kind text, film_id text, version_id text, title jsonb, hall_id text,
    layout_id text, starts_at timestamptz, ends_at timestamptz, doors_at timestamptz, sales_open_at timestamptz,
    sales_close_at timestamptz, audience text, status text, currency text, price_list_id text,
    accredited_places int
)
on conflict (screening_id) do update set
    festival_id = excluded.festival_id, kind = excluded.kind, film_id = excluded.film_id,
    version_id = excluded.version_id, title = excluded.title, hall_id = excluded.hall_id,
    layout_id = excluded.layout_id, starts_at = excluded.starts_at, ends_at = excluded.ends_at,
    doors_at = excluded.doors_at, sales_open_at = excluded.sales_open_at,
    sales_close_at = excluded.sales_close_at, audience = excluded.audience, status = excluded.status,
    currency = excluded.currency, price_list_id = excluded.price_list_id,
    accredited_places = excluded.accredited_places, changed_at = excluded.changed_at
where (
    screening.festival_id, screening.kind, screening.film_id, screening.version_id, screening.title,
    screening.hall_id, screening.layout_id, screening.starts_at, screening.ends_at, screening.doors_at,
    screening.sales_open_at, screening.sales_close_at, screening.audience, screening.status, screening.currency,
    screening.price_list_id, screening.accredited_places
) is distinct from (
    excluded.festival_id, excluded.kind, excluded.film_id, excluded.version_id, excluded.title,
    excluded.hall_id, excluded.layout_id, excluded.starts_at, excluded.ends_at, excluded.doors_at,
    excluded.sales_open_at, excluded.sales_close_at, excluded.audience, excluded.status, excluded.currency,
    excluded.price_list_id, excluded.accredited_places
)
returning screening_id::text as key, xmax = 0 as added;

-- name: upsert_rental
-- Rental terms of films.
insert into rental (
    festival_id, rental_id, film_id, screening_id, distributor, rate_basis_points, flat_amount, flat_currency
)
select festival, rental, film, screening_id, distributor, rate_basis_points, flat_amount, flat_currency
from jsonb_to_recordset($1::jsonb) as r (
    festival text, rental text, film text, screening_id text, distributor text, rate_basis_points int,
    flat_amount bigint, flat_currency text
)
on conflict (festival_id, rental_id) do update set
    film_id = excluded.film_id, screening_id = excluded.screening_id, distributor = excluded.distributor,
    rate_basis_points = excluded.rate_basis_points, flat_amount = excluded.flat_amount,
    flat_currency = excluded.flat_currency
where (rental.*) is distinct from (excluded.*)
returning festival_id || '/' || rental.rental_id as key, xmax = 0 as added;

-- name: upsert_allotment
-- Allotments; one that has been released stays as it was released.
insert into allotment (screening_id, allotment_id, owner, release_at, tariffs)
select screening_id, allotment_id, owner, release_at, tariffs
from jsonb_to_recordset($1::jsonb) as r (
    screening_id text, allotment_id text, owner text, release_at timestamptz, tariffs text[]
)
on conflict (screening_id, allotment_id) do update set
    owner = excluded.owner, release_at = excluded.release_at, tariffs = excluded.tariffs
where allotment.released_at is null
    and (allotment.owner, allotment.release_at, allotment.tariffs)
        is distinct from (excluded.owner, excluded.release_at, excluded.tariffs)
returning screening_id || '/' || allotment_id as key, xmax = 0 as added;

-- name: drop_allotment_seats
-- Seats that the allotments in $1 keep back no longer according to $2.
delete from allotment_seat
using jsonb_to_recordset($1::jsonb) as r (screening_id text, allotment_id text), allotment
where allotment_seat.screening_id = r.screening_id and allotment_seat.allotment_id = r.allotment_id
    and allotment.screening_id = r.screening_id and allotment.allotment_id = r.allotment_id
    and allotment.released_at is null
    and not exists (
        select from jsonb_to_recordset($2::jsonb) as wanted (screening_id text, allotment_id text, seat text)
        where wanted.screening_id = r.screening_id and wanted.allotment_id = r.allotment_id
            and wanted.seat = allotment_seat.seat
    )
returning allotment_seat.screening_id || '/' || allotment_seat.allotment_id as key;

-- name: add_allotment_seats
-- Seats newly kept back; those that are already, by the same allotment, are left.
insert into allotment_seat (screening_id, seat, allotment_id)
select r.screening_id, r.seat, r.allotment_id
from jsonb_to_recordset($1::jsonb) as r (screening_id text, allotment_id text, seat text)
join allotment using (screening_id, allotment_id)
where allotment.released_at is null
    and not exists (
        select from allotment_seat as kept
        where kept.screening_id = r.screening_id and kept.seat = r.seat and kept.allotment_id = r.allotment_id
    )
returning screening_id || '/' || allotment_id as key;

-- name: upsert_voucher
-- Vouchers; how often one has been used is not the file's to say.
insert into voucher (festival_id, voucher, percent, uses_max, valid_until)
select festival, voucher, percent, uses_max, valid_until
from jsonb_to_recordset($1::jsonb) as r (
    festival text, voucher text, percent int, uses_max int, valid_until timestamptz
)
on conflict (festival_id, voucher) do update set
    percent = excluded.percent, uses_max = excluded.uses_max, valid_until = excluded.valid_until
where (voucher.percent, voucher.uses_max, voucher.valid_until)
    is distinct from (excluded.percent, excluded.uses_max, excluded.valid_until)
returning festival_id || '/' || voucher.voucher as key, xmax = 0 as added;

-- name: store_picture
-- Pictures never change: one that is there already is the same.
insert into picture (picture_id, width, height) values ($1, $2, $3) on conflict (picture_id) do nothing;

-- name: store_picture_size
-- The bytes of a picture in one size.
insert into picture_size (picture_id, width_max, body) values ($1, $2, $3) on conflict do nothing;

-- name: upsert_poster
-- Which picture is a film's poster.
insert into film_poster (film_id, picture_id)
select r."of", r.picture_id from jsonb_to_recordset($1::jsonb) as r ("of" text, picture_id text)
on conflict (film_id) do update set picture_id = excluded.picture_id
where film_poster.picture_id is distinct from excluded.picture_id
returning film_id::text as key, xmax = 0 as added;

-- name: upsert_logo
-- Which picture is a festival's logo.
insert into festival_logo (festival_id, picture_id)
select r."of", r.picture_id from jsonb_to_recordset($1::jsonb) as r ("of" text, picture_id text)
on conflict (festival_id) do update set picture_id = excluded.picture_id
where festival_logo.picture_id is distinct from excluded.picture_id
returning festival_id::text as key, xmax = 0 as added;
