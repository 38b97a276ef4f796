-- What may never be found in the books, whatever happened. Each row names the invariant of docs/architecture.md that
-- it breaks, and what breaks it.

-- 1: a seat of a screening has at most one live ticket
select '1 seat sold twice' as broken, screening_id || ' ' || seat as by
from ticket where status in ('reserved', 'sold') group by screening_id, seat having count(*) > 1

-- 2: money taken = tickets live + money back + fees kept, per order and currency
union all
select '2 money does not add up', order_id || ' ' || currency || ' ' || sum(amount)
from (
    select order_id, currency, amount from payment
    union all select order_id, currency, -amount from refund
    union all select order_id, currency, -price_amount from ticket
        where status = 'sold' or released_at is not null
    union all select order_id, currency, -fee_amount from orders
) as books group by order_id, currency having sum(amount) <> 0

-- 2: no ticket is in a state that its order does not allow
union all
select '2 ticket and order disagree', ticket_id || ' ' || ticket.status || ' in ' || orders.status
from ticket join orders using (order_id)
where (ticket.status = 'sold' and orders.status <> 'confirmed')
   or (ticket.status = 'reserved' and ticket.replaces is null and orders.status <> 'awaiting_payment')
   or (orders.status = 'awaiting_payment' and ticket.status <> 'reserved')

-- 2: a place is reserved by an exchange exactly as long as that waits for its payment
union all
select '2 exchange and places disagree', ticket || ' ' || screening || ' ' || seat
from (
    (
        select replaces, screening_id, seat from ticket where replaces is not null
        except
        select place.ticket_id, place.screening_id, place.seat
        from exchange join exchanged_ticket as place using (exchange_id) where status = 'awaiting_payment'
    )
    union all
    (
        select place.ticket_id, place.screening_id, place.seat
        from exchange join exchanged_ticket as place using (exchange_id) where status = 'awaiting_payment'
        except
        select replaces, screening_id, seat from ticket where replaces is not null
    )
) as odd (ticket, screening, seat)

-- 2: for an exchange no more is kept than it came to, and nothing unless it was done
union all
select '2 exchange and money disagree', exchange_id || ' ' || status
from exchange cross join lateral (
    select coalesce(sum(amount - refunded_amount), 0) as kept from payment where payment.charge = exchange.exchange_id
) as money
where status = 'awaiting_payment' and kept <> 0
   or status = 'done' and due_amount > 0 and kept > due_amount
   or status in ('refused', 'expired', 'withdrawn') and kept <> 0

-- 2: no money is taken at the counter that buys nothing: the buyer stands there, and keeps it
union all
select '2 taken at the counter for nothing', payment.order_id || ' ' || reason
from refund join payment using (payment_id)
where payment.provider = 'counter' and reason in ('paid_too_late', 'paid_twice')

-- 2: what was booked to a closed shift is what it was closed with; what was taken by hand stands in a shift
union all
select '2 a till and its bookings disagree', till_shift.shift_id || ' ' || booked.currency
from till_shift cross join lateral till_sums(shift_id) as booked
left join till_count on till_count.shift_id = till_shift.shift_id and till_count.currency = booked.currency
where closed_at is not null
    and (booked.currency, booked.cash_taken, booked.cash_handed_out, booked.card_taken, booked.card_sent_back)
        is distinct from (
            till_count.currency, till_count.cash_taken, till_count.cash_handed_out, till_count.card_taken,
            till_count.card_sent_back
        )
union all
select '2 taken by hand at no till', payment.order_id || ' ' || payment.amount
from payment where method is not null and shift_id is null

-- 2: what the counter took back is void, and its refunds come to what was told
union all
select '2 taken back and refunds disagree', cancellation_id::text
from counter_cancellation
where refund_amount <> (select coalesce(sum(amount), 0) from refund where refund_id = any(refunds))
   or exists (select from ticket where ticket_id = any(tickets) and status <> 'void')

