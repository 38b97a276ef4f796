-- Orders, tickets, money. What must never happen is a constraint here.

create table voucher (
    festival_id slug not null references festival,
    voucher     text not null check (voucher ~ '^[A-Z0-9-]{3,40}$'),
    percent     int not null check (percent between 1 and 100),
    uses_max    int not null check (uses_max between 1 and 1000000),
    uses        int not null default 0,
    valid_until timestamptz not null,
    primary key (festival_id, voucher),
    -- A voucher is never used more often than it was given out for, however many orders race for it.
    constraint voucher_not_used_up check (uses <= uses_max)
);

-- Plural because "order" is reserved in SQL; everywhere else the word is order.
create table orders (
    order_id            text primary key check (order_id ~ '^[2-9A-HJKMNP-Z]{8}$'),
    festival_id         slug not null,
    status              text not null check (status in ('awaiting_payment','confirmed','refused','expired','cancelled')),
    channel             text not null default 'public' check (channel in ('public','counter')),
    buyer_email         text not null,
    buyer_name          text not null,
    locale              text not null check (locale in ('kk','ru','fr','en')),
    currency            currency_code not null,
    total_amount        bigint not null check (total_amount >= 0),
    fee_amount          bigint not null default 0 check (fee_amount >= 0),   -- kept by the organiser at a cancellation
    payment_provider    text not null,
    voucher             text,
    idempotency_key     text not null check (length(idempotency_key) between 1 and 255),
    request_fingerprint bytea not null,
    placed_at           timestamptz not null,
    expires_at          timestamptz,                     -- of the wait for payment; null when nothing was to pay
    confirmed_at        timestamptz,
    closed_at           timestamptz,                     -- refused, expired or cancelled
    -- The same request sent twice makes one order.
    constraint order_once_per_idempotency_key unique (idempotency_key)
);
create index orders_waiting on orders (expires_at) where status = 'awaiting_payment';
create index orders_by_time on orders (placed_at);
create index orders_of_buyer on orders (lower(buyer_email));

create table ticket (
    ticket_id      text primary key check (ticket_id ~ '^[2-9A-HJKMNP-Z]{12}$'),
    order_id       text not null references orders,
    screening_id   slug not null,
    seat           text not null,                        -- label in the layout; "parterre#17" for an unnumbered place
    zone           text not null,
    tariff         slug not null,
    price_amount   bigint not null check (price_amount >= 0),
    currency       currency_code not null,
    holder         text,
    status         text not null check (status in ('reserved','sold','void')),
    revision       int not null default 1 check (revision between 1 and 65535),  -- bumped by reprint, seat change, transfer: older codes are superseded
    -- Admission stands on the ticket's own row, so that two gates at once are decided by its row lock.
    inside         boolean not null default false,
    entries        int not null default 0,
    admitted_at    timestamptz,                          -- the first entry
    admitted_gate  text,
    exchange_hold  text,                                 -- the hold its seat was last exchanged for: a repeat is known by it
    created_at     timestamptz not null default now(),
    voided_at      timestamptz
) with (fillfactor = 80);                                -- room on the page: an admission touches no index
-- A seat of a screening has at most one live ticket.
create unique index ticket_one_live_per_seat on ticket (screening_id, seat) where status in ('reserved','sold');
create index ticket_of_order on ticket (order_id);

-- How many tickets of a screening are sold, and how many of their holders were let in, as the door shows after each
-- scan. Counted as it happens, since counting the rows would cost each scan as much as the hall has seats. Each
-- connection counts in a slice of its own, so that orders and scans of one screening do not wait for each other.
create table ticket_count (
    screening_id slug not null,
    slice        int not null,
    sold         int not null default 0,
    admitted     int not null default 0,
    primary key (screening_id, slice)
) with (fillfactor = 50);

create function add_to_ticket_count(counted_screening text, more_sold int, more_admitted int) returns void
language sql as $$
    insert into ticket_count as kept (screening_id, slice, sold, admitted)
    values (counted_screening, pg_backend_pid() % 64, more_sold, more_admitted)
    on conflict (screening_id, slice) do update
    set sold = kept.sold + excluded.sold, admitted = kept.admitted + excluded.admitted
