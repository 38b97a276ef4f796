-- Rental terms, as 0044 has them, and the places for badges of a screening, as 0045 has them: that view had the one without
-- the other, so terms that were entered were found by no desk and no workbook.

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
