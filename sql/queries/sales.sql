-- Orders, tickets and money. Each use case is one statement, or one short transaction that locks the order first.

-- name: place_orders
-- Whole orders in one statement: orders ($1 to $13, an element each), their tickets ($14 to $21, an element a ticket),
-- ledger, vouchers and the jobs that follow. Where nothing is to pay, an order is confirmed at once. One whose
-- idempotency key was used before is left out; the answer names those that were placed.
with asked as (
    select * from unnest(
        $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::text[], $9::text[],
        $10::text[], $11::bytea[], $12::timestamptz[], $13::timestamptz[]
    ) as one (
        order_id, festival_id, email, name, locale, currency, total, provider, voucher, idempotency_key, fingerprint,
        placed_at, expires_at
    )
), placed as (
    insert into orders (
        order_id, festival_id, status, buyer_email, buyer_name, locale, currency, total_amount, payment_provider,
        voucher, idempotency_key, request_fingerprint, placed_at, expires_at, confirmed_at
    )
    select
        order_id, festival_id, case when total = 0 then 'confirmed' else 'awaiting_payment' end, email, name, locale,
        currency, total, provider, voucher, idempotency_key, fingerprint, placed_at, expires_at,
        case when total = 0 then placed_at end
    from asked
    on conflict (idempotency_key) do nothing
    returning order_id, festival_id, voucher, currency, placed_at, confirmed_at
), wanted as (
    select ticket.*, placed.currency, placed.placed_at, placed.confirmed_at
    from unnest(
        $14::text[], $15::text[], $16::text[], $17::text[], $18::text[], $19::text[], $20::bigint[], $21::text[]
    ) as ticket (order_id, ticket_id, screening_id, seat, zone, tariff, amount, holder)
    join placed using (order_id)
    -- Orders for the same seats and screenings take their rows in the same order, so none waits for another in turn.
    order by ticket.screening_id, ticket.seat
), written as (
    insert into ticket (
        ticket_id, order_id, screening_id, seat, zone, tariff, price_amount, currency, holder, status, created_at
    )
    select ticket_id, order_id, screening_id, seat, zone, tariff, amount, currency, holder,
        case when confirmed_at is null then 'reserved' else 'sold' end, placed_at
    from wanted
), entered as (
    insert into ledger_entry (screening_id, ticket_id, order_id, kind, tariff, amount, currency, at, seat, reason)
    select screening_id, ticket_id, order_id, 'issued', tariff, amount, currency, placed_at, seat, 'sold'
    from wanted where confirmed_at is not null
), spent as (
    select festival_id, voucher, count(*) as orders from placed where voucher is not null group by 1, 2
), used as (
    update voucher set uses = uses + spent.orders
    from spent where voucher.festival_id = spent.festival_id and voucher.voucher = spent.voucher
), queued as (
    insert into job (kind, payload, run_at)
    select 'mail_order', jsonb_build_object('order', order_id), placed_at from placed where confirmed_at is not null
)
select order_id from placed;

-- name: find_order_by_key
-- The order that an idempotency key made.
select order_id, request_fingerprint from orders where idempotency_key = $1;

-- name: read_order
-- An order with its tickets, as sales.model.OrderFacts.
select jsonb_build_object(
    'order', orders.order_id, 'festival', orders.festival_id, 'status', orders.status,
    'email', orders.buyer_email, 'name', orders.buyer_name, 'locale', orders.locale, 'currency', orders.currency,
    'total', orders.total_amount, 'provider', orders.payment_provider, 'voucher', orders.voucher,
    'fingerprint', encode(orders.request_fingerprint, 'hex'),
    'placed_at', orders.placed_at, 'expires_at', orders.expires_at,
    'refunded', (select coalesce(sum(refund.amount), 0) from refund where refund.order_id = orders.order_id),
    'paid', (select coalesce(sum(payment.amount), 0) from payment where payment.order_id = orders.order_id),
    'fees', orders.fee_amount,
    'exchange', (
        select exchange_facts(exchange_id) from exchange where exchange.order_id = orders.order_id
        order by status = 'awaiting_payment' desc, asked_at desc limit 1
    ),
    'tickets', (
        select coalesce(jsonb_agg(jsonb_build_object(
            'ticket', ticket.ticket_id, 'screening', ticket.screening_id, 'seat', ticket.seat, 'zone', ticket.zone,
            'tariff', ticket.tariff, 'amount', ticket.price_amount, 'holder', ticket.holder,
            'status', ticket.status, 'revision', ticket.revision, 'entries', ticket.entries,
            'holder_email', ticket.holder_email, 'refundable', ticket.refundable,
            'released', ticket.released_at is not null
        ) order by ticket.screening_id, ticket.seat, ticket.ticket_id), '[]')
        -- Places that an exchange reserves are no tickets yet.
        from ticket where ticket.order_id = orders.order_id and ticket.replaces is null
    )
)::text
from orders
where orders.order_id = $1;

