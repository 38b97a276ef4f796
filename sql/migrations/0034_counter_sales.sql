-- Sales over the counter: to which shift they belong, and in which of the two modes a right was issued.

-- The shift in which it was sold over the counter, with or without money.
alter table orders add column shift_id uuid references till_shift,
    add constraint order_of_a_shift_is_the_counters check (shift_id is null or channel = 'counter');
create index order_of_shift on orders (shift_id) where shift_id is not null;

-- Code du cinéma, D212-83: issued for immediate entry, or in pre-sale. The counter says which.
alter table ledger_entry
    drop constraint ledger_entry_reason_check,
    add constraint ledger_entry_reason_check check (reason in (
        'sold','presale','immediate_entry','given_back','exchanged','rush','passed_on','reseated','hand_sold'
    ));

-- As in 0020, with how many tickets were sold, and the zone of the venue.
create or replace function till_shift_facts(asked uuid) returns json language sql stable as $$
    select json_build_object(
        'shift', shift_id, 'till', till.till_id, 'till_name', till.name, 'venue', till.venue_id,
        'timezone', venue.timezone,
        'login', login, 'opened_at', opened_at, 'closed_at', closed_at, 'closed_by', closed_by, 'note', note,
        'sales', (select count(*) from orders where orders.shift_id = till_shift.shift_id),
        'tickets', (
            select count(*) from orders join ticket using (order_id) where orders.shift_id = till_shift.shift_id
        ),
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
    from till_shift join till using (till_id) join venue using (venue_id)
    where shift_id = asked
$$;
