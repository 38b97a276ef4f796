-- The tills of the box office: who has one open with what in it, what was booked to them, and what was counted.

create table till (
    till_id  slug primary key,
    venue_id slug not null references venue,
    name     text not null check (length(name) between 1 and 80),
    in_use   boolean not null default true
);

-- One person's time at a till, from the float that lies in it at first to the money that is counted at the end.
create table till_shift (
    shift_id  uuid primary key,                          -- chosen by who opens: opened twice, it is one shift
    till_id   slug not null references till,
    login     text not null,
    opened_at timestamptz not null,
    closed_at timestamptz,
    closed_by text,
    note      text not null default '' check (length(note) <= 500),   -- what who closed it says of the differences
    constraint till_shift_closing_names_who check ((closed_at is null) = (closed_by is null))
);
-- Two people never answer for one drawer, nor one person for two.
create unique index till_shift_one_open_per_till on till_shift (till_id) where closed_at is null;
create unique index till_shift_one_open_per_login on till_shift (login) where closed_at is null;
create index till_shift_by_time on till_shift (opened_at, shift_id);

create function closed_shift_stays() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or old.closed_at is not null then
        raise exception 'a shift that is closed never changes' using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
create trigger closed_shift_never_changes before update or delete on till_shift
    for each row execute function closed_shift_stays();

-- What lay in the till when it was opened.
create table till_float (
    shift_id uuid not null references till_shift,
    currency currency_code not null,
    amount   bigint not null check (amount >= 0),
    primary key (shift_id, currency)
);
create trigger till_float_is_append_only before update or delete on till_float
    for each row execute function refuse_change();

-- What a shift came to when it was closed, a row a currency. A difference is what is there less what should be.
create table till_count (
    shift_id            uuid not null references till_shift,
    currency            currency_code not null,
    float_amount        bigint not null,
    cash_taken          bigint not null,
    cash_handed_out     bigint not null,
    cash_expected       bigint not null generated always as (float_amount + cash_taken - cash_handed_out) stored,
    cash_counted        bigint not null check (cash_counted >= 0),
    cash_difference     bigint not null
        generated always as (cash_counted - (float_amount + cash_taken - cash_handed_out)) stored,
    card_taken          bigint not null,
    card_sent_back      bigint not null,
    terminal_total      bigint,                          -- as the terminal says it; null where it was not used
    terminal_difference bigint generated always as (terminal_total - (card_taken - card_sent_back)) stored,
    primary key (shift_id, currency)
);
create trigger till_count_is_append_only before update or delete on till_count
    for each row execute function refuse_change();

-- Null: taken before there were tills, or by a machine.
alter table payment add column shift_id uuid references till_shift,
    add constraint payment_at_a_till_is_by_hand check (shift_id is null or method is not null);
-- How a person handed it out; a transfer is no till's affair.
alter table refund add column shift_id uuid references till_shift,
    add column method text check (method in ('cash','card','transfer')),
    add constraint refund_at_a_till_was_handed_out
        check (shift_id is null or (settled_by is not null and method in ('cash','card')));
create index payment_of_shift on payment (shift_id) where shift_id is not null;
create index refund_of_shift on refund (shift_id) where shift_id is not null;

-- Money is booked to a shift that is open, and stays there. The shift's row is locked, so that it is not closed meanwhile.
create function book_to_open_shift() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and old.shift_id is not null then
        raise exception 'what is booked to a shift stays there' using errcode = 'restrict_violation';
    end if;
    perform from till_shift where shift_id = new.shift_id and closed_at is null for share;
    if not found then
        raise exception 'the shift is not open' using errcode = 'check_violation', constraint = 'booked_to_open_shift';
    end if;
    return new;
end $$;
create trigger payment_is_booked before insert on payment
    for each row when (new.shift_id is not null) execute function book_to_open_shift();
create trigger payment_stays_booked before update of shift_id on payment
    for each row when (new.shift_id is distinct from old.shift_id) execute function book_to_open_shift();
create trigger refund_is_booked before insert on refund
    for each row when (new.shift_id is not null) execute function book_to_open_shift();
create trigger refund_stays_booked before update of shift_id on refund
    for each row when (new.shift_id is distinct from old.shift_id) execute function book_to_open_shift();

-- What was booked to a shift, by currency; the float is part of it.
create function till_sums(asked uuid) returns table (
    currency text, float_amount bigint, cash_taken bigint, cash_handed_out bigint, card_taken bigint,
    card_sent_back bigint
) language sql stable as $$
    select booked.currency::text, sum(floated)::bigint, coalesce(sum(taken) filter (where method = 'cash'), 0)::bigint,
        coalesce(sum(back) filter (where method = 'cash'), 0)::bigint,
        coalesce(sum(taken) filter (where method = 'card'), 0)::bigint,
        coalesce(sum(back) filter (where method = 'card'), 0)::bigint
    from (
        select till_float.currency, amount as floated, 0 as taken, 0 as back, 'cash' as method
        from till_float where shift_id = asked
        union all
        select payment.currency, 0, amount, 0, method from payment where shift_id = asked
        union all
        select refund.currency, 0, 0, amount, method from refund where shift_id = asked
    ) as booked
    group by booked.currency
$$;

-- A shift as sales.tills.model.Shift: closed as it was counted, open as it stands.
create function till_shift_facts(asked uuid) returns json language sql stable as $$
    select json_build_object(
        'shift', shift_id, 'till', till.till_id, 'till_name', till.name, 'venue', till.venue_id,
        'login', login, 'opened_at', opened_at, 'closed_at', closed_at, 'closed_by', closed_by, 'note', note,
        'payments', (select count(*) from payment where payment.shift_id = till_shift.shift_id),
        'refunds', (select count(*) from refund where refund.shift_id = till_shift.shift_id),
        'money', coalesce((
            select json_agg(json_build_object(
                'currency', currency, 'float_amount', float_amount, 'cash_taken', cash_taken,
                'cash_handed_out', cash_handed_out, 'card_taken', card_taken, 'card_sent_back', card_sent_back,
                'cash_counted', cash_counted, 'cash_difference', cash_difference,
                'terminal_total', terminal_total, 'terminal_difference', terminal_difference
            ) order by currency)
            from (
                select currency, float_amount, cash_taken, cash_handed_out, card_taken, card_sent_back, cash_counted,
                    cash_difference, terminal_total, terminal_difference
                from till_count where till_count.shift_id = till_shift.shift_id
                union all
                select currency, float_amount, cash_taken, cash_handed_out, card_taken, card_sent_back, null, null, null,
                    null
                from till_sums(till_shift.shift_id) where till_shift.closed_at is null
            ) as counted
        ), '[]')
    )
    from till_shift join till using (till_id)
    where shift_id = asked
$$;
