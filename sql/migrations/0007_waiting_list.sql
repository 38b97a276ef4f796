-- The waiting list: parties that wait for seats of a screening, and the seats that are offered to them.

-- One row a screening that somebody has ever waited for. Whoever changes its list locks this row first, so that
-- entries are numbered in the order in which they were written, and seats are offered by one worker at a time.
create table waiting_queue (
    screening_id slug primary key,
    -- Goes up with every change; the mirror of the seats never takes an older word for a newer one.
    version      bigint not null default 0,
    last_number  bigint not null default 0,
    -- Somebody waits or has an offer: what comes free is kept for the list until it was asked.
    open         boolean not null default false
);
create index waiting_queue_open on waiting_queue (screening_id) where open;

create table waiting_entry (
    entry_id     text primary key check (entry_id ~ '^[2-9A-HJKMNP-Z]{12}$'),
    screening_id slug not null references waiting_queue,
    number       bigint not null,                        -- first come, first served
    people       int not null check (people between 1 and 100),
    wheelchair   int not null default 0,
    zone         text check (length(zone) between 1 and 40),   -- null: any
    email        text not null,
    name         text not null,
    locale       text not null check (locale in ('kk','ru','fr','en')),
    status       text not null default 'waiting'
                 check (status in ('waiting','offered','served','left','lapsed','closed')),
    offers       int not null default 0,                 -- how many it was made
    request_key  bytea,                                  -- hash of the key of the request that made it
    joined_at    timestamptz not null,
    ended_at     timestamptz,
    constraint waiting_wheelchairs_are_people check (wheelchair between 0 and people),
    -- Nobody has another's place in the line.
    constraint waiting_number_once unique (screening_id, number)
);
-- One address waits once for a screening, however often it joins.
create unique index waiting_once_per_address on waiting_entry (screening_id, lower(email))
    where status in ('waiting','offered');
create index waiting_in_line on waiting_entry (screening_id, number) where status in ('waiting','offered');
create index waiting_of_address on waiting_entry (lower(email)) where status in ('waiting','offered');

create table waiting_offer (
    offer_id     bigint generated always as identity primary key,
    entry_id     text not null references waiting_entry on delete cascade,
    screening_id slug not null,
    hold_id      text not null unique,
    seats        text[] not null check (cardinality(seats) > 0),
    offered_at   timestamptz not null,
    expires_at   timestamptz not null,
    -- open: the seats are held for the party; ordered: an order for them waits for its payment
    status       text not null default 'open'
                 check (status in ('open','ordered','taken','declined','lapsed','withdrawn')),
    ended_at     timestamptz
);
-- A party has one offer at a time.
create unique index waiting_one_offer_per_entry on waiting_offer (entry_id) where status in ('open','ordered');
create index waiting_offer_of_screening on waiting_offer (screening_id) where status in ('open','ordered');

-- The seats of the offers that are open or ordered; a row goes when its offer ends.
create table waiting_offer_seat (
    screening_id slug not null,
    seat         text not null,
    offer_id     bigint not null references waiting_offer on delete cascade,
    -- A seat is offered to one party at a time.
    constraint waiting_seat_offered_once primary key (screening_id, seat)
);
create index waiting_offer_seat_of_offer on waiting_offer_seat (offer_id);
