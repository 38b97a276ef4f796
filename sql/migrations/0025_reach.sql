-- Roles that count in a festival or at a venue, several for one person; and what that means for what is asked.

create table staff_grant (
    staff_id    bigint not null references staff,
    role        text not null check (role in ('door','box_office','supervisor','organiser','admin')),
    festival_id slug references festival on delete cascade,   -- null: whatever festival
    venue_id    slug references venue on delete cascade,      -- null: at whatever venue
    granted_at  timestamptz not null,
    granted_by  text not null,
    constraint staff_grant_once unique nulls not distinct (staff_id, role, festival_id, venue_id),
    -- What an administrator does beyond an organiser (accounts, keys) belongs to no festival.
    constraint staff_grant_of_admin_is_everywhere
        check (role <> 'admin' or (festival_id is null and venue_id is null))
);
create index staff_grant_of_festival on staff_grant (festival_id);
create index staff_grant_of_venue on staff_grant (venue_id);

insert into staff_grant (staff_id, role, granted_at, granted_by)
select staff_id, role, created_at, '(operator)' from staff;
alter table staff drop column role;

-- The festivals of which a device scans tickets, where whoever made it has no say over all of a venue.
alter table device add column festivals text[] check (cardinality(festivals) between 1 and 50);

-- Is a festival at a venue within reach? $1 lists places, {"festival": …, "venue": …}, null in them is any; a reach of
-- null is everywhere. What is not named is meant whole, as in staff.reach.
create function within_reach(reach jsonb, asked_festival text, asked_venue text) returns boolean
language sql immutable as $$
    select reach is null or exists (
        select from jsonb_to_recordset(reach) as place (festival text, venue text)
        where (place.festival is null or place.festival is not distinct from asked_festival)
          and (place.venue is null or place.venue is not distinct from asked_venue)
    )
$$;

-- The same of a screening. Of one that is not named nobody can say; one that is not known here is out of reach.
create function screening_within_reach(reach jsonb, asked_screening text) returns boolean language sql stable as $$
    select reach is null or asked_screening is null or exists (
        select from screening join hall using (hall_id)
        where screening_id = asked_screening and within_reach(reach, festival_id, venue_id)
    )
$$;

-- The same of an order: all its tickets are within reach. Null where there is no such order.
create function order_within_reach(reach jsonb, asked_order text) returns boolean language sql stable as $$
    select bool_and(within_reach(reach, orders.festival_id, hall.venue_id))
    from orders
    left join ticket using (order_id)
    left join screening using (screening_id)
    left join hall using (hall_id)
    where orders.order_id = asked_order
$$;

drop function record_scans(
    uuid[], text[], int[], text[], text[], text[], timestamptz[], timestamptz[], text[], boolean[], text[],
    boolean[], text[]
);
drop function device_stands_at(text, text);

-- Many scans, in the order they are given in, in one transaction; place n of each array belongs to scan n. All their
-- tickets are locked first and in the order of their ids, so that two gates that send their evenings at once wait for
-- each other instead of colliding. Whoever scans lets in to screenings within their reach: for others it is the wrong
-- gate.
create function record_scans(
    scans uuid[], tickets text[], revisions int[], screenings text[], gates text[], directions text[],
    scanned timestamptz[], received timestamptz[], logins text[], lates boolean[], showns text[],
    by_hands boolean[], reaches jsonb[]
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
        if reaches[place] is not null and not screening_within_reach(reaches[place], coalesce(
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
        return next answer;
    end loop;
end $$;
