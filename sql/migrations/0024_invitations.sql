-- Invitations with an answer asked for, and the seats that accepted guests are given.

-- What the invitations of a screening come to. Whoever changes an answer locks this row first, so that capacity is
-- given out one answer at a time, in the order in which they come.
create table invitation_round (
    screening_id slug primary key references screening,
    people_max   int not null check (people_max between 0 and 5000),
    answer_by    timestamptz not null,
    remind_at    timestamptz,                            -- who is silent then, is reminded once; null: nobody is
    allotment_id slug,                                   -- whose seats accepted guests are given; null: none yet
    -- How many have accepted, companions counted, and how many were invited; kept by the trigger below.
    people       int not null default 0,
    entries      int not null default 0,
    constraint invitation_reminder_before_the_end check (remind_at is null or remind_at < answer_by),
    -- Nobody is promised a place that is not there, however many answer at once.
    constraint invitations_within_capacity check (people <= people_max),
    constraint invitations_not_too_many check (entries <= 1000),
    foreign key (screening_id, allotment_id) references allotment
);

create table invitation (
    invitation_id  text primary key check (invitation_id ~ '^[2-9A-HJKMNP-Z]{12}$'),
    screening_id   slug not null references invitation_round,
    number         bigint generated always as identity,  -- of one rank, who was invited first comes first
    -- Personal data: all of it is emptied when the festival is long over or at the guest's wish.
    name           text not null check (length(name) <= 120),
    email          text not null check (length(email) <= 254),   -- empty: answered by somebody else
    companions     text[] not null default '{}' check (cardinality(companions) <= 10),
    note           text not null default '' check (length(note) <= 300),
    locale         text not null check (locale in ('kk','ru','fr','en')),
    companions_max int not null check (companions_max between 0 and 10),
    rank           int not null check (rank between 1 and 999),   -- protocol: 1 sits best
    wheelchairs    int not null default 0,
    -- waiting: they would come, and there is no room for all of them yet
    status         text not null default 'invited'
                   check (status in ('invited','accepted','declined','waiting','withdrawn')),
    order_id       text references orders,               -- the tickets, once they are issued
    invited_at     timestamptz not null,
    invited_by     text not null,
    answered_at    timestamptz,
    reminded_at    timestamptz,
    erased_at      timestamptz,
    constraint invitation_companions_as_allowed check (cardinality(companions) <= companions_max),
    constraint invitation_wheelchairs_are_people check (wheelchairs between 0 and 1 + cardinality(companions)),
    constraint invitation_erased_names_nobody check (
        erased_at is null or (name = '' and email = '' and note = '' and companions = '{}')
    )
);
create index invitation_of_screening on invitation (screening_id, rank, number);
create index invitation_of_address on invitation (lower(email)) where email <> '';
-- One address is invited once to a screening, however often its list is pasted; so is a name without address.
create unique index invitation_once_per_address on invitation (screening_id, lower(email))
    where email <> '' and status <> 'withdrawn' and erased_at is null;
create unique index invitation_once_per_name on invitation (screening_id, lower(name))
    where email = '' and status <> 'withdrawn' and erased_at is null;

create function count_invitations() returns trigger language plpgsql as $$
begin
    update invitation_round set
        people = people
            + (case when tg_op <> 'DELETE' and new.status = 'accepted' then 1 + cardinality(new.companions) else 0 end)
            - (case when tg_op <> 'INSERT' and old.status = 'accepted' then 1 + cardinality(old.companions) else 0 end),
        entries = entries + (tg_op <> 'DELETE')::int - (tg_op <> 'INSERT')::int
    where screening_id = coalesce(new.screening_id, old.screening_id);
    return null;
end $$;
-- Erasure empties the companions of a screening that is over: its count stays as it was.
create trigger invitation_is_counted after insert or delete on invitation
    for each row execute function count_invitations();
create trigger invitation_is_counted_again after update of status, companions on invitation
    for each row when (new.erased_at is null) execute function count_invitations();

-- Who is to sit where: the guest at place 0, companions after. Gone with the seat, where it leaves its allotment.
create table invitation_seat (
    screening_id  slug not null,
    seat          text not null,
    invitation_id text not null references invitation on delete cascade,
    place         int not null check (place between 0 and 10),
    -- A seat is planned for one person.
    constraint invitation_seat_once primary key (screening_id, seat),
    constraint invitation_place_once unique (invitation_id, place),
    foreign key (screening_id, seat) references allotment_seat on delete cascade
);

-- An invitation whole, as the desk, the guest's page and the letters see it.
create view invitation_whole as
select
    invitation_id as invitation, screening_id as screening, number, name, nullif(email, '') as email, locale, companions_max,
    rank, status, companions, wheelchairs, note, invited_at, answered_at, reminded_at, order_id as "order",
    array(
        select seat from invitation_seat as planned
        where planned.invitation_id = invitation.invitation_id order by place
    ) as seats,
    erased_at is not null as erased
from invitation;
