-- What a payment pays, and which payment a refund comes from.

alter table payment
    -- What the buyer was asked to pay: the order's own id, or that of one change of it, which begins with the order's.
    add column charge text,
    -- Taken by a person at the counter: how, and whose sign-in it was.
    add column method text check (method in ('cash','card')),
    add column taken_by text,
    -- How much of it goes back or went back: the sum of its refunds, kept by the trigger below.
    add column refunded_amount bigint not null default 0,
    -- Of no payment goes more back than was taken.
    add constraint payment_not_refunded_beyond_itself check (refunded_amount between 0 and amount),
    add constraint payment_by_hand_names_who check ((method is null) = (taken_by is null)),
    add constraint payment_of_one_order unique (payment_id, order_id, currency);
update payment set charge = order_id;
alter table payment
    alter column charge set not null,
    add constraint payment_charge_of_its_order check (left(charge, 8) = order_id);

alter table refund
    add column payment_id bigint,
    add column attempts int not null default 0,          -- how often its provider was asked in vain
    add column retry_at timestamptz,                     -- not before then; null: at once
    add column last_error text,
    add column sent_as text,                             -- the refund, in the provider's words
    add column failed_at timestamptz,                    -- the provider could not send it: a person hands it out
    add column settled_by text;                          -- whose sign-in handed it out; null: the provider sent it

-- Refunds of before get the payments that they came from, the newest first, as they are chosen from now on.
do $$
declare
    owed refund%rowtype;
    source record;
    rest bigint;
    part bigint;
begin
    for owed in select * from refund order by refund_id loop
        rest := owed.amount;
        for source in
            select payment_id, amount - refunded_amount as left_amount from payment
            where order_id = owed.order_id and currency = owed.currency and amount > refunded_amount
            order by paid_at desc, payment_id desc
        loop
            exit when rest = 0;
            part := least(rest, source.left_amount);
            if rest = owed.amount then
                update refund set payment_id = source.payment_id, amount = part where refund_id = owed.refund_id;
            else
                insert into refund (order_id, amount, currency, reason, owed_at, settled_at, payment_id)
                values (owed.order_id, part, owed.currency, owed.reason, owed.owed_at, owed.settled_at, source.payment_id);
            end if;
            update payment set refunded_amount = refunded_amount + part where payment_id = source.payment_id;
            rest := rest - part;
        end loop;
        if rest > 0 then
            raise exception 'refund % is not covered by what order % has paid', owed.refund_id, owed.order_id;
        end if;
    end loop;
end $$;

alter table refund
    alter column payment_id set not null,
    -- A refund comes from a payment of its own order, in that payment's currency.
    add constraint refund_of_its_payment foreign key (payment_id, order_id, currency)
        references payment (payment_id, order_id, currency);
create index refund_of_payment on refund (payment_id);

create function take_refund_from_payment() returns trigger language plpgsql as $$
begin
    update payment set refunded_amount = refunded_amount + new.amount where payment_id = new.payment_id;
    return null;
end $$;
create trigger refund_is_taken_from_its_payment after insert on refund
    for each row execute function take_refund_from_payment();
-- What is owed is never rewritten; only how far it has come is.
create trigger refund_stays_as_owed before update of order_id, payment_id, amount, currency, reason, owed_at on refund
    for each row execute function refuse_change();

-- A page that a provider holds open for one charge: started twice, it is the same page; when the charge's time is over,
-- it is closed there, so that nobody pays for seats that others have by now.
create table payment_session (
    provider  text not null,
    session   text not null check (length(session) between 1 and 255),
    charge    text not null,
    url       text not null,
    opened_at timestamptz not null,
    ends_at   timestamptz not null,
    closed_at timestamptz,
    primary key (provider, session)
);
create unique index payment_session_one_open on payment_session (provider, charge) where closed_at is null;
create index payment_session_to_close on payment_session (ends_at) where closed_at is null;
