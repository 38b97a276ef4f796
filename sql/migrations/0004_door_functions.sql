-- A scan is decided and written by one round trip: the ticket's row is locked, so that two gates at once take turns.

-- What a gate that was offline needs of the tickets that were given back.
create index ticket_void_by_screening on ticket (screening_id) where status = 'void';

-- One scan: decided, written, answered. A scan id that was seen before is answered as it was then.
-- The order of the verdicts is that of door.model.Verdict. `forged` is decided before, by the code's signature.
create function record_scan(
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
    select ticket_id, screening_id, seat, tariff, status, revision, inside, entries, admitted_at, admitted_gate
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

-- Many scans, in the order they are given in, in one transaction; place n of each array belongs to scan n. All their
-- tickets are locked first and in the order of their ids, so that two gates that send their evenings at once wait for
-- each other instead of colliding.
create function record_scans(
    scans uuid[], tickets text[], revisions int[], screenings text[], gates text[], directions text[],
    scanned timestamptz[], received timestamptz[], logins text[], lates boolean[], showns text[]
) returns setof text language plpgsql as $$
begin
    if cardinality(scans) > 1 then
        perform from ticket where ticket_id = any(tickets) order by ticket_id for update;
    end if;
    for place in 1 .. cardinality(scans) loop
        return next record_scan(
            scans[place], tickets[place], revisions[place], screenings[place], gates[place], directions[place],
            scanned[place], received[place], logins[place], lates[place], showns[place]
        );
    end loop;
end $$;
