-- By which tariffs the seats of an allotment are given, the first that has a price where a seat is; none: a free one.
alter table allotment add column tariffs text[] not null default '{}'
    constraint allotment_tariffs_are_few check (cardinality(tariffs) <= 10);

create function allotment_tariffs_exist() returns trigger language plpgsql as $$
declare
    missing text;
begin
    select named into missing
    from unnest(new.tariffs) as one (named)
    where not exists (
        select from screening join tariff using (festival_id)
        where screening_id = new.screening_id and tariff_id = named
    );
    if missing is not null then
        raise exception 'tariff % is none of the festival', missing using
            errcode = 'foreign_key_violation', constraint = 'allotment_tariffs_exist', detail = missing;
    end if;
    return new;
end $$;
-- Nobody is promised seats by a tariff of another festival, which may have another currency.
create trigger allotment_names_tariffs_of_its_festival before insert or update of tariffs on allotment
    for each row when (new.tariffs <> '{}') execute function allotment_tariffs_exist();
