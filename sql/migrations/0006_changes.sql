-- What buyers change by themselves: tickets exchanged for other places, and passed on to other people.

alter table ticket
    -- Where the ticket was sent when it was passed on; null: the buyer shows it.
    add column holder_email text,
    -- A place that waits for an exchange to be paid is a row of its own, so that whatever counts or guards places sees
    -- it. It names the ticket that is to get this place, and goes when the exchange ends. No foreign key: each such
    -- row that goes would have to look for others that name it.
    add column replaces text,
    add constraint ticket_that_replaces_is_reserved check (replaces is null or status = 'reserved'),
    -- An exchange knows its hold itself.
    drop column exchange_hold;

-- An exchange of tickets of one screening for the places of a hold. Where something is to pay it waits for that, and
-- the tickets stay what they are until then.
create table exchange (
    exchange_id      text primary key check (exchange_id ~ '^[2-9A-HJKMNP-Z]{8}-[2-9A-HJKMNP-Z]{8}$'),
    order_id         text not null references orders,
    hold_id          text not null,
    status           text not null check (status in ('awaiting_payment','done','refused','expired','withdrawn')),
    due_amount       bigint not null,                    -- what the buyer pays; below zero: what comes back
    fee_amount       bigint not null check (fee_amount >= 0),   -- part of it: what the organiser keeps
    currency         currency_code not null,
    payment_provider text,
    asked_at         timestamptz not null,
    expires_at       timestamptz,                        -- of the wait for payment; null where nothing was to pay
    closed_at        timestamptz,
    constraint exchange_of_its_order check (left(exchange_id, 8) = order_id),
    constraint exchange_waits_for_something check ((expires_at is null) = (due_amount <= 0)),
    -- The same request sent twice makes one exchange; two exchanges never share a hold.
    constraint exchange_once_per_hold unique (hold_id)
);
-- One at a time: what a second one would come to depends on the outcome of the first.
create unique index exchange_one_waiting_per_order on exchange (order_id) where status = 'awaiting_payment';
create index exchange_waiting on exchange (expires_at) where status = 'awaiting_payment';
create index exchange_of_order on exchange (order_id, asked_at);

-- The tickets of an exchange and their new places. Kept for good: money that comes late may still buy them.
create table exchanged_ticket (
    exchange_id  text not null references exchange,
    ticket_id    text not null,
    revision     int not null,                           -- of the ticket when it was asked for: changed since, it is not exchanged
    screening_id slug not null,
    seat         text not null,
    zone         text not null,
    tariff       slug not null,
    price_amount bigint not null check (price_amount >= 0),
    primary key (exchange_id, ticket_id)
);

-- An exchange with its places, as sales.model.ExchangeFacts.
create function exchange_facts(asked_exchange text) returns jsonb stable language sql as $$
    select jsonb_build_object(
        'exchange', exchange_id, 'hold', hold_id, 'status', status, 'due', due_amount, 'fee', fee_amount,
        'provider', payment_provider, 'asked_at', asked_at, 'expires_at', expires_at,
        'places', (
            select jsonb_agg(jsonb_build_object(
                'ticket', ticket_id, 'revision', revision, 'screening', screening_id, 'seat', seat, 'zone', zone,
                'tariff', tariff, 'amount', price_amount
            ) order by seat)
            from exchanged_ticket where exchanged_ticket.exchange_id = exchange.exchange_id
        )
    )
    from exchange where exchange_id = asked_exchange
$$;
