-- What the counter does after a sale. An order's row is locked first, then its tickets, as everywhere.

-- name: read_order_file
-- What has happened to order $1 and stands in no ticket's price: its channel, when tickets came and went, money, acts of
-- staff, and the latest $2 scans, as sales.after_sale.model.OrderHistory.
select jsonb_build_object(
    'channel', orders.channel,
    'tickets', (
        select coalesce(jsonb_agg(jsonb_build_object(
            'ticket', ticket_id, 'inside', inside, 'admitted_at', admitted_at, 'admitted_gate', admitted_gate,
            'released_at', released_at, 'voided_at', voided_at, 'paper', paper
        )), '[]')
        from ticket left join hand_sold using (ticket_id)
        where ticket.order_id = orders.order_id and replaces is null
    ),
    'payments', (
        select coalesce(jsonb_agg(jsonb_build_object(
            'charge', charge, 'provider', provider, 'method', method, 'money',
            jsonb_build_object('amount', amount, 'currency', payment.currency), 'at', paid_at, 'by', taken_by
        ) order by paid_at, payment_id), '[]')
        from payment where payment.order_id = orders.order_id
    ),
    'refunds', (
        select coalesce(jsonb_agg(jsonb_build_object(
            'refund', refund_id, 'provider', payment.provider, 'method', coalesce(refund.method, payment.method),
            'money', jsonb_build_object('amount', refund.amount, 'currency', refund.currency), 'reason', refund.reason,
            'owed_at', owed_at, 'settled_at', settled_at, 'by', settled_by, 'sent_in_vain', failed_at is not null
        ) order by owed_at, refund_id), '[]')
        from refund join payment using (payment_id) where refund.order_id = orders.order_id
    ),
    'cancellations', (
        select coalesce(jsonb_agg(jsonb_build_object(
            'cancellation', cancellation_id, 'tickets', tickets, 'refund', jsonb_build_object(
                'amount', refund_amount, 'currency', counter_cancellation.currency
            ), 'reason', reason, 'note', note, 'beyond', beyond, 'refunds', refunds,
            'at', done_at, 'by', done_by
        ) order by done_at, cancellation_id), '[]')
        from counter_cancellation where counter_cancellation.order_id = orders.order_id
    ),
    'reprints', (
        select coalesce(jsonb_agg(jsonb_build_object(
            'reprint', reprint_id, 'ticket', ticket_id, 'revision', revision, 'reason', reason, 'note', note,
            'way', way, 'at', done_at, 'by', done_by
        ) order by done_at, reprint_id), '[]')
        from reprint where reprint.order_id = orders.order_id
    ),
    'scans', (
        select coalesce(jsonb_agg(jsonb_build_object(
            'ticket', ticket_id, 'verdict', verdict, 'direction', direction, 'gate', gate, 'at', scanned_at,
            'by', staff_login, 'late', late, 'conflict', conflict
        ) order by scanned_at, scan_id), '[]')
        from (
            select scan.* from scan
            where scan.ticket_id in (
                select ticket_id from ticket where ticket.order_id = orders.order_id and replaces is null
            )
            order by scanned_at desc, scan_id limit $2
        ) as latest
    )
)::text
from orders where order_id = $1;

-- name: last_refund_of_order
-- The newest refund of order $1; 0 where it has none.
select coalesce(max(refund_id), 0) from refund where order_id = $1;

-- name: list_refunds_since
-- The refunds of order $1 that are newer than $2, and whether none of the providers $3 will send them.
select refund_id, payment.provider <> all($3::text[]) as by_hand
from refund join payment using (payment_id)
where refund.order_id = $1 and refund_id > $2
order by refund_id;

-- name: add_cancellation
-- Tickets $4 of order $2 were given back at the counter.
insert into counter_cancellation (
    cancellation_id, order_id, fingerprint, tickets, refund_amount, fee_amount, currency, reason, note, beyond, refunds,
    done_at, done_by
) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13);

-- name: find_cancellation
-- Whose cancellation $1 was, where it is known.
select order_id, fingerprint from counter_cancellation where cancellation_id = $1;

-- name: read_cancellation
-- A cancellation with the ways its money goes, as sales.after_sale.model.CounterCancellation.
select jsonb_build_object(
    'cancellation', cancellation_id, 'order', order_id, 'tickets', tickets,
    'refund', jsonb_build_object('amount', refund_amount, 'currency', currency),
    'fee', jsonb_build_object('amount', fee_amount, 'currency', currency),
    'reason', reason, 'note', note, 'beyond', beyond, 'at', done_at, 'by', done_by,
    'ways', (
        select coalesce(jsonb_agg(jsonb_build_object(
            'refund', refund_id, 'provider', payment.provider, 'method', coalesce(refund.method, payment.method),
            'money', jsonb_build_object('amount', refund.amount, 'currency', refund.currency),
            'settled', settled_at is not null
        ) order by refund_id), '[]')
        from refund join payment using (payment_id) where refund_id = any(refunds)
    )
)::text
from counter_cancellation where cancellation_id = $1;

-- name: find_reprint
-- The reprint $1, where it is known.
select ticket_id, fingerprint from reprint where reprint_id = $1;

-- name: reprint_ticket
-- The sold ticket $2 gets another code, $1, for the reason $4 with the note $5: earlier ones are superseded. It is printed
-- or mailed ($6), at $7, by $8. Written in the audit.
with bumped as (
    update ticket set revision = revision + 1 where ticket_id = $2 and status = 'sold'
    returning ticket_id, order_id, revision
), noted as (
    insert into reprint (
        reprint_id, ticket_id, order_id, revision, fingerprint, reason, note, way, done_at, done_by
    )
    select $1, ticket_id, order_id, revision, $3, $4, $5, $6, $7, $8 from bumped
    returning *
), queued as (
    insert into job (kind, payload, run_at)
    select 'mail_reprinted', jsonb_build_object('order', order_id, 'ticket', ticket_id, 'revision', revision), $7
    from noted where way = 'mail'
)
insert into audit (at, login, act, subject, detail)
select done_at, done_by, 'ticket_reprinted', order_id, jsonb_build_object(
    'ticket', ticket_id, 'revision', revision, 'reason', reason, 'way', way
)
from noted;

-- name: read_reprint
-- A reprint, as sales.after_sale.model.Reprint.
select jsonb_build_object(
    'reprint', reprint_id, 'order', order_id, 'ticket', ticket_id, 'revision', revision, 'reason', reason, 'note', note,
    'way', way, 'at', done_at, 'by', done_by
)::text
from reprint where reprint_id = $1;
