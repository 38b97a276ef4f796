-- What is done between the doors and the film. Tickets are locked in the order in which the doors lock them.

-- name: list_presence
-- The live and released tickets of screening $1 by seat, its broken seats, its guests, and how many
-- are inside by a badge, as JSON; no personal data.
select json_build_object(
    'tickets', (
        select coalesce(json_agg(json_build_object(
            'ticket', ticket_id, 'seat', seat, 'tariff', tariff, 'status', status, 'entries', entries,
            'inside', inside, 'at', admitted_at, 'gate', admitted_gate, 'released_at', released_at
        ) order by seat, ticket_id), '[]')
        from ticket
        where screening_id = $1 and (status in ('reserved', 'sold') or (status = 'void' and released_at is not null))
    ),
    'broken', (
        select coalesce(json_agg(json_build_object(
            'seat', seat, 'note', note, 'ticket', ticket_id, 'moved_to', moved_to
        ) order by seat), '[]')
        from broken_seat where screening_id = $1
    ),
    'guests', (
        select json_build_object('expected', coalesce(sum(plus_ones + 1), 0), 'arrived', coalesce(sum(arrived), 0))
        from guest where screening_id = $1
    ),
    'badges', (select count(*) from badge_entry where screening_id = $1 and inside and entries > 0)
)::text;

-- name: release_no_shows
-- The tickets of screening $1 that were issued before $2, and with which nobody has come by $3, are void; their money
-- and rights stay as they are. By $4. One that a gate lets in meanwhile is waited for, and stays.
with missing as (
    select ticket_id from ticket
    where screening_id = $1 and status = 'sold' and entries = 0 and restored_at is null and created_at < $2
    order by ticket_id for update
), released as (
    update ticket set status = 'void', voided_at = $3, released_at = $3
    from missing where ticket.ticket_id = missing.ticket_id and ticket.status = 'sold' and ticket.entries = 0
    returning ticket.*
), entered as (
    insert into ledger_entry (screening_id, ticket_id, order_id, kind, tariff, amount, currency, at, seat)
    select screening_id, ticket_id, order_id, 'released', tariff, 0, currency, $3, seat from released
), audited as (
    insert into audit (at, login, act, subject, detail)
    select $3, $4, 'no_shows_released', $1, jsonb_build_object('tickets', jsonb_agg(ticket_id order by ticket_id))
    from released having count(*) > 0
)
select ticket_id as ticket, seat from released order by seat;

-- name: list_no_shows
-- What release_no_shows would void of screening $1, issued before $2, as things stand.
select ticket_id as ticket, seat, order_id from ticket
where screening_id = $1 and status = 'sold' and entries = 0 and restored_at is null and created_at < $2
order by seat, ticket_id;

-- name: read_released
-- The ticket $2 of screening $1, as far as its release goes; the row is locked.
select seat, ticket.status, released_at, orders.status as order_status
from ticket join orders using (order_id)
where ticket_id = $2 and screening_id = $1
for update of ticket;

-- name: restore_ticket
-- The released ticket $1 is good again, at $2, by $3. The unique index of live tickets says whether its seat is free.
with restored as (
    update ticket set status = 'sold', voided_at = null, released_at = null, restored_at = $2
    where ticket_id = $1 and released_at is not null
    returning *
), entered as (
    insert into ledger_entry (screening_id, ticket_id, order_id, kind, tariff, amount, currency, at, seat)
    select screening_id, ticket_id, order_id, 'restored', tariff, 0, currency, $2, seat from restored
)
insert into audit (at, login, act, subject, detail)
select $2, $3, 'no_show_restored', screening_id, jsonb_build_object('ticket', ticket_id) from restored;

-- name: find_rush_order
-- The order that a rush ticket with the key $1 made, or none.
select order_id from orders where idempotency_key = $1;

