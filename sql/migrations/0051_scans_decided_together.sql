-- Scans that come together are decided together. One by one each cost Postgres eight statements; before a film nearly
-- all scans are plain, and three statements do for all of a batch.

-- Plain scans: of tickets, each once, by gates that were online. Place n of each array belongs to scan n; answers in that
-- order, as record_scan gives them one by one.
create function record_plain_scans(
    scans uuid[], tickets text[], revisions int[], screenings text[], gates text[], directions text[],
    scanned timestamptz[], received timestamptz[], logins text[], reaches jsonb[]
) returns setof text language plpgsql
-- One plan for good, by index throughout: however small the tables were when it was made.
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
    locked text[];
begin
    -- First the locks, then a look: so what is seen is what the last one left behind. A ticket that is not there to be
    -- locked is unknown, even if it is there a moment later.
    select array_agg(ticket_id) into locked
    from (select ticket_id from ticket where ticket_id = any(tickets) order by ticket_id for update) as present;

    return query
    with asked as (
        select * from unnest(
            scans, tickets, revisions, screenings, gates, directions, scanned, received, logins, reaches
        ) with ordinality as one (
            scan_id, ticket_id, revision, screening_id, gate, direction, scanned_at, received_at, login, reach, place
        )
    ), seen as (
        select
            asked.*, visitor.ticket_id as known_ticket, visitor.screening_id as shown_at, visitor.seat, visitor.tariff,
            visitor.status, visitor.revision as ticket_revision, visitor.inside, visitor.entries, visitor.admitted_at,
            visitor.admitted_gate, visitor.released_at, known.answer as known_answer,
            case
                when asked.reach is null then asked.screening_id
                when screening_within_reach(asked.reach, coalesce(asked.screening_id, visitor.screening_id))
                then asked.screening_id
                else '-'
            end as lets_in_to
        from asked
        left join ticket as visitor on visitor.ticket_id = asked.ticket_id and visitor.ticket_id = any(locked)
        left join scan as known on known.scan_id = asked.scan_id
    ), decided as materialized (
        select
            seen.*, coalesce(lets_in_to, shown_at) as counted_at,
            case
                when seen.ticket_id is null then 'forged'
                when known_ticket is null then 'unknown'
                else verdict_of_ticket(
                    seen.status, shown.status, seen.revision, ticket_revision, lets_in_to, shown_at, direction, inside,
                    entries > 0 and not coalesce((festival.rules ->> 'reentry')::boolean, true), scanned_at,
                    shown.doors_at, shown.ends_at
                )
            end as verdict
        from seen
        left join screening as shown on shown.screening_id = shown_at
        left join festival on festival.festival_id = shown.festival_id
    ), changed as (
        update ticket set
            entries = ticket.entries + (verdict = 'admitted')::int,
            inside = verdict = 'admitted',
            admitted_gate = case
                when verdict = 'left' or ticket.admitted_at <= scanned_at then ticket.admitted_gate else gate
            end,
            admitted_at = case
                when verdict = 'left' or ticket.admitted_at <= scanned_at then ticket.admitted_at else scanned_at
            end
        from decided
        where ticket.ticket_id = decided.ticket_id and verdict in ('admitted', 'left') and known_answer is null
        returning ticket.ticket_id, ticket.admitted_at, ticket.admitted_gate
    ), counted as (
        insert into ticket_count as kept (screening_id, slice, admitted)
        select shown_at, pg_backend_pid() % 64, count(*) from decided
        where verdict = 'admitted' and entries = 0 and known_answer is null
        group by shown_at order by shown_at
        on conflict (screening_id, slice) do update set admitted = kept.admitted + excluded.admitted
    ), counts as (
        select counted_at, sold, admitted
        from (select distinct counted_at from decided) as one
        cross join lateral (
            select sum(sold) as sold, sum(admitted) as admitted from ticket_count where screening_id = counted_at
        ) as added
    ), answered as materialized (
        select decided.*, json_build_object(
            'verdict', verdict, 'direction', direction, 'ticket', known_ticket, 'seat', seat, 'tariff', tariff,
            'screening', shown_at, 'reason', reason_of_verdict(verdict, status, released_at), 'late', false,
            'first', case when coalesce(changed.admitted_at, decided.admitted_at) is not null then json_build_object(
                'at', coalesce(changed.admitted_at, decided.admitted_at),
                'gate', coalesce(changed.admitted_gate, decided.admitted_gate)
            ) end,
            'conflict', false, 'other', null,
            'counts', case when decided.counted_at is not null then json_build_object(
                -- The statement began before these were let in: each is told of itself and of those before it.
                'admitted', coalesce(counts.admitted, 0) + count(*) filter (
                    where verdict = 'admitted' and entries = 0 and known_answer is null
                ) over (partition by decided.counted_at order by place),
                'sold', coalesce(counts.sold, 0)
            ) end
        ) as answer
        from decided
        left join changed on changed.ticket_id = decided.ticket_id
        left join counts on counts.counted_at = decided.counted_at
    ), written as (
        insert into scan (
            scan_id, screening_id, ticket_id, gate, direction, verdict, scanned_at, received_at, staff_login, answer
        )
        select
            scan_id, coalesce(shown_at, lets_in_to), known_ticket, gate, direction, verdict, scanned_at, received_at,
            login, answer
        from answered where known_answer is null
    )
    select coalesce(known_answer, answer)::text from answered order by place;
end $$;

-- As in 0046, but that plain scans are decided together.
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
        if not kept and answer::json ->> 'verdict' = 'admitted' then
            answer := case when is_badge
                then take_back_badge_entry(scans[place], showns[place])
                else take_back_entry(scans[place], showns[place])
            end;
        end if;
        return next answer;
    end loop;
end $$;
