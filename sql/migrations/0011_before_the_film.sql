-- What is done between the doors and the film: places of people who did not come, the list of guests, broken seats.

alter table ticket
    -- Its holder did not come, and the place was given to others. The ticket is void at every gate, but neither its
    -- money nor its right goes back: both stay in the books as those of a ticket that is sold.
    add column released_at timestamptz,
    -- Its holder came after all, and the place was still there: it is not released a second time.
    add column restored_at timestamptz,
    add constraint ticket_released_is_void check (released_at is null or status = 'void');

-- A release and its undoing stand in the ledger, of no amount: no right is issued or cancelled by them.
alter table ledger_entry
    drop constraint ledger_entry_kind_check,
    add constraint ledger_entry_kind_check check (kind in ('issued','cancelled','released','restored')),
    add constraint ledger_entry_release_moves_no_money check (kind in ('issued','cancelled') or amount = 0);

-- A seat that nobody can sit on at this screening. Kept from sale like a seat that is kept back.
create table broken_seat (
    screening_id slug not null references screening,
    seat         text not null,
    note         text not null check (length(note) <= 200),
    reported_at  timestamptz not null,
    reported_by  text not null,
    -- Whose seat it was, and where they sit now; without the latter no equal seat was free.
    ticket_id    text,
    moved_to     text,
    primary key (screening_id, seat)
);

-- The list of guests of a screening: people who are let in by name. Their number is what the list holds.
create table guest_list (
    screening_id slug primary key references screening,
    places_max   int not null check (places_max between 0 and 2000),
    -- With these seats kept back for them; null: nobody has a seat of his own.
    allotment_id slug,
    -- How many the entries come to, kept by the trigger below, so that two who add at once can't go beyond it.
    places       int not null default 0,
    entries      int not null default 0,
    constraint guest_list_not_overbooked check (places <= places_max),
    constraint guest_list_not_too_long check (entries <= 500),
    foreign key (screening_id, allotment_id) references allotment
);

create table guest (
    guest_id     uuid primary key,                        -- chosen by who adds: added twice, it is one
    screening_id slug not null references guest_list,
    -- Personal data: both are emptied when the screening is long over.
    name         text not null check (length(name) <= 120),
    note         text not null check (length(note) <= 200),
    owner        text not null check (length(owner) <= 120),
    plus_ones    int not null check (plus_ones between 0 and 20),
    arrived      int not null default 0,
    added_at     timestamptz not null,
    added_by     text not null,
    erased_at    timestamptz,
    -- Nobody comes in on a name more often than it is good for.
    constraint guest_not_let_in_beyond check (arrived between 0 and plus_ones + 1)
);
create index guest_of_screening on guest (screening_id);
create index guest_to_erase on guest (added_at) where erased_at is null;

-- Guests let in at a gate, some or all of an entry: sent again, an arrival counts once.
create table guest_arrival (
    arrival_id uuid primary key,
    guest_id   uuid not null references guest on delete cascade,
    people     int not null check (people between 1 and 21),
    arrived_at timestamptz not null,
    gate       text not null check (length(gate) between 1 and 64),
    let_in_by  text not null
);
create index guest_arrival_of_guest on guest_arrival (guest_id);

create function count_guests() returns trigger language plpgsql as $$
begin
    update guest_list set
        places = places + (case when tg_op <> 'DELETE' then new.plus_ones + 1 else 0 end)
            - (case when tg_op <> 'INSERT' then old.plus_ones + 1 else 0 end),
        entries = entries + (tg_op <> 'DELETE')::int - (tg_op <> 'INSERT')::int
    where screening_id = coalesce(new.screening_id, old.screening_id);
    return null;
end $$;
create trigger guest_is_counted after insert or delete or update of plus_ones on guest
    for each row execute function count_guests();

-- As before, with the reason of a ticket that was released.
-- One scan: decided, written, answered. A scan id that was seen before is answered as it was then.
-- The order of the verdicts is that of door.model.Verdict. `forged` is decided before, by the code's signature.
create or replace function record_scan(
    asked_scan uuid,
    asked_ticket text,           -- null: the code was forged
    asked_revision int,
    asked_screening text,        -- the one that the gate lets in to; null: any
    asked_gate text,
    asked_direction text,
    asked_scanned_at timestamptz,
    asked_received_at timestamptz,
    asked_login text,
    asked_late boolean,
    asked_shown text             -- what an offline gate showed; null: it let in
) returns text language plpgsql as $$
declare
    known_answer json;
    visitor record;              -- the ticket
    shown record;                -- its screening
    -- For late scans: the entry or exit before this one, by the gates' clocks, and the one after.
    earlier_verdict text;
    earlier_at timestamptz;
    earlier_gate text;
    later_verdict text;
    later_at timestamptz;
    later_gate text;
    was_inside boolean;
    used_up boolean;
    decided text;
    reason text;
    in_conflict boolean := false;
    other json;
    counts json;
    counted_screening text;
    answer json;
