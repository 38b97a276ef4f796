-- Tokens of other programs. An act and its audit row are written by one statement.

-- name: add_token
-- A token: $1 id, $2 name, $3 digest, $4 scopes, $5 festival, $6 venue, $7 now, $8 who did it, $9 its end.
with added as (
    insert into api_token (
        token_id, name, token_digest, scopes, festival_id, venue_id, created_at, created_by, expires_at
    )
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    returning name
)
insert into audit (at, login, act, subject, detail)
select $7, $8, 'token_added', 'token ' || name,
       jsonb_build_object('scopes', $4::text[], 'festival', $5::text, 'venue', $6::text, 'until', $9::timestamptz)
from added;

-- name: get_token
-- The token of digest $1, if it opens something at $2; that it is used is noted once a minute.
with used as (
    update api_token set last_used_at = $2
    where token_digest = $1 and revoked_at is null and expires_at > $2
      and (last_used_at is null or last_used_at < $2::timestamptz - interval '1 minute')
)
select name, scopes, festival_id as festival, venue_id as venue, expires_at
from api_token
where token_digest = $1 and revoked_at is null and expires_at > $2;

-- name: list_tokens
-- All tokens, those that open something first, the newest first; at most $1.
select token_id as token, name, scopes, festival_id as festival, venue_id as venue, created_at, created_by, expires_at,
       last_used_at, revoked_at
from api_token
order by revoked_at is not null, created_at desc, token_id
limit $1;

-- name: revoke_token
-- The token $1 opens nothing from $2 on, by $3. Answers its name where there is one, revoked before or not.
with revoked as (
    update api_token set revoked_at = $2, revoked_by = $3
    where token_id = $1 and revoked_at is null
    returning name
), noted as (
    insert into audit (at, login, act, subject)
    select $2, $3, 'token_revoked', 'token ' || name from revoked
)
select name from api_token where token_id = $1;
