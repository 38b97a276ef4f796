-- Scans of badges at screenings with so many places for them.

-- As in 0042, with a place that has to be free.
create or replace function record_badge_scan(
    asked_scan uuid,
    asked_badge text,
    asked_revision int,
    asked_screening text,        -- the one that the gate lets in to; null: the one whose doors are open there
    asked_gate text,
    asked_direction text,
    asked_scanned_at timestamptz,
    asked_received_at timestamptz,
    asked_login text,
    asked_late boolean,
    asked_shown text,            -- what an offline gate showed; null: it let in
    reach jsonb                  -- of whoever scans; null: everywhere
) returns text language plpgsql as $$
declare
    known_answer json;
    badge record;                -- the accreditation
    shown record;                -- the screening
    shown_day date;              -- its day; null: none that is known here
    here record;                 -- where the badge stands at it
    lets_in_to text := asked_screening;
    open_count bigint;
    at_screening text;           -- null: none that is known here
    earlier_verdict text;
    earlier_at timestamptz;
    earlier_gate text;
    later_verdict text;
    later_at timestamptz;
    later_gate text;
    was_inside boolean;
    used_up boolean;
    quota_used boolean;
    room record;                 -- the places for badges, and how many are taken
    no_places boolean := false;
    decided text;
    reason text;
    in_conflict boolean := false;
    other json;
    first_at timestamptz;
    first_gate text;
    answer json;