begin
    select ticket_id, screening_id, seat, tariff, status, revision, inside, entries, admitted_at, admitted_gate,
           released_at
    into visitor from ticket where ticket_id = asked_ticket for update;

    select scan.answer into known_answer from scan where scan_id = asked_scan;
    if known_answer is not null then
        return known_answer::text;
    end if;

    if asked_ticket is null then
        decided := 'forged';
    elsif visitor.ticket_id is null then
        decided := 'unknown';
    else
        select screening.status, screening.doors_at, screening.ends_at,
               coalesce((festival.rules ->> 'reentry')::boolean, true) as reentry
        into shown from screening join festival using (festival_id)
        where screening_id = visitor.screening_id;

        was_inside := visitor.inside;
        used_up := visitor.entries > 0 and not shown.reentry;
        if asked_late then
            -- The gate decided back then, so what counts is who was inside back then.
            select verdict, scanned_at, gate into earlier_verdict, earlier_at, earlier_gate from scan
            where ticket_id = visitor.ticket_id and verdict in ('admitted', 'left') and scanned_at <= asked_scanned_at
            order by scanned_at desc, received_at desc limit 1;
            select verdict, scanned_at, gate into later_verdict, later_at, later_gate from scan
            where ticket_id = visitor.ticket_id and verdict in ('admitted', 'left') and scanned_at > asked_scanned_at
            order by scanned_at, received_at limit 1;
            was_inside := coalesce(earlier_verdict = 'admitted', false);
            -- Whoever entered next, without having left, was the second one in.
            used_up := used_up or (asked_direction = 'in' and coalesce(later_verdict = 'admitted', false));
        end if;

        decided := case
            when visitor.status = 'void' or shown.status <> 'published' then 'void'
            when asked_revision < visitor.revision then 'superseded'
            when visitor.status = 'reserved' then 'unpaid'
            when asked_screening <> visitor.screening_id then 'wrong_screening'
            when asked_direction = 'out' and was_inside then 'left'
            when asked_direction = 'out' then 'unknown'
            when asked_scanned_at < shown.doors_at then 'too_early'
            when asked_scanned_at >= shown.ends_at then 'ended'
            when was_inside or used_up then 'already_admitted'
            else 'admitted'
        end;
        reason := case
            when decided = 'void' and visitor.released_at is not null then 'no_show'
            when decided = 'void' and visitor.status <> 'void' then 'screening_cancelled'
            when decided = 'unknown' then 'not_inside'
        end;

        in_conflict := asked_late and asked_direction = 'in' and coalesce(asked_shown, 'admitted') = 'admitted'
            and decided in ('already_admitted', 'void', 'superseded', 'unpaid');
        if in_conflict and decided = 'already_admitted' then
            other := case
                when earlier_verdict = 'admitted' then json_build_object('at', earlier_at, 'gate', earlier_gate)
                when later_verdict = 'admitted' then json_build_object('at', later_at, 'gate', later_gate)
                else json_build_object('at', visitor.admitted_at, 'gate', visitor.admitted_gate)
            end;
        end if;

        if decided in ('admitted', 'left') or (other is not null and asked_scanned_at < visitor.admitted_at) then
            update ticket set
                entries = entries + (decided = 'admitted')::int,
                inside = case
                    -- A late scan that something followed changes the past, not who is inside now.
                    when later_verdict is not null or decided = 'already_admitted' then inside
                    else decided = 'admitted'
                end,
                admitted_gate = case
                    when decided = 'left' or admitted_at <= asked_scanned_at then admitted_gate else asked_gate
                end,
                admitted_at = case
                    when decided = 'left' or admitted_at <= asked_scanned_at then admitted_at else asked_scanned_at
                end
            where ticket_id = visitor.ticket_id
            returning admitted_at, admitted_gate into visitor.admitted_at, visitor.admitted_gate;
            if decided = 'admitted' and visitor.entries = 0 then
                perform add_to_ticket_count(visitor.screening_id, 0, 1);
            end if;
        end if;
    end if;

    counted_screening := coalesce(asked_screening, visitor.screening_id);
    if counted_screening is not null then
        select json_build_object('admitted', coalesce(sum(admitted), 0), 'sold', coalesce(sum(sold), 0))
        into counts from ticket_count where screening_id = counted_screening;
    end if;

    answer := json_build_object(
        'verdict', decided, 'direction', asked_direction, 'ticket', visitor.ticket_id, 'seat', visitor.seat,
        'tariff', visitor.tariff, 'screening', visitor.screening_id, 'reason', reason, 'late', asked_late,
        'first', case when visitor.admitted_at is not null
            then json_build_object('at', visitor.admitted_at, 'gate', visitor.admitted_gate) end,
        'conflict', in_conflict, 'other', other, 'counts', counts
    );
    insert into scan (
        scan_id, screening_id, ticket_id, gate, direction, verdict, scanned_at, received_at, staff_login, late,
        conflict, answer
    ) values (
        asked_scan, coalesce(visitor.screening_id, asked_screening), visitor.ticket_id, asked_gate, asked_direction,
        decided, asked_scanned_at, asked_received_at, asked_login, asked_late, in_conflict, answer
    );
    return answer::text;
end $$;
