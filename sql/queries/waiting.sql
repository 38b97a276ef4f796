-- Waiting lists. Whoever changes one locks its row in waiting_queue first; so its entries, offers and the word for the
-- mirror change together, and one worker at a time offers its seats.

-- name: open_queue
-- The list of a screening, made at the first time.
insert into waiting_queue (screening_id) values ($1) on conflict do nothing;

-- name: lock_queue
-- Take turns on the list of a screening.
select version, open from waiting_queue where screening_id = $1 for update;

-- name: lock_queue_unless_busy
-- The same for a worker: no row where another one is at it.
select version, open from waiting_queue where screening_id = $1 for update skip locked;

-- name: settle_queue
-- Somebody waits, or nobody does any more. A new version, where that has changed or ($2) somebody wants something
-- new, makes the mirror keep all that is free until the list was asked. Answers the word for the mirror.
with now_open as (
    select exists (
        select from waiting_entry where screening_id = $1 and status in ('waiting', 'offered')
    ) as open
)
update waiting_queue set
    version = version + (waiting_queue.open <> now_open.open or ($2::boolean and now_open.open))::int,
    open = now_open.open
from now_open
where screening_id = $1
returning version || ':' || waiting_queue.open::int;

-- name: find_entry_of_address
-- The entry of an address in a list, if it waits or has an offer.
select entry_id from waiting_entry
where screening_id = $1 and lower(email) = lower($2) and status in ('waiting', 'offered');

-- name: find_entry_of_request
-- What a request that is sent again has made: an entry of this list and address, by the hash of the request's key.
select entry_id from waiting_entry
where screening_id = $1 and lower(email) = lower($2) and request_key = $3
order by number desc limit 1;

-- name: count_entries
-- How many wait in a list, and in how many lists an address waits.
select
    (select count(*) from waiting_entry where screening_id = $1 and status in ('waiting', 'offered')) as in_line,
    (select count(*) from waiting_entry where lower(email) = lower($2) and status in ('waiting', 'offered')) as of_address;

-- name: add_entry
-- Somebody joins at the end of the line, and is written to.
with numbered as (
    update waiting_queue set last_number = last_number + 1 where screening_id = $2 returning last_number
), added as (
    insert into waiting_entry (
        entry_id, screening_id, number, people, wheelchair, zone, email, name, locale, request_key, joined_at
    )
    select $1, $2, last_number, $3, $4, $5, $6, $7, $8, $9, $10 from numbered
    returning entry_id, joined_at
)
insert into job (kind, payload, run_at)
select 'mail_waiting_joined', jsonb_build_object('entry', entry_id, 'at', $11::text), joined_at from added;

-- name: queue_joined_letter
-- The link once more, for somebody who joins again. The letter's key has the hour in it: one an hour at most.
insert into job (kind, payload, run_at)
values ('mail_waiting_joined', jsonb_build_object('entry', $1::text, 'at', $3::text), $2);

-- name: change_entry
-- Another party, name or language; the place in the line stays.
update waiting_entry set people = $2, wheelchair = $3, zone = $4, name = $5, locale = $6
where entry_id = $1;

-- name: read_entry
-- An entry with its place and its offer, as sales.waiting.model.EntryFacts.
select jsonb_build_object(
    'entry', entry.entry_id, 'screening', entry.screening_id,
    'party', jsonb_build_object('people', entry.people, 'wheelchair', entry.wheelchair, 'zone', entry.zone),
    'email', entry.email, 'name', entry.name, 'locale', entry.locale, 'status', entry.status,
    'offers', entry.offers, 'joined_at', entry.joined_at,
    'place', case when entry.status = 'waiting' then (
        select count(*) from waiting_entry as earlier
        where earlier.screening_id = entry.screening_id and earlier.status = 'waiting'
          and earlier.number <= entry.number
    ) end,
    'offer', (
        select jsonb_build_object(
            'hold', hold_id, 'seats', seats, 'expires_at', expires_at, 'status', waiting_offer.status
        )
        from waiting_offer
        where waiting_offer.entry_id = entry.entry_id and waiting_offer.status in ('open', 'ordered')
    )
)::text
from waiting_entry as entry
where entry.entry_id = $1;

-- name: list_open_queues
-- The lists with somebody in them, with the offers that the mirror must hold at $1, and whether there is more to do
-- than to look at the mirror.
select
    waiting_queue.screening_id,
    waiting_queue.version || ':1' as queue,
    coalesce(offers.held, '[]') as offers,
    coalesce(offers.due, false) as due
from waiting_queue
left join lateral (
    select
        jsonb_agg(jsonb_build_object('hold', hold_id, 'expires_at', expires_at, 'seats', seats))
            filter (where status = 'open' and expires_at > $1) as held,
        bool_or(
            status = 'ordered' or expires_at <= $1 or exists (
                select from ticket
                where ticket.screening_id = waiting_offer.screening_id and ticket.seat = any(waiting_offer.seats)
                  and ticket.status in ('reserved', 'sold')
            )
        ) as due
    from waiting_offer
    where waiting_offer.screening_id = waiting_queue.screening_id and status in ('open', 'ordered')
) as offers on true
where waiting_queue.open
order by waiting_queue.screening_id
limit $2;

-- name: list_line
-- Who waits, the first first: id and party.
select entry_id, people, wheelchair, zone
from waiting_entry where screening_id = $1 and status = 'waiting'
order by number
limit $2;

-- name: list_offers
-- The offers of a list that are not over, and what became of their seats: how many have live tickets, how many sold.
select
    offer_id, waiting_offer.entry_id, hold_id, seats, expires_at, waiting_offer.status,
    (select count(*) from ticket where ticket.screening_id = $1 and ticket.seat = any(waiting_offer.seats)
        and ticket.status in ('reserved', 'sold')) as live,
    (select count(*) from ticket where ticket.screening_id = $1 and ticket.seat = any(waiting_offer.seats)
        and ticket.status = 'sold') as sold