begin
    select accreditation_id, festival_id, category, status, revision, screenings_per_day
    into badge from accreditation where accreditation_id = asked_badge for update;

    select scan.answer into known_answer from scan where scan_id = asked_scan;
    if known_answer is not null then
        return known_answer::text;
    end if;

    if badge.accreditation_id is null then
        decided := 'unknown';
    else
        if lets_in_to is null and asked_direction = 'out' then
            select screening_id into lets_in_to from badge_entry
            where accreditation_id = asked_badge and inside order by admitted_at desc limit 1;
        elsif lets_in_to is null then
            select open_doors, only_one into open_count, lets_in_to
            from screening_open_for_badge(badge.festival_id, reach, asked_scanned_at);
        end if;
        select screening_id, kind, screening.status, doors_at, ends_at,
               (starts_at at time zone venue.timezone)::date as day,
               coalesce((festival.rules ->> 'reentry')::boolean, true) as reentry
        into shown
        from screening join festival using (festival_id) join hall using (hall_id) join venue using (venue_id)
        where screening_id = lets_in_to;
        at_screening := shown.screening_id;
        shown_day := shown.day;
        select entries, inside, admitted_at, admitted_gate into here from badge_entry
        where accreditation_id = asked_badge and screening_id = at_screening;
        first_at := here.admitted_at;
        first_gate := here.admitted_gate;

        was_inside := coalesce(here.inside, false);
        used_up := coalesce(here.entries, 0) > 0 and not shown.reentry;
        if asked_late then
            select verdict, scanned_at, gate into earlier_verdict, earlier_at, earlier_gate from scan
            where accreditation_id = asked_badge and screening_id = at_screening
              and verdict in ('admitted', 'left') and scanned_at <= asked_scanned_at
            order by scanned_at desc, received_at desc limit 1;
            select verdict, scanned_at, gate into later_verdict, later_at, later_gate from scan
            where accreditation_id = asked_badge and screening_id = at_screening
              and verdict in ('admitted', 'left') and scanned_at > asked_scanned_at
            order by scanned_at, received_at limit 1;
            was_inside := coalesce(earlier_verdict = 'admitted', false);
            used_up := used_up or (asked_direction = 'in' and coalesce(later_verdict = 'admitted', false));
        end if;
        -- Coming back to the same screening uses nothing up, and meetings are not counted.
        quota_used := shown.kind = 'film' and coalesce(here.entries, 0) = 0 and badge.screenings_per_day <= (
            select count(*) from badge_entry
            where accreditation_id = asked_badge and day = shown_day and badge_entry.counts and entries > 0
        );

        decided := case
            when badge.status = 'revoked' then 'void'
            when asked_revision < badge.revision then 'superseded'
            when asked_direction = 'out' and was_inside then 'left'
            when asked_direction = 'out' then 'unknown'
            when at_screening is null then 'wrong_screening'
            when shown.status <> 'published' then 'void'
            when not badge_entitled(asked_badge, at_screening) then 'wrong_screening'
            when asked_scanned_at < shown.doors_at then 'too_early'
            when asked_scanned_at >= shown.ends_at then 'ended'
            when was_inside or used_up then 'already_admitted'
            when quota_used then 'wrong_screening'
            else 'admitted'
        end;
        if decided = 'admitted' then
            -- One after the other: two gates don't both give away the last place.
            perform pg_advisory_xact_lock(badge_places_lock(at_screening));
            select places, case
                when asked_late and shown.reentry then badges_at_once(at_screening, asked_badge, asked_scanned_at)
                else taken
            end as taken into room from badge_places(at_screening);
            no_places := room.taken >= room.places;
            if no_places then
                decided := 'wrong_screening';
            end if;
        end if;
        reason := case
            when decided = 'void' and badge.status = 'revoked' then 'revoked'
            when decided = 'void' then 'screening_cancelled'
            when decided = 'unknown' then 'not_inside'
            when decided = 'wrong_screening' and at_screening is null and open_count = 0 then 'no_open_door'
            when decided = 'wrong_screening' and at_screening is null then 'choose_screening'
            when no_places then 'no_places'
            when decided = 'wrong_screening' and badge_entitled(asked_badge, at_screening) then 'quota_used'
            when decided = 'wrong_screening' then 'not_entitled'
        end;

        in_conflict := asked_late and asked_direction = 'in' and coalesce(asked_shown, 'admitted') = 'admitted'
            and decided in ('already_admitted', 'void', 'superseded', 'wrong_screening');
        if in_conflict and decided = 'already_admitted' then
            other := case
                when earlier_verdict = 'admitted' then json_build_object('at', earlier_at, 'gate', earlier_gate)
                when later_verdict = 'admitted' then json_build_object('at', later_at, 'gate', later_gate)
                else json_build_object('at', here.admitted_at, 'gate', here.admitted_gate)
            end;
        end if;

        if decided in ('admitted', 'left') or (other is not null and asked_scanned_at < here.admitted_at) then
            insert into badge_entry (accreditation_id, screening_id, day, counts, entries, inside)
            values (asked_badge, at_screening, shown_day, shown.kind = 'film', 0, false)
            on conflict do nothing;
            update badge_entry set
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
            where accreditation_id = asked_badge and screening_id = at_screening
            returning admitted_at, admitted_gate into first_at, first_gate;
            -- Gates ask for what has changed by the row of the accreditation.
            update accreditation set seen_at = greatest(seen_at, asked_scanned_at) where accreditation_id = asked_badge;
        end if;
    end if;

    answer := json_build_object(
        'verdict', decided, 'direction', asked_direction, 'ticket', null, 'seat', null, 'tariff', null,
        'screening', at_screening, 'reason', reason, 'late', asked_late,
        'first', case when first_at is not null then json_build_object('at', first_at, 'gate', first_gate) end,
        'conflict', in_conflict, 'other', other,
        'counts', case when at_screening is not null then (
            -- People with a badge beside those with a ticket, never among them.
            select json_build_object(
                'admitted', admitted, 'sold', sold, 'badges', badges, 'badge_places', places,
                'badge_places_left', greatest(places - taken, 0)
            )
            from badge_places(at_screening)
        ) end,
        'badge', case when badge.accreditation_id is not null then json_build_object(
            'accreditation', badge.accreditation_id, 'category', badge.category,
            'photo', exists (select from accreditation_photo where accreditation_id = asked_badge),
            'screenings_per_day', badge.screenings_per_day,
            'used', (
                select count(*) from badge_entry
                where accreditation_id = asked_badge and day = shown_day and badge_entry.counts and entries > 0
            )
        ) end
    );
    insert into scan (
        scan_id, screening_id, accreditation_id, gate, direction, verdict, scanned_at, received_at, staff_login, late,
        conflict, answer
    ) values (
        asked_scan, coalesce(at_screening, asked_screening), badge.accreditation_id, asked_gate, asked_direction,
        decided, asked_scanned_at, asked_received_at, asked_login, asked_late, in_conflict, answer
    );
    return answer::text;
end $$;

-- As in 0032, with the locks of the places for badges.
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
        if not kept and answer::json ->> 'verdict' = 'admitted' then
            answer := case when is_badge
                then take_back_badge_entry(scans[place], showns[place])
                else take_back_entry(scans[place], showns[place])
            end;
        end if;
        return next answer;
    end loop;
end $$;
