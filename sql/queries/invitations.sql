-- Invitations. Whoever changes an answer locks the row of its round first: capacity is given out one at a time.

-- name: lock_round
-- Take turns on the invitations of screening $1, and how many more people may be accepted. No row where it has none.
select people_max - people as left, answer_by, allotment_id from invitation_round where screening_id = $1 for update;

-- name: set_round
-- The invitations of screening $1 come to $2 people, are answered before $3, reminded of at $4, and seated in the
-- allotment $5. Written in the audit, by $6 at $7.
with changed as (
    insert into invitation_round (screening_id, people_max, answer_by, remind_at, allotment_id)
    values ($1::text, $2::int, $3::timestamptz, $4::timestamptz, $5::text)
    on conflict (screening_id) do update set
        people_max = excluded.people_max, answer_by = excluded.answer_by, remind_at = excluded.remind_at,
        allotment_id = excluded.allotment_id
)
insert into audit (at, login, act, subject, detail)
values ($7, $6, 'invitation_terms_set', $1, jsonb_build_object(
    'people_max', $2::int, 'answer_by', $3::timestamptz, 'remind_at', $4::timestamptz, 'allotment', $5::text
));

-- name: read_round
-- The invitations of screening $1 as JSON, the first by protocol first, at most $2.
select json_build_object(
    'terms', json_build_object(
        'people_max', people_max, 'answer_by', answer_by, 'remind_at', remind_at, 'allotment', allotment_id
    ),
    'people', people,
    'invitations', (
        select coalesce(json_agg(whole), '[]') from (
            select * from invitation_whole where invitation_whole.screening = invitation_round.screening_id
            order by rank, number limit $2
        ) as whole
    )
)::text
from invitation_round where screening_id = $1;

-- name: read_invitation
-- The invitation $1 as JSON, with when its answer is awaited.
select json_build_object('invitation', to_json(invitation_whole), 'answer_by', answer_by)::text
from invitation_whole join invitation_round on invitation_round.screening_id = invitation_whole.screening
where invitation = $1 and not erased;

-- name: invite
-- Invite people to screening $1, at $2 by $3: ids, names, addresses, languages, companions and ranks in $4 to $9. Who
-- is invited already is left out. Whoever has an address is written to. Answers the ids of the new ones.
with added as (
    insert into invitation (
        invitation_id, screening_id, name, email, locale, companions_max, rank, invited_at, invited_by
    )
    select new.id, $1::text, new.name, new.email, new.locale, new.companions_max, new.rank, $2::timestamptz, $3::text
    from unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::int[], $9::int[])
        with ordinality as new (id, name, email, locale, companions_max, rank, place)
    order by place
    on conflict do nothing
    returning invitation_id, email
), written as (
    insert into job (kind, payload, run_at)
    select 'mail_invited', jsonb_build_object('invitation', invitation_id), $2 from added where email <> ''
), audited as (
    insert into audit (at, login, act, subject, detail)
    select $2, $3, 'guests_invited', $1, jsonb_build_object('invitations', count(*)) from added
    having count(*) > 0
)
select invitation_id from added;

-- name: withdraw_invitation
-- The invitation $2 of screening $1 stands no more; its seats are free again. Written in the audit, by $3 at $4; once.
with withdrawn as (
    update invitation set status = 'withdrawn'
    where screening_id = $1::text and invitation_id = $2 and status <> 'withdrawn' and order_id is null
    returning invitation_id
), freed as (
    delete from invitation_seat using withdrawn where invitation_seat.invitation_id = withdrawn.invitation_id
)
insert into audit (at, login, act, subject, detail)
select $4, $3, 'invitation_withdrawn', $1, jsonb_build_object('invitation', invitation_id) from withdrawn;

-- name: set_answer
-- The answer to the invitation $1 at $6: status $2, companions $3, wheelchairs $4, note $5. Seats that are planned for
-- it go where it needs them no more. Written in the audit, by $7: what, not who.
with answered as (
    update invitation set status = $2, companions = $3, wheelchairs = $4, note = $5, answered_at = $6::timestamptz
    where invitation_id = $1
    returning invitation_id, screening_id
), freed as (
    delete from invitation_seat
    where invitation_id = $1 and ($2::text <> 'accepted' or place > cardinality($3::text[]))
)
insert into audit (at, login, act, subject, detail)
select $6, $7, 'invitation_answered', screening_id, jsonb_build_object(
    'invitation', invitation_id, 'answer', $2::text, 'people', 1 + cardinality($3::text[])
)
from answered;

