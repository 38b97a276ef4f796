-- Staff: accounts, sign-ins, the audit. An act and its audit row are written by one statement.

-- name: get_account
-- What a sign-in is checked against.
select staff_id, login, password_hash, role
from staff
where login = $1 and active;

-- name: list_accounts
-- Everybody, those who have left included.
select login, role, active, created_at
from staff
order by login;

-- name: add_account
-- A new account: $1 login, $2 password hash, $3 role, $4 now, $5 who did it.
with added as (
    insert into staff (login, password_hash, role, created_at)
    values ($1, $2, $3, $4)
    returning login
)
insert into audit (at, login, act, subject, detail)
select $4, $5, 'staff_added', login, jsonb_build_object('role', $3::text)
from added;

-- name: set_password
-- A new password hash ($2) for $1, at $3 by $4; every sign-in made with the old one ends. Answers the login, if there is one.
with changed as (
    update staff set password_hash = $2 where login = $1 returning staff_id, login
), ended as (
    update staff_session set revoked_at = $3
    where staff_id in (select staff_id from changed) and revoked_at is null
)
insert into audit (at, login, act, subject)
select $3, $4, 'password_set', login
from changed
returning subject;

-- name: set_active
-- Let $1 in ($2 true) or not, at $3 by $4; somebody who may not come in any more is signed out everywhere.
with changed as (
    update staff set active = $2 where login = $1 returning staff_id, login
), ended as (
    update staff_session set revoked_at = $3
    where staff_id in (select staff_id from changed) and revoked_at is null and not $2
)
insert into audit (at, login, act, subject)
select $3, $4, case when $2 then 'staff_enabled' else 'staff_disabled' end, login
from changed
returning subject;

-- name: open_session
-- A sign-in: $1 token digest, $2 staff id, $3 now, $4 its end, $5 login. Ended sign-ins of the same account go out.
with swept as (
    delete from staff_session
    where staff_id = $2 and coalesce(revoked_at, expires_at) < $3::timestamptz - interval '1 day'
), opened as (
    insert into staff_session (token_digest, staff_id, created_at, expires_at)
    values ($1, $2, $3, $4)
)
insert into audit (at, login, act, subject)
values ($3, $5, 'signed_in', $5);

-- name: close_session
-- Sign out: the session of digest $1 ends at $2.
with closed as (
    update staff_session set revoked_at = $2
    where token_digest = $1 and revoked_at is null
    returning staff_id
)
insert into audit (at, login, act, subject)
select $2, staff.login, 'signed_out', staff.login
from closed join staff using (staff_id);

-- name: get_session
-- Who stands behind the token of digest $1, at $2.
select staff.login, staff.role, staff_session.expires_at
from staff_session
join staff using (staff_id)
where staff_session.token_digest = $1
  and staff_session.revoked_at is null
  and staff_session.expires_at > $2
  and staff.active;

-- name: add_audit
-- One line of the audit: $1 when, $2 who, $3 what, $4 to whom or what, $5 more.
insert into audit (at, login, act, subject, detail) values ($1, $2, $3, $4, $5);
