-- Tickets sold by hand while the house was out of order.

-- name: read_hand_sold_facts
-- What stands against entering tickets by hand for screening $1: live tickets by seat, and papers of $2 that are known.
select json_build_object(
    'taken', (
        select coalesce(json_object_agg(seat, order_id), '{}')
        from ticket where screening_id = $1 and status in ('reserved', 'sold')
    ),
    'papers', (
        select coalesce(json_object_agg(paper, order_id), '{}')
        from hand_sold where screening_id = $1 and paper = any($2::text[])
    )
)::text;

-- name: take_turn_to_enter
-- Stacks of one screening are entered one after the other: the same one sent twice at once finds what the first has done.
select screening_id from screening where screening_id = $1 for no key update;

-- name: reopen_cancellation
-- Where the screening $1 is cancelled its orders are seen to once more: papers have come in that nobody knew of.
update screening_cancellation set done_at = null where screening_id = $1;

-- name: find_hand_sold_batch
-- Whose batch $1 was, where it is known.
select screening_id, fingerprint from hand_sold_batch where batch_id = $1;

-- name: enter_hand_sold
-- A batch $1 of screening $2 with the fingerprint $3, entered at $4 by $5, in festival $6, language $7, currency $8: an
-- order a paper ($9 to $19, an element each), paid at the counter where it cost anything, booked to the shift $20 (null:
-- to none). Who came in with the paper has a scan like anybody else.
with sold as (
    select * from unnest(
        $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::bigint[], $16::text[],
        $17::timestamptz[], $18::boolean[], $19::timestamptz[]
    ) as one (order_id, ticket_id, paper, seat, zone, tariff, amount, method, sold_at, came_in, came_at)
    -- As orders take their seats, so that none waits for another in turn.
    order by seat
), batch as (
    insert into hand_sold_batch (batch_id, screening_id, fingerprint, entered_at, entered_by)
    values ($1, $2, $3, $4, $5)
), placed as (
    insert into orders (
        order_id, festival_id, status, channel, buyer_email, buyer_name, locale, currency, total_amount,
        payment_provider, idempotency_key, request_fingerprint, placed_at, confirmed_at
    )
    select order_id, $6, 'confirmed', 'hand_sold', '', '', $7, $8, amount, 'counter', 'hand-sold-' || order_id, $3, sold_at, $4
    from sold
), written as (
    insert into ticket (
        ticket_id, order_id, screening_id, seat, zone, tariff, price_amount, currency, status, inside, entries,
        admitted_at, admitted_gate, created_at
    )
    select ticket_id, order_id, $2, seat, zone, tariff, amount, $8, 'sold', came_in, came_in::int,
        case when came_in then came_at end, case when came_in then 'paper' end, $4
    from sold
), paid as (
    insert into payment (
        order_id, charge, provider, provider_reference, amount, currency, paid_at, method, taken_by, shift_id
    )
    select order_id, order_id, 'counter', 'hand-sold-' || ticket_id, amount, $8, sold_at, method, $5, $20::uuid
    from sold where amount > 0
), noted as (
    insert into hand_sold (ticket_id, order_id, batch_id, screening_id, paper, method, sold_at, came_in)
    select ticket_id, order_id, $1, $2, paper, method, sold_at, came_in from sold
), entered as (
    insert into ledger_entry (screening_id, ticket_id, order_id, kind, tariff, amount, currency, at, seat, reason)
    select $2, ticket_id, order_id, 'issued', tariff, amount, $8, $4, seat, 'hand_sold' from sold
), scanned as (
    insert into scan (
        scan_id, screening_id, ticket_id, gate, direction, verdict, scanned_at, received_at, staff_login, late, by_hand,
        answer
    )
    select gen_random_uuid(), $2, ticket_id, 'paper', 'in', 'admitted', came_at, $4, $5, true, true, json_build_object(
        'verdict', 'admitted', 'direction', 'in', 'ticket', ticket_id, 'seat', seat, 'tariff', tariff, 'screening', $2,
        'reason', 'hand_sold', 'late', true, 'first', json_build_object('at', came_at, 'gate', 'paper'),
        'conflict', false, 'other', null, 'counts', null, 'by_hand', true
    )
    from sold where came_in
)
insert into audit (at, login, act, subject, detail)
select $4, $5, 'hand_sold_entered', $2, jsonb_build_object(
    'batch', $1, 'tickets', count(*), 'amount', sum(amount), 'currency', $8, 'papers', jsonb_agg(paper order by paper)
)
from sold;

-- name: read_hand_sold_batch
-- A batch with its tickets, as sales.outage.model.HandSoldBatch.
select jsonb_build_object(
    'batch', batch_id, 'screening', screening_id, 'at', entered_at, 'by', entered_by,
    'tickets', (
        select jsonb_agg(jsonb_build_object(
            'paper', paper, 'order', hand_sold.order_id, 'ticket', hand_sold.ticket_id, 'seat', entry.seat,
            'tariff', entry.tariff,
            'money', jsonb_build_object('amount', entry.amount, 'currency', entry.currency),
            'method', method, 'sold_at', sold_at, 'came_in', came_in
        ) order by paper)
        from hand_sold
        -- As it was sold: the ticket may have been moved, exchanged or given back since.
        join ledger_entry as entry on entry.order_id = hand_sold.order_id and entry.ticket_id = hand_sold.ticket_id
            and entry.reason = 'hand_sold'
        where hand_sold.batch_id = hand_sold_batch.batch_id
    )
)::text
from hand_sold_batch where batch_id = $1;

-- name: list_hand_sold_batches
-- What was entered by hand for screening $1, the latest first, at most $2 batches.
select batch_id as batch, entered_at, entered_by, (
    select count(*)::int from hand_sold where hand_sold.batch_id = hand_sold_batch.batch_id
) as tickets
from hand_sold_batch where screening_id = $1
order by entered_at desc, batch_id
limit $2;

-- name: week_is_closed
-- Whether the figures of the film week of screening $1 are final.
select exists (
    select from screening join hall using (hall_id) join venue using (venue_id)
    join closed_week on closed_week.festival_id = screening.festival_id
        and (screening.starts_at at time zone venue.timezone)::date between week and week + 6
    where screening.screening_id = $1
);

-- name: list_screenings_to_enter
-- Screenings within reach of $3 for which tickets sold by hand can be entered at $2: that ended after $1 and whose sales
-- have opened, those nearest in time first; at most $4.
select screening_id
from screening join hall using (hall_id)
where ends_at > $1 and sales_open_at <= $2 and status <> 'draft'
    and within_reach($3::jsonb, festival_id, hall.venue_id)
order by abs(extract(epoch from starts_at - $2)), screening_id
limit $4;
