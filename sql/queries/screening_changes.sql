-- Screenings cancelled or moved at the desk, and the orders that this concerns.

-- name: look_at_screening
-- What cancelling the screening $1 at $2 would concern.
select
    count(*) filter (where status = 'sold' and replaces is null) as sold,
    count(*) filter (where status = 'reserved') as reserved,
    count(distinct order_id) filter (where status in ('sold', 'reserved')) as orders,
    coalesce(sum(price_amount) filter (where status = 'sold'), 0)::bigint as paid,
    count(*) filter (where status = 'sold' and price_amount = 0) as free_of_charge,
    count(*) filter (where status = 'sold' and holder_email is not null) as passed_on,
    count(*) filter (where status = 'sold' and entries > 0) as entered,
    (select count(*) from waiting_entry where waiting_entry.screening_id = $1 and ended_at is null) as waiting,
    (
        select count(*) from allotment_seat join allotment using (screening_id, allotment_id)
        where allotment_seat.screening_id = $1 and released_at is null
          and (release_at is null or release_at > $2)
    ) as kept_back
from ticket where screening_id = $1;

-- name: lock_screening
-- Take turns on a screening: its status.
select status from screening where screening_id = $1 for update;

-- name: cancel_screening
-- The screening $1 is cancelled at $2.
update screening set status = 'cancelled', changed_at = $2 where screening_id = $1 and status <> 'cancelled';

-- name: begin_cancellation
-- What is to become of the orders of a cancelled screening; no row where that was decided before. $6: it was on sale until
-- now. Then what was sold since it was cancelled before is seen to as well, in the way that was promised.
insert into screening_cancellation as before (screening_id, way, reason, cancelled_at, cancelled_by)
values ($1, $2, $3, $4, $5)
on conflict (screening_id) do update set
    reason = excluded.reason, cancelled_at = excluded.cancelled_at, cancelled_by = excluded.cancelled_by, done_at = null
where $6::boolean and before.way = excluded.way
returning screening_id;

-- name: get_cancellation
-- A screening's cancellation, with how many orders have heard of it.
select way, reason, cancelled_at, cancelled_by, done_at,
    (select count(*) from screening_cancellation_order as told where told.screening_id = $1) as orders_told
from screening_cancellation where screening_id = $1;

-- name: list_orders_concerned
-- Orders with live tickets of cancelled screenings that have still to be seen to, at most $1.
select cancellation.screening_id, cancellation.way, concerned.order_id
from screening_cancellation as cancellation
cross join lateral (
    select distinct ticket.order_id from ticket
    where ticket.screening_id = cancellation.screening_id and ticket.status in ('reserved', 'sold')
      and (cancellation.way = 'refund' or ticket.status = 'reserved' or not exists (
          select from screening_cancellation_order as told
          where told.screening_id = ticket.screening_id and told.order_id = ticket.order_id
      ))
    order by ticket.order_id
    limit $1
) as concerned
where cancellation.done_at is null
limit $1;

-- name: note_order
-- The order $2 hears that the screening $1 is cancelled; no row where it has heard.
insert into screening_cancellation_order (screening_id, order_id) values ($1, $2)
on conflict do nothing
returning order_id;

-- name: take_turns_on_cancellations
-- Cancellations that may be done, see end_cancellations: whoever enters tickets for one meanwhile goes first or second.
select screening_id from screening_cancellation where done_at is null and cancelled_at <= $1
order by screening_id
for no key update;

-- name: end_cancellations
-- Cancellations older than $1 with no order left to be seen to are done at $2. Until then an order may still come from a
-- process that read the programme a moment before.
update screening_cancellation as cancellation set done_at = $2
where done_at is null and cancelled_at <= $1 and not exists (
    select from ticket
    where ticket.screening_id = cancellation.screening_id and ticket.status in ('reserved', 'sold')
      and (cancellation.way = 'refund' or ticket.status = 'reserved' or not exists (
          select from screening_cancellation_order as told
          where told.screening_id = ticket.screening_id and told.order_id = ticket.order_id
      ))
);

-- name: queue_cancelled_letter
-- A letter about the tickets $2 of order $1 for a cancelled screening: to its buyer, or to the holder of the ticket $3.
insert into job (kind, payload, run_at) values (
    'mail_screening_cancelled',
    jsonb_build_object('order', $1::text, 'tickets', $2::text[], 'refund', 0, 'holder', $3::text, 'at', $4::timestamptz),
    $4
);

-- name: count_invited
-- How many guests of the screening $1 would be told of a new time: those with an address, no tickets and no refusal.
select count(*) from invitation
where screening_id = $1 and order_id is null and email <> '' and status in ('invited', 'accepted', 'waiting');

-- name: queue_moved_invitations
-- A letter to each of them: the screening $1 was moved from $2 to $3. They leave a moment after $4, as those of buyers.
insert into job (kind, payload, run_at)
select 'mail_invitation_moved', jsonb_build_object(
    'invitation', invitation_id, 'was', $2::timestamptz, 'starts_at', $3::timestamptz
), $4::timestamptz + interval '10 seconds'
from invitation
where screening_id = $1 and order_id is null and email <> '' and status in ('invited', 'accepted', 'waiting');

-- name: queue_moved_letters
-- A letter to each order, and to whoever holds a ticket that was passed on, of the screening $1 that was moved from $2 to
-- $3; how many orders there are. They leave a moment later, when every process has read the new time.
with held as (
    select order_id, min(ticket_id) as ticket, holder_email is not null as passed_on from ticket
    where screening_id = $1 and status = 'sold'
    group by order_id, holder_email is not null, case when holder_email is not null then ticket_id end
), queued as (
    insert into job (kind, payload, run_at)
    select 'mail_screening_moved', jsonb_build_object(
        'order', order_id, 'ticket', ticket, 'passed_on', passed_on, 'screening', $1::text,
        'was', $2::timestamptz, 'starts_at', $3::timestamptz
    ), $4::timestamptz + interval '10 seconds'
    from held
)
select count(distinct order_id) from held;
