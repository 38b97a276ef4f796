-- Tickets that were sold by hand while the house was out of order, and entered afterwards (Code du cinéma, D212-81 and 82).

create table hand_sold_batch (
    batch_id     uuid primary key,                        -- chosen by who enters: sent again, it is one
    screening_id slug not null references screening,
    fingerprint  bytea not null,                          -- of the request: the same id for another is refused
    entered_at   timestamptz not null,
    entered_by   text not null
);
create index hand_sold_batch_of_screening on hand_sold_batch (screening_id, entered_at);

create table hand_sold (
    ticket_id    text primary key references ticket,
    order_id     text not null references orders,
    batch_id     uuid not null references hand_sold_batch,
    screening_id slug not null,
    paper        text not null check (length(paper) between 1 and 32),
    method       text not null check (method in ('cash','card')),
    sold_at      timestamptz not null,                    -- by hand: pre-sale is reckoned by it
    came_in      boolean not null,                        -- with the paper, without a scan
    -- A paper ticket is entered once, whoever finds the stack again.
    constraint hand_sold_paper_once unique (screening_id, paper)
);
create index hand_sold_of_batch on hand_sold (batch_id);
create trigger hand_sold_is_append_only before update or delete on hand_sold
    for each row execute function refuse_change();

alter table orders
    drop constraint orders_channel_check,
    add constraint orders_channel_check check (channel in ('public','counter','hand_sold'));
alter table ledger_entry
    drop constraint ledger_entry_reason_check,
    add constraint ledger_entry_reason_check
        check (reason in ('sold','given_back','exchanged','rush','passed_on','reseated','hand_sold'));
