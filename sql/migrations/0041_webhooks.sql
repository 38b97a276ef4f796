-- Webhooks: other programs that are told of orders and screenings, and what each was told.

create table webhook (
    webhook_id       uuid primary key,                     -- chosen by who makes it; its secret is derived from it
    festival_id      slug not null constraint webhook_festival_fkey references festival on delete cascade,
    url              text not null check (length(url) between 1 and 500),
    kinds            text[] not null check (
        cardinality(kinds) between 1 and 3 and kinds <@ array['order.confirmed','order.cancelled','screening.changed']
    ),
    made_at          timestamptz not null,
    made_by          text not null,
    last_position    bigint not null check (last_position >= 0),   -- the seal of the ledger up to which it was told
    screenings_until timestamptz not null,                          -- up to when it was told of screenings
    ended_at         timestamptz,
    ended_by         text,
    constraint webhook_is_ended_by_somebody check ((ended_at is null) = (ended_by is null))
);
create index webhook_of_festival on webhook (festival_id, made_at);

create table webhook_delivery (
    delivery_id  uuid primary key,
    webhook_id   uuid not null references webhook on delete cascade,
    kind         text not null check (length(kind) between 1 and 40),
    subject      text not null check (length(subject) between 1 and 63),
    moment       timestamptz not null,
    body         text not null check (octet_length(body) between 2 and 262144),   -- as it is signed: the same at every try
    created_at   timestamptz not null,
    replay       uuid,                                     -- the request that had it sent anew last: a repeat is known by it
    attempts     int not null default 0 check (attempts >= 0),
    next_try_at  timestamptz,
    busy_until   timestamptz,                              -- a worker is at it; one that died is at it no longer
    delivered_at timestamptz,
    failed_at    timestamptz,
    last_status  int check (last_status between 0 and 999),
    last_problem text check (length(last_problem) between 1 and 40),
    -- A webhook is told each thing once, however many workers look.
    constraint webhook_delivery_once unique (webhook_id, kind, subject, moment),
    -- It waits, or is delivered, or given up.
    constraint webhook_delivery_stands_somewhere check (num_nonnulls(next_try_at, delivered_at, failed_at) = 1)
);
create index webhook_delivery_due on webhook_delivery (webhook_id, next_try_at) where next_try_at is not null;
create index webhook_delivery_busy on webhook_delivery (webhook_id) where busy_until is not null;
create index webhook_delivery_latest on webhook_delivery (webhook_id, created_at desc);
create index webhook_delivery_by_time on webhook_delivery (created_at);
