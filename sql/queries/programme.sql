-- The public reading side of the programme. A screening comes as one JSON text in the shape of
-- programme.model.Screening, with its film, version, venue, hall and prices, so that no list asks twice.

-- name: list_festivals
-- Festivals as programme.model.Festival, those that end last first: the one of id $1, or (null) all; at most $2.
select (to_jsonb(festival) || jsonb_build_object('festival', festival_id))::text
from festival
where $1::text is null or festival_id = $1
order by ends_on desc, festival_id
limit $2;

-- name: get_layout
-- The body of a layout, as it was stored.
select body::text from layout where layout_id = $1;

-- name: get_screening
-- One screening, whole, drafts included.
select (
    to_jsonb(screening) || jsonb_build_object(
        'festival', screening.festival_id,
        'title', coalesce(screening.title::jsonb, '{}'),
        'film', to_jsonb(film) || jsonb_build_object('film', film.film_id),
        'version', to_jsonb(version) || jsonb_build_object('version', version.version_id, 'film', version.film_id),
        'venue', to_jsonb(venue) || jsonb_build_object('venue', venue.venue_id),
        'hall', jsonb_build_object('hall', hall.hall_id, 'venue', hall.venue_id, 'name', hall.name),
        'place_count', layout.place_count,
        'rules', festival.rules,
        'prices', priced.prices,
        'zones', zoned.zones
    )
)::text
from screening
join festival using (festival_id)
join hall using (hall_id)
join venue using (venue_id)
join layout on layout.layout_id = screening.layout_id
left join film on film.film_id = screening.film_id
left join version on version.version_id = screening.version_id
cross join lateral (
    select
        coalesce(jsonb_agg(
            jsonb_build_object(
                'zone', price.zone_id, 'tariff', price.tariff_id, 'amount', price.amount,
                'public', tariff.public, 'family', tariff.family, 'name', tariff.name, 'proof', tariff.proof
            ) order by price_zone.position, price.zone_id, tariff.position, price.tariff_id
        ), '[]') as prices
    from price
    join price_zone using (festival_id, zone_id)
    join tariff using (festival_id, tariff_id)
    where price.festival_id = screening.festival_id and price.price_list_id = screening.price_list_id
) as priced
cross join lateral (
    select
        coalesce(jsonb_agg(
            to_jsonb(price_zone) || jsonb_build_object('zone', price_zone.zone_id)
            order by price_zone.position, price_zone.zone_id
        ), '[]') as zones
    from price_zone
    where price_zone.festival_id = screening.festival_id and exists (
        select from price
        where price.festival_id = screening.festival_id
          and price.price_list_id = screening.price_list_id
          and price.zone_id = price_zone.zone_id
    )
) as zoned
where screening.screening_id = $1;

-- name: list_screenings
-- Published and cancelled screenings by start: $1 festival, $2 city, $3 date in the venue's zone, $4 film,
-- $5 version, $6 language heard or read (each null for any); only what ends after $7, unless a date is asked for;
-- from behind the screening that starts at $8 and is named $9; at most $10.
select (
    to_jsonb(screening) || jsonb_build_object(
        'festival', screening.festival_id,
        'title', coalesce(screening.title::jsonb, '{}'),
        'film', to_jsonb(film) || jsonb_build_object('film', film.film_id),
        'version', to_jsonb(version) || jsonb_build_object('version', version.version_id, 'film', version.film_id),
        'venue', to_jsonb(venue) || jsonb_build_object('venue', venue.venue_id),
        'hall', jsonb_build_object('hall', hall.hall_id, 'venue', hall.venue_id, 'name', hall.name),
        'place_count', layout.place_count,
        'rules', festival.rules,
        'prices', priced.prices,
        'zones', zoned.zones
    )
)::text
from screening
join festival using (festival_id)
join hall using (hall_id)
join venue using (venue_id)
join layout on layout.layout_id = screening.layout_id
left join film on film.film_id = screening.film_id
left join version on version.version_id = screening.version_id
cross join lateral (
    select
        coalesce(jsonb_agg(
            jsonb_build_object(
                'zone', price.zone_id, 'tariff', price.tariff_id, 'amount', price.amount,
                'public', tariff.public, 'family', tariff.family, 'name', tariff.name, 'proof', tariff.proof
            ) order by price_zone.position, price.zone_id, tariff.position, price.tariff_id
        ), '[]') as prices
    from price
    join price_zone using (festival_id, zone_id)
    join tariff using (festival_id, tariff_id)
    where price.festival_id = screening.festival_id and price.price_list_id = screening.price_list_id
) as priced
cross join lateral (
    select
        coalesce(jsonb_agg(
            to_jsonb(price_zone) || jsonb_build_object('zone', price_zone.zone_id)
            order by price_zone.position, price_zone.zone_id
        ), '[]') as zones
    from price_zone
    where price_zone.festival_id = screening.festival_id and exists (
        select from price
        where price.festival_id = screening.festival_id
          and price.price_list_id = screening.price_list_id
          and price.zone_id = price_zone.zone_id
    )
) as zoned
where screening.status in ('published', 'cancelled')
  and ($1::text is null or screening.festival_id = $1)
  and ($2::text is null or venue.city = $2)
  and ($3::date is null or (
      (screening.starts_at at time zone venue.timezone)::date = $3
      -- No zone is further than 14 hours from UTC: this lets the index on starts_at narrow the search.
      and screening.starts_at >= ($3::date - 1)::timestamp at time zone 'UTC'
      and screening.starts_at < ($3::date + 2)::timestamp at time zone 'UTC'
  ))
  and ($4::text is null or screening.film_id = $4)
  and ($5::text is null or screening.version_id = $5)
  and ($6::text is null or version.audio = $6 or version.subtitles ? $6)
  and ($3::date is not null or screening.ends_at > $7)
  and screening.starts_at >= $8
  and (screening.starts_at > $8 or screening.screening_id::text > $9::text)
order by screening.starts_at, screening.screening_id
limit $10;