-- 6: a ticket that was printed anew has at least the code of its last reprint
union all
select '6 a reprint was forgotten', ticket_id
from ticket join reprint using (ticket_id) where reprint.revision > ticket.revision

-- 6: admitted once an entry: between two entries there is an exit; where nobody may come back, one entry
union all
select '6 admitted twice', ticket_id || ' at ' || gate
from (
    select ticket_id, gate, verdict,
        lag(verdict) over (partition by ticket_id order by scanned_at, received_at) as before
    from scan where verdict in ('admitted', 'left')
) as passages where verdict = 'admitted' and before = 'admitted'
union all
select '6 entries miscounted', ticket_id || ' ' || entries
from ticket
where entries <> (select count(*) from scan where scan.ticket_id = ticket.ticket_id and verdict = 'admitted')
union all
select '6 let in again where nobody is', ticket_id
from ticket join screening using (screening_id) join festival using (festival_id)
where entries > 1 and not coalesce((festival.rules ->> 'reentry')::boolean, true)

-- 7: one mail a confirmed order, one use of a voucher an order that counts
union all
select '7 mails', orders.order_id || ' ' || count(job.job_id)
from orders left join job on job.kind = 'mail_order' and job.payload ->> 'order' = orders.order_id
group by orders.order_id, orders.confirmed_at
-- Over the counter nobody needs to give an address.
having count(job.job_id) <> (orders.confirmed_at is not null and orders.buyer_email <> '')::int
union all
select '7 voucher miscounted', voucher.voucher || ' ' || voucher.uses
from voucher
where uses <> (
    select count(*) from orders
    where orders.voucher = voucher.voucher and orders.festival_id = voucher.festival_id
      and (status = 'awaiting_payment' or confirmed_at is not null)
)

-- 8: each ticket that is sold, or was released as a no-show, was issued once more than cancelled, for its price; every
-- other one as often as cancelled
union all
select '8 ledger and tickets disagree', ticket_id || ' ' || ticket.status
from ticket left join lateral (
    select coalesce(sum(case kind when 'issued' then 1 when 'cancelled' then -1 end), 0) as rights,
           coalesce(sum(case kind when 'issued' then amount when 'cancelled' then -amount end), 0) as takings,
           coalesce(sum(case kind when 'released' then 1 when 'restored' then -1 end), 0) as released
    from ledger_entry where ledger_entry.ticket_id = ticket.ticket_id
) as entered on true
where rights <> (ticket.status = 'sold' or released_at is not null)::int
   or takings <> case when ticket.status = 'sold' or released_at is not null then price_amount else 0 end
   or released <> (released_at is not null)::int
union all
select '8 sold by hand and not told apart', ticket_id || ' ' || paper
from hand_sold join orders using (order_id)
where channel <> 'hand_sold' or 1 <> (
    select count(*) from ledger_entry
    where ledger_entry.ticket_id = hand_sold.ticket_id and kind = 'issued' and reason = 'hand_sold'
)
union all
select '8 numbers have a gap', screening_id || ' ' || tariff
from ledger_seal where kind = 'issued'
group by screening_id, tariff having max(right_number) <> count(*) or min(right_number) <> 1

-- 9: two screenings never overlap in one hall
union all
select '9 screenings overlap', one.screening_id || ' ' || other.screening_id
from screening as one join screening as other on one.hall_id = other.hall_id and one.screening_id < other.screening_id
where one.status = 'published' and other.status = 'published'
  and tstzrange(one.starts_at, one.ends_at) && tstzrange(other.starts_at, other.ends_at)

-- the counts that gates are told are those of the tickets
union all
select 'x tickets miscounted', screening_id
from screening
where (select (coalesce(sum(sold), 0), coalesce(sum(admitted), 0)) from ticket_count
       where ticket_count.screening_id = screening.screening_id)
   is distinct from
      (select (count(*), count(*) filter (where entries > 0)) from ticket
       where ticket.screening_id = screening.screening_id and status = 'sold')
