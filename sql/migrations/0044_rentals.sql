-- On which terms a film is rented for a festival: what its distributors get (the weekly return names it, D212-88).

create table rental (
    festival_id       slug not null references festival,
    rental_id         slug not null,
    film_id           slug not null references film,
    screening_id      slug references screening,   -- null: every screening of the film that has no terms of its own
    distributor       text not null check (length(distributor) between 1 and 300),
    rate_basis_points int check (rate_basis_points between 0 and 10000),   -- of takings without TSA and VAT
    flat_amount       bigint check (flat_amount between 0 and 1000000000),   -- minor units, for each screening
    flat_currency     currency_code,
    primary key (festival_id, rental_id),
    -- A share of takings or a price fixed in advance: never both, never neither.
    constraint rental_is_a_rate_or_flat check ((rate_basis_points is null) <> (flat_amount is null)),
    constraint rental_flat_has_a_currency check ((flat_amount is null) = (flat_currency is null)),
    -- A distributor who stood twice would be paid twice. It also finds the terms of a screening.
    constraint rental_once_a_distributor unique nulls not distinct (festival_id, film_id, screening_id, distributor)
);

-- What is looked for before a screening or a film is deleted.
create index rental_screening on rental (screening_id) where screening_id is not null;
create index rental_film on rental (film_id);

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
    'audience', audience, 'status', status, 'price_list', price_list_id
)
from screening
union all
select 'rental', festival_id || ':' || rental_id, festival_id, jsonb_build_object(
    'festival', festival_id, 'rental', rental_id, 'film', film_id,
    'screening', substr(screening_id, length(festival_id) + 2), 'distributor', distributor,
    'rate_basis_points', rate_basis_points, 'flat_amount', flat_amount, 'flat_currency', flat_currency
)
from rental;
