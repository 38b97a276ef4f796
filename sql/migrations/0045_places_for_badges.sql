-- Badges have no seat: so many of them are let in to a screening as there are places for them, first come first served.

-- How many that are; null: the festival's rule accredited_places_percent of the hall, and without it all of the hall.
alter table screening add column accredited_places int
    constraint screening_has_places_for_badges check (accredited_places between 0 and 100000);

-- As in 0044, with that.
create or replace view programme_entry as
select 'festival' as entry_table, festival_id::text as entry_key, festival_id::text as festival_id, jsonb_build_object(
    'festival', festival_id, 'name', name, 'tagline', tagline, 'organisers', organisers, 'country', country,
    'currency', currency, 'timezone', timezone, 'starts_on', starts_on, 'ends_on', ends_on, 'colours', colours,
    'rules', rules
) as body
from festival
union all
select 'film', film_id, null, jsonb_build_object(
    'film', film_id, 'original_title', original_title, 'title', title, 'directors', directors, 'year', year,
    'running_minutes', running_minutes, 'countries', countries, 'age_category', age_category, 'synopsis', synopsis,
    'visa_number', visa_number, 'certificate_number', certificate_number, 'distributor', distributor
)
from film
union all
select 'version', version_id, null, jsonb_build_object(
    'version', version_id, 'film', film_id, 'audio', audio, 'subtitles', subtitles, 'kind', kind
)
from version
union all
select 'venue', venue_id, null, jsonb_build_object(
    'venue', venue_id, 'name', name, 'city', city, 'city_name', city_name, 'country', country, 'timezone', timezone,
    'address', address
)
from venue
union all
select 'hall', hall_id, null, jsonb_build_object('hall', hall_id, 'venue', venue_id, 'name', name)
from hall
union all
select 'zone', festival_id || ':' || zone_id, festival_id, jsonb_build_object(
    'festival', festival_id, 'zone', zone_id, 'name', name, 'colour', colour, 'position', position
)
from price_zone
union all
select 'tariff', festival_id || ':' || tariff_id, festival_id, jsonb_build_object(
    'festival', festival_id, 'tariff', tariff_id, 'name', name, 'family', family, 'proof', proof, 'public', public,
    'position', position
)
from tariff
union all
select 'price_list', festival_id || ':' || price_list_id, festival_id, jsonb_build_object(
    'festival', festival_id, 'price_list', price_list_id,
    'amounts', jsonb_object_agg(zone_id || ':' || tariff_id, amount)
)
from price
group by festival_id, price_list_id
union all
select 'screening', screening_id, festival_id, jsonb_build_object(
    'festival', festival_id, 'screening', substr(screening_id, length(festival_id) + 2), 'kind', kind,
    'film', film_id, 'version', version_id, 'title', title, 'hall', hall_id, 'starts_at', starts_at,
    'ends_at', ends_at, 'doors_at', doors_at, 'sales_open_at', sales_open_at, 'sales_close_at', sales_close_at,
    'audience', audience, 'status', status, 'price_list', price_list_id,
    'accredited_places', accredited_places
)
from screening
union all
select 'rental', festival_id || ':' || rental_id, festival_id, jsonb_build_object(
    'festival', festival_id, 'rental', rental_id, 'film', film_id,
    'screening', substr(screening_id, length(festival_id) + 2), 'distributor', distributor,
    'rate_basis_points', rate_basis_points, 'flat_amount', flat_amount, 'flat_currency', flat_currency
)
from rental;

-- What turns on the places for badges of a screening takes turns.
create function badge_places_lock(asked_screening text) returns bigint language sql immutable as $$
    select hashtextextended('ticketing.badge_places ' || asked_screening, 0)
$$;

-- The places for badges at a screening, never more than have no ticket, and how many are taken: who leaves gives theirs
-- back where people may come in again. Beside them what the door shows: tickets let in and sold, people let in by badge.
-- programme.model.places_for_badges and static/js/door-badges.js have the same rule.
create function badge_places(asked_screening text)
returns table (places int, taken bigint, badges bigint, admitted bigint, sold bigint) language sql stable as $$
    select
        greatest(0, least(
            coalesce(
                screening.accredited_places,
                layout.place_count * (festival.rules ->> 'accredited_places_percent')::int / 100,
                layout.place_count
            ),
            layout.place_count - tickets.sold
        ))::int,
        entered.taken, entered.badges, tickets.admitted, tickets.sold
    from screening
    join festival using (festival_id)
    join layout on layout.layout_id = screening.layout_id
    cross join lateral (
        select coalesce(sum(counted.admitted), 0)::bigint as admitted, coalesce(sum(counted.sold), 0)::bigint as sold
        from ticket_count as counted where counted.screening_id = screening.screening_id
    ) as tickets
    cross join lateral (
        select
            count(*) as badges,
            count(*) filter (where inside or not coalesce((festival.rules ->> 'reentry')::boolean, true)) as taken
        from badge_entry as entry where entry.screening_id = screening.screening_id and entries > 0
    ) as entered
    where screening.screening_id = asked_screening
$$;

-- How many other badges were inside at once, at the most, from a moment on: of somebody whom a gate let in alone, since
-- those who came later and were let in by the house found places that were not free any more.
create index scan_of_badges_by_screening on scan (screening_id, scanned_at) where accreditation_id is not null;
create function badges_at_once(asked_screening text, but_for text, since timestamptz)
returns bigint language sql stable as $$
    with passed as (
        select
            scan_id, scanned_at, received_at, verdict,
            lag(verdict, 1, 'left') over (
                partition by accreditation_id order by scanned_at, received_at, scan_id
            ) as before
        from scan
        where screening_id = asked_screening and accreditation_id <> but_for and verdict in ('admitted', 'left')
    ), inside as (
        select scanned_at, sum(case verdict when 'admitted' then 1 else -1 end) over (
            order by scanned_at, received_at, scan_id
        ) as badges
        from passed where verdict <> before
    )
    select greatest(
        coalesce((select badges from inside where scanned_at <= since order by scanned_at desc limit 1), 0),
        coalesce((select max(badges) from inside where scanned_at > since), 0)
    )
$$;
