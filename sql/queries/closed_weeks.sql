-- Film weeks whose figures are final, and what was entered for them afterwards.

-- name: list_closed_weeks
-- The closed weeks of festival $1 (null: of all) from $2 to $3, each with its screenings within reach of $4 as they
-- were, one a row.
select festival_id as festival, week, closed_at, shown.facts::text as facts
from closed_week
left join lateral jsonb_array_elements(closed_week.facts) as shown (facts)
    on within_reach($4::jsonb, festival_id, shown.facts ->> 'venue')
where ($1::text is null or festival_id = $1) and week between $2 and $3
order by week, festival_id;

-- name: list_later_entries
-- What was issued and cancelled on the venue's days $2 to $3 for weeks of festival $1 (null: of all) that had been
-- closed before and are within reach of $5, summed up by day, screening, tariff, price and reason; at most $4, as
-- insight.reports.closing.LaterEntries.
select jsonb_build_object(
    'day', (at at time zone (facts ->> 'timezone'))::date, 'week', week, 'festival', festival_id,
    'screening', facts ->> 'screening', 'titles', facts -> 'title', 'tariff', tariff, 'reason', reason,
    'kind', kind, 'rights', count(*),
    'takings', jsonb_build_object(
        'amount', sum(case kind when 'issued' then amount else -amount end), 'currency', currency
    )
)::text
from (
    select closed_week.festival_id, week, shown.facts, ledger_entry.*
    from closed_week
    cross join lateral jsonb_array_elements(closed_week.facts) as shown (facts)
    join ledger_seal on ledger_seal.screening_id = shown.facts ->> 'screening'
        and ledger_seal.position > closed_week.last_position and ledger_seal.kind in ('issued', 'cancelled')
    join ledger_entry using (entry_id)
    where $1::text is null or closed_week.festival_id = $1
) as entered
where (at at time zone (facts ->> 'timezone'))::date between $2 and $3
    and within_reach($5::jsonb, festival_id, facts ->> 'venue')
group by (at at time zone (facts ->> 'timezone'))::date, week, festival_id, facts, tariff, kind, reason, amount,
    currency
order by (at at time zone (facts ->> 'timezone'))::date, week, facts ->> 'screening', tariff, kind, reason,
    amount
limit $4;

-- name: find_closed_week
-- When week $2 of festival $1 was closed.
select festival_id as festival, week, closed_at, last_position from closed_week
where festival_id = $1 and week = $2;

-- name: list_closings
-- The closed weeks of festival $1, the latest first, at most $2.
select festival_id as festival, week, closed_at, last_position from closed_week
where festival_id = $1 order by week desc limit $2;

-- name: count_unsealed_of
-- The newest entries of the screenings $1 that wait for their seal, as far back as the sealer looks.
select count(*) from ledger_entry
where entry_id > coalesce((select max(entry_id) from ledger_seal), 0) - 20000
    and entry_id not in (select entry_id from ledger_seal order by entry_id desc limit 20000)
    and screening_id = any($1::text[]);

-- name: close_week
-- Week $2 of festival $1 is closed at $3 by $4 with the figures $5, together with its line in the audit. A week that
-- is closed already stays as it is.
with closed as (
    insert into closed_week (festival_id, week, closed_at, closed_by, last_position, facts)
    select $1, $2, $3, $4, coalesce((select max(position) from ledger_seal), 0), $5
    on conflict (festival_id, week) do nothing
    returning *
), audited as (
    insert into audit (at, login, act, subject, detail)
    select $3, $4, 'week_closed', festival_id, jsonb_build_object('week', week, 'last_seal', last_position)
    from closed
)
select festival_id as festival, week, closed_at, last_position from closed;

-- name: list_weeks_to_close
-- Weeks of festivals with screenings that ended before day $1, not before day $2, and are not closed; at most $3.
select distinct festival_id, day - (extract(isodow from day)::int + 4) % 7 as week
from (
    select festival_id, (starts_at at time zone venue.timezone)::date as day
    from screening join hall using (hall_id) join venue using (venue_id)
    where starts_at < ($1::date + 1)::timestamp at time zone 'UTC'
        and starts_at > ($2::date - 1)::timestamp at time zone 'UTC' and screening.status <> 'draft'
) as shown
where day - (extract(isodow from day)::int + 4) % 7 + 6 < $1::date
    and not exists (
        select from closed_week
        where closed_week.festival_id = shown.festival_id
            and closed_week.week = day - (extract(isodow from day)::int + 4) % 7
    )
order by week, festival_id
limit $3;