-- name: list_waiting_guests
-- Who of screening $1 would come and has no room yet, the first to answer first.
select to_json(invitation_whole)::text as body from invitation_whole
where screening = $1 and status = 'waiting' and not erased
order by answered_at, number;

-- name: move_up
-- There is room for the waiting invitations $1 now; they are written to, at $2.
with moved as (
    update invitation set status = 'accepted' where invitation_id = any($1::text[]) returning invitation_id, email
)
insert into job (kind, payload, run_at)
select 'mail_invitation_moved_up', jsonb_build_object('invitation', invitation_id), $2 from moved where email <> '';

-- name: remind_invited
-- Who is silent when their round's reminder is due at $1 is written to, once; at most $2. Workers share them out.
with due as (
    select invitation_id from invitation join invitation_round using (screening_id)
    where status = 'invited' and email <> '' and reminded_at is null and remind_at <= $1 and answer_by > $1
    order by invitation_id limit $2
    for update of invitation skip locked
), reminded as (
    update invitation set reminded_at = $1 from due where invitation.invitation_id = due.invitation_id
    returning invitation.invitation_id
), written as (
    insert into job (kind, payload, run_at)
    select 'mail_invitation_reminder', jsonb_build_object('invitation', invitation_id), $1 from reminded
)
select count(*) from reminded;

-- name: list_rounds
-- Screenings from $1 on that people are invited to, or can be, with how their invitations stand; at most $2.
select
    screening.screening_id as screening,
    invitation_round.answer_by, invitation_round.people_max, coalesce(invitation_round.people, 0) as people,
    (select count(*) from invitation where invitation.screening_id = screening.screening_id and status <> 'withdrawn')
        as invited,
    (select count(*) from invitation where invitation.screening_id = screening.screening_id and status = 'invited')
        as silent
from screening left join invitation_round using (screening_id)
where screening.status <> 'cancelled' and screening.ends_at > $1
order by invitation_round.screening_id is null, screening.starts_at, screening.screening_id limit $2;

-- name: forget_invited
-- Names, addresses and notes of guests whose screening ended before $1 minus their festival's days (else $2) go; at
-- most $3. What they answered stays, and names nobody.
update invitation set name = '', email = '', companions = '{}', note = '', wheelchairs = 0, erased_at = $1
where invitation_id in (
    select invitation_id from invitation
    join screening using (screening_id) join festival using (festival_id)
    where erased_at is null and ends_at < $1::timestamptz
        - make_interval(days => coalesce((rules ->> 'personal_data_days')::int, $2))
    limit $3
    for update of invitation skip locked
);

-- name: drop_plan
-- No seats of screening $1 are planned for anybody who has no tickets.
delete from invitation_seat using invitation
where invitation_seat.screening_id = $1 and invitation.invitation_id = invitation_seat.invitation_id
    and invitation.order_id is null;

-- name: drop_plan_of
-- No seats are planned for the invitations $1.
delete from invitation_seat where invitation_id = any($1::text[]);

-- name: drop_stale_plan
-- The seats $2 of screening $1 are no more those of guests who were given tickets for them and gave them back.
delete from invitation_seat using invitation
where invitation_seat.screening_id = $1 and seat = any($2::text[])
    and invitation.invitation_id = invitation_seat.invitation_id and invitation.order_id is not null;

-- name: plan_seats
-- At screening $1 these invitations ($2) have the places $3 (the guest's is 0) on the seats $4.
insert into invitation_seat (screening_id, invitation_id, place, seat)
select $1, new.invitation, new.place, new.seat
from unnest($2::text[], $3::int[], $4::text[]) as new (invitation, place, seat);

-- name: set_order
-- The tickets of the invitation $1 are the order $2.
update invitation set order_id = $2 where invitation_id = $1;

-- name: call_off_invitations
-- Guests of cancelled screenings that would not be over at $1 are written to, once, where they have no tickets and have
-- not declined; at most $2. Workers share them out.
with due as (
    select invitation_id from invitation join screening using (screening_id)
    where screening.status = 'cancelled' and ends_at > $1 and called_off_at is null and order_id is null
        and invitation.status in ('invited', 'accepted', 'waiting') and erased_at is null
    order by invitation_id limit $2
    for update of invitation skip locked
), called_off as (
    update invitation set called_off_at = $1 from due where invitation.invitation_id = due.invitation_id
    returning invitation.invitation_id, invitation.email
), written as (
    insert into job (kind, payload, run_at)
    select 'mail_invitation_called_off', jsonb_build_object('invitation', invitation_id), $1
    from called_off where email <> ''
)
select count(*) from called_off;
