-- A screening that moves to another layout of its hall: no live ticket, and nothing that is kept for somebody, is ever
-- on a seat that its layout lacks, whichever of two comes first: the move, or the order.

-- The seats that an earlier layout of a screening had and its present one has not.
create table withdrawn_seat (
    screening_id slug not null references screening,
    seat         text not null,
    primary key (screening_id, seat)
);

-- The labels of all places of a layout, those of unnumbered areas too.
create function places_of_layout(asked_layout text) returns setof text language sql stable as $$
    select seat ->> 'seat' from layout, jsonb_array_elements(layout.body -> 'seats') as seat
    where layout_id = asked_layout
    union all
    select (area ->> 'area') || '#' || place
    from layout, jsonb_array_elements(layout.body -> 'areas') as area,
        generate_series(1, (area ->> 'capacity')::int) as place
    where layout_id = asked_layout
$$;

-- Who takes a seat shares this lock, who changes the layout has it alone: both to the end of their transactions.
create function layout_lock(asked_screening text) returns bigint language sql immutable as $$
    select hashtextextended('ticketing.layout ' || asked_screening, 0)
$$;

create function withdraw_seats() returns trigger language plpgsql as $$
declare
    taken text;
begin
    perform pg_advisory_xact_lock(layout_lock(new.screening_id));
    -- From here on each statement sees what those who had the lock before have written.
    delete from withdrawn_seat
    where screening_id = new.screening_id and seat in (select places_of_layout(new.layout_id));
    insert into withdrawn_seat (screening_id, seat)
    select new.screening_id, place
    from (select places_of_layout(old.layout_id) except select places_of_layout(new.layout_id)) as gone (place)
    on conflict do nothing;
    select ticket.seat into taken from ticket join withdrawn_seat using (screening_id, seat)
    where screening_id = new.screening_id and status in ('reserved', 'sold') limit 1;
    if taken is not null then
        raise exception 'seat % has a ticket and would vanish', taken using
            errcode = 'check_violation', constraint = 'screening_keeps_seats_with_tickets', detail = taken;
    end if;
    return new;
end $$;
create trigger screening_withdraws_seats before update of layout_id on screening
    for each row when (old.layout_id is distinct from new.layout_id) execute function withdraw_seats();

-- A seat that is withdrawn counts as taken, under the name of the constraint that says so of its table: whoever asks
-- for it is refused like one who comes second.
create function refuse_withdrawn_seats() returns trigger language plpgsql as $$
declare
    taken record;
begin
    perform pg_advisory_xact_lock_shared(layout_lock(screening_id))
    from (select distinct screening_id from written order by screening_id) as each_screening;
    select screening_id, seat into taken from written join withdrawn_seat using (screening_id, seat) limit 1;
    if taken.seat is not null then
        raise exception 'seat % of % is withdrawn', taken.seat, taken.screening_id using
            errcode = 'unique_violation', constraint = tg_argv[0],
            detail = format('Key (screening_id, seat)=(%s, %s) already exists.', taken.screening_id, taken.seat);
    end if;
    return null;
end $$;
create trigger ticket_is_on_a_seat after insert on ticket
    referencing new table as written
    for each statement execute function refuse_withdrawn_seats('ticket_one_live_per_seat');
create trigger allotment_is_of_seats after insert on allotment_seat
    referencing new table as written
    for each statement execute function refuse_withdrawn_seats('allotment_seat_pkey');
create trigger offer_is_of_seats after insert on waiting_offer_seat
    referencing new table as written
    for each statement execute function refuse_withdrawn_seats('waiting_seat_offered_once');

create function refuse_withdrawn_seat() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(layout_lock(new.screening_id));
    if exists (select from withdrawn_seat where screening_id = new.screening_id and seat = new.seat) then
        raise exception 'seat % of % is withdrawn', new.seat, new.screening_id using
            errcode = 'unique_violation', constraint = 'ticket_one_live_per_seat',
            detail = format('Key (screening_id, seat)=(%s, %s) already exists.', new.screening_id, new.seat);
    end if;
    return null;
end $$;
-- A ticket that moves to another seat, or is good again.
create trigger ticket_moves_to_a_seat after update of seat, status, screening_id on ticket
    for each row when (
        new.status <> 'void'
        and (old.status = 'void' or (old.screening_id, old.seat) is distinct from (new.screening_id, new.seat))
    ) execute function refuse_withdrawn_seat();
