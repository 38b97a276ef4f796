-- The door. Deciding and writing scans is record_scans in migrations/0004_door_functions.sql.

-- name: record_scans
-- Scans, decided and written in the order given; answers in that order, each as JSON.
select * from record_scans($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- name: get_snapshot
-- All that a gate of screening $1 needs to go on alone, as JSON. Tickets that were never paid for had no code, so
-- they are left out when they are void.
select json_build_object(
    'keys', (
        select coalesce(json_object_agg(key_id::text, encode(public_key, 'base64')), '{}')
        from signing_key where revoked_at is null
    ),
    'tickets', (
        select coalesce(json_agg(json_build_object(
            'ticket', ticket_id, 'seat', seat, 'tariff', tariff, 'revision', revision, 'status', status
        ) order by seat, ticket_id), '[]')
        from (
            select ticket_id, seat, tariff, revision, status
            from ticket where screening_id = $1 and status in ('reserved', 'sold')
            union all
            select ticket_id, seat, tariff, revision, ticket.status
            from ticket join orders using (order_id)
            where screening_id = $1 and ticket.status = 'void' and orders.confirmed_at is not null
        ) as listed
    ),
    'admitted', (
        select coalesce(json_agg(json_build_object(
            'ticket', ticket_id, 'at', admitted_at, 'gate', admitted_gate, 'inside', inside
        ) order by admitted_at, ticket_id), '[]')
        from ticket where screening_id = $1 and entries > 0
    )
)::text;

-- name: list_conflicts
-- Whom gates let in and the house would have refused, the latest first: of screening $1 (null: all), from before
-- ($2, $3) on (null: from the latest), at most $4.
select scan_id, screening_id, ticket_id, gate, direction, verdict, scanned_at, received_at, staff_login,
       answer ->> 'seat' as seat, (answer -> 'first')::jsonb as first,
       (answer -> 'other')::jsonb as other
from scan
where conflict
  and ($1::text is null or screening_id = $1)
  and ($2::timestamptz is null or (received_at, scan_id) < ($2, $3::uuid))
order by received_at desc, scan_id desc
limit $4;
