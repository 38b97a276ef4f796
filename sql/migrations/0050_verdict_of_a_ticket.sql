-- The verdict on a ticket as a function of its own, for all that decide scans.

-- What the house says to a ticket. The order of the verdicts is that of door.model.Verdict; `forged`, and a number that
-- nothing is known of, are decided before.
create function verdict_of_ticket(
    ticket_status text, screening_status text, code_revision int, ticket_revision int, lets_in_to text,
    ticket_screening text, direction text, was_inside boolean, used_up boolean, scanned_at timestamptz,
    doors_at timestamptz, ends_at timestamptz
) returns text language sql immutable as $$
    select case
        when ticket_status = 'void' or screening_status <> 'published' then 'void'
        when code_revision < ticket_revision then 'superseded'
        when ticket_status = 'reserved' then 'unpaid'
        when lets_in_to <> ticket_screening then 'wrong_screening'
        when direction = 'out' and was_inside then 'left'
        when direction = 'out' then 'unknown'
        when scanned_at < doors_at then 'too_early'
        when scanned_at >= ends_at then 'ended'
        when was_inside or used_up then 'already_admitted'
        else 'admitted'
    end
$$;

create function reason_of_verdict(verdict text, ticket_status text, released_at timestamptz) returns text
language sql immutable as $$
    select case
        when verdict = 'void' and released_at is not null then 'no_show'
        when verdict = 'void' and ticket_status <> 'void' then 'screening_cancelled'
        when verdict = 'unknown' and ticket_status is not null then 'not_inside'
    end
$$;

-- As in 0011, but that the verdict is now the function above.
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

        decided := verdict_of_ticket(
            visitor.status, shown.status, asked_revision, visitor.revision, asked_screening, visitor.screening_id,
            asked_direction, was_inside, used_up, asked_scanned_at, shown.doors_at, shown.ends_at
        );
        reason := reason_of_verdict(decided, visitor.status, visitor.released_at);

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
