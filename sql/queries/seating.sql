-- What the mirror of a screening is built from.

-- name: read_seating
-- Live tickets, and seats that are kept back or broken, of the screenings $1, at the moment $2; one row each.
select
    screening.screening_id,
    coalesce(tickets.reserved, '{}') as reserved,
    coalesce(tickets.sold, '{}') as sold,
    coalesce(kept_back.seats, '{}') as blocked,
    coalesce(waiting_queue.version || ':' || waiting_queue.open::int, '0:0') as queue,
    coalesce(offered.offers, '[]') as offers
from screening
left join waiting_queue using (screening_id)
left join lateral (
    select jsonb_agg(jsonb_build_object(
        'hold', waiting_offer.hold_id, 'expires_at', waiting_offer.expires_at, 'seats', waiting_offer.seats
    )) as offers
    from waiting_offer
    where waiting_queue.open and waiting_offer.screening_id = screening.screening_id
      and waiting_offer.status = 'open' and waiting_offer.expires_at > $2
) as offered on true
left join lateral (
    select
        array_agg(ticket.seat) filter (where ticket.status = 'reserved') as reserved,
        array_agg(ticket.seat) filter (where ticket.status = 'sold') as sold
    from ticket
    where ticket.screening_id = screening.screening_id and ticket.status in ('reserved', 'sold')
) as tickets on true
left join lateral (
    select array_agg(seat) as seats
    from (
        select allotment_seat.seat
        from allotment_seat
        join allotment using (screening_id, allotment_id)
        where allotment_seat.screening_id = screening.screening_id
          and allotment.released_at is null
          and (allotment.release_at is null or allotment.release_at > $2)
        union
        select seat from broken_seat where broken_seat.screening_id = screening.screening_id
    ) as kept
) as kept_back on true
where screening.screening_id = any($1::text[]);

-- name: list_open_screenings
-- Screenings whose seats can still change hands at $1: the mirror is kept for them.
select screening_id
from screening
where status <> 'draft' and ends_at > $1 and sales_open_at < $1::timestamptz + interval '1 year'
order by starts_at, screening_id
limit 5000;
