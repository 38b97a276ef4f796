-- A layout is not changed either while a seat that it loses is kept back (at the moment of the change, which the writer
-- notes), or offered to somebody who waits: whoever writes it, an import as well as a hall move.

create or replace function withdraw_seats() returns trigger language plpgsql as $$
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
    select kept.seat into taken
    from allotment_seat as kept
    join allotment using (screening_id, allotment_id)
    join withdrawn_seat using (screening_id, seat)
    where screening_id = new.screening_id and released_at is null
        and (release_at is null or release_at > new.changed_at)
    limit 1;
    if taken is not null then
        raise exception 'seat % is kept back and would vanish', taken using
            errcode = 'check_violation', constraint = 'screening_keeps_seats_kept_back', detail = taken;
    end if;
    select offered.seat into taken from waiting_offer_seat as offered join withdrawn_seat using (screening_id, seat)
    where screening_id = new.screening_id limit 1;
    if taken is not null then
        raise exception 'seat % is offered and would vanish', taken using
            errcode = 'check_violation', constraint = 'screening_keeps_seats_offered', detail = taken;
    end if;
    return new;
end $$;
