-- What must never be found in the books. Looked for in orders placed since $1, so that the work does not grow with
-- the years; the whole of the books is looked through by the simulator after each of its steps.

-- name: count_broken
-- How many orders, tickets or counts break each rule.
select 'money' as rule, count(*) as broken
from (
    select recent.order_id
    from orders as recent
    cross join lateral (
        select currency, amount from payment where payment.order_id = recent.order_id
        union all select currency, -amount from refund where refund.order_id = recent.order_id
        union all select currency, -price_amount from ticket
        where ticket.order_id = recent.order_id and (ticket.status = 'sold' or ticket.released_at is not null)
        union all select recent.currency, -recent.fee_amount
    ) as books
    where recent.placed_at > $1
    group by recent.order_id, books.currency
    having sum(books.amount) <> 0
) as unbalanced
union all
select 'ticket_and_order', count(*)
from orders join ticket using (order_id)
where orders.placed_at > $1 and (
    (ticket.status = 'sold' and orders.status <> 'confirmed')
    or (ticket.status = 'reserved' and ticket.replaces is null and orders.status <> 'awaiting_payment')
    or (orders.status = 'awaiting_payment' and ticket.status <> 'reserved')
)
union all
-- A place is reserved by an exchange exactly as long as that waits for its payment.
select 'exchange_places', count(*)
from orders
cross join lateral (
    select array_agg((replaces, screening_id, seat)::text order by seat) as places
    from ticket where ticket.order_id = orders.order_id and ticket.replaces is not null
) as reserved
cross join lateral (
    select array_agg((place.ticket_id, place.screening_id, place.seat)::text order by place.seat) as places
    from exchange join exchanged_ticket as place using (exchange_id)
    where exchange.order_id = orders.order_id and exchange.status = 'awaiting_payment'
) as due
where orders.placed_at > $1 and reserved.places is distinct from due.places
union all
-- What a shift came to when it was closed is what was booked to it, then and since.
select 'till', count(*)
from till_shift
where till_shift.closed_at > $1 and exists (
    (
        select currency, float_amount, cash_taken, cash_handed_out, card_taken, card_sent_back
        from till_sums(till_shift.shift_id)
        where (float_amount, cash_taken, cash_handed_out, card_taken, card_sent_back) <> (0, 0, 0, 0, 0)
    )
    except
    (
        select currency, float_amount, cash_taken, cash_handed_out, card_taken, card_sent_back
        from till_count where till_count.shift_id = till_shift.shift_id
    )
)
union all
select 'ticket_count', count(*)
from screening
cross join lateral (
    select count(*) filter (where status = 'sold') as sold,
           count(*) filter (where status = 'sold' and entries > 0) as admitted
    from ticket where ticket.screening_id = screening.screening_id and status in ('reserved', 'sold')
) as rows
cross join lateral (
    select coalesce(sum(sold), 0) as sold, coalesce(sum(admitted), 0) as admitted
    from ticket_count where ticket_count.screening_id = screening.screening_id
) as kept
where screening.starts_at between $1 and $1::timestamptz + interval '4 days'
  and (rows.sold, rows.admitted) is distinct from (kept.sold, kept.admitted);
