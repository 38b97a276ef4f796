-- Delegations and their members.

-- name: set_delegation
-- The delegation $1 of festival $2 as it shall be: name $3, organisation $4, country $5, language $6, days $7 to $8,
-- notes $9. Written in the audit, by $11 at $10. Answers nothing where it is of another festival, or forgotten.
with kept as (
    insert into delegation as known (
        delegation_id, festival_id, name, organisation, country, locale, arrives_on, leaves_on, notes, made_at, made_by
    ) values ($1::uuid, $2::text, $3, $4, $5, $6, $7, $8, $9, $10::timestamptz, $11::text)
    on conflict (delegation_id) do update set
        name = excluded.name, organisation = excluded.organisation, country = excluded.country,
        locale = excluded.locale, arrives_on = excluded.arrives_on, leaves_on = excluded.leaves_on,
        notes = excluded.notes
    where known.festival_id = excluded.festival_id and known.erased_at is null
    returning delegation_id
), audited as (
    insert into audit (at, login, act, subject, detail)
    select $10, $11, 'delegation_set', $2, jsonb_build_object('delegation', delegation_id) from kept
)
select delegation_id from kept;

-- name: drop_members
-- Members of delegation $1 who are not among $2 and have no standing invitation belong to it no more.
delete from delegation_member
where delegation_id = $1 and member_id <> all($2::uuid[])
    and not exists (
        select from invitation
        where invitation.member_id = delegation_member.member_id and invitation.status <> 'withdrawn'
    );

-- name: unset_head
-- Nobody heads the delegation $1 for the moment. Answers who did.
update delegation_member set head = false where delegation_id = $1 and head returning member_id;

-- name: set_members
-- The members of delegation $1: ids, names, addresses, functions, ranks and badges in $2 to $7, the first one its head.
-- Who is named without a badge keeps the one they have.
insert into delegation_member (delegation_id, member_id, name, email, function, rank, accreditation_id, head, place)
select $1, new.id, new.name, new.email, new.function, new.rank, new.accreditation, new.place = 1, new.place
from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::int[], $7::text[])
    with ordinality as new (id, name, email, function, rank, accreditation, place)
on conflict (member_id) do update set
    name = excluded.name, email = excluded.email, function = excluded.function, rank = excluded.rank,
    head = excluded.head, place = excluded.place,
    accreditation_id = coalesce(excluded.accreditation_id, delegation_member.accreditation_id)
where delegation_member.delegation_id = excluded.delegation_id;

-- name: count_members
-- How many members the delegation $1 has.
select count(*) from delegation_member where delegation_id = $1;

-- name: read_delegations
-- Delegations as JSON: the one named $1, or (null) those of festival $2 by their arrival, at most $3.
select json_build_object(
    'delegation', delegation_id, 'festival', festival_id, 'name', name, 'organisation', organisation,
    'country', country, 'locale', locale, 'arrives_on', arrives_on, 'leaves_on', leaves_on, 'notes', notes,
    'members', (
        select coalesce(json_agg(json_build_object(
            'member', member_id, 'name', member.name, 'email', nullif(email, ''), 'function', function, 'rank', rank,
            'head', head, 'accreditation', accreditation_id,
            'invitations', (
                select coalesce(json_agg(to_json(whole) order by starts_at, whole.number), '[]')
                from invitation_whole as whole join screening on screening.screening_id = whole.screening
                where whole.member = member.member_id and whole.status <> 'withdrawn'
            )
        ) order by place), '[]')
        from delegation_member as member where member.delegation_id = delegation.delegation_id
    )
)::text as body
from delegation
where erased_at is null and case when $1::uuid is null then festival_id = $2 else delegation_id = $1 end
order by arrives_on, name, delegation_id limit $3;

-- name: invite_members
-- Invite the members of delegation $1 to screening $2 in language $3, at $4 by $5; ids for them in $6, in the order of
-- the members. Whoever was invited by themselves, by address or name, is not invited again. Those with an address who
-- are not the head are written to. Answers the ids of the new ones.
with added as (
    insert into invitation (
        invitation_id, screening_id, name, email, locale, companions_max, rank, invited_at, invited_by, member_id
    )
    select new.id, $2::text, member.name, member.email, $3::text, 0, member.rank, $4::timestamptz, $5::text, member_id
    from (
        select *, row_number() over (order by place) as number from delegation_member where delegation_id = $1::uuid
    ) as member
    join unnest($6::text[]) with ordinality as new (id, number) using (number)
    order by number
    on conflict do nothing
    returning invitation_id, email, member_id
), written as (
    insert into job (kind, payload, run_at)
    select 'mail_invited', jsonb_build_object('invitation', invitation_id), $4
    from added join delegation_member using (member_id) where added.email <> '' and not head
), audited as (
    insert into audit (at, login, act, subject, detail)
    select $4, $5, 'guests_invited', $2, jsonb_build_object('invitations', count(*), 'delegation', $1::uuid) from added
    having count(*) > 0
)
select invitation_id from added;

-- name: adopt_invitations
-- Who of delegation $1 was invited to screening $2 by themselves before, is so as its member from now on.
update invitation set member_id = member.member_id
from delegation_member as member
where member.delegation_id = $1 and invitation.screening_id = $2 and invitation.member_id is null
    and invitation.status <> 'withdrawn' and invitation.erased_at is null
    and case when member.email = '' then invitation.email = '' and lower(invitation.name) = lower(member.name)
        else lower(invitation.email) = lower(member.email) end
    and not exists (
        select from invitation as other
        where other.screening_id = $2 and other.member_id = member.member_id and other.status <> 'withdrawn'
    );

-- name: write_to_head
-- The head of delegation $1 is told of what it is invited to, at $2.
insert into job (kind, payload, run_at)
select 'mail_delegation_invited', jsonb_build_object('delegation', delegation_id, 'at', $3::text), $2
from delegation_member where delegation_id = $1 and head and email <> '';

-- name: set_accreditations
-- The badges of the members $1 are the accreditations $2.
update delegation_member set accreditation_id = new.accreditation
from unnest($1::uuid[], $2::text[]) as new (member, accreditation)
where member_id = new.member and accreditation_id is null;

-- name: forget_delegations
-- Members and notes of delegations whose festival ended before $1 minus its days (else $2) go; at most $3.
with old as (
    update delegation set notes = '', erased_at = $1
    where delegation_id in (
        select delegation_id from delegation join festival using (festival_id)
        where erased_at is null and ends_on < ($1::timestamptz
            - make_interval(days => coalesce((rules ->> 'personal_data_days')::int, $2)))::date
        limit $3
        for update of delegation skip locked
    )
    returning delegation_id
), members as (
    update delegation_member set name = '', email = '', function = '' from old
    where delegation_member.delegation_id = old.delegation_id
)
select count(*) from old;
