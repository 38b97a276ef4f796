-- The stage of the benchmark: many screenings of one hall's layout, and as many old tickets as are asked for.

-- name: add_festival
-- A festival whose tickets cost nothing, so that an order is confirmed at once; holds that outlast the run.
with festival as (
    insert into festival (festival_id, name, country, currency, timezone, starts_on, ends_on, rules)
    values ('bench', '{"en": "Bench"}', 'KZ', 'KZT', 'Asia/Almaty', current_date, current_date + 1,
            '{"hold_ttl_s": 3600, "hold_cap_s": 7200, "seats_per_hold_max": 10}')
    returning festival_id
), zone as (
    insert into price_zone (festival_id, zone_id, name, colour)
    select festival_id, 'a', '{"en": "A"}', '#336699' from festival returning festival_id
), tariff as (
    insert into tariff (festival_id, tariff_id, name, family)
    select festival_id, 'free', '{"en": "Free"}', 'free' from zone returning festival_id
), film as (
    insert into film (film_id, original_title, title, directors, year, running_minutes, age_category)
    values ('bench-film', 'Bench', '{"en": "Bench"}', '[]', 2024, 90, '12+') returning film_id
), version as (
    insert into version (version_id, film_id, audio, kind) select 'bench-version', film_id, 'fr', 'original' from film
)
insert into venue (venue_id, name, city, city_name, country, timezone)
select 'bench-venue', '{"en": "Bench"}', 'almaty', '{"en": "Almaty"}', 'KZ', 'Asia/Almaty' from tariff;

-- name: add_price
-- The price of nothing.
insert into price (festival_id, price_list_id, zone_id, tariff_id, amount) values ('bench', 'free', 'a', 'free', 0);

-- name: add_layout
-- The hall's layout.
insert into layout (layout_id, body, place_count) values ($1, $2, $3);

-- name: add_screenings
-- Screenings $1, each in a hall of its own with layout $2, with doors open now.
with halls as (
    insert into hall (hall_id, venue_id, name, layout_id)
    select 'hall-' || screening_id, 'bench-venue', '{"en": "Bench"}', $2 from unnest($1::text[]) as wanted (screening_id)
    returning hall_id
)
insert into screening (
    screening_id, festival_id, kind, film_id, version_id, hall_id, layout_id, starts_at, ends_at, doors_at,
    sales_open_at, sales_close_at, currency, price_list_id
)
select
    wanted.screening_id, 'bench', 'film', 'bench-film', 'bench-version', 'hall-' || wanted.screening_id, $2,
    now() + interval '30 minutes', now() + interval '6 hours', now() - interval '1 hour',
    now() - interval '1 day', now() + interval '5 hours', 'KZT', 'free'
from unnest($1::text[]) as wanted (screening_id);

-- name: add_order
-- One order to hang tickets on.
insert into orders (
    order_id, festival_id, status, buyer_email, buyer_name, locale, currency, total_amount, payment_provider,
    idempotency_key, request_fingerprint, placed_at, confirmed_at
) values ($1, 'bench', 'confirmed', 'bench@example.org', 'Bench', 'en', 'KZT', 0, 'none', $1, '', now(), now());

-- name: add_tickets
-- Sold tickets $1 of order $2 for seats $4 of screenings $3.
insert into ticket (ticket_id, order_id, screening_id, seat, zone, tariff, price_amount, currency, status)
select wanted.ticket_id, $2, wanted.screening_id, wanted.seat, 'a', 'free', 0, 'KZT', 'sold'
from unnest($1::text[], $3::text[], $4::text[]) as wanted (ticket_id, screening_id, seat);

-- name: count_tickets
-- How many tickets there are at all.
select count(*) from ticket;

-- name: count_seats_sold_twice
-- Must be 0: the check beside the speed.
select count(*) from (
    select from ticket where status in ('reserved', 'sold') group by screening_id, seat having count(*) > 1
) as twice;

-- name: count_orders_by_key
-- How many orders the keys $1 have made.
select count(*) from orders where idempotency_key = any($1::text[]);

-- name: count_entries_by_key
-- How many entries of the ledger the orders of the keys $1 have.
select count(*) from ledger_entry join orders using (order_id) where idempotency_key = any($1::text[]);

-- name: count_admitted
-- How many of the tickets $1 were admitted, and how often altogether.
select count(*) filter (where entries > 0) as admitted, coalesce(sum(entries), 0)::bigint as entries
from ticket where ticket_id = any($1::text[]);

-- name: floor_scan
-- The floor of a scan: one insert.
insert into scan (scan_id, gate, direction, verdict, scanned_at, received_at, staff_login, answer)
values ($1, $2, 'in', 'unknown', $3, $3, 'bench', '{}');

-- name: add_full_house
-- One screening $1 of the layout $2 in a venue of its own, with its doors open.
with house as (
    insert into venue (venue_id, name, city, city_name, country, timezone)
    values ('bench-full', '{"en": "Full"}', 'almaty', '{"en": "Almaty"}', 'KZ', 'Asia/Almaty')
    on conflict do nothing
    returning venue_id
), hall as (
    insert into hall (hall_id, venue_id, name, layout_id)
    select 'hall-' || $1, venue_id, '{"en": "Full"}', $2 from house
    returning hall_id
)
insert into screening (
    screening_id, festival_id, kind, film_id, version_id, hall_id, layout_id, starts_at, ends_at, doors_at,
    sales_open_at, sales_close_at, currency, price_list_id
)
select
    $1, 'bench', 'film', 'bench-film', 'bench-version', hall_id, $2, now() + interval '30 minutes',
    now() + interval '6 hours', now() - interval '1 hour', now() - interval '1 day', now() + interval '5 hours',
    'KZT', 'free'
