-- Which screening a gate was letting in to, where it let somebody in with a ticket for another: a supervisor who settles that
-- has to know in which hall to look.

alter table scan add column gate_screening_id text;       -- of such conflicts alone; not a reference: a gate may name any

-- As in 0051, but that it is written down.
create or replace function record_scans(
    scans uuid[], tickets text[], revisions int[], screenings text[], gates text[], directions text[],
    scanned timestamptz[], received timestamptz[], logins text[], lates boolean[], showns text[],
    by_hands boolean[], reaches jsonb[]
) returns setof text language plpgsql as $$
declare
    plain boolean;
    answer text;
    let_in boolean;
    lets_in_to text;
    kept boolean;
    is_badge boolean;
begin
    select count(*) > 1 and not bool_or(late or by_hand or shown is not null or coalesce(length(ticket) = 13, false))
        and count(distinct scan) = count(*) and count(distinct ticket) = count(ticket)
    into plain from unnest(scans, tickets, lates, showns, by_hands) as one (scan, ticket, late, shown, by_hand);
    if plain then
        return query select * from record_plain_scans(
            scans, tickets, revisions, screenings, gates, directions, scanned, received, logins, reaches
        );
        return;
    end if;
    if cardinality(scans) > 1 then
        perform from ticket where ticket_id = any(tickets) order by ticket_id for update;
        if exists (select from unnest(tickets) as number where length(number) = 13) then
            perform from accreditation where accreditation_id = any(tickets) order by accreditation_id for update;
            -- Then the places for badges, in order as well. Where a gate names no screening they are asked for later, and
            -- of two batches of such gates one may have to be tried again.
            perform pg_advisory_xact_lock(badge_places_lock(screening)) from (
                select distinct screening from unnest(tickets, screenings) as asked (number, screening)
                where length(number) = 13 and screening is not null order by screening
            ) as each_screening;
        end if;
    end if;
    for place in 1 .. cardinality(scans) loop
        is_badge := coalesce(length(tickets[place]) = 13, false);
        lets_in_to := screenings[place];
        if reaches[place] is not null and not screening_within_reach(reaches[place], coalesce(
            lets_in_to, (select screening_id from ticket where ticket_id = tickets[place])
        )) then
            lets_in_to := '-';
        end if;
        kept := coalesce(showns[place], 'admitted') = 'admitted' or directions[place] <> 'in';
        if showns[place] = 'unknown' and not kept then
            kept := exists (select from scan where scan_id = scans[place]);
        end if;
        if is_badge then
            answer := record_badge_scan(
                scans[place], tickets[place], revisions[place], lets_in_to, gates[place], directions[place],
                scanned[place], received[place], logins[place], lates[place], showns[place], reaches[place]
            );
        else
            answer := record_scan(
                scans[place], tickets[place], revisions[place], lets_in_to, gates[place], directions[place],
                scanned[place], received[place], logins[place], lates[place], showns[place]
            );
        end if;
        let_in := showns[place] = 'admitted' and directions[place] = 'in';
        if let_in or by_hands[place] then
            answer := complete_scan(scans[place], coalesce(let_in, false), by_hands[place]);
        end if;
        -- Where it is out of reach ('-'), none is known here.
        if let_in and not is_badge and lets_in_to <> '-' and answer::json ->> 'verdict' = 'wrong_screening' then
            update scan set gate_screening_id = lets_in_to where scan_id = scans[place];
        end if;
        if not kept and answer::json ->> 'verdict' = 'admitted' then
            answer := case when is_badge
                then take_back_badge_entry(scans[place], showns[place])
                else take_back_entry(scans[place], showns[place])
            end;
        end if;
        return next answer;
    end loop;
end $$;
