-- Files for a monitoring system: what was sold for venues in Kazakhstan, hour by hour.

-- name: take_turn_to_monitor
-- One process makes hours at a time; the lock ends with the transaction. 0x6d6f6e69 is "moni".
select pg_try_advisory_xact_lock(1836019305);

-- name: last_hour
-- The hour that exporter $1 was told last.
select hour, last_position from monitoring_hour where exporter = $1 order by hour desc limit 1;

-- name: first_entry
-- When the first right of all was entered.
select at from ledger_entry order by entry_id limit 1;

-- name: end_of_hour
-- The last seal behind position $1 before the first one of an entry of moment $2 or later: what comes behind that is
-- for the next hour, though some of it may be earlier.
select coalesce(
    (
        select position - 1 from ledger_seal join ledger_entry using (entry_id)
        where position > $1 and at >= $2 order by position limit 1
    ),
    (select max(position) from ledger_seal),
    0
) as position;

-- name: list_monitored
-- Rights sold, returned or moved behind position $1 up to $2 for films in venues in Kazakhstan, at most $3.
select ledger_seal.position as entry, ledger_entry.kind, ledger_entry.at, venue.timezone, venue.country,
    festival.name as festival_name, film.title as film_title,
    screening.title as screening_title, film.original_title, coalesce(film.certificate_number, '') as certificate_number,
    screening.screening_id, screening.starts_at, venue.city_name, venue.name as venue_name, hall.name as hall_name,
    coalesce(ledger_entry.seat, ticket.seat, '') as seat, ledger_entry.tariff, coalesce(tariff.name, '{}') as tariff_name,
    ledger_entry.amount, ledger_entry.currency, ledger_seal.right_number
from ledger_seal
join ledger_entry using (entry_id)
join screening on screening.screening_id = ledger_entry.screening_id
join hall using (hall_id)
join venue using (venue_id)
join film using (film_id)
join festival on festival.festival_id = screening.festival_id
left join ticket on ticket.ticket_id = ledger_entry.ticket_id
left join tariff on tariff.festival_id = screening.festival_id and tariff.tariff_id = ledger_entry.tariff
where ledger_seal.position > $1 and ledger_seal.position <= $2
    and venue.country = 'KZ' and screening.kind = 'film'
    and (ledger_entry.kind in ('issued', 'cancelled') or ledger_entry.reason = 'reseated')
order by ledger_seal.position
limit $3;

-- name: add_hour
-- An hour of exporter $1 with its file.
insert into monitoring_hour (
    exporter, hour, after_position, last_position, entries, late, without_certificate, made_at, name, body
) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- name: list_undelivered
-- Files of exporter $1 that were not handed over, the oldest first, at most $2.
select hour, name, body from monitoring_hour
where exporter = $1 and delivered_at is null and body is not null
order by hour limit $2;

-- name: mark_delivered
-- The file of exporter $1 and hour $2 was handed over at $3.
update monitoring_hour set delivered_at = $3, last_error = null, attempts = attempts + 1
where exporter = $1 and hour = $2 and delivered_at is null;

-- name: mark_failed
-- The file of exporter $1 and hour $2 could not be handed over, because of $3.
update monitoring_hour set last_error = $3, attempts = attempts + 1
where exporter = $1 and hour = $2 and delivered_at is null;

-- name: list_hours
-- Hours with sales of exporter $1 before $2 (null: all), the latest first, at most $3.
select hour, name, entries, late, without_certificate, made_at, octet_length(body) as bytes, attempts, last_error,
    delivered_at
from monitoring_hour
where exporter = $1 and entries > 0 and ($2::timestamptz is null or hour < $2)
order by hour desc limit $3;

-- name: last_made
-- The latest hour of exporter $1, with sales or without.
select max(hour) from monitoring_hour where exporter = $1;

-- name: how_far_told
-- Until when exporter $1 was told everything, and how many of its files wait after a try that failed. Null where nothing
-- was ever sold.
select
    coalesce(
        (select min(hour) from monitoring_hour where exporter = $1 and delivered_at is null and body is not null),
        (select max(hour) + interval '1 hour' from monitoring_hour where exporter = $1),
        (select date_trunc('hour', at, 'UTC') from ledger_entry order by entry_id limit 1)
    ) as told_until,
    (
        select count(*) from monitoring_hour
        where exporter = $1 and delivered_at is null and body is not null and last_error is not null
    ) as failed;

-- name: read_body
-- The file of exporter $1 called $2.
select body from monitoring_hour where exporter = $1 and name = $2 and body is not null;

-- name: list_films_without_certificate
-- Films with screenings in Kazakhstan from $1 on and no certificate number: how many screenings, and the next one.
select film.film_id as film, film.title, count(*) as screenings, min(screening.starts_at) as next_at
from screening join film using (film_id) join hall using (hall_id) join venue using (venue_id)
where venue.country = 'KZ' and screening.kind = 'film' and screening.status = 'published'
    and screening.starts_at >= $1 and nullif(film.certificate_number, '') is null
group by film.film_id, film.title
order by min(screening.starts_at), film.film_id
limit 200;