from hall
returning screening_id;

-- name: floor_rows
-- The floor of a list for a gate: the same rows as JSON, handed on as they are.
select json_agg(json_build_object(
    'ticket', ticket_id, 'screening', screening_id, 'seat', seat, 'tariff', tariff, 'revision', revision,
    'status', status, 'entries', entries, 'inside', inside, 'at', admitted_at, 'gate', admitted_gate
))::text
from ticket where screening_id = $1;

-- name: add_week
-- A festival $1 of seven days from tomorrow, eight screenings a day of twelve films, in halls of layout $2; its
-- screenings.
with festival as (
    insert into festival (festival_id, name, country, currency, timezone, starts_on, ends_on)
    values ($1, '{"en": "Bench week"}', 'KZ', 'KZT', 'Asia/Almaty', current_date + 1, current_date + 8)
    returning festival_id
), zone as (
    insert into price_zone (festival_id, zone_id, name, colour)
    select festival_id, 'a', '{"en": "A"}', '#336699' from festival
), tariff as (
    insert into tariff (festival_id, tariff_id, name, family)
    select festival_id, tariff, jsonb_build_object('en', tariff), 'other'
    from festival, unnest(array['full', 'student', 'senior']) as wanted (tariff)
), price as (
    insert into price (festival_id, price_list_id, zone_id, tariff_id, amount)
    select festival_id, 'usual', 'a', tariff, amount
    from festival, (values ('full', 350000), ('student', 200000), ('senior', 200000)) as wanted (tariff, amount)
), film as (
    insert into film (film_id, original_title, title, directors, year, running_minutes, age_category)
    select $1 || '-' || number, 'Bench ' || number, jsonb_build_object('en', 'Bench ' || number), '["Bench"]', 2024, 90, '12+'
    from generate_series(0, 11) as number
), version as (
    insert into version (version_id, film_id, audio, kind)
    select $1 || '-' || number, $1 || '-' || number, 'fr', 'original' from generate_series(0, 11) as number
), hall as (
    insert into hall (hall_id, venue_id, name, layout_id)
    select $1 || '-' || number, 'bench-venue', jsonb_build_object('en', 'Hall ' || number), $2
    from generate_series(0, 7) as number
)
insert into screening (
    screening_id, festival_id, kind, film_id, version_id, hall_id, layout_id, starts_at, ends_at, doors_at,
    sales_open_at, sales_close_at, currency, price_list_id
)
select
    $1 || '-' || day || '-' || place, $1, 'film', $1 || '-' || (day * 8 + place) % 12, $1 || '-' || (day * 8 + place) % 12,
    $1 || '-' || place, $2, starts_at, starts_at + interval '2 hours', starts_at - interval '30 minutes',
    now() - interval '1 day', starts_at, 'KZT', 'usual'
from generate_series(0, 6) as day, generate_series(0, 7) as place,
    lateral (select date_trunc('day', now()) + day * interval '1 day' + interval '30 hours' as starts_at) as shown
returning screening_id;

-- name: place_orders_unrecorded
-- What place_orders does, without the ledger: what the ledger costs is the difference. A test holds the two together, and
-- the benchmark's own server alone knows this one.
with asked as (
    select * from unnest(
        $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::text[], $9::text[],
        $10::text[], $11::bytea[], $12::timestamptz[], $13::timestamptz[]
    ) as one (
        order_id, festival_id, email, name, locale, currency, total, provider, voucher, idempotency_key, fingerprint,
        placed_at, expires_at
    )
), placed as (
    insert into orders (
        order_id, festival_id, status, buyer_email, buyer_name, locale, currency, total_amount, payment_provider,
        voucher, idempotency_key, request_fingerprint, placed_at, expires_at, confirmed_at
    )
    select
        order_id, festival_id, case when total = 0 then 'confirmed' else 'awaiting_payment' end, email, name, locale,
        currency, total, provider, voucher, idempotency_key, fingerprint, placed_at, expires_at,
        case when total = 0 then placed_at end
    from asked
    on conflict (idempotency_key) do nothing
    returning order_id, festival_id, voucher, currency, placed_at, confirmed_at
), wanted as (
    select ticket.*, placed.currency, placed.placed_at, placed.confirmed_at
    from unnest(
        $14::text[], $15::text[], $16::text[], $17::text[], $18::text[], $19::text[], $20::bigint[], $21::text[]
    ) as ticket (order_id, ticket_id, screening_id, seat, zone, tariff, amount, holder)
    join placed using (order_id)
    -- Orders for the same seats and screenings take their rows in the same order, so none waits for another in turn.
    order by ticket.screening_id, ticket.seat
), written as (
    insert into ticket (
        ticket_id, order_id, screening_id, seat, zone, tariff, price_amount, currency, holder, status, created_at
    )
    select ticket_id, order_id, screening_id, seat, zone, tariff, amount, currency, holder,
        case when confirmed_at is null then 'reserved' else 'sold' end, placed_at
    from wanted
), spent as (
    select festival_id, voucher, count(*) as orders from placed where voucher is not null group by 1, 2
), used as (
    update voucher set uses = uses + spent.orders
    from spent where voucher.festival_id = spent.festival_id and voucher.voucher = spent.voucher
), queued as (
    insert into job (kind, payload, run_at)
    select 'mail_order', jsonb_build_object('order', order_id), placed_at from placed where confirmed_at is not null
)
select order_id from placed;
