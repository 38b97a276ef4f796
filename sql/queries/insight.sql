-- What organisers watch. One query a question, whatever the number of screenings.

-- name: read_festival
-- A festival's rules, and a row for each of its screenings that organisers watch (published or cancelled, by start, at
-- most $2) with its tickets, badges, waiting list and seats kept back at the moment $3. One row without a screening where it
-- has none; nothing where there is no such festival.
with watched as materialized (
    select screening.*
    from screening
    where festival_id = $1 and status <> 'draft'
    order by starts_at, screening_id
    limit $2
), tickets as (
    select screening_id, jsonb_agg(jsonb_build_object(
        'screening_id', screening_id, 'tariff', tariff, 'zone', zone,
        'reserved', reserved, 'sold', sold, 'admitted', admitted, 'revenue', revenue
    ) order by tariff, zone) as groups
    from (
        select
            screening_id, tariff, zone,
            count(*) filter (where ticket.status = 'reserved') as reserved,
            count(*) filter (where ticket.status = 'sold') as sold,
            count(*) filter (where ticket.status = 'sold' and entries > 0) as admitted,
            coalesce(sum(price_amount) filter (where ticket.status <> 'reserved'), 0)::bigint as revenue
        from ticket
        join watched using (screening_id)
        -- Those released as no-shows hold no seat any more, but what was paid for them stays.
        where ticket.status in ('reserved', 'sold') or ticket.released_at is not null
        group by screening_id, tariff, zone
    ) as counted
    group by screening_id
), badges as (
    select screening_id, count(*)::int as taken
    from badge_entry join watched using (screening_id) join festival using (festival_id)
    where entries > 0 and (inside or not coalesce((festival.rules ->> 'reentry')::boolean, true))
    group by screening_id
), kept_back as (
    select screening_id, count(*)::int as seats
    from (
        select allotment_seat.screening_id, allotment_seat.seat
        from allotment_seat
        join watched using (screening_id)
        join allotment using (screening_id, allotment_id)
        where released_at is null and (release_at is null or release_at > $3)
        union
        select broken_seat.screening_id, broken_seat.seat from broken_seat join watched using (screening_id)
    ) as kept
    -- A ticket outranks a seat kept back, as in the mirror.
    where not exists (
        select from ticket
        where ticket.screening_id = kept.screening_id and ticket.seat = kept.seat
            and ticket.status in ('reserved', 'sold')
    )
    group by screening_id
), waiting as (
    select screening_id, sum(people)::int as people
    from waiting_entry
    join watched using (screening_id)
    where waiting_entry.status = 'waiting'
    group by screening_id
)
select
    festival.rules::text as rules,
    watched.screening_id, watched.starts_at, watched.ends_at, watched.status, watched.currency,
    case when coalesce(watched.title::jsonb, '{}') = '{}' then film.title::jsonb else watched.title::jsonb end as title,
    film.film_id, film.title::jsonb as film_title,
    version.version_id, version.audio, version.subtitles, version.kind,
    venue.venue_id, venue.name::jsonb as venue, venue.city, venue.city_name::jsonb as city_name, venue.timezone,
    hall.name::jsonb as hall, layout.place_count,
    coalesce(tickets.groups, '[]') as groups,
    coalesce(kept_back.seats, 0) as kept_back,
    coalesce(waiting.people, 0) as waiting,
    watched.accredited_places, coalesce(badges.taken, 0) as badges
from festival
left join watched on true
left join hall on hall.hall_id = watched.hall_id
left join venue on venue.venue_id = hall.venue_id
left join layout on layout.layout_id = watched.layout_id
left join film on film.film_id = watched.film_id
left join version on version.version_id = watched.version_id
left join tickets on tickets.screening_id = watched.screening_id
left join kept_back on kept_back.screening_id = watched.screening_id
left join badges on badges.screening_id = watched.screening_id
left join waiting on waiting.screening_id = watched.screening_id
where festival.festival_id = $1
order by watched.starts_at, watched.screening_id;

-- name: count_waiting
-- How many people are on the waiting lists of the screenings $1.
select screening_id, sum(people)::int as people from waiting_entry
where screening_id = any($1::text[]) and status = 'waiting'
group by screening_id;