from waiting_offer
where waiting_offer.screening_id = $1 and waiting_offer.status in ('open', 'ordered')
order by offer_id
for update of waiting_offer;

-- name: find_seats_not_to_offer
-- Those of the seats $2 that have a live ticket, whatever the mirror believes, or are offered to somebody already.
select seat from ticket
where screening_id = $1 and seat = any($2::text[]) and status in ('reserved', 'sold')
union
select seat from waiting_offer_seat where screening_id = $1 and seat = any($2::text[]);

-- name: make_offer
-- Seats are offered to somebody who waits, who is written to.
with entry as (
    update waiting_entry set status = 'offered', offers = offers + 1
    where entry_id = $1 and status = 'waiting'
    returning entry_id, screening_id
), made as (
    insert into waiting_offer (entry_id, screening_id, hold_id, seats, offered_at, expires_at)
    select entry_id, screening_id, $2, $3, $4, $5 from entry
    returning offer_id, screening_id, seats
), named as (
    insert into waiting_offer_seat (screening_id, seat, offer_id)
    select screening_id, unnest(seats), offer_id from made
)
insert into job (kind, payload, run_at)
select 'mail_waiting_offer', jsonb_build_object('offer', offer_id), $4 from made
returning payload;

-- name: note_order
-- An order for offered seats waits for its payment.
update waiting_offer set status = 'ordered' where offer_id = $1 and status = 'open';

-- name: end_offer
-- An offer ends as $2; its seats can be offered again.
with ended as (
    update waiting_offer set status = $2, ended_at = $3
    where offer_id = $1 and status in ('open', 'ordered')
    returning offer_id
), freed as (
    delete from waiting_offer_seat using ended where waiting_offer_seat.offer_id = ended.offer_id
)
select offer_id from ended;

-- name: end_entry
-- A wait ends as $2.
update waiting_entry set status = $2, ended_at = $3
where entry_id = $1 and status in ('waiting', 'offered')
returning entry_id;

-- name: queue_ended_letter
-- Say, once, that a wait has ended.
insert into job (kind, payload, run_at)
values ('mail_waiting_ended', jsonb_build_object('entry', $1::text), $2);

-- name: move_to_the_end
-- Somebody who let an offer pass waits on, behind all others.
with numbered as (
    update waiting_queue set last_number = last_number + 1
    where screening_id = (select screening_id from waiting_entry where entry_id = $1)
    returning last_number
)
update waiting_entry set status = 'waiting', number = last_number
from numbered where entry_id = $1 and status = 'offered';

-- name: close_list
-- Sales are over: whoever still waits does so no longer, and is told.
with closed as (
    update waiting_entry set status = 'closed', ended_at = $2
    where screening_id = $1 and status = 'waiting'
    returning entry_id
)
insert into job (kind, payload, run_at)
select 'mail_waiting_ended', jsonb_build_object('entry', entry_id), $2 from closed
returning job_id;

-- name: read_offer
-- An offer that a letter is about; no row once it is gone.
select entry_id, seats, expires_at, status from waiting_offer where offer_id = $1;

-- name: forget_lists
-- Lists of screenings that ended before $1 go with every name and address in them, at most $2 entries at once.
with old as (
    select entry_id from waiting_entry
    join screening using (screening_id)
    where screening.ends_at < $1
    limit $2
    for update of waiting_entry skip locked
)
delete from waiting_entry using old where waiting_entry.entry_id = old.entry_id
returning waiting_entry.entry_id;

-- name: count_waiting
-- How many parties wait, and how many people they are; by nothing that tells who.
select count(*) as parties, coalesce(sum(people), 0)::bigint as people
from waiting_entry where status = 'waiting';

-- name: find_offered_seats
-- Take turns with those who offer seats of the screenings $1, and see which of the seats $2 (of the same positions)
-- are offered to somebody.
with locked as (
    select screening_id from waiting_queue where screening_id = any($1::text[]) order by screening_id for update
)
select asked.seat
from unnest($1::text[], $2::text[]) as asked (screening_id, seat)
join locked using (screening_id)
join waiting_offer_seat using (screening_id, seat);

-- name: count_offers
-- How many offers an entry was made.
select offers from waiting_entry where entry_id = $1;

-- name: has_live_tickets
-- Does one of the seats $2 have a live ticket?
select exists (
    select from ticket where screening_id = $1 and seat = any($2::text[]) and status in ('reserved', 'sold')
);

-- name: list_held_offers
-- The offers of a list whose seats the mirror must hold at $2.
select hold_id, expires_at, seats from waiting_offer
where screening_id = $1 and status = 'open' and expires_at > $2;

-- name: decline_offer
-- The open offer of an entry is declined; its seats can be offered again.
with ended as (
    update waiting_offer set status = 'declined', ended_at = $2
    where entry_id = $1 and status = 'open'
    returning offer_id
)
delete from waiting_offer_seat using ended where waiting_offer_seat.offer_id = ended.offer_id;

-- name: keep_order_of
-- Somebody leaves while an order for offered seats waits for its payment: the order stays theirs.
with ended as (
    update waiting_offer set status = 'taken', ended_at = $2
    where entry_id = $1 and status = 'ordered'
    returning offer_id
)
delete from waiting_offer_seat using ended where waiting_offer_seat.offer_id = ended.offer_id;

-- name: find_entries_of_holds
-- Whose open offers the holds $1 are.
select entry_id from waiting_offer where hold_id = any($1::text[]) and status = 'open';
