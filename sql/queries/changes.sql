-- What buyers change by themselves. Each change is one transaction that locks the order's row first, then its tickets.

-- name: lock_tickets
-- Take turns with the doors: nobody enters with a ticket of the order $1 while it changes. In the order in which the
-- doors lock, so that none waits for another in turn.
select ticket_id from ticket where order_id = $1 and replaces is null order by ticket_id for update;

-- name: give_back_tickets
-- The tickets $2 of a confirmed order that are sold, or were released as no-shows, are void: seats free, rights cancelled
-- in the ledger, the fee $4 kept, a letter $6 on its way that tells of the sum $5; the order is cancelled with its last
-- ticket. The answer is the seats that are free by it: a released one has long been anybody's.
with before as (
    select ticket_id, status from ticket
    where order_id = $1 and ticket_id = any($2::text[]) and (status = 'sold' or released_at is not null)
), given_back as (
    update ticket set status = 'void', voided_at = $3, released_at = null
    from before where ticket.ticket_id = before.ticket_id
    returning ticket.*, before.status as was
), entered as (
    insert into ledger_entry (screening_id, ticket_id, order_id, kind, tariff, amount, currency, at, seat, reason)
    -- A right that was released is restored before it is cancelled, so that neither stays open.
    select screening_id, ticket_id, order_id, 'restored', tariff, 0, currency, $3, seat, 'given_back'
    from given_back where was = 'void'
    union all
    select screening_id, ticket_id, order_id, 'cancelled', tariff, price_amount, currency, $3, seat, 'given_back'
    from given_back
), left_over as (
    select count(*) as tickets from ticket
    where order_id = $1 and (status = 'sold' or released_at is not null) and ticket_id <> all($2::text[])
), changed as (
    update orders set
        fee_amount = fee_amount + $4,
        status = case when left_over.tickets = 0 then 'cancelled' else orders.status end,
        closed_at = case when left_over.tickets = 0 then $3 else orders.closed_at end
    from left_over where orders.order_id = $1
), queued as (
    insert into job (kind, payload, run_at)
    select $6, jsonb_build_object('order', $1::text, 'tickets', $2::text[], 'refund', $5::bigint, 'at', $3), $3
)
select screening_id, seat from given_back where was = 'sold';

-- name: voucher_percent
-- What a voucher of festival $1 takes off; an order that used it keeps it, whether or not others still can.
select percent from voucher where festival_id = $1 and voucher = $2;

-- name: begin_exchange
-- An exchange $1 of order $2 for hold $3, that waits until $9 (null: for nothing); its tickets ($10 with revisions $11)
-- and their new places ($12 to $16), each reserved by a row $17 of its own; $18 says whether it can be given back later.
with asked as (
    insert into exchange (
        exchange_id, order_id, hold_id, status, due_amount, fee_amount, currency, payment_provider, asked_at, expires_at
    ) values ($1, $2, $3, 'awaiting_payment', $4, $5, $6, $7, $8, $9)
), wanted as (
    select * from unnest(
        $10::text[], $11::int[], $12::text[], $13::text[], $14::text[], $15::text[], $16::bigint[], $17::text[], $18::boolean[]
    ) as place (ticket_id, revision, screening_id, seat, zone, tariff, amount, row_id, refundable)
    -- As orders take their seats, so that none waits for another in turn.
    order by screening_id, seat
), listed as (
    insert into exchanged_ticket (
        exchange_id, ticket_id, revision, screening_id, seat, zone, tariff, price_amount, refundable
    )
    select $1, ticket_id, revision, screening_id, seat, zone, tariff, amount, refundable from wanted
)
insert into ticket (
    ticket_id, order_id, screening_id, seat, zone, tariff, price_amount, currency, status, replaces, created_at
)
select row_id, $2, screening_id, seat, zone, tariff, amount, $6, 'reserved', ticket_id, $8 from wanted;

-- name: find_exchange_by_hold
-- The order whose exchange a hold made, or none.
select order_id from exchange where hold_id = $1;

-- name: read_exchange
-- An exchange, as sales.model.ExchangeFacts.
select exchange_facts($1)::text;

-- name: free_exchange_places
-- The places that wait for the exchange of order $1 are free.
delete from ticket where order_id = $1 and replaces is not null returning screening_id, seat;

-- name: close_exchange
-- An exchange ends as $2 at $3, nothing exchanged.
update exchange set status = $2, closed_at = $3 where exchange_id = $1 and status = 'awaiting_payment';

