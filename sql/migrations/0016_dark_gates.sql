-- A gate that goes dark between an answer and the note of it hands the scan in once more, as `unknown`: it can't say
-- what it showed. Where the house had answered by then, somebody was most likely let in, so that the entry stays; where
-- it had not, nobody was.

-- As in 0013, but for that.
create or replace function record_scans(
    scans uuid[], tickets text[], revisions int[], screenings text[], gates text[], directions text[],
    scanned timestamptz[], received timestamptz[], logins text[], lates boolean[], showns text[],
    by_hands boolean[], devices text[]
) returns setof text language plpgsql as $$
declare
    answer text;
    let_in boolean;
    lets_in_to text;
    kept boolean;
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
        kept := coalesce(showns[place], 'admitted') = 'admitted' or directions[place] <> 'in';
        if showns[place] = 'unknown' and not kept then
            kept := exists (select from scan where scan_id = scans[place]);
        end if;
        answer := record_scan(
            scans[place], tickets[place], revisions[place], lets_in_to, gates[place], directions[place],
            scanned[place], received[place], logins[place], lates[place], showns[place]
        );
        let_in := showns[place] = 'admitted' and directions[place] = 'in';
        if let_in or by_hands[place] then
            answer := complete_scan(scans[place], coalesce(let_in, false), by_hands[place]);
        end if;
        if not kept and answer::json ->> 'verdict' = 'admitted' then
            answer := take_back_entry(scans[place], showns[place]);
        end if;
        return next answer;
    end loop;
end $$;