-- name: count_badges
-- How many places of screening $1 people with a badge have.
select taken from badge_places($1);

-- name: count_tickets
-- Live tickets and takings of the screenings $1, by tariff and zone.
select
    screening_id, tariff, zone,
    count(*) filter (where status = 'reserved') as reserved,
    count(*) filter (where status = 'sold') as sold,
    count(*) filter (where status = 'sold' and entries > 0) as admitted,
    coalesce(sum(price_amount) filter (where status <> 'reserved'), 0)::bigint as revenue
from ticket
-- Those released as no-shows hold no seat any more, but what was paid for them stays.
where screening_id = any($1::text[]) and (status in ('reserved', 'sold') or released_at is not null)
group by screening_id, tariff, zone
order by screening_id, tariff, zone;

-- name: read_course
-- How a screening ($1) sold and came in, at the moment $2: the share of its places that was sold by each step of 6
-- hours before its start (14 days at most, what is earlier counts at the first step, what is later at the last), and by
-- now while it is ahead, beside the mean over all screenings of its festival that had come so far; first entries by the
-- minute from the start; and when each of its seats was sold. One row.
with watched as materialized (
    select screening.screening_id, screening.starts_at, layout.place_count
    from screening
    join screening as asked on asked.festival_id = screening.festival_id
    join layout on layout.layout_id = screening.layout_id
    where asked.screening_id = $1 and (screening.status = 'published' or screening.screening_id = $1)
), steps as materialized (
    -- Seconds before the start, the last one first.
    select array_agg(distinct ahead order by ahead) as ahead
    from (
        select step * 21600 as ahead from generate_series(0, 56) as fixed (step)
        union all
        select floor(extract(epoch from starts_at - $2))::int from watched
        where screening_id = $1 and starts_at - $2 between interval '1 minute' and interval '14 days'
    ) as both_kinds
), sold as (
    select
        watched.screening_id,
        greatest(1, width_bucket(extract(epoch from watched.starts_at - orders.confirmed_at)::float8, (
            select ahead::float8[] from steps
        ))) as step,
        count(*) as tickets
    from ticket
    join watched using (screening_id)
    join orders using (order_id)
    where ticket.status = 'sold' or ticket.released_at is not null
    group by 1, 2
), grown as (
    select
        watched.screening_id, fixed.ahead, watched.place_count,
        watched.starts_at - fixed.ahead * interval '1 second' <= $2 + interval '1 second' as has_come,
        sum(coalesce(sold.tickets, 0)) over (
            partition by watched.screening_id order by fixed.ahead desc
        )::int as tickets
    from watched
    cross join steps
    cross join unnest(steps.ahead) with ordinality as fixed (ahead, step)
    left join sold on sold.screening_id = watched.screening_id and sold.step = fixed.step
), curve as (
    select
        ahead,
        max(tickets) filter (where screening_id = $1 and has_come) as sold,
        avg(100.0 * tickets / place_count) filter (where has_come) as mean_percent,
        max(100.0 * tickets / place_count) filter (where screening_id = $1 and has_come) as own_percent
    from grown
    group by ahead
), arrived as (
    select floor(extract(epoch from admitted_at - watched.starts_at) / 60)::int as minute, count(*)::int as people
    from ticket join watched using (screening_id)
    where ticket.screening_id = $1 and admitted_at is not null and ticket.status = 'sold'
    group by 1
)
select
    (
        select coalesce(jsonb_agg(jsonb_build_object(
            'hours_before', trim_scale(round(ahead / 3600.0, 2)), 'sold', sold, 'percent', round(own_percent, 1),
            'mean_percent', round(mean_percent, 1)
        ) order by ahead desc), '[]')
        from curve where mean_percent is not null
    )::text as curve,
    (
        select coalesce(jsonb_agg(jsonb_build_object('minute', minute, 'people', people) order by minute), '[]')
        from arrived
    )::text as arrivals,
    (
        select coalesce(jsonb_object_agg(ticket.seat, orders.confirmed_at), '{}')
        from ticket join orders using (order_id)
        where ticket.screening_id = $1 and ticket.status = 'sold'
    )::text as seats;
