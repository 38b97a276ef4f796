-- Tills and their shifts. A shift's row is locked by whoever books money to it, and by whoever closes it.

-- name: set_till
-- The till $1 stands at venue $2 and is called $3; $4 says whether it is in use. True where that changed anything.
insert into till as known (till_id, venue_id, name, in_use) values ($1, $2, $3, $4)
on conflict (till_id) do update set venue_id = excluded.venue_id, name = excluded.name, in_use = excluded.in_use
where (known.venue_id, known.name, known.in_use) is distinct from (excluded.venue_id, excluded.name, excluded.in_use)
returning true;

-- name: find_till
-- A till, and whether it is in use.
select venue_id, in_use from till where till_id = $1;

-- name: list_tills
-- The tills of the venues $1 (null: of all), in use or not, with who has them open, at most $2.
select till.till_id as till, till.venue_id as venue, till.name, till.in_use, shift_id::text as shift,
    till_shift.login, till_shift.opened_at
from till left join till_shift on till_shift.till_id = till.till_id and till_shift.closed_at is null
where $1::text[] is null or till.venue_id = any($1)
order by till.in_use desc, till.venue_id, till.name, till.till_id
limit $2;

-- name: open_shift
-- The shift $1 of till $2 by $3, at $4, with the float of the currencies $5 and amounts $6. No row: it was opened before.
with opened as (
    insert into till_shift (shift_id, till_id, login, opened_at) values ($1, $2, $3, $4)
    on conflict (shift_id) do nothing
    returning shift_id
), put_in as (
    insert into till_float (shift_id, currency, amount)
    select shift_id, currency, amount from opened, unnest($5::text[], $6::bigint[]) as one (currency, amount)
)
select shift_id from opened;

-- name: find_open_shift
-- The shift that $1 has open. It can't be closed while this transaction lasts.
select shift_id, till.till_id as till, venue_id as venue
from till_shift join till using (till_id)
where login = $1 and closed_at is null
for share of till_shift;

-- name: lock_shift
-- Whose shift it is, at which venue, and whether it is closed; its row is locked.
select login, closed_at, venue_id as venue
from till_shift join till using (till_id) where shift_id = $1
for update of till_shift;

-- name: sums_of_shift
-- What was booked to a shift, by currency.
select * from till_sums($1) order by currency;

-- name: count_shift
-- The currencies $2 of shift $1 come to what was booked, and $3 was counted; the terminal says $4.
insert into till_count (
    shift_id, currency, float_amount, cash_taken, cash_handed_out, cash_counted, card_taken, card_sent_back,
    terminal_total
)
select $1, counted.currency, coalesce(float_amount, 0), coalesce(cash_taken, 0), coalesce(cash_handed_out, 0),
    counted.cash, coalesce(card_taken, 0), coalesce(card_sent_back, 0), counted.terminal
from unnest($2::text[], $3::bigint[], $4::bigint[]) as counted (currency, cash, terminal)
left join till_sums($1) as sums on sums.currency = counted.currency;

-- name: close_shift
-- The shift is closed at $2, by $3, who says $4.
update till_shift set closed_at = $2, closed_by = $3, note = $4 where shift_id = $1;

-- name: read_shift
-- A shift as sales.tills.model.Shift; none where there is none.
select till_shift_facts(shift_id)::text from till_shift where shift_id = $1;

-- name: list_bookings
-- What was booked to shift $1, by time, at most $2: payments, and refunds below zero.
select order_id as "order", amount, currency, method, paid_at as at from payment where shift_id = $1
union all
select order_id, -amount, currency, method, settled_at from refund where shift_id = $1
order by at, "order", amount
limit $2;

-- name: list_shifts
-- The shifts at the venues $1 (null: all), of till $2 (null: of all), opened before the shift $4 that was opened at $3
-- (null: from the latest on), the latest first, at most $5.
select till_shift_facts(shift_id)::text
from till_shift join till using (till_id)
where ($1::text[] is null or till.venue_id = any($1)) and ($2::text is null or till.till_id = $2)
    and ($3::timestamptz is null or (opened_at, shift_id) < ($3, $4::uuid))
order by opened_at desc, shift_id desc
limit $5;
