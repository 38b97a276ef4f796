-- The door. Deciding a scan is record_scan in migrations/*_verdict_of_a_ticket.sql, of a badge record_badge_scan in
-- migrations/*_badges_at_the_door.sql; deciding many is record_scans in migrations/*_screening_of_the_gate.sql.

-- name: record_scans
-- Scans, decided and written in the order given; answers in that order, each as JSON.
select * from record_scans($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13);

-- name: get_snapshot
-- All that a gate of screening $1 needs to go on alone, as JSON: keys, tickets, badges. Tickets that were never paid
-- for had no code, so they are left out when they are void.
select json_build_object(
    'keys', (
        select coalesce(json_object_agg(key_id::text, encode(public_key, 'base64')), '{}')
        from signing_key where revoked_at is null
    ),
    'tickets', (
        select coalesce(json_agg(json_build_object(
            'ticket', ticket_id, 'seat', seat, 'tariff', tariff, 'revision', revision, 'status', status,
            'released', released
        ) order by seat, ticket_id), '[]')
        from (
            select ticket_id, seat, tariff, revision, status, false as released
            from ticket where screening_id = $1 and status in ('reserved', 'sold')
            union all
            select ticket_id, seat, tariff, revision, ticket.status, released_at is not null
            from ticket join orders using (order_id)
            where screening_id = $1 and ticket.status = 'void' and orders.confirmed_at is not null
        ) as listed
    ),
    'admitted', (
        select coalesce(json_agg(json_build_object(
            'ticket', ticket_id, 'at', admitted_at, 'gate', admitted_gate, 'inside', inside
        ) order by admitted_at, ticket_id), '[]')
        from ticket where screening_id = $1 and entries > 0
    ),
    'badges', (select coalesce(json_agg(badge), '[]') from badges_of_evening(array[$1]))
)::text;

-- name: list_evening
-- The screenings of venues $1 that end after $2 and whose doors open before $3, within reach of $5, by start; at most $4.
select screening_id
from screening join hall using (hall_id)
where hall.venue_id = any($1::text[]) and status <> 'draft' and ends_at > $2 and doors_at < $3
  and within_reach($5::jsonb, festival_id, venue_id)
order by starts_at, screening_id
limit $4;

-- name: list_venues_of_evening
-- The venues where a screening within reach of $4 ends after $1 and opens its doors before $2; at most $3.
select venue_id, venue.name, venue.city_name
from venue
where exists (
    select from screening join hall using (hall_id)
    where hall.venue_id = venue.venue_id and status <> 'draft' and ends_at > $1 and doors_at < $2
      and within_reach($4::jsonb, festival_id, venue_id)
)
order by venue_id
limit $3;

-- name: list_venues
-- All venues, at most $1.
select venue_id, name, city_name from venue order by city, venue_id limit $1;

-- name: get_evening
-- Keys, tickets and badges of screenings $1, as JSON: all that gates need, or what has changed since mark $2. A mark is the
-- oldest transaction that was still open when it was given, so a row written by it or a later one may be new to the
-- gate. Numbers of transactions are compared as Postgres does, on a circle of 2^32; a mark from the future is one of
-- another database, and then everything is new. Tickets that were never paid for had no code: they are left out when
-- they are void, but told to a gate that may have seen them before.
with seen as (
    select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as mark,
           $2::bigint is null or $2::bigint > pg_snapshot_xmax(pg_current_snapshot())::text::bigint as whole
)
select json_build_object(
    'mark', mark,
    'whole', whole,
    'keys', (
        select coalesce(json_object_agg(key_id::text, encode(public_key, 'base64')), '{}')
        from signing_key where revoked_at is null
    ),
    'tickets', (
        select coalesce(json_agg(json_build_object(
            'ticket', ticket_id, 'screening', screening_id, 'seat', seat, 'tariff', tariff, 'revision', revision,
            'status', ticket.status, 'entries', entries, 'inside', inside, 'at', admitted_at, 'gate', admitted_gate,
            'released', released_at is not null
        )), '[]')
        from ticket
        where screening_id = any($1::text[])
          and case
              when whole then ticket.status <> 'void' or exists (
                  select from orders where orders.order_id = ticket.order_id and confirmed_at is not null
              )
              else mod(ticket.xmin::text::bigint - mod($2::bigint, 4294967296) + 4294967296, 4294967296) < 2147483648
          end
    ),
    'badges', (
        select coalesce(json_agg(badge), '[]') from badges_of_evening($1::text[])
        where whole or mod(changed_by - mod($2::bigint, 4294967296) + 4294967296, 4294967296) < 2147483648
    )
)::text
from seen;
