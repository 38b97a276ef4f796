-- A gate that was alone refused somebody whom the house would have let in, or had let in without the gate hearing of it:
-- by a list from before a payment or a restored place, or since it went dark. Nobody passed, so nobody is counted as
-- inside, and who comes back with the same ticket gets in.

-- The entry of a scan is taken back, as the gate showed something else. Answers the scan as it stands now.
create function take_back_entry(asked_scan uuid, asked_shown text) returns text language plpgsql as $$
declare
    undone record;               -- the scan
    remaining record;            -- its ticket afterwards
begin
    update scan set
        -- What lets somebody pass on the way out is no refusal on the way in.
        verdict = case when asked_shown = 'left' then 'unknown' else asked_shown end
    where scan_id = asked_scan and verdict = 'admitted' and direction = 'in'
    returning ticket_id, verdict into undone;
    if undone.ticket_id is not null then
        update ticket set
            entries = entries - 1,
            inside = coalesce((
                select scan.verdict = 'admitted' from scan
                where scan.ticket_id = undone.ticket_id and scan.verdict in ('admitted', 'left')
                order by scanned_at desc, received_at desc limit 1
            ), false),
            (admitted_at, admitted_gate) = (
                select scanned_at, gate from scan
                where scan.ticket_id = undone.ticket_id and direction = 'in'
                  and (scan.verdict = 'admitted' or (scan.verdict = 'already_admitted' and conflict))
                order by scanned_at, received_at limit 1
            )
        where ticket_id = undone.ticket_id
        returning screening_id, status, entries, admitted_at, admitted_gate into remaining;
        if remaining.entries = 0 and remaining.status = 'sold' then
            perform add_to_ticket_count(remaining.screening_id, 0, -1);
        end if;
        update scan set answer = (answer::jsonb || jsonb_build_object(
            'verdict', undone.verdict,
            'reason', 'gate_refused',
            'first', case when remaining.admitted_at is not null
                then jsonb_build_object('at', remaining.admitted_at, 'gate', remaining.admitted_gate) end
        ))::json
        where scan_id = asked_scan;
    end if;
    return (select answer::text from scan where scan_id = asked_scan);
end $$;

-- As in 0010, and what a gate refused lets nobody in.
create or replace function record_scans(
    scans uuid[], tickets text[], revisions int[], screenings text[], gates text[], directions text[],
    scanned timestamptz[], received timestamptz[], logins text[], lates boolean[], showns text[],
    by_hands boolean[], devices text[]
) returns setof text language plpgsql as $$
declare
    answer text;
    let_in boolean;
    lets_in_to text;
begin
    if cardinality(scans) > 1 then
        perform from ticket where ticket_id = any(tickets) order by ticket_id for update;
    end if;
    for place in 1 .. cardinality(scans) loop
        lets_in_to := screenings[place];
        if devices[place] is not null and not device_stands_at(devices[place], coalesce(
            lets_in_to, (select screening_id from ticket where ticket_id = tickets[place])
        )) then
            lets_in_to := '-';
        end if;
        answer := record_scan(
            scans[place], tickets[place], revisions[place], lets_in_to, gates[place], directions[place],
            scanned[place], received[place], logins[place], lates[place], showns[place]
        );
        let_in := showns[place] = 'admitted' and directions[place] = 'in';
        if let_in or by_hands[place] then
            answer := complete_scan(scans[place], coalesce(let_in, false), by_hands[place]);
        end if;
        if directions[place] = 'in' and showns[place] <> 'admitted' and answer::json ->> 'verdict' = 'admitted' then
            answer := take_back_entry(scans[place], showns[place]);
        end if;
        return next answer;
    end loop;
end $$;
