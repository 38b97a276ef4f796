-- What is kept of a person, by mail address; and how it is forgotten. Amounts, tickets and the ledger stay as they are.

-- name: read_orders_of_person
-- The orders of the address $1 and the tickets passed on to it, as JSON; at most $2 orders, the latest first.
select json_build_object(
    'orders', coalesce((
        select json_agg(one.shown order by one.placed_at desc) from (
            select placed_at, json_build_object(
                'order', order_id, 'festival', festival_id, 'status', status, 'name', buyer_name, 'email', buyer_email,
                'locale', locale, 'placed_at', placed_at, 'total', total_amount, 'currency', currency,
                'tickets', (
                    select coalesce(json_agg(json_build_object(
                        'ticket', ticket_id, 'screening', screening_id, 'seat', seat, 'tariff', tariff,
                        'price', price_amount, 'status', status, 'holder', holder, 'holder_email', holder_email,
                        'admitted_at', admitted_at
                    ) order by screening_id, seat), '[]')
                    from ticket where ticket.order_id = orders.order_id and replaces is null
                ),
                'notes', (
                    select coalesce(json_agg(note order by done_at), '[]')
                    from (
                        select note, done_at from counter_cancellation where counter_cancellation.order_id = orders.order_id
                        union all select note, done_at from reprint where reprint.order_id = orders.order_id
                    ) as noted where note <> ''
                )
            ) as shown
            from orders where lower(buyer_email) = lower($1)
            order by placed_at desc limit $2
        ) one
    ), '[]'),
    'passed_on', coalesce((
        select json_agg(json_build_object(
            'ticket', ticket_id, 'screening', screening_id, 'seat', seat, 'tariff', tariff, 'price', price_amount,
            'status', status, 'holder', holder, 'holder_email', holder_email, 'admitted_at', admitted_at
        ) order by ticket_id)
        from (select * from ticket where lower(holder_email) = lower($1) limit $2) received
    ), '[]'),
    'waiting', coalesce((
        select json_agg(json_build_object(
            'entry', entry_id, 'screening', screening_id, 'name', name, 'email', email, 'people', people,
            'status', status, 'joined_at', joined_at
        ) order by joined_at)
        from (select * from waiting_entry where lower(email) = lower($1) limit $2) waited
    ), '[]'),
    'invitations', coalesce((
        select json_agg(json_build_object(
            'invitation', invitation_id, 'screening', screening_id, 'name', name, 'email', email, 'status', status,
            'companions', companions, 'wheelchairs', wheelchairs, 'note', note, 'answered_at', answered_at
        ) order by invited_at)
        from (select * from invitation where lower(email) = lower($1) limit $2) invited
    ), '[]'),
    'delegations', coalesce((
        select json_agg(json_build_object(
            'delegation', delegation.name, 'festival', festival_id, 'name', member.name, 'email', email,
            'function', function, 'arrives_on', arrives_on, 'leaves_on', leaves_on
        ) order by arrives_on)
        from (select * from delegation_member where lower(email) = lower($1) limit $2) member
        join delegation using (delegation_id)
    ), '[]')
)::text;

-- name: list_orders_to_erase
-- The orders of the address $1 that still name it, locked, and why one can't be forgotten at $2; at most $3.
select order_id,
    case
        when status = 'awaiting_payment'
            or exists (select from exchange where exchange.order_id = orders.order_id and status = 'awaiting_payment')
            then 'awaiting_payment'
        when exists (select from refund where refund.order_id = orders.order_id and settled_at is null)
            then 'refund_owed'
        when exists (
            select from ticket join screening using (screening_id)
            where ticket.order_id = orders.order_id and ticket.status = 'sold' and ends_at > $2
        ) then 'upcoming'
    end as reason
from orders where lower(buyer_email) = lower($1)
order by order_id limit $3 for update;

-- name: erase_orders
-- Buyers and holders of these orders are forgotten, at $2, and what the counter has noted of them. Whoever got a ticket
-- passed on and is not $3 stays its holder.
with forgotten as (
    update orders set buyer_email = '', buyer_name = '', erased_at = $2 where order_id = any($1::text[])
    returning order_id
), cancellations as (
    update counter_cancellation set note = '' from forgotten
    where counter_cancellation.order_id = forgotten.order_id and note <> ''
), reprints as (
    update reprint set note = '' from forgotten where reprint.order_id = forgotten.order_id and note <> ''
)
update ticket set holder = null, holder_email = case when holder_email is null then null else '' end
from forgotten
where ticket.order_id = forgotten.order_id and (ticket.holder is not null or ticket.holder_email is not null)
    and (ticket.holder_email is null or $3::text is null or lower(ticket.holder_email) = lower($3));

-- name: erase_received_tickets
-- Tickets that were passed on to the address $1 name it no more; those of screenings that end after $2 only where $3.
update ticket set holder = null, holder_email = ''
from screening
where lower(holder_email) = lower($1) and screening.screening_id = ticket.screening_id and ($3 or ends_at <= $2)
returning ticket_id;

-- name: erase_waiting
-- Ended waits of the address $1 name nobody any more.
update waiting_entry set email = '', name = ''
where lower(email) = lower($1) and status not in ('waiting', 'offered')
returning entry_id;

-- name: erase_invitations
-- Invitations of the address $1 name nobody any more, at $2; those of screenings that end later only where $3.
update invitation set name = '', email = '', companions = '{}', note = '', wheelchairs = 0, erased_at = $2
from screening
where lower(email) = lower($1) and screening.screening_id = invitation.screening_id and ($3 or ends_at <= $2)
returning invitation_id;

-- name: erase_members
-- Members of delegations by the address $1 name nobody any more; those who leave after $2 only where $3.
update delegation_member set name = '', email = '', function = ''
from delegation
where lower(email) = lower($1) and delegation.delegation_id = delegation_member.delegation_id
    and ($3 or leaves_on < $2::timestamptz::date)
returning member_id;

-- name: count_invitations
-- In how many invitations and delegations the address $1 still stands.
select
    (select count(*) from invitation where lower(email) = lower($1))
    + (select count(*) from delegation_member where lower(email) = lower($1));

-- name: count_waits
-- In how many lines the address $1 still stands.
select count(*) from waiting_entry where lower(email) = lower($1) and status in ('waiting', 'offered');

-- name: write_down
-- The act $3 of $2 at $1, with numbers alone: the audit is never emptied.
insert into audit (at, login, act, subject, detail) values ($1, $2, $3, 'personal data', $4::jsonb);

-- name: list_old_orders
-- Orders whose last screening ended longer ago than their festival's rule allows to keep names, $3 days where it has
-- none; at $1, at most $2. Nothing is forgotten while money is to come or to go back.
select order_id from orders join festival using (festival_id)
where erased_at is null and placed_at < $1 and orders.status <> 'awaiting_payment'
    and coalesce(
        (select max(ends_at) from ticket join screening using (screening_id) where ticket.order_id = orders.order_id),
        placed_at
    ) < $1::timestamptz - make_interval(days => coalesce((rules ->> 'personal_data_days')::int, $3))
    and not exists (select from refund where refund.order_id = orders.order_id and settled_at is null)
    and not exists (
        select from exchange where exchange.order_id = orders.order_id and exchange.status = 'awaiting_payment'
    )
order by placed_at limit $2
for update of orders skip locked;
