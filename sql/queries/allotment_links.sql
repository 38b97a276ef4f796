-- Links to the seats of an allotment: made and revoked at the desk, used by guests.

-- name: make_link
-- The link $1 to the allotment $3 of screening $2; no row where it was made before. Written in the audit, by $8.
with made as (
    insert into allotment_link (
        link_id, screening_id, allotment_id, seats_per_guest_max, seats_max, ends_at, made_at, made_by
    ) values ($1::uuid, $2::text, $3::text, $4::int, $5::int, $6::timestamptz, $7::timestamptz, $8::text)
    on conflict (link_id) do nothing
    returning link_id
), audited as (
    insert into audit (at, login, act, subject, detail)
    select $7, $8, 'allotment_link_made', $2, jsonb_build_object(
        'allotment', $3::text, 'link', link_id, 'seats_max', $5::int, 'ends_at', $6::timestamptz
    ) from made
)
select link_id from made;

-- name: list_links
-- The links to allotments of screening $1, the latest first, at most $2.
select
    link_id as link, allotment_id as allotment, seats_per_guest_max, seats_max, seats_taken, ends_at,
    revoked_at is not null as revoked,
    (select count(*) from allotment_link_order where allotment_link_order.link_id = allotment_link.link_id) as orders
from allotment_link where screening_id = $1
order by made_at desc, link_id limit $2;

-- name: revoke_link
-- The link $2 of screening $1 is good for nobody any more, from $3 on. Written in the audit, by $4; once.
with revoked as (
    update allotment_link set revoked_at = $3
    where screening_id = $1::text and link_id = $2 and revoked_at is null
    returning link_id, allotment_id
)
insert into audit (at, login, act, subject, detail)
select $3, $4, 'allotment_link_revoked', $1, jsonb_build_object('allotment', allotment_id, 'link', link_id)
from revoked;

-- name: read_link
-- The link $1, with whose seats it leads to.
select
    allotment_link.screening_id as screening, allotment_link.allotment_id as allotment, allotment.owner,
    allotment.tariffs, seats_per_guest_max, seats_max, seats_taken, ends_at, revoked_at is not null as revoked
from allotment_link join allotment using (screening_id, allotment_id)
where link_id = $1;

-- name: count_seats_of_guest
-- How many seats the address $2 has by the link $1.
select count(*) from allotment_link_order
join orders using (order_id) join ticket using (order_id)
where link_id = $1 and lower(buyer_email) = lower($2) and ticket.status in ('reserved', 'sold');

-- name: use_link
-- The order $2 of $3 seats came by the link $1.
with used as (
    update allotment_link set seats_taken = seats_taken + $3 where link_id = $1 returning link_id
)
insert into allotment_link_order (order_id, link_id) select $2, link_id from used;
