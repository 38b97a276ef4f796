-- Which letters have been sent, so that what is queued twice is sent once.

create table letter_sent (
    -- What the letter tells, as its Message-ID does: "order-K7Q29XFM". Who it went to is not kept here.
    letter_key text primary key,
    kind       text not null,
    sent_at    timestamptz not null
);

-- The dates of an order's calendar: what it ever had, also what was exchanged or given back since.
create index ledger_entry_of_order on ledger_entry (order_id);
