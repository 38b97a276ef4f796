-- Staff: accounts, sign-ins, the audit. An act and its audit row are written by one statement.

-- name: get_account
-- What a sign-in is checked against. Somebody who may nothing anywhere can't sign in.
select staff_id, login, password_hash, second_factor_sealed,
       json_agg(json_build_object('role', role, 'festival', festival_id, 'venue', venue_id))::text as grants
from staff join staff_grant using (staff_id)
where login = $1 and active
group by staff_id;

-- name: list_accounts
-- Everybody, those who have left included, with what they may and where.
select login, active, created_at, second_factor_at,
       json_agg(
           json_build_object('role', role, 'festival', festival_id, 'venue', venue_id)
           order by role, festival_id, venue_id
       ) filter (where role is not null)::text as grants
from staff left join staff_grant using (staff_id)
group by staff_id
order by login;

-- name: add_account
-- A new account: $1 login, $2 password hash, $3 roles, $4 and $5 where each counts (festival, venue), $6 now, $7 who did it.
with added as (
    insert into staff (login, password_hash, created_at) values ($1, $2, $6) returning staff_id, login
), granted as (
    insert into staff_grant (staff_id, role, festival_id, venue_id, granted_at, granted_by)
    select staff_id, asked.role, asked.festival_id, asked.venue_id, $6, $7
    from added, unnest($3::text[], $4::text[], $5::text[]) as asked (role, festival_id, venue_id)
    returning role, festival_id, venue_id
)
insert into audit (at, login, act, subject, detail)
select $6, $7, 'staff_added', added.login, jsonb_build_object('grants', (
    select jsonb_agg(role || coalesce(' festival ' || festival_id, '') || coalesce(' venue ' || venue_id, ''))
    from granted
))
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
-- A sign-in: $1 token digest, $2 staff id, $3 now, $4 its end, $5 login, $6 what the browser calls itself. Ended
-- sign-ins of the same account go out.
with swept as (
    delete from staff_session
    where staff_id = $2 and coalesce(revoked_at, expires_at) < $3::timestamptz - interval '1 day'
), opened as (
    insert into staff_session (token_digest, staff_id, created_at, expires_at, agent)
    values ($1, $2, $3, $4, $6)
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
-- Who stands behind the token of digest $1, at $2, unless nobody has worked with it since $3. That it is worked with is
-- noted once a minute.
with seen as (
    update staff_session set last_seen_at = $2
    where token_digest = $1 and revoked_at is null and expires_at > $2
      and coalesce(last_seen_at, created_at) > $3
      and coalesce(last_seen_at, created_at) < $2::timestamptz - interval '1 minute'
)
select staff.login, staff_session.expires_at, second_factor_sealed is not null as second_factor,
       (
           select json_agg(json_build_object('role', role, 'festival', festival_id, 'venue', venue_id))::text
           from staff_grant where staff_grant.staff_id = staff.staff_id
       ) as grants
from staff_session
join staff using (staff_id)
where staff_session.token_digest = $1
  and staff_session.revoked_at is null
  and staff_session.expires_at > $2
  and coalesce(last_seen_at, staff_session.created_at) > $3
  and staff.active;

-- name: list_sign_ins
-- The sign-ins that open something at $1, unless nobody has worked with them since $2: of $3 (null: of everybody), the
-- latest first, at most $5. $4: the digest of the token that asks.
select session_id as session, login, staff_session.created_at, last_seen_at, expires_at, agent,
       token_digest = $4 as here,
       (
           select json_agg(json_build_object('role', role, 'festival', festival_id, 'venue', venue_id))::text
           from staff_grant where staff_grant.staff_id = staff.staff_id
       ) as grants
from staff_session join staff using (staff_id)
where revoked_at is null and expires_at > $1 and coalesce(last_seen_at, staff_session.created_at) > $2
  and active and ($3::text is null or login = $3)
  and exists (select from staff_grant where staff_grant.staff_id = staff.staff_id)
order by coalesce(last_seen_at, staff_session.created_at) desc, session_id
limit $5;

-- name: find_sign_in
-- Whose the sign-in $1 is, and what they may, whether or not it still opens anything.
select login, (
    select json_agg(json_build_object('role', role, 'festival', festival_id, 'venue', venue_id))::text
    from staff_grant where staff_grant.staff_id = staff.staff_id
) as grants
from staff_session join staff using (staff_id) where session_id = $1;

-- name: revoke_sign_in
-- The sign-in $1 opens nothing from $2 on, by $3.
with ended as (
    update staff_session set revoked_at = $2
    where session_id = $1 and revoked_at is null
    returning staff_id, session_id
)
insert into audit (at, login, act, subject, detail)
select $2, $3, 'session_revoked', staff.login, jsonb_build_object('session', session_id)
from ended join staff using (staff_id);

-- name: list_audit
-- Lines of the audit, the latest first, from before line $1 on (null: from the latest): of $2, the act $3, a subject that
-- begins with $4, from $5 until $6, with all of the words $8, or such as begin so, in subject or detail (null: any of it);
-- of what was done within reach of $9 or by $10 themselves; at most $7.
select audit_id, at, login, act, subject, detail
from audit
where ($1::bigint is null or audit_id < $1)
  and ($2::text is null or login = $2)
  and ($3::text is null or act = $3)
  and ($4::text is null or starts_with(subject, $4))
  and ($5::timestamptz is null or at >= $5)
  and ($6::timestamptz is null or at < $6)
  and ($8::text[] is null or audit_words(subject, detail) @@ (
      select to_tsquery('simple', string_agg(format('%L:*', word), ' & ')) from unnest($8::text[]) as word
  ))
  and ($9::jsonb is null or login = $10 or within_reach($9, festival_id, venue_id))
order by audit_id desc
limit $7;

-- name: add_audit
-- One line of the audit: $1 when, $2 who, $3 what, $4 to whom or what, $5 more.
insert into audit (at, login, act, subject, detail) values ($1, $2, $3, $4, $5);

-- name: find_place_of_screening
-- Where screening $1 is shown.
select festival_id as festival, venue_id as venue
from screening join hall using (hall_id)
where screening_id = $1;

-- name: find_venue_of_hall
-- The venue of hall $1.
select null as festival, venue_id as venue from hall where hall_id = $1;

-- name: lock_admins
-- Those who may administer, locked in one order: whoever takes an administrator away waits for others who do.
select staff_id from staff
where staff_id in (select staff_id from staff_grant where role = 'admin')
order by staff_id
for update;

-- name: lock_person
-- The account $1, whose grants nobody else changes meanwhile, and with it those who may administer, in the same order as
-- lock_admins.
select staff_id from staff
where login = $1 or staff_id in (select staff_id from staff_grant where role = 'admin')
order by staff_id
for update;

-- name: count_other_admins
-- How many may administer and sign in, $1 not counted.
select count(*) from staff join staff_grant using (staff_id) where role = 'admin' and active and login <> $1;

-- name: get_person
-- One account by its login, as list_accounts shows it.
select login, active, created_at, second_factor_at,
       (
           select json_agg(
               json_build_object('role', role, 'festival', festival_id, 'venue', venue_id)
               order by role, festival_id, venue_id
           )::text
           from staff_grant where staff_grant.staff_id = staff.staff_id
       ) as grants
from staff where login = $1;

-- name: set_grants
-- $1 may what $2 say, each where $3 and $4 do (festival, venue), from $5 on, by $6; nothing is written where that was
-- so before.
with person as (
    select staff_id, login from staff where login = $1
), asked as (
    select role, festival_id, venue_id from unnest($2::text[], $3::text[], $4::text[]) as it (role, festival_id, venue_id)
), taken as (
    delete from staff_grant using person
    where staff_grant.staff_id = person.staff_id and not exists (
        select from asked
        where asked.role = staff_grant.role
          and asked.festival_id is not distinct from staff_grant.festival_id::text
          and asked.venue_id is not distinct from staff_grant.venue_id::text
    )
    returning role, festival_id, venue_id
), given as (
    insert into staff_grant (staff_id, role, festival_id, venue_id, granted_at, granted_by)
    select staff_id, role, festival_id, venue_id, $5, $6 from person, asked
    on conflict do nothing
    returning role, festival_id, venue_id
)
insert into audit (at, login, act, subject, detail)
select $5, $6, 'staff_grants_set', person.login, jsonb_build_object(
    'given', (
        select jsonb_agg(role || coalesce(' festival ' || festival_id, '') || coalesce(' venue ' || venue_id, ''))
        from given
    ),
    'taken', (
        select jsonb_agg(role || coalesce(' festival ' || festival_id, '') || coalesce(' venue ' || venue_id, ''))
        from taken
    )
)
from person
where exists (select from given) or exists (select from taken);

-- name: make_password_link
-- The link of digest $2 sets the password of $1 until $3, in place of any before; made at $4 by $5. Answers the login.
with linked as (
    update staff set password_link_digest = $2, password_link_ends_at = $3 where login = $1 and active returning login
)
insert into audit (at, login, act, subject)
select $4, $5, 'password_link_made', login from linked
returning subject;

-- name: find_password_link
-- Whose password the link of digest $1 sets, at $2.
select login from staff where password_link_digest = $1 and password_link_ends_at > $2 and active;

-- name: take_password_link
-- Take the link of digest $1 at $3, once: its owner's password hash is $2, and every sign-in made before ends. Answers
-- the login.
with changed as (
    update staff set password_hash = $2, password_link_digest = null, password_link_ends_at = null
    where password_link_digest = $1 and password_link_ends_at > $3 and active
    returning staff_id, login
), ended as (
    update staff_session set revoked_at = $3
    where staff_id in (select staff_id from changed) and revoked_at is null
)
insert into audit (at, login, act, subject)
select $3, login, 'password_set', login
from changed
returning subject;
