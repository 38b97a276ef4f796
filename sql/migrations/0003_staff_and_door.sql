-- Staff, signing keys, and what happened at the door.

create table staff (
    staff_id      bigint generated always as identity primary key,
    login         text not null unique check (login ~ '^[a-z0-9][a-z0-9._-]{0,62}$'),
    password_hash text not null,                          -- argon2id
    role          text not null check (role in ('door','box_office','supervisor','organiser','admin')),
    active        boolean not null default true,
    created_at    timestamptz not null default now()
);

-- Opaque tokens: only their SHA-256 is kept, so a stolen backup opens nothing.
create table staff_session (
    token_digest bytea primary key,
    staff_id     bigint not null references staff,
    created_at   timestamptz not null,
    expires_at   timestamptz not null,
    revoked_at   timestamptz
);
create index staff_session_of_staff on staff_session (staff_id);

create table audit (
    audit_id bigint generated always as identity primary key,
    at       timestamptz not null default now(),
    login    text not null,
    act      text not null,
    subject  text not null,
    detail   jsonb not null default '{}'
);
create trigger audit_is_append_only before update or delete on audit
    for each row execute function refuse_change();

-- Ed25519 pairs by a one-byte id that stands in every code. The private half is sealed with TICKETING_SECRET.
create table signing_key (
    key_id         smallint primary key check (key_id between 1 and 255),
    public_key     bytea not null check (length(public_key) = 32),
    private_sealed bytea,                                 -- null once destroyed
    created_at     timestamptz not null,
    retired_at     timestamptz,                           -- signs no more; still verifies
    revoked_at     timestamptz,                           -- the private half leaked: its codes are refused as forged
    constraint signing_key_retired_before_revoked check (revoked_at is null or retired_at is not null)
);
-- One key signs at a time.
create unique index signing_key_one_current on signing_key ((true)) where retired_at is null;

create table scan (
    scan_id      uuid primary key,                        -- chosen by the device: a scan sent twice is one scan
    screening_id text,
    ticket_id    text,
    gate         text not null,
    direction    text not null check (direction in ('in','out')),
    verdict      text not null,
    scanned_at   timestamptz not null,
    received_at  timestamptz not null,
    staff_login  text not null,
    late         boolean not null default false,          -- reached us after the fact, from a gate that was offline
    conflict     boolean not null default false,          -- the gate let in somebody whom we would have refused
    -- What was answered, so that a repeat is answered alike. Written once per scan and hardly ever read: json, since
    -- making jsonb of it took a third of the time of a scan.
    answer       json not null
);
create index scan_of_ticket on scan (ticket_id);
create index scan_conflicts on scan (screening_id, received_at) where conflict;
