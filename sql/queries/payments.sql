-- Money taken and money that goes back. The order's row is locked before any of it.

-- name: note_payment_event
-- Keep what a provider told us; no row where it has told us before.
insert into payment_event (provider, event_id, order_id, body, received_at, outcome)
values ($1, $2, $3, $4, $5, $6)
on conflict (provider, event_id) do nothing
returning event_id;

-- name: take_payment
-- Enter money into the books, paid for the charge $2, at a counter by the method $8 into the hands of $9 in their shift
-- $10; no row where this payment stands there already.
insert into payment (
    order_id, charge, provider, provider_reference, amount, currency, paid_at, method, taken_by, shift_id
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict (provider, provider_reference) do nothing
returning payment_id;

-- name: is_owed_back
-- Whether some of a payment goes back.
select refunded_amount > 0 from payment where payment_id = $1;

-- name: owe_refund
-- $2 of what an order has paid goes back, from the newest payments first: those are the easiest to send back. The
-- answer is what could be owed, less than asked for where less was paid.
with left_over as (
    select payment_id, amount - refunded_amount as left_amount,
        sum(amount - refunded_amount) over (order by paid_at desc, payment_id desc) as up_to_here
    from payment
    where order_id = $1 and currency = $3 and amount > refunded_amount
), owed as (
    insert into refund (order_id, payment_id, amount, currency, reason, owed_at)
    select $1, payment_id, least(left_amount, $2 - (up_to_here - left_amount)), $3, $4, $5
    from left_over where up_to_here - left_amount < $2
    returning amount
)
select coalesce(sum(amount), 0)::bigint from owed;

-- name: owe_payment_back
-- All of one payment that is not on its way back yet goes back, and the buyer is told why.
with source as (
    select * from payment where payment_id = $1 and amount > refunded_amount
), owed as (
    insert into refund (order_id, payment_id, amount, currency, reason, owed_at)
    select order_id, payment_id, amount - refunded_amount, currency, $2, $3 from source
    returning *
)
insert into job (kind, payload, run_at)
select 'mail_payment_returned', jsonb_build_object(
    'refund', owed.refund_id, 'order', owed.order_id, 'reason', owed.reason, 'amount', owed.amount,
    'currency', owed.currency, 'provider', source.provider
), $3
from owed join source using (payment_id);

-- name: take_refund_due
-- The refund of one of the providers $2 that waits longest to be sent at $1. Its row stays locked until its provider
-- has answered, so that no two workers send it.
select refund.refund_id, refund.order_id, refund.amount, refund.currency, refund.attempts,
    payment.provider, payment.provider_reference
from refund join payment using (payment_id)
where refund.settled_at is null and refund.failed_at is null
    and coalesce(refund.retry_at, refund.owed_at) <= $1 and payment.provider = any($2::text[])
order by coalesce(refund.retry_at, refund.owed_at), refund.refund_id
limit 1
for update of refund skip locked;

-- name: settle_refund
-- The provider has taken a refund over, and calls it $3.
update refund set settled_at = $2, sent_as = $3, last_error = null
where refund_id = $1 and settled_at is null;

-- name: put_off_refund
-- The provider did not take it over: not again before $2.
update refund set attempts = attempts + 1, retry_at = $2, last_error = $3 where refund_id = $1;

-- name: give_up_refund
-- The provider will never send it: a person has to.
update refund set attempts = attempts + 1, failed_at = $2, last_error = $3 where refund_id = $1;

-- name: refund_came_back
-- Money that a provider had taken over did not arrive: a person has to hand it out.
update refund set settled_at = null, failed_at = $2, last_error = $3
where refund_id = $1 and failed_at is null and settled_by is null
    and exists (select from payment where payment.payment_id = refund.payment_id and payment.provider = $4)
returning order_id;

-- name: change_payment_way
-- A waiting order is to be paid by another provider $2, until $3.
update orders set payment_provider = $2, expires_at = $3 where order_id = $1 and status = 'awaiting_payment';

-- name: measure_refunds
-- By provider, how long ago the refund was owed that has waited longest to be settled, in seconds at $1, and how many
-- wait. A refund that a person hands out is counted under "by_hand".
select case when failed_at is null and payment.provider = any($2::text[]) then payment.provider else 'by_hand' end
        as way,
    extract(epoch from $1::timestamptz - min(refund.owed_at))::float8 as age_s, count(*) as refunds
from refund join payment using (payment_id)
where settled_at is null
group by 1;

-- name: find_payment_session
-- The page that is open for the charge $2 at $3 (url is null where there is none), and how many there were.
select count(*) as sessions, max(url) filter (where closed_at is null and ends_at > $3) as url
from payment_session where provider = $1 and charge = $2;

-- name: newest_payment_session
-- The page that a charge was given last.
select session from payment_session where provider = $1 and charge = $2 order by opened_at desc limit 1;

-- name: keep_payment_session
-- A page was opened for the charge $3, to be closed at $6.
insert into payment_session (provider, session, charge, url, opened_at, ends_at) values ($1, $2, $3, $4, $5, $6)
on conflict do nothing;

-- name: list_payment_sessions_ended
-- Pages whose charge's time is over at $2.
select session from payment_session where provider = $1 and closed_at is null and ends_at <= $2
order by ends_at limit $3;

-- name: close_payment_session
-- The page takes no payment any more.
update payment_session set closed_at = $3 where provider = $1 and session = $2;

-- name: queue_demo_notice
-- The demo bank's answer $1 comes at $2.
insert into job (kind, payload, run_at) values ('demo_bank_answers', $1, $2);

-- name: find_payment
-- A payment by its provider's reference.
select charge, amount, currency from payment where provider = $1 and provider_reference = $2;

-- name: list_hand_refunds
-- Refunds within reach of $3 that none of the providers $1 will send, the oldest first, at most $2.
select refund.refund_id, refund.order_id, orders.buyer_name, refund.amount, refund.currency, refund.reason,
    refund.owed_at, payment.method, refund.failed_at is not null as sent_in_vain
from refund join payment using (payment_id) join orders on orders.order_id = refund.order_id
where refund.settled_at is null and (refund.failed_at is not null or payment.provider <> all($1::text[]))
    and ($3::jsonb is null or order_within_reach($3, refund.order_id))
order by refund.owed_at, refund.refund_id
limit $2;

-- name: hand_out_refund
-- The person $3 has handed a refund out, which none of the providers $4 will send: by the method $5 (null: as it was
-- paid, else in cash), in the shift $6.
update refund set settled_at = $2, settled_by = $3, shift_id = $6, method = coalesce($5, payment.method, 'cash')
from payment
where refund.refund_id = $1 and payment.payment_id = refund.payment_id and refund.settled_at is null
    and (refund.failed_at is not null or payment.provider <> all($4::text[]))
returning refund.order_id, refund.amount, refund.currency, refund.method;

-- name: was_handed_out
-- Whether a person has handed this refund out.
select true from refund where refund_id = $1 and settled_by is not null;

-- name: is_order_within_reach
-- Whether all of order $1 is within reach of $2; no row where there is none.
select order_within_reach($2::jsonb, order_id) from orders where order_id = $1;

-- name: is_refund_within_reach
-- Whether all of the order of refund $1 is within reach of $2; no row where there is none.
select order_within_reach($2::jsonb, order_id) from refund where refund_id = $1;
