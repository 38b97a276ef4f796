-- Money taken and money that goes back. The order's row is locked before any of it.

-- name: note_payment_event
-- Keep what a provider told us; no row where it has told us before.
insert into payment_event (provider, event_id, order_id, body, received_at, outcome)
values ($1, $2, $3, $4, $5, $6)
on conflict (provider, event_id) do nothing
returning event_id;

-- name: take_payment
-- Enter money into the books, paid for the charge $2; no row where this payment stands there already.
insert into payment (order_id, charge, provider, provider_reference, amount, currency, paid_at)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (provider, provider_reference) do nothing
returning payment_id;

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
-- All of one payment that is not on its way back yet goes back.
insert into refund (order_id, payment_id, amount, currency, reason, owed_at)
select order_id, payment_id, amount - refunded_amount, currency, $2, $3
from payment where payment_id = $1 and amount > refunded_amount;

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