-- name: do_exchange
-- The tickets of exchange $1 get their places: the rights of the old ones are cancelled and those of the new ones
-- issued, codes of earlier revisions are superseded, the fee is kept, and a letter is on its way. Only tickets that
-- are as they were when it was asked for; the answer is the places they had.
with exchanging as (
    select exchange_id, order_id, fee_amount, due_amount from exchange where exchange_id = $1
), before as (
    select ticket.*, place.screening_id as new_screening, place.seat as new_seat, place.zone as new_zone,
        place.tariff as new_tariff, place.price_amount as new_amount, place.refundable as new_refundable
    from exchanged_ticket as place join ticket using (ticket_id)
    where place.exchange_id = $1 and ticket.status = 'sold' and ticket.entries = 0
        and ticket.revision = place.revision
), moved as (
    update ticket set screening_id = new_screening, seat = new_seat, zone = new_zone, tariff = new_tariff,
        price_amount = new_amount, refundable = new_refundable, revision = ticket.revision + 1
    from before where ticket.ticket_id = before.ticket_id
    returning ticket.*
), entered as (
    insert into ledger_entry (screening_id, ticket_id, order_id, kind, tariff, amount, currency, at, seat, reason)
    select screening_id, ticket_id, order_id, 'cancelled', tariff, price_amount, currency, $2::timestamptz, seat,
        'exchanged'
    from before
    union all
    select screening_id, ticket_id, order_id, 'issued', tariff, price_amount, currency, $2::timestamptz, seat,
        'exchanged'
    from moved
), kept as (
    update orders set fee_amount = orders.fee_amount + exchanging.fee_amount
    from exchanging where orders.order_id = exchanging.order_id
), done as (
    update exchange set status = 'done', closed_at = $2 where exchange_id = $1
), queued as (
    insert into job (kind, payload, run_at)
    select 'mail_exchanged', jsonb_build_object(
        'order', order_id, 'exchange', exchange_id, 'tickets', (select jsonb_agg(ticket_id) from before),
        'refund', greatest(-due_amount, 0), 'paid', greatest(due_amount, 0), 'at', $2
    ), $2
    from exchanging
)
select screening_id, seat from before;

-- name: expire_exchanges
-- Exchanges whose wait for a payment is over at $1, at most $2 of them; several workers share them out.
with due as (
    select exchange.exchange_id
    from exchange join orders using (order_id)
    where exchange.status = 'awaiting_payment' and exchange.expires_at <= $1
    order by exchange.expires_at limit $2
    for update of orders skip locked
), closed as (
    update exchange set status = 'expired', closed_at = $1
    from due where exchange.exchange_id = due.exchange_id and exchange.status = 'awaiting_payment'
    returning exchange.order_id
), freed as (
    delete from ticket using closed
    where ticket.order_id = closed.order_id and ticket.replaces is not null
    returning ticket.screening_id, ticket.seat
)
select (select count(*) from closed) as exchanges, screening_id, array_agg(seat) as seats
from freed group by screening_id;

-- name: transfer_ticket
-- A sold ticket belongs to somebody else, $3, to whom it is mailed where there is an address $4: the codes of the first
-- holder are superseded. The ledger says that it was passed on, and to nobody's name.
with passed_on as (
    update ticket set holder = $3, holder_email = $4, revision = revision + 1
    where order_id = $1 and ticket_id = $2 and status = 'sold'
    returning *
), entered as (
    insert into ledger_entry (screening_id, ticket_id, order_id, kind, tariff, amount, currency, at, seat, reason)
    select screening_id, ticket_id, order_id, 'transferred', tariff, 0, currency, $5, seat, 'passed_on' from passed_on
), queued as (
    insert into job (kind, payload, run_at)
    select 'mail_transferred', jsonb_build_object('order', $1::text, 'ticket', ticket_id, 'revision', revision), $5
    from passed_on where $4::text is not null
)
select ticket_id from passed_on;

-- name: ask_for_links
-- Somebody asks for the links of the orders of an address. Whether there are any, the job finds out: the answer to the
-- asker takes as long either way.
insert into job (kind, payload, run_at)
values ('mail_found_orders', jsonb_build_object('email', $1::text, 'locale', $2::text, 'at', $3::timestamptz), $3);

-- name: find_orders_of_buyer
-- The latest orders of an address whose screenings are not over since $2, at most $3.
select orders.order_id, orders.festival_id, orders.status,
    (array_agg(screening.screening_id order by screening.starts_at))[1] as first_screening, orders.placed_at
from orders
join ticket using (order_id)
join screening using (screening_id)
where lower(orders.buyer_email) = lower($1) and orders.status in ('awaiting_payment', 'confirmed', 'cancelled')
    and screening.ends_at > $2 and ticket.replaces is null
group by orders.order_id
order by orders.placed_at desc
limit $3;
