-- What organisers watch. One query a question, whatever the number of screenings.

-- name: list_festival_screenings
-- The screenings of a festival that its organisers watch: published or cancelled, at most $2.
select screening_id from screening
where festival_id = $1 and status <> 'draft'
order by starts_at, screening_id
limit $2;

-- name: count_waiting
-- How many people are on the waiting lists of the screenings $1.
select screening_id, sum(people)::int as people from waiting_entry
where screening_id = any($1::text[]) and status = 'waiting'
group by screening_id;

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