$$;

create function count_ticket() returns trigger language plpgsql as $$
declare
    was_sold int := 0;
    was_admitted int := 0;
    is_sold int := 0;
    is_admitted int := 0;
begin
    if tg_op <> 'INSERT' then
        was_sold := (old.status = 'sold')::int;
        was_admitted := (old.status = 'sold' and old.entries > 0)::int;
    end if;
    if tg_op <> 'DELETE' then
        is_sold := (new.status = 'sold')::int;
        is_admitted := (new.status = 'sold' and new.entries > 0)::int;
    end if;
    if tg_op = 'UPDATE' and old.screening_id = new.screening_id then
        if is_sold <> was_sold or is_admitted <> was_admitted then
            perform add_to_ticket_count(new.screening_id, is_sold - was_sold, is_admitted - was_admitted);
        end if;
        return null;
    end if;
    if was_sold > 0 then
        perform add_to_ticket_count(old.screening_id, -was_sold, -was_admitted);
    end if;
    if is_sold > 0 then
        perform add_to_ticket_count(new.screening_id, is_sold, is_admitted);
    end if;
    return null;
end $$;

-- Not `of entries`: the door adds those it lets in itself, which costs it less than a trigger does.
create trigger ticket_is_counted after insert or delete or update of status, screening_id on ticket
    for each row execute function count_ticket();

create table payment (
    payment_id         bigint generated always as identity primary key,
    order_id           text not null references orders,
    provider           text not null,
    provider_reference text not null,
    amount             bigint not null check (amount > 0),
    currency           currency_code not null,
    paid_at            timestamptz not null,
    -- One payment of the provider is taken into the books once.
    constraint payment_once_per_reference unique (provider, provider_reference)
);
create index payment_of_order on payment (order_id);

create table refund (
    refund_id    bigint generated always as identity primary key,
    order_id     text not null references orders,
    amount       bigint not null check (amount > 0),
    currency     currency_code not null,
    reason       text not null check (reason in ('cancelled','paid_too_late','paid_twice','exchanged')),
    owed_at      timestamptz not null,
    settled_at   timestamptz
);
create index refund_of_order on refund (order_id);
create index refund_owed on refund (owed_at) where settled_at is null;

-- What a payment provider told us, exactly as it came: answered 200 only once it stands here.
create table payment_event (
    provider     text not null,
    event_id     text not null check (length(event_id) between 1 and 255),
    order_id     text,
    body         jsonb not null,
    received_at  timestamptz not null,
    outcome      text not null,
    primary key (provider, event_id)
);

-- Work that follows from a transaction, written in it; drained by the worker with SKIP LOCKED.
create table job (
    job_id       bigint generated always as identity primary key,
    kind         text not null,
    payload      jsonb not null,
    run_at       timestamptz not null default now(),
    attempts     int not null default 0,
    last_error   text,
    failed_at    timestamptz                             -- given up after job_attempts_max; kept for a person to look at
);
create index job_due on job (run_at, job_id) where failed_at is null;

-- Every right of entry issued or cancelled, appended in the order's own transaction.
-- Code du cinéma et de l'image animée, D212-71 and D212-85.
create table ledger_entry (
    entry_id     bigint generated always as identity primary key,
    screening_id slug not null,
    ticket_id    text not null,
    order_id     text not null,
    kind         text not null check (kind in ('issued','cancelled')),
    tariff       slug not null,
    amount       bigint not null,
    currency     currency_code not null,
    at           timestamptz not null
);
create trigger ledger_entry_is_append_only before update or delete on ledger_entry
    for each row execute function refuse_change();

-- The seal gives an entry its place in the chain and, when issued, its number without gaps per screening
-- and tariff. One process seals, shortly after: orders never wait for each other's numbers.
create table ledger_seal (
    position      bigint primary key check (position > 0),
    entry_id      bigint not null unique references ledger_entry,
    right_number  int,
    screening_id  slug not null,
    tariff        slug not null,
    kind          text not null,
    previous_hash bytea not null,
    hash          bytea not null,
    unique (screening_id, tariff, kind, right_number)
);
create trigger ledger_seal_is_append_only before update or delete on ledger_seal
    for each row execute function refuse_change();
