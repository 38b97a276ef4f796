-- What is sold over the counter: confirmed and paid in one statement.

-- name: sell_at_counter
-- The order $1 of festival $2 by the shift $3, confirmed: mail $4 and name $5 (both may be empty), language $6, currency
-- $7, total $8, key $9, fingerprint $10, at $11, by the login $12. It is paid by the method $13, where there is anything
-- to pay. Its tickets ($14 to $20, an element each) are issued in the modes $21, an element each; those for immediate entry
-- are let in at the gate $22. No row: the key was used before. Nothing is mailed where there is no address.
with placed as (
    insert into orders (
        order_id, festival_id, status, channel, buyer_email, buyer_name, locale, currency, total_amount,
        payment_provider, idempotency_key, request_fingerprint, placed_at, confirmed_at, shift_id
    ) values ($1, $2, 'confirmed', 'counter', $4, $5, $6, $7, $8, 'counter', $9, $10, $11, $11, $3)
    on conflict (idempotency_key) do nothing
    returning *
), written as (
    insert into ticket (
        ticket_id, order_id, screening_id, seat, zone, tariff, price_amount, currency, holder, status, created_at,
        inside, entries, admitted_at, admitted_gate
    )
    select ticket_id, order_id, screening_id, seat, zone, tariff, amount, currency, holder, 'sold', $11,
        mode = 'immediate_entry', (mode = 'immediate_entry')::int,
        case when mode = 'immediate_entry' then $11::timestamptz end,
        case when mode = 'immediate_entry' then $22::text end
    from placed, unnest(
        $14::text[], $15::text[], $16::text[], $17::text[], $18::text[], $19::bigint[], $20::text[], $21::text[]
    ) as one (ticket_id, screening_id, seat, zone, tariff, amount, holder, mode)
    -- In the order in which all orders take their rows.
    order by screening_id, seat
    returning *
), entered as (
    insert into ledger_entry (screening_id, ticket_id, order_id, kind, tariff, amount, currency, at, seat, reason)
    select screening_id, ticket_id, order_id, 'issued', tariff, price_amount, currency, $11, seat,
        case when inside then 'immediate_entry' else 'presale' end
    from written
), paid as (
    insert into payment (
        order_id, charge, provider, provider_reference, amount, currency, paid_at, method, taken_by, shift_id
    )
    select order_id, order_id, 'counter', 'sale-' || order_id, total_amount, currency, $11, $13, $12, shift_id
    from placed where total_amount > 0
), let_in as (
    -- An entry like any other, so that what stands on the ticket stands in the book of the door.
    insert into scan (
        scan_id, screening_id, ticket_id, gate, direction, verdict, scanned_at, received_at, staff_login, answer
    )
    select gen_random_uuid(), screening_id, ticket_id, $22::text, 'in', 'admitted', $11, $11, $12,
        json_build_object('verdict', 'admitted', 'ticket', ticket_id)
    from written where entries > 0
), queued as (
    insert into job (kind, payload, run_at)
    select 'mail_order', jsonb_build_object('order', order_id), $11 from placed where buyer_email <> ''
), audited as (
    insert into audit (at, login, act, subject, detail)
    select $11, $12, 'sold_at_counter', order_id, jsonb_build_object(
        'tickets', cardinality($14::text[]), 'amount', total_amount, 'currency', currency, 'method', $13::text,
        'mode', (select string_agg(distinct mode, ', ') from unnest($21::text[]) as one (mode))
    )
    from placed
)
select order_id from placed;
