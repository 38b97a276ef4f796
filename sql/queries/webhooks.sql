-- Webhooks: who is told of what, and whether it was taken.

-- name: take_turn_on_festival
-- Webhooks of the festival $1 are made one after the other; the lock ends with the transaction.
select pg_advisory_xact_lock(hashtextextended('webhooks/' || $1, 0));

-- name: count_webhooks
-- How many webhooks of the festival $1 are in use, the one called $2 left out.
select count(*) from webhook where festival_id = $1 and webhook_id <> $2 and ended_at is null;

-- name: set_webhook
-- The webhook $1 of festival $2 as it shall be: its address $3, its kinds $4. A new one is told what happens from now
-- ($5) on. Written in the audit, by $6. Answers nothing where it is of another festival, or ended.
with kept as (
    insert into webhook as known (
        webhook_id, festival_id, url, kinds, made_at, made_by, last_position, screenings_until
    )
    select $1::uuid, $2::text, $3::text, $4::text[], $5::timestamptz, $6::text,
        coalesce((select max(position) from ledger_seal), 0), $5
    on conflict (webhook_id) do update set url = excluded.url, kinds = excluded.kinds
    where known.festival_id = excluded.festival_id and known.ended_at is null
    returning webhook_id
), audited as (
    insert into audit (at, login, act, subject, detail)
    -- The host alone: the rest of such an address is often the secret that opens it.
    select $5, $6, 'webhook_set', $2, jsonb_build_object(
        'webhook', webhook_id, 'host', substring($3 from '^[a-z]+://([^/?#]+)'), 'kinds', $4
    ) from kept
)
select webhook_id from kept;

-- name: end_webhook
-- The webhook $1 of festival $2 is ended at $3 by $4; what waits for it is given up. Answers nothing where there is none.
with found as (
    select webhook_id, ended_at from webhook where webhook_id = $1::uuid and festival_id = $2::text for update
), ended as (
    update webhook set ended_at = $3::timestamptz, ended_by = $4::text
    from found where webhook.webhook_id = found.webhook_id and found.ended_at is null
    returning webhook.webhook_id
), given_up as (
    update webhook_delivery set next_try_at = null, busy_until = null, failed_at = $3, last_problem = 'ended'
    from ended where webhook_delivery.webhook_id = ended.webhook_id and next_try_at is not null
), audited as (
    insert into audit (at, login, act, subject, detail)
    select $3, $4, 'webhook_ended', $2, jsonb_build_object('webhook', webhook_id) from ended
)
select webhook_id from found;

-- name: list_webhooks
-- Webhooks of the festivals $1 as JSON, those in use first, at most $2, each with its latest five deliveries.
select json_build_object(
    'webhook', webhook_id, 'festival', festival_id, 'url', url, 'kinds', kinds, 'made_at', made_at, 'made_by', made_by,
    'ended_at', ended_at, 'ended_by', ended_by,
    'deliveries', (
        select coalesce(json_agg(latest order by created_at desc, delivery), '[]') from (
            select delivery_id as delivery, kind, subject, created_at, attempts, next_try_at, delivered_at, failed_at,
                last_status, last_problem
            from webhook_delivery where webhook_delivery.webhook_id = webhook.webhook_id
            order by created_at desc, delivery_id limit 5
        ) as latest
    )
)::text as body
from webhook where festival_id = any($1::text[])
order by ended_at is not null, festival_id, made_at, webhook_id limit $2;

-- name: find_webhook
-- Whether there is a webhook $1 in the festival $2, where it goes, and whether it is ended.
select url, ended_at is not null as ended from webhook where webhook_id = $1 and festival_id = $2;

-- name: list_deliveries
-- What the webhook $1 was told, the latest first, behind the delivery $4 of $3 (null: from the first), at most $2.
select delivery_id as delivery, kind, subject, created_at, attempts, next_try_at, delivered_at, failed_at, last_status,
    last_problem
from webhook_delivery
where webhook_id = $1 and ($3::timestamptz is null or created_at < $3 or (created_at = $3 and delivery_id > $4::uuid))
order by created_at desc, delivery_id limit $2;

-- name: measure_deliveries
-- How many deliveries wait, for how long the oldest of them has waited at $1, in seconds, and how many were given up since
-- $2; what an ended webhook was not told is no failure.
select
    (select count(*) from webhook_delivery where next_try_at is not null) as waiting,
    coalesce(extract(epoch from $1 - (
        select min(created_at) from webhook_delivery where next_try_at is not null and replay is null
    )), 0)::float8 as oldest_s,
    (select count(*) from webhook_delivery where failed_at >= $2 and last_problem <> 'ended') as given_up;

-- name: get_delivery
-- What came of the delivery $2 to webhook $1.
select delivery_id as delivery, kind, subject, created_at, attempts, next_try_at, delivered_at, failed_at, last_status,
    last_problem
from webhook_delivery where webhook_id = $1 and delivery_id = $2;

-- name: replay_delivery
-- The delivery $2 to webhook $1 is sent anew from $3 on, for the request $4 of $5, unless that was done or it waits anyway.
with again as (
    update webhook_delivery
    set next_try_at = $3::timestamptz, delivered_at = null, failed_at = null, attempts = 0, replay = $4::uuid
    where webhook_id = $1::uuid and delivery_id = $2::uuid and replay is distinct from $4 and next_try_at is null
    returning delivery_id
)
insert into audit (at, login, act, subject, detail)
select $3, $5::text, 'webhook_replayed', webhook.festival_id,
    jsonb_build_object('webhook', $1, 'delivery', delivery_id)