-- name: give_rush_ticket
-- An order $1 of festival $2 with one ticket $3 for seat $5 of screening $4, in zone $6, by the tariff $7, free, in
-- currency $8; key $9, language $10, at $11, by $12. Nobody is named in it and nothing is mailed.
with placed as (
    insert into orders (
        order_id, festival_id, status, channel, buyer_email, buyer_name, locale, currency, total_amount,
        payment_provider, idempotency_key, request_fingerprint, placed_at, confirmed_at
    ) values ($1, $2, 'confirmed', 'counter', '', '', $10, $8, 0, 'counter', $9, '', $11, $11)
    on conflict (idempotency_key) do nothing
    returning order_id
), written as (
    insert into ticket (
        ticket_id, order_id, screening_id, seat, zone, tariff, price_amount, currency, status, created_at
    )
    select $3, order_id, $4, $5, $6, $7, 0, $8, 'sold', $11 from placed
    returning *
), entered as (
    insert into ledger_entry (screening_id, ticket_id, order_id, kind, tariff, amount, currency, at, seat, reason)
    select screening_id, ticket_id, order_id, 'issued', tariff, 0, currency, $11, seat, 'rush' from written
), audited as (
    insert into audit (at, login, act, subject, detail)
    select $11, $12, 'rush_ticket_given', screening_id, jsonb_build_object('ticket', ticket_id, 'seat', seat)
    from written
)
select order_id from placed;

-- name: report_broken_seat
-- Seat $2 of screening $1 is broken: $3, at $4, by $5. Reported again it stays as it was; the row is locked either way.
insert into broken_seat as known (screening_id, seat, note, reported_at, reported_by)
values ($1, $2, $3, $4, $5)
on conflict (screening_id, seat) do update set note = known.note
returning ticket_id, moved_to, (select order_id from ticket where ticket.ticket_id = known.ticket_id) as order_id;

-- name: list_broken_seats
-- The broken seats of screening $1.
select seat from broken_seat where screening_id = $1;

-- name: read_ticket_on_seat
-- The live ticket on seat $2 of screening $1, locked.
select ticket_id, status from ticket
where screening_id = $1 and seat = $2 and status in ('reserved', 'sold')
for update;

-- name: move_ticket
-- The sold ticket $1 moves to seat $2, at $4, by $5, since its own, $3, is broken: earlier codes are superseded, and a
-- letter is on its way to whom it was sent. The price and the right stay; the ledger says where its seat is now.
with moved as (
    update ticket set seat = $2, revision = revision + 1 where ticket_id = $1 and status = 'sold'
    returning *
), noted as (
    update broken_seat set ticket_id = moved.ticket_id, moved_to = $2
    from moved where broken_seat.screening_id = moved.screening_id and broken_seat.seat = $3
), entered as (
    insert into ledger_entry (screening_id, ticket_id, order_id, kind, tariff, amount, currency, at, seat, reason)
    select screening_id, ticket_id, order_id, 'transferred', tariff, 0, currency, $4, seat, 'reseated' from moved
), queued as (
    insert into job (kind, payload, run_at)
    select 'mail_reseated', jsonb_build_object(
        'order', order_id, 'ticket', ticket_id, 'revision', revision, 'before', $3::text
    ), $4
    from moved join orders using (order_id) where coalesce(holder_email, buyer_email) <> ''
), audited as (
    insert into audit (at, login, act, subject, detail)
    select $4, $5, 'ticket_reseated', screening_id,
        jsonb_build_object('ticket', ticket_id, 'from', $3::text, 'to', seat)
    from moved
)
select order_id, revision from moved;

-- name: note_nobody_moved
-- Ticket $3 sits on the broken seat $2 of screening $1, and no equal seat is free.
update broken_seat set ticket_id = $3, moved_to = null where screening_id = $1 and seat = $2;

-- name: audit_broken_seat
-- What was done about seat $4: $3, at screening $2 by $1, at $5.
insert into audit (at, login, act, subject, detail)
values ($5, $1, $3, $2, jsonb_build_object('seat', $4::text));

