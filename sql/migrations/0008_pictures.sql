-- Pictures that organisers bring: posters of films, logos of festivals. What is kept is what the import made of
-- them (programme.pictures), never the bytes that came. And the whole screening, which two queries read alike.

-- picture_id is a hash of what came and of the recipe: another picture has another name, so a page that names one
-- may be kept for good.
create table picture (
    picture_id text primary key check (picture_id ~ '^[0-9a-f]{32}$'),
    width      int not null check (width between 1 and 4096),     -- of the largest size
    height     int not null check (height between 1 and 4096)
);

create table picture_size (
    picture_id text not null references picture,
    width_max  int not null check (width_max between 1 and 4096),
    body       bytea not null,                                    -- WebP
    primary key (picture_id, width_max),
    constraint picture_size_is_bounded check (octet_length(body) between 1 and 500000)
);
-- WebP is compressed already.
alter table picture_size alter column body set storage external;

create trigger picture_is_immutable before update or delete on picture
    for each row execute function refuse_change();
create trigger picture_size_is_immutable before update or delete on picture_size
    for each row execute function refuse_change();

create table film_poster (
    film_id    slug primary key references film,
    picture_id text not null references picture
);

create table festival_logo (
    festival_id slug primary key references festival,
    picture_id  text not null references picture
);

-- A screening in the shape of programme.model.Screening, with all that it refers to, beside what it is found by.
create view screening_whole as
select
    screening.screening_id, screening.festival_id, screening.film_id, screening.version_id, screening.status,
    screening.starts_at, screening.ends_at, venue.city, venue.timezone, version.audio, version.subtitles,
    to_jsonb(screening) || jsonb_build_object(
        'festival', screening.festival_id,
        'title', coalesce(screening.title::jsonb, '{}'),
        'film', to_jsonb(film) || jsonb_build_object('film', film.film_id, 'poster', (
            select jsonb_build_object('picture', picture_id, 'width', picture.width, 'height', picture.height)
            from film_poster join picture using (picture_id)
            where film_poster.film_id = film.film_id
        )),
        'version', to_jsonb(version) || jsonb_build_object('version', version.version_id, 'film', version.film_id),
        'venue', to_jsonb(venue) || jsonb_build_object('venue', venue.venue_id),
        'hall', jsonb_build_object('hall', hall.hall_id, 'venue', hall.venue_id, 'name', hall.name),
        'place_count', layout.place_count,
        'rules', festival.rules,
        'prices', priced.prices,
        'zones', zoned.zones
    ) as body
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
) as zoned;

-- A film's screenings, for its page.
create index screening_of_film on screening (film_id, starts_at);
