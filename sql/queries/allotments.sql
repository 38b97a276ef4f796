-- Seats kept back for an owner: made, changed, filled, released.

-- name: list_allotments
-- The allotments of screening $1 with their seats, and those of them that have a ticket from before a release.
select
    allotment.allotment_id as allotment, allotment.owner, allotment.release_at, allotment.released_at, allotment.tariffs,
    coalesce(array_agg(allotment_seat.seat) filter (where allotment_seat.seat is not null), '{}') as seats,
    coalesce(array_agg(allotment_seat.seat) filter (where ticket.ticket_id is not null), '{}') as taken
from allotment
left join allotment_seat using (screening_id, allotment_id)
left join ticket on ticket.screening_id = allotment_seat.screening_id and ticket.seat = allotment_seat.seat
    and ticket.status in ('reserved', 'sold')
    and (allotment.released_at is null or ticket.created_at < allotment.released_at)
where allotment.screening_id = $1
group by allotment.screening_id, allotment.allotment_id
order by allotment.released_at is not null, allotment.owner, allotment.allotment_id;

-- name: begin_allotment
-- The allotment $2 of screening $1, made for $3 until $4 where it is not there yet; its row is locked either way.
insert into allotment as known (screening_id, allotment_id, owner, release_at) values ($1, $2, $3, $4)
on conflict (screening_id, allotment_id) do update set owner = known.owner
returning released_at;

-- name: change_allotment
-- The allotment $2 of screening $1 is $3's until $4, has the seats $5, and gives them by the tariffs $8. Written in the
-- audit at $6, by $7. Answers the seats that it gave up and that are everybody's by that.
with changed as (
    update allotment set owner = $3::text, release_at = $4::timestamptz, tariffs = $8::text[] where screening_id = $1::text and allotment_id = $2::text
), given_up as (
    delete from allotment_seat
    where screening_id = $1::text and allotment_id = $2::text and seat <> all ($5::text[])
    returning seat
), audited as (
    insert into audit (at, login, act, subject, detail)
    values ($6, $7, 'allotment_set', $1::text, jsonb_build_object(
        'allotment', $2::text, 'owner', $3::text, 'release_at', $4::timestamptz, 'seats', $5::text[], 'tariffs', $8::text[]
    ))
)
select seat from given_up
where not exists (
    select from ticket
    where ticket.screening_id = $1::text and ticket.seat = given_up.seat and status in ('reserved', 'sold')
) and not exists (select from broken_seat where broken_seat.screening_id = $1::text and broken_seat.seat = given_up.seat);

-- name: take_from_released
-- The seats $2 of screening $1 belong to no allotment any more that was released.
delete from allotment_seat using allotment
where allotment_seat.screening_id = $1 and allotment_seat.seat = any($2::text[])
    and allotment.screening_id = $1 and allotment.allotment_id = allotment_seat.allotment_id
    and (allotment.released_at is not null or allotment.release_at <= $3);

-- name: keep_seats_back
-- The seats $3 of screening $1 are kept back by the allotment $2; those that are already stay so.
insert into allotment_seat (screening_id, allotment_id, seat)
select $1::text, $2::text, wanted.seat from unnest($3::text[]) as wanted (seat)
where not exists (
    select from allotment_seat as kept
    where kept.screening_id = $1::text and kept.allotment_id = $2::text and kept.seat = wanted.seat
);

-- name: list_taken
-- Those of the seats $2 of screening $1 that have a live ticket.
select seat from ticket
where screening_id = $1 and seat = any($2::text[]) and status in ('reserved', 'sold') order by seat;

-- name: release_allotments
-- Allotments that are kept back no longer, from $1 on: the one named $3 of screening $2, or (both null) all that are
-- due, at most $4 of them. By $5. Answers each seat that is everybody's by that.
with due as (
    select screening_id, allotment_id from allotment
    where released_at is null
        and case when $2::text is null then release_at <= $1 else screening_id = $2 and allotment_id = $3 end
    order by screening_id, allotment_id limit $4
    for update skip locked
), released as (
    update allotment set released_at = $1 from due
    where allotment.screening_id = due.screening_id and allotment.allotment_id = due.allotment_id
    returning allotment.screening_id, allotment.allotment_id
), freed as (
    select screening_id, allotment_id, seat
    from allotment_seat join released using (screening_id, allotment_id)
    where not exists (
        select from ticket
        where ticket.screening_id = allotment_seat.screening_id and ticket.seat = allotment_seat.seat
            and status in ('reserved', 'sold')
    ) and not exists (
        select from broken_seat
        where broken_seat.screening_id = allotment_seat.screening_id and broken_seat.seat = allotment_seat.seat
    )
), audited as (
    insert into audit (at, login, act, subject, detail)
    select $1, $5, 'allotment_released', screening_id, jsonb_build_object(
        'allotment', allotment_id,
        'seats', (select coalesce(jsonb_agg(seat order by seat), '[]') from freed
            where freed.screening_id = released.screening_id and freed.allotment_id = released.allotment_id)
    )
    from released
)
select released.screening_id, freed.seat
from released left join freed using (screening_id, allotment_id);

-- name: lock_allotment
-- Take turns on the allotment $2 of screening $1, and say whether it is released at $3. No row where there is none.
select released_at is not null or coalesce(release_at <= $3, false) as released
from allotment where screening_id = $1 and allotment_id = $2
for update;

-- name: tariffs_of_allotment
-- By which tariffs the seats of the allotment $2 of screening $1 are given, the best first.
select tariffs from allotment where screening_id = $1 and allotment_id = $2;

-- name: list_untaken
-- The seats of the allotment $2 of screening $1 that somebody can be given: without a ticket, and not broken; nor, but
-- for $3, planned for a guest who has no ticket yet.
select seat from allotment_seat
where allotment_seat.screening_id = $1 and allotment_seat.allotment_id = $2
    and not exists (
        select from ticket
        where ticket.screening_id = $1 and ticket.seat = allotment_seat.seat and status in ('reserved', 'sold')
    ) and not exists (
        select from broken_seat where broken_seat.screening_id = $1 and broken_seat.seat = allotment_seat.seat
    ) and ($3::boolean or not exists (
        select from invitation_seat join invitation using (invitation_id)
        where invitation_seat.screening_id = $1 and invitation_seat.seat = allotment_seat.seat
            and invitation.order_id is null
    ));