-- name: repair_seat
-- Seat $2 of screening $1 can be sat on again. `free`: nobody has it, and it is kept back for nobody at $3.
with repaired as (
    delete from broken_seat where screening_id = $1 and seat = $2 returning screening_id, seat
)
select not exists (
    select from ticket
    where ticket.screening_id = $1 and ticket.seat = $2 and status in ('reserved', 'sold')
) and not exists (
    select from allotment_seat join allotment using (screening_id, allotment_id)
    where allotment_seat.screening_id = $1 and allotment_seat.seat = $2 and allotment.released_at is null
      and (allotment.release_at is null or allotment.release_at > $3)
) as free
from repaired;

-- name: read_guest_list
-- What the list of screening $1 holds; no row where it has none.
select places_max, allotment_id as allotment, places, entries from guest_list where screening_id = $1;

-- name: set_guest_list
-- The list of screening $1 holds $2 people, with the seats of the allotment $3 (null: without seats). By $4, at $5.
with written as (
    insert into guest_list (screening_id, places_max, allotment_id) values ($1, $2, $3)
    on conflict (screening_id) do update set places_max = excluded.places_max, allotment_id = excluded.allotment_id
    returning screening_id
)
insert into audit (at, login, act, subject, detail)
select $5, $4, 'guest_list_set', screening_id, jsonb_build_object('places_max', $2::int, 'allotment', $3::text)
from written;

-- name: count_allotment
-- How many seats the allotment $2 keeps back at screening $1; no row where there is none.
select count(seat)::int as seats
from allotment left join allotment_seat using (screening_id, allotment_id)
where allotment.screening_id = $1 and allotment_id = $2
group by allotment_id;

-- name: add_guest
-- The guest $1 of screening $2: $3, a note $4, invited by $5, with $6 more people. At $7, by $8. Added again: nothing.
-- The audit names nobody.
with added as (
    insert into guest (guest_id, screening_id, name, note, owner, plus_ones, added_at, added_by)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
    on conflict (guest_id) do nothing
    returning guest_id, screening_id
)
insert into audit (at, login, act, subject, detail)
select $7, $8, 'guest_added', screening_id, jsonb_build_object('guest', guest_id) from added;

-- name: list_guests
-- The guests of screening $1 with what the door needs.
select guest_id as guest, name, note, owner, plus_ones, arrived from guest
where screening_id = $1 and erased_at is null
order by guest_id;

-- name: read_guest
-- The guest $2 of screening $1, locked.
select guest_id as guest, name, note, owner, plus_ones, arrived from guest
where screening_id = $1 and guest_id = $2 and erased_at is null
for update;

-- name: find_arrival
-- Whose arrival $1 was, where it is known.
select guest_id from guest_arrival where arrival_id = $1;

-- name: let_guests_in
-- The arrival $1 of $3 people on the name $2, at $4, gate $5, by $6.
with come as (
    insert into guest_arrival (arrival_id, guest_id, people, arrived_at, gate, let_in_by)
    values ($1, $2, $3, $4, $5, $6)
    returning guest_id, people
)
update guest set arrived = guest.arrived + come.people
from come where guest.guest_id = come.guest_id;

-- name: take_off_guest
-- The guest $2 is off the list of screening $1, where nobody has come on that name. At $3, by $4.
with gone as (
    delete from guest where screening_id = $1 and guest_id = $2 and arrived = 0 returning guest_id, screening_id
)
insert into audit (at, login, act, subject, detail)
select $3, $4, 'guest_taken_off', screening_id, jsonb_build_object('guest', guest_id) from gone;

-- name: erase_guests
-- Names and notes of the guests of screenings that ended before $1 are forgotten, at $2; at most $3 at once.
update guest set name = '', note = '', owner = '', erased_at = $2
where guest_id in (
    select guest_id from guest join screening using (screening_id)
    where erased_at is null and ends_at < $1
    limit $3
);