-- name: lock_order
-- Take turns on an order; its payments, changes and expiry all lock this row first.
select status from orders where order_id = $1 for update;

-- name: find_voucher
-- A voucher of one of the festivals $2 that can still be used at $3.
select festival_id, percent from voucher
where voucher = $1 and festival_id = any($2::text[]) and valid_until > $3 and uses < uses_max;

-- name: confirm_order
-- The order is paid: its tickets are sold (also those that had expired, where their seats are still free), each
-- right is entered in the ledger, and the mail is on its way. An order that had been closed had given its voucher
-- back, and uses it again.
with before as (
    select order_id, festival_id, voucher, status from orders where order_id = $1
), confirmed as (
    update orders set status = 'confirmed', confirmed_at = $2, closed_at = null where order_id = $1
    returning order_id
), used as (
    update voucher set uses = uses + 1
    from before where before.status <> 'awaiting_payment'
        and voucher.festival_id = before.festival_id and voucher.voucher = before.voucher
), sold as (
    update ticket set status = 'sold', voided_at = null
    from confirmed where ticket.order_id = confirmed.order_id
    returning ticket.*
), entered as (
    insert into ledger_entry (screening_id, ticket_id, order_id, kind, tariff, amount, currency, at, seat, reason)
    select screening_id, ticket_id, order_id, 'issued', tariff, price_amount, currency, $2, seat, 'sold' from sold
), queued as (
    insert into job (kind, payload, run_at)
    select 'mail_order', jsonb_build_object('order', order_id), $2 from confirmed
)
select screening_id, seat from sold;

-- name: close_order
-- An unpaid order ends as $3 (refused or cancelled): its seats are free, its voucher can be used again.
with closed as (
    update orders set status = $3, closed_at = $2
    where order_id = $1 and status = 'awaiting_payment'
    returning order_id, festival_id, voucher
), freed as (
    update ticket set status = 'void', voided_at = $2
    from closed where ticket.order_id = closed.order_id and ticket.status = 'reserved'
    returning ticket.screening_id, ticket.seat
), returned as (
    update voucher set uses = uses - 1
    from closed where voucher.festival_id = closed.festival_id and voucher.voucher = closed.voucher
)
select screening_id, seat from freed;

-- name: list_kept_back
-- Those of the seats $2 of screening $1 that are kept back for an owner at $3.
select seat from allotment_seat join allotment using (screening_id, allotment_id)
where allotment_seat.screening_id = $1 and allotment_seat.seat = any($2::text[]) and allotment.released_at is null
    and (allotment.release_at is null or allotment.release_at > $3);

-- name: expire_orders
-- Orders whose wait for a payment is over at $1, at most $2 of them; several workers share them out.
with due as (
    select order_id from orders
    where status = 'awaiting_payment' and expires_at <= $1
    order by expires_at limit $2
    for update skip locked
), closed as (
    update orders set status = 'expired', closed_at = $1
    from due where orders.order_id = due.order_id
    returning orders.order_id, orders.festival_id, orders.voucher
), freed as (
    update ticket set status = 'void', voided_at = $1
    from closed where ticket.order_id = closed.order_id and ticket.status = 'reserved'
    returning ticket.screening_id, ticket.seat
), spent as (
    select festival_id, voucher, count(*) as orders from closed where voucher is not null group by 1, 2
), returned as (
    update voucher set uses = uses - spent.orders
    from spent where voucher.festival_id = spent.festival_id and voucher.voucher = spent.voucher
)
select (select count(*) from closed) as orders, screening_id, array_agg(seat) as seats
from freed group by screening_id;
