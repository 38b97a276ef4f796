-- Tokens by which other programs work here: for some calls, in some place, until an end.

create table api_token (
    token_id     text primary key,
    -- The audit names it, so no two ever have one name.
    name         text not null constraint api_token_name_key unique check (name ~ '^[a-z0-9][a-z0-9-]{0,39}$'),
    token_digest bytea not null unique,                   -- SHA-256: a stolen backup opens nothing
    scopes       text[] not null check (cardinality(scopes) between 1 and 20),
    festival_id  slug references festival on delete cascade,   -- null: whatever festival
    venue_id     slug references venue on delete cascade,      -- null: at whatever venue
    created_at   timestamptz not null,
    created_by   text not null,
    expires_at   timestamptz not null,
    last_used_at timestamptz,                             -- to the minute
    revoked_at   timestamptz,
    revoked_by   text,
    constraint api_token_lasts_a_year check (expires_at > created_at and expires_at <= created_at + interval '366 days')
);
create index api_token_of_festival on api_token (festival_id);
create index api_token_of_venue on api_token (venue_id);
