-- Telephones of the door that were enrolled at the desk, tickets that were typed by hand, and what gates showed by
-- themselves.

create table device (
    device_id         text primary key,
    name              text not null check (length(name) between 1 and 64),
    venues            text[] not null check (cardinality(venues) between 1 and 50),
    gates             text[] not null check (cardinality(gates) between 1 and 20),
    created_at        timestamptz not null,
    created_by        text not null,
    -- The link that enrols it, once: only digests are kept, so a stolen backup opens nothing.
    enrolment_digest  bytea unique,
    enrolment_ends_at timestamptz,
    token_digest      bytea unique,
    enrolled_at       timestamptz,
    expires_at        timestamptz,
    last_seen_at      timestamptz,                        -- to the minute
    revoked_at        timestamptz,
    -- A token belongs to somebody who was let in by a link, and has an end.
    constraint device_enrolled_as_a_whole check (
        (token_digest is null) = (enrolled_at is null) and (token_digest is null) = (expires_at is null)
    )
);

-- The number was typed, since the code could not be read.
alter table scan add column by_hand boolean not null default false;

-- Does device $1 stand in the venue of screening $2? Of a screening that is not known here nobody can say.
create function device_stands_at(asked_device text, asked_screening text) returns boolean language sql stable as $$
    select asked_screening is null or exists (
        select from device, screening join hall using (hall_id)
        where device_id = asked_device and screening_id = asked_screening and hall.venue_id = any(device.venues)
    )
$$;

-- What record_scan does not know of a scan that it has decided: that a gate had let somebody in by itself (a conflict
-- with whatever else the house says, however soon it was handed in, and also where the house had answered and the
-- gate heard nothing), and that its number was typed.
create function complete_scan(asked_scan uuid, let_in boolean, typed boolean) returns text language sql as $$
    update scan set
        conflict = conflict or (let_in and verdict <> 'admitted'),
        by_hand = by_hand or typed,
        answer = (
            answer::jsonb
            || jsonb_build_object('conflict', conflict or (let_in and verdict <> 'admitted'), 'by_hand', by_hand or typed)
            || case when let_in and verdict = 'already_admitted' and answer ->> 'other' is null
                then jsonb_build_object('other', answer -> 'first') else '{}' end
        )::json
    where scan_id = asked_scan
    returning answer::text
$$;

drop function record_scans(
    uuid[], text[], int[], text[], text[], text[], timestamptz[], timestamptz[], text[], boolean[], text[]
);

-- Many scans, in the order they are given in, in one transaction; place n of each array belongs to scan n. All their
-- tickets are locked first and in the order of their ids, so that two gates that send their evenings at once wait for
-- each other instead of colliding. A device lets in to screenings of its venues: for others it is the wrong gate.
create function record_scans(
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
        return next answer;
    end loop;
end $$;
