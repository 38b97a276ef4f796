-- A ticket by itself, for whoever holds it.

-- name: find_order_of_ticket
-- The order that a ticket belongs to.
select order_id from ticket where ticket_id = $1;

-- name: list_dates_of_order
-- The screenings that an order ever had a ticket for, each with how often its rights changed and when they last did;
-- an exchanged or given back ticket leaves its entry, so its date can be taken off a calendar.
select screening_id, count(*)::int as changes, max(at) as changed_at
from ledger_entry
where order_id = $1
group by screening_id
order by screening_id;
