-- What the counter does after a sale: tickets given back for a reason, and printed anew.

create table counter_cancellation (
    cancellation_id uuid primary key,                     -- chosen by who asks: sent again, it is one
    order_id        text not null references orders,
    fingerprint     bytea not null,                       -- of the request: the same id for another is refused
    tickets         text[] not null check (cardinality(tickets) > 0),
    refund_amount   bigint not null check (refund_amount >= 0),
    fee_amount      bigint not null check (fee_amount >= 0),
    currency        currency_code not null,
    reason          text not null check (reason in (
        'plans_changed','illness','wrong_sale','technical_fault','programme_changed','goodwill','other'
    )),
    note            text not null check (length(note) <= 200),   -- emptied with the names of its order
    beyond          text[] not null,                      -- the rules of the public that a supervisor has set aside
    refunds         bigint[] not null,                    -- the refunds that it made, a payment each
    done_at         timestamptz not null,
    done_by         text not null
);
create index counter_cancellation_of_order on counter_cancellation (order_id);

create table reprint (
    reprint_id  uuid primary key,                         -- chosen by who asks: sent again, it is one
    ticket_id   text not null references ticket,
    order_id    text not null references orders,
    revision    int not null,                             -- that it has made: earlier codes are superseded
    fingerprint bytea not null,
    reason      text not null check (reason in ('lost','damaged','unreadable','not_received','for_paper','other')),
    note        text not null check (length(note) <= 200),
    way         text not null check (way in ('print','mail')),
    done_at     timestamptz not null,
    done_by     text not null,
    -- A revision is made once: two reprints never share one.
    constraint reprint_once_per_revision unique (ticket_id, revision)
);
create index reprint_of_order on reprint (order_id);
