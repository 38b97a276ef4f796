-- What the reports are made of: one query, whatever the report and however many screenings.

-- name: list_screening_facts
-- The screenings of festival $1 (null: of all) on the venue's days $2 to $3, at most $4, each with its tariffs and
-- what the ledger and its seals say of them, as insight.reports.facts.ScreeningFacts. A draft or cancelled screening is
-- there only where a right was issued for it.
with shown as materialized (
    select screening.*, venue.venue_id, venue.timezone,
        (screening.starts_at at time zone venue.timezone)::date as day
    from screening join hall using (hall_id) join venue using (venue_id)
    where ($1::text is null or screening.festival_id = $1)
        -- No zone is more than a day away from UTC: this is what the index by start can find.
        and screening.starts_at >= ($2::date - 1)::timestamp at time zone 'UTC'
        and screening.starts_at < ($3::date + 2)::timestamp at time zone 'UTC'
        and (screening.starts_at at time zone venue.timezone)::date between $2::date and $3::date
    order by screening.starts_at, screening.screening_id
    limit $4
), entered as (
    -- The ledger is found by its seals, which are indexed by screening, so that orders need not keep another index.
    select ledger_entry.*, ledger_seal.right_number
    from shown join ledger_seal using (screening_id) join ledger_entry using (entry_id)
    union all
    -- Not sealed yet: the newest. As far back as the sealer itself looks.
    select ledger_entry.*, null
    from ledger_entry
    where entry_id > coalesce((select max(entry_id) from ledger_seal), 0) - 20000
        and screening_id in (select screening_id from shown)
        and not exists (select from ledger_seal where ledger_seal.entry_id = ledger_entry.entry_id)
), dated as (
    -- A cancelled right was in pre-sale when it had been issued there: by the last issue before its cancelling.
    select entered.*, max(at) filter (where kind = 'issued') over (
        partition by screening_id, ticket_id order by entry_id
    ) as issued_at
    from entered
), counted as (
    select screening_id, tariff, dated.currency, amount,
        count(*) filter (where dated.kind = 'issued') as issued,
        count(*) filter (where dated.kind = 'issued' and at < doors_at) as issued_in_presale,
        count(*) filter (where dated.kind = 'cancelled') as cancelled,
        count(*) filter (where dated.kind = 'cancelled' and issued_at < doors_at) as cancelled_in_presale,
        count(*) filter (where dated.kind = 'issued' and right_number is null) as unnumbered,
        min(right_number) as first_number,
        max(right_number) as last_number
    from dated join shown using (screening_id)
    group by screening_id, tariff, dated.currency, amount
), listed as (
    select distinct screening_id, tariff_id as tariff, shown.currency, amount
    from shown join price using (festival_id, price_list_id)
), by_tariff as (
    select screening_id, tariff, currency,
        coalesce(sum(issued), 0) as issued, coalesce(sum(issued_in_presale), 0) as issued_in_presale,
        coalesce(sum(cancelled), 0) as cancelled, coalesce(sum(cancelled_in_presale), 0) as cancelled_in_presale,
        coalesce(sum(unnumbered), 0) as unnumbered, min(first_number) as first_number, max(last_number) as last_number,
        jsonb_agg(jsonb_build_object(
            'amount', amount, 'issued', coalesce(issued, 0), 'cancelled', coalesce(cancelled, 0)
        ) order by amount desc) as prices
    from counted full join listed using (screening_id, tariff, currency, amount)
    group by screening_id, tariff, currency
), by_screening as (
    select screening_id, sum(by_tariff.issued) as issued, jsonb_agg(jsonb_build_object(
        'tariff', by_tariff.tariff, 'name', coalesce(tariff.name, '{}'), 'family', coalesce(tariff.family, 'other'),
        'currency', by_tariff.currency, 'issued', issued, 'issued_in_presale', issued_in_presale,
        'cancelled', cancelled, 'cancelled_in_presale', cancelled_in_presale, 'unnumbered', unnumbered,
        'first_number', first_number, 'last_number', last_number, 'prices', prices
    ) order by tariff.position, by_tariff.tariff, by_tariff.currency) as tariffs
    from by_tariff join shown using (screening_id)
    left join tariff on tariff.festival_id = shown.festival_id and tariff.tariff_id = by_tariff.tariff
    group by screening_id
), visited as (
    select screening_id, count(*) as sold, count(*) filter (where entries > 0) as admitted
    from shown join ticket using (screening_id)
    where ticket.status = 'sold'
    group by screening_id
)
select jsonb_build_object(
    'screening', screening_id, 'festival', shown.festival_id, 'kind', shown.kind, 'status', shown.status,
    'title', coalesce(nullif(shown.title::jsonb, '{}'), film.title, '{}'),
    'film', shown.film_id, 'film_title', coalesce(film.title, '{}'), 'original_title', film.original_title, 'visa_number', film.visa_number,
    'certificate_number', film.certificate_number, 'distributor', film.distributor,
    'version', shown.version_id, 'version_kind', version.kind, 'audio', version.audio,
    'subtitles', coalesce(version.subtitles, '[]'),
    'venue', venue.venue_id, 'venue_name', venue.name, 'city', venue.city, 'city_name', venue.city_name,
    'country', venue.country, 'timezone', venue.timezone, 'hall', hall.hall_id, 'hall_name', hall.name,
    'starts_at', shown.starts_at, 'doors_at', shown.doors_at, 'day', shown.day, 'currency', shown.currency,
    'sold', coalesce(visited.sold, 0), 'admitted', coalesce(visited.admitted, 0),
    'tariffs', coalesce(by_screening.tariffs, '[]')
)::text
from shown
join hall on hall.hall_id = shown.hall_id
join venue on venue.venue_id = shown.venue_id
left join film on film.film_id = shown.film_id
left join version on version.version_id = shown.version_id
left join by_screening using (screening_id)
left join visited using (screening_id)
where shown.status = 'published' or by_screening.issued > 0
order by shown.starts_at, screening_id;
