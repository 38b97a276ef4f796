-- Screenings cancelled at the desk, and how far their orders have been seen to.

create table screening_cancellation (
    screening_id slug primary key references screening,
    -- refund: every ticket is given back; choice: buyers exchange or give back by themselves.
    way          text not null check (way in ('refund','choice')),
    reason       translated not null default '{}',        -- told to the buyers
    cancelled_at timestamptz not null,
    cancelled_by text not null,
    done_at      timestamptz                              -- every order has been seen to
);
create index screening_cancellation_going_on on screening_cancellation (cancelled_at) where done_at is null;

create table screening_cancellation_order (
    screening_id slug not null references screening_cancellation,
    order_id     text not null,
    -- An order hears of it once.
    primary key (screening_id, order_id)
);
