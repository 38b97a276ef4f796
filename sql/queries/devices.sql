-- Telephones of the door. An act and its audit row are written by one statement.

-- name: add_device
-- A device that may be enrolled: $1 id, $2 name, $3 venues, $4 gates, $5 now, $6 who did it, $7 digest of the link,
-- $8 the link's end, $9 the festivals of which it scans tickets (null: of all).
with added as (
    insert into device (device_id, name, venues, gates, created_at, created_by, enrolment_digest, enrolment_ends_at,
        festivals)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    returning device_id
)
insert into audit (at, login, act, subject, detail)
select $5, $6, 'device_added', 'device ' || device_id,
       jsonb_build_object('name', $2::text, 'venues', $3::text[], 'gates', $4::text[], 'festivals', $9::text[])
from added;

-- name: renew_enrolment
-- A new link for device $1, by which the telephone that had it loses it: $2 now, $3 who did it, $4 digest, $5 end.
with renewed as (
    update device set enrolment_digest = $4, enrolment_ends_at = $5
    where device_id = $1 and revoked_at is null
    returning device_id, name, gates
), noted as (
    insert into audit (at, login, act, subject)
    select $2, $3, 'device_link_made', 'device ' || device_id from renewed
)
select name, gates from renewed;

-- name: find_enrolment
-- What the link of digest $1 enrols, at $2.
select name, gates from device
where enrolment_digest = $1 and enrolment_ends_at > $2 and revoked_at is null;

-- name: enrol_device
-- Take the link of digest $1 at $2, once: the telephone gets the token of digest $3, which ends at $4.
with enrolled as (
    update device set enrolment_digest = null, enrolment_ends_at = null, token_digest = $3, enrolled_at = $2,
        expires_at = $4, last_seen_at = $2
    where enrolment_digest = $1 and enrolment_ends_at > $2 and revoked_at is null
    returning device_id
), noted as (
    insert into audit (at, login, act, subject)
    select $2, 'device ' || device_id, 'device_enrolled', 'device ' || device_id from enrolled
)
select device_id from enrolled;

-- name: revoke_device
-- Device $1 may do nothing from $2 on, by $3. Answers it where there is one, revoked before or not.
with revoked as (
    update device set revoked_at = $2, enrolment_digest = null, enrolment_ends_at = null
    where device_id = $1 and revoked_at is null
    returning device_id
), noted as (
    insert into audit (at, login, act, subject)
    select $2, $3, 'device_revoked', 'device ' || device_id from revoked
)
select device_id from device where device_id = $1;

-- name: get_device
-- Which device has the token of digest $1, asked at $2; that it was seen is noted once a minute.
with seen as (
    update device set last_seen_at = $2
    where token_digest = $1 and revoked_at is null and expires_at > $2
      and (last_seen_at is null or last_seen_at < $2::timestamptz - interval '1 minute')
)
select device_id, name, venues, gates, festivals, expires_at, revoked_at from device where token_digest = $1;

-- name: list_devices
-- All devices, those in use first, the newest first; at most $1.
select device_id, name, venues, gates, festivals, created_at, created_by, enrolment_ends_at, enrolled_at, expires_at,
       last_seen_at, revoked_at
from device
order by revoked_at is not null, created_at desc, device_id
limit $1;

-- name: find_device
-- Where device $1 lets in.
select venues, festivals from device where device_id = $1;
