-- Badges in the book of the door and on the lists of its gates.

-- As in 0025, with what 0013 and 0016 say of gates that refused, and badges beside tickets. Their rows are locked after
-- those of the tickets, in their order too.
create or replace function record_scans(
    scans uuid[], tickets text[], revisions int[], screenings text[], gates text[], directions text[],
    scanned timestamptz[], received timestamptz[], logins text[], lates boolean[], showns text[],
    by_hands boolean[], reaches jsonb[]
) returns setof text language plpgsql as $$
declare
    answer text;
    let_in boolean;
    lets_in_to text;
    kept boolean;
    is_badge boolean;
begin
    if cardinality(scans) > 1 then
        perform from ticket where ticket_id = any(tickets) order by ticket_id for update;
        if exists (select from unnest(tickets) as number where length(number) = 13) then
            perform from accreditation where accreditation_id = any(tickets) order by accreditation_id for update;
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
        if not kept and answer::json ->> 'verdict' = 'admitted' then
            answer := case when is_badge
                then take_back_badge_entry(scans[place], showns[place])
                else take_back_entry(scans[place], showns[place])
            end;
        end if;
        return next answer;
    end loop;
end $$;

-- The badges that gates of these screenings may meet, each as JSON with where it stands on their days, and the number
-- of the transaction that changed it last.
create function badges_of_evening(asked_screenings text[])
returns table (changed_by bigint, badge json) language sql stable as $$
    with shown as (
        select screening_id, festival_id, (starts_at at time zone venue.timezone)::date as day
        from screening join hall using (hall_id) join venue using (venue_id)
        where screening_id = any(asked_screenings)
    )
    select accreditation.xmin::text::bigint, json_build_object(
        'badge', accreditation_id, 'festival', festival_id, 'category', category, 'revision', revision,
        'status', status,
        'photo', exists (
            select from accreditation_photo as photo where photo.accreditation_id = accreditation.accreditation_id
        ),
        'first_day', first_day, 'last_day', last_day, 'all_screenings', all_screenings, 'all_meetings', all_meetings,
        'cities', cities, 'venues', venues, 'screenings_per_day', screenings_per_day,
        'screenings', array(
            select listed.screening_id::text from accreditation_screening as listed
            where listed.accreditation_id = accreditation.accreditation_id
              and listed.screening_id = any(asked_screenings)
        ),
        'entered', (
            select coalesce(json_agg(json_build_object(
                'screening', entry.screening_id, 'day', entry.day, 'counts', entry.counts, 'entries', entries,
                'inside', inside, 'at', admitted_at, 'gate', admitted_gate
            )), '[]')
            from badge_entry as entry
            where entry.accreditation_id = accreditation.accreditation_id and entry.day in (select day from shown)
        )
    )
    from accreditation
    where festival_id in (select festival_id from shown)
$$;
