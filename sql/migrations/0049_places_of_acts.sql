-- Of which festival an act was, and at which venue, so that those whose role counts there alone read of it too. Who writes
-- a line of the audit says what was done to what; where that is, is found here, once for all, and no new act forgets it.

alter table audit
    add column festival_id text,   -- null: of none alone. Names, not references: the audit outlives what it tells of
    add column venue_id    text;   -- null: at none alone
create index audit_of_festival on audit (festival_id, audit_id) where festival_id is not null;
create index audit_of_venue on audit (venue_id, audit_id) where venue_id is not null;

create function place_of_act(act text, subject text, detail jsonb, out festival_id text, out venue_id text)
-- Volatile: what the same statement has written before its line of the audit is seen.
language plpgsql volatile as $$
declare
    kind text := detail ->> 'table';     -- of an entry of the programme
    was  jsonb := detail -> 'was';       -- of one that is deleted
begin
    if act in ('accredited', 'delegation_set', 'week_closed') or starts_with(act, 'webhook_') or kind = 'festival' then
        festival_id := subject;
    elsif kind in ('zone', 'tariff', 'price_list', 'rental') then
        festival_id := split_part(subject, ':', 1);
    elsif kind = 'venue' then
        venue_id := subject;
    elsif kind = 'hall' or act = 'hall_saved' then
        venue_id := coalesce((select hall.venue_id from hall where hall_id = subject), was ->> 'venue');
    elsif kind in ('film', 'version') then
        null;
    elsif act = 'programme_imported' then
        -- One of several festivals names them all, and is of none alone.
        festival_id := (select festival.festival_id from festival where festival.festival_id = subject);
    elsif starts_with(act, 'accreditation_') or starts_with(act, 'badge_') then
        festival_id := (select accreditation.festival_id from accreditation where accreditation_id = subject);
    elsif act in ('sold_at_counter', 'took_payment', 'handed_out_refund', 'cancelled_at_counter', 'ticket_reprinted') then
        -- A charge of a change is named after its order. An order may be for screenings at several venues.
        festival_id := (select orders.festival_id from orders where order_id = split_part(subject, '-', 1));
    elsif act = 'till_set' or starts_with(act, 'shift_') then
        venue_id := (select till.venue_id from till where till_id = coalesce(detail ->> 'till', subject));
    elsif starts_with(act, 'device_') then
        select
            case when cardinality(device.festivals) = 1 then device.festivals[1] end,
            case when cardinality(device.venues) = 1 then device.venues[1] end
        into festival_id, venue_id
        from device where 'device ' || device_id = subject;
    else
        select screening.festival_id, hall.venue_id into festival_id, venue_id
        from screening join hall using (hall_id) where screening_id = subject;
        if was is not null then
            festival_id := coalesce(festival_id, was ->> 'festival');
            venue_id := coalesce(venue_id, (select hall.venue_id from hall where hall_id = was ->> 'hall'));
        end if;
    end if;
end $$;

create function note_place_of_act() returns trigger language plpgsql as $$
begin
    select place.festival_id, place.venue_id into new.festival_id, new.venue_id
    from place_of_act(new.act, new.subject, new.detail) as place;
    return new;
end $$;
create trigger audit_names_its_place before insert on audit for each row execute function note_place_of_act();

-- What was done before, as far as it can be told still.
alter table audit disable trigger audit_is_append_only;
update audit set (festival_id, venue_id) = (
    select place.festival_id, place.venue_id from place_of_act(act, subject, detail) as place
);
alter table audit enable trigger audit_is_append_only;
