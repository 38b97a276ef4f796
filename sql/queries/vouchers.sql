-- Vouchers as a buyer meets them.

-- name: look_up_voucher
-- All vouchers of that name, whatever became of them, those of the festivals $2 first: what is wrong with each at $3.
select
    festival_id,
    percent,
    case
        when festival_id <> all($2::text[]) then 'elsewhere'
        when valid_until <= $3 then 'past'
        when uses >= uses_max then 'used_up'
        else 'good'
    end as word
from voucher
where voucher = $1
order by festival_id = any($2::text[]) desc, valid_until > $3 desc, uses < uses_max desc, festival_id
limit 1;
