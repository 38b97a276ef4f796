-- What the reports are made of: one query, whatever the report and however many screenings.

-- name: list_screening_facts
-- The screenings of festival $1 (null: of all) within reach of $5 on the venue's days $2 to $3, at most $4, each with
-- its tariffs and what the ledger and its seals say of them, as insight.reports.facts.ScreeningFacts. A draft or cancelled screening is
-- there only where a right was issued for it.
with shown as materialized (
    select screening.*, venue.venue_id, venue.timezone,
        (screening.starts_at at time zone venue.timezone)::date as day
    from screening join hall using (hall_id) join venue using (venue_id)
    where ($1::text is null or screening.festival_id = $1)
        and within_reach($5::jsonb, screening.festival_id, venue.venue_id)
        -- No zone is more than a day away from UTC: this is what the index by start can find.
        and screening.starts_at >= ($2::date - 1)::timestamp at time zone 'UTC'
        and screening.starts_at < ($3::date + 2)::timestamp at time zone 'UTC'
        and (screening.starts_at at time zone venue.timezone)::date between $2::date and $3::date
    order by screening.starts_at, screening.screening_id
    limit $4
), unsealed as materialized (
    -- The newest entries, as far back as the sealer itself looks: those of the last second or so. Both sides are cut
    -- there, so that it costs the same however long the ledger is.
    select screening_id, entry_id, ticket_id, kind, tariff, amount, currency, at, reason
    from ledger_entry
    where entry_id > coalesce((select max(entry_id) from ledger_seal), 0) - 20000
        and entry_id not in (select entry_id from ledger_seal order by entry_id desc limit 20000)
        and kind in ('issued', 'cancelled')
)
select jsonb_build_object(
    'screening', screening_id, 'festival', shown.festival_id, 'kind', shown.kind, 'status', shown.status,
    'title', coalesce(nullif(shown.title::jsonb, '{}'), film.title, '{}'),
    'film', shown.film_id, 'film_title', coalesce(film.title, '{}'), 'original_title', film.original_title,
    'visa_number', film.visa_number, 'certificate_number', film.certificate_number, 'distributor', film.distributor,
    'version', shown.version_id, 'version_kind', version.kind, 'audio', version.audio,
    'subtitles', coalesce(version.subtitles, '[]'),
    'venue', venue.venue_id, 'venue_name', venue.name, 'city', venue.city, 'city_name', venue.city_name,
    'country', venue.country, 'timezone', venue.timezone, 'hall', hall.hall_id, 'hall_name', hall.name,
    'starts_at', shown.starts_at, 'doors_at', shown.doors_at, 'day', shown.day, 'currency', shown.currency,
    'sold', visited.sold, 'admitted', visited.admitted,
    'admitted_by_tariff', visited.by_tariff, 'tariffs', rights.tariffs, 'rentals', rented.terms
)::text
from shown
join hall on hall.hall_id = shown.hall_id
join venue on venue.venue_id = shown.venue_id
left join film on film.film_id = shown.film_id
left join version on version.version_id = shown.version_id
-- Lateral, so that each screening is found by its indexes, whatever the planner believes of their number.
cross join lateral (
    select coalesce(sum(sold), 0) as sold, coalesce(sum(admitted), 0) as admitted,
        coalesce(jsonb_object_agg(tariff, admitted), '{}') as by_tariff
    from (
        select tariff, count(*) as sold, count(*) filter (where entries > 0) as admitted
        from ticket
        where ticket.screening_id = shown.screening_id and ticket.status = 'sold'
        group by tariff
    ) as by_tariff
) as visited
cross join lateral (
    select coalesce(sum(by_tariff.issued), 0) as issued, coalesce(jsonb_agg(jsonb_build_object(
        'tariff', by_tariff.tariff, 'name', coalesce(tariff.name, '{}'), 'family', coalesce(tariff.family, 'other'),
        'currency', by_tariff.currency, 'issued', issued, 'issued_in_presale', issued_in_presale,
        'cancelled', cancelled, 'cancelled_in_presale', cancelled_in_presale, 'unnumbered', unnumbered,
        'first_number', first_number, 'last_number', last_number, 'hand_sold', hand_sold, 'prices', prices
    ) order by tariff.position, by_tariff.tariff, by_tariff.currency), '[]') as tariffs
    from (
        select tariff, currency,
            coalesce(sum(issued), 0) as issued, coalesce(sum(issued_in_presale), 0) as issued_in_presale,
            coalesce(sum(cancelled), 0) as cancelled,
            coalesce(sum(cancelled_in_presale), 0) as cancelled_in_presale,
            coalesce(sum(unnumbered), 0) as unnumbered,
            coalesce(sum(hand_sold), 0) as hand_sold,
            min(first_number) as first_number, max(last_number) as last_number,
            jsonb_agg(jsonb_build_object(
                'amount', amount, 'issued', coalesce(issued, 0), 'cancelled', coalesce(cancelled, 0)
            ) order by amount desc) as prices
        from (
            select tariff, currency, amount,
                count(*) filter (where kind = 'issued') as issued,
                count(*) filter (where kind = 'issued' and presale) as issued_in_presale,
                count(*) filter (where kind = 'cancelled') as cancelled,
                count(*) filter (where kind = 'cancelled' and issued_in_presale) as cancelled_in_presale,
                count(*) filter (where kind = 'issued' and right_number is null) as unnumbered,
                count(*) filter (where kind = 'issued' and reason = 'hand_sold') as hand_sold,
                min(right_number) as first_number,
                max(right_number) as last_number
            from (
                -- A cancelled right was in pre-sale when it had been issued there: by the last issue before, whose
                -- entry and mode are compared as one.
                select *, (max(array[entry_id, presale::int]) filter (where kind = 'issued') over (
                    partition by ticket_id order by entry_id
                ))[2] = 1 as issued_in_presale
                from (
                    select entry_id, ticket_id, kind, tariff, amount, currency, right_number, reason,
                        -- The counter says in which mode it sells (D212-83); of all others the time tells. Sold by
                        -- hand before the doors opened is pre-sale, whenever it was entered.
                        case reason
                            when 'presale' then true
                            when 'immediate_entry' then false
                            when 'hand_sold' then shown.doors_at > (
                                select sold_at from hand_sold where hand_sold.ticket_id = found.ticket_id
                            )
                            else at < shown.doors_at
                        end as presale
                    from (
                        -- The ledger is found by its seals, which are indexed by screening, so that orders need not
                        -- keep another index.
                        select ledger_entry.entry_id, ledger_entry.ticket_id, ledger_entry.kind, ledger_entry.tariff,
                            amount, currency, at, right_number, reason
                        from ledger_seal join ledger_entry using (entry_id)
                        where ledger_seal.screening_id = shown.screening_id
                            and ledger_seal.kind in ('issued', 'cancelled')
                        union all
                        select entry_id, ticket_id, kind, tariff, amount, currency, at, null, reason
                        from unsealed
                        where unsealed.screening_id = shown.screening_id
                    ) as found
                ) as entered
            ) as dated
            group by tariff, currency, amount
        ) as paid
        full join (
            -- What is on the list stands in a statement even where nobody paid it.
            select distinct tariff_id as tariff, shown.currency, amount
            from price
            where price.festival_id = shown.festival_id and price.price_list_id = shown.price_list_id
        ) as listed using (tariff, currency, amount)
        group by tariff, currency
    ) as by_tariff
    left join tariff on tariff.festival_id = shown.festival_id and tariff.tariff_id = by_tariff.tariff
) as rights
cross join lateral (
    select coalesce(jsonb_agg(jsonb_build_object(
        'distributor', distributor, 'rate_basis_points', rate_basis_points,
        'flat', case when flat_amount is not null then
            jsonb_build_object('amount', flat_amount, 'currency', flat_currency)
        end
    ) order by distributor), '[]') as terms
    from rental
    where rental.festival_id = shown.festival_id and rental.film_id = shown.film_id
        and (rental.screening_id = shown.screening_id or (
            -- Terms for this screening stand instead of those of its film.
            rental.screening_id is null and not exists (
                select from rental as own
                where own.screening_id = shown.screening_id and own.film_id = shown.film_id
            )
        ))
) as rented
where shown.status = 'published' or rights.issued > 0
order by shown.starts_at, screening_id;
