-- Delegations: people who come together, what they are invited to, and their badges.

create table delegation (
    delegation_id uuid primary key,                       -- chosen by who makes it: made twice, it is one
    festival_id   slug not null references festival,
    -- What it is called and whom it comes for stay: an organisation is no person.
    name          text not null check (length(name) between 1 and 120),
    organisation  text not null check (length(organisation) <= 120),
    country       text not null check (country ~ '^([A-Z]{2})?$'),
    locale        text not null check (locale in ('kk','ru','fr','en')),
    arrives_on    date not null,
    leaves_on     date not null,
    -- Hotels, flights, wishes: emptied with the names of the members when the festival is long over.
    notes         text not null check (length(notes) <= 2000),
    made_at       timestamptz not null,
    made_by       text not null,
    erased_at     timestamptz,
    constraint delegation_leaves_after_it_arrives check (leaves_on >= arrives_on)
);
create index delegation_of_festival on delegation (festival_id, arrives_on, delegation_id);

create table delegation_member (
    member_id        uuid primary key,
    delegation_id    uuid not null references delegation,
    -- Personal data, as in an invitation.
    name             text not null check (length(name) <= 120),
    email            text not null check (length(email) <= 254),   -- empty: the head answers
    function         text not null check (length(function) <= 120),
    rank             int not null check (rank between 1 and 999),
    head             boolean not null,
    place            int not null,                        -- in the order in which they were named
    accreditation_id text references accreditation
);
create index delegation_member_of_delegation on delegation_member (delegation_id, place);
create index delegation_member_of_address on delegation_member (lower(email)) where email <> '';
-- One answers for all.
create unique index delegation_has_one_head on delegation_member (delegation_id) where head;

-- Who of a delegation an invitation is for; null: somebody invited by themselves.
alter table invitation add column member_id uuid references delegation_member on delete set null;
-- A member is invited to a screening once.
create unique index invitation_once_per_member on invitation (screening_id, member_id) where status <> 'withdrawn';

-- As before, with the delegation, and where the tickets of somebody without an address are sent: to the head.
create or replace view invitation_whole as
select
    invitation_id as invitation, screening_id as screening, number, invitation.name,
    nullif(invitation.email, '') as email, invitation.locale, companions_max,
    invitation.rank, status, companions, wheelchairs, note, invited_at, answered_at, reminded_at, order_id as "order",
    array(
        select seat from invitation_seat as planned
        where planned.invitation_id = invitation.invitation_id order by place
    ) as seats,
    invitation.erased_at is not null as erased,
    member_id as member, delegation.name as delegation,
    coalesce(nullif(invitation.email, ''), (
        select nullif(head.email, '') from delegation_member as head
        where head.delegation_id = delegation.delegation_id and head.head
    )) as contact
from invitation
left join delegation_member using (member_id)
left join delegation using (delegation_id);