from again cross join webhook where webhook.webhook_id = $1;

-- name: list_active
-- Webhooks in use.
select webhook_id from webhook where ended_at is null order by webhook_id;

-- name: take_webhook
-- The webhook $1, for one worker at a time, and whom to tell of what since when.
select festival_id, kinds, made_at, last_position, screenings_until from webhook
where webhook_id = $1 and ended_at is null for update skip locked;

-- name: next_position
-- The last of the next $2 seals behind position $1; null where there is none.
select max(position) from (
    select position from ledger_seal where position > $1 order by position limit $2
) as fresh;

-- name: list_rights
-- Orders of the festival $1 of which rights were issued or cancelled in the seals behind $2 up to $3, by act and moment:
-- the rights of each as JSON, at most $4, and how many there are.
with told as (
    select distinct ledger_entry.order_id, ledger_entry.kind, ledger_entry.at
    from ledger_seal join ledger_entry using (entry_id)
    join screening on screening.screening_id = ledger_entry.screening_id
    where ledger_seal.position > $2 and ledger_seal.position <= $3 and screening.festival_id = $1
        and ledger_entry.kind in ('issued', 'cancelled')
)
select told.order_id, told.kind, told.at, orders.status, orders.channel, orders.currency,
    rights.tickets, rights.amount, rights.listed::text as listed
from told join orders using (order_id)
cross join lateral (
    select count(*)::int as tickets, sum(abs(numbered.amount))::bigint as amount,
        json_agg(json_build_object(
            'ticket', numbered.ticket_id, 'screening', numbered.screening_id, 'seat', numbered.seat,
            'tariff', numbered.tariff, 'amount', abs(numbered.amount), 'reason', numbered.reason
        ) order by numbered.place) filter (where numbered.place <= $4) as listed
    from (
        select ledger_entry.*, row_number() over (order by entry_id) as place from ledger_entry
        where ledger_entry.order_id = told.order_id and ledger_entry.kind = told.kind and ledger_entry.at = told.at
    ) as numbered
) as rights
order by told.at, told.order_id, told.kind;

-- name: list_changed_screenings
-- Screenings of the festival $1 that were changed after $2, as JSON; drafts are nobody's business.
select screening.screening_id, screening.changed_at, json_build_object(
    'festival', screening.festival_id, 'screening', screening.screening_id, 'status', screening.status,
    'audience', screening.audience, 'film', screening.film_id, 'version', screening.version_id,
    'venue', hall.venue_id, 'hall', screening.hall_id,
    'starts_at', screening.starts_at, 'ends_at', screening.ends_at, 'doors_at', screening.doors_at,
    'sales_open_at', screening.sales_open_at, 'sales_close_at', screening.sales_close_at
)::text as body
from screening join hall using (hall_id)
where screening.festival_id = $1 and screening.changed_at > $2 and screening.status <> 'draft'
order by screening.changed_at, screening.screening_id;

-- name: add_delivery
-- The webhook $2 is to be told the body $6, called $1: a $3 of the subject $4 at $5. From $7 on; once.
insert into webhook_delivery (delivery_id, webhook_id, kind, subject, moment, body, created_at, next_try_at)
values ($1, $2, $3, $4, $5, $6, $7, $7)
on conflict do nothing;

-- name: note_told
-- The webhook $1 has its rights up to position $2 and its screenings up to $3.
update webhook set last_position = $2, screenings_until = $3 where webhook_id = $1;

-- name: take_delivery
-- A delivery that is due at $1, of a webhook in use at which fewer than $3 workers are: ours until $2. First those of
-- whose festival, then of which webhook, the fewest are under way, so that servers that hang hold up their own; of these
-- the one that is due longest.
with under_way as (
    select webhook_id, festival_id from webhook_delivery join webhook using (webhook_id) where busy_until > $1
)
update webhook_delivery set attempts = attempts + 1, next_try_at = $2, busy_until = $2
from webhook
where webhook.webhook_id = webhook_delivery.webhook_id and delivery_id = (
    select due.delivery_id
    from webhook as hook
    cross join lateral (
        select waiting.delivery_id, waiting.next_try_at from webhook_delivery as waiting
        where waiting.webhook_id = hook.webhook_id and waiting.next_try_at <= $1
        order by waiting.next_try_at limit 1
        for update skip locked
    ) as due
    cross join lateral (
        select count(*) filter (where festival_id = hook.festival_id) as of_festival,
            count(*) filter (where webhook_id = hook.webhook_id) as of_webhook
        from under_way
    ) as busy
    where hook.ended_at is null and busy.of_webhook < $3
    order by busy.of_festival, busy.of_webhook, due.next_try_at limit 1
)
returning delivery_id, webhook.webhook_id, webhook.festival_id, webhook.url, body, attempts;

-- name: finish_try
-- What came of the try $2 of the delivery $1: delivered at $3, or again at $4, or given up at $5; status $6, problem $7.
-- A try that another worker has taken over, or that was ended meanwhile, changes nothing.
update webhook_delivery
set busy_until = null, delivered_at = $3, next_try_at = $4, failed_at = $5, last_status = $6, last_problem = $7
where delivery_id = $1 and attempts = $2 and busy_until is not null;


-- name: forget_deliveries
-- Deliveries made before $1 go, at most $2; how many.
with old as (
    delete from webhook_delivery where delivery_id in (
        select delivery_id from webhook_delivery where created_at < $1 order by created_at limit $2 for update skip locked
    ) returning 1
)
select count(*) from old;

-- name: forget_webhooks
-- Webhooks that were ended before $1 go.
delete from webhook where ended_at < $1;
