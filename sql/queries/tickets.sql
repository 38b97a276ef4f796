-- The keys that sign tickets.

-- name: list_keys
-- All keys that were ever made, the newest first.
select key_id, public_key, private_sealed, created_at, retired_at, revoked_at
from signing_key
order by created_at desc, key_id desc;

-- name: add_first_key
-- The very first key: $1 id, $2 public, $3 private sealed, $4 now. Nothing happens where one signs already.
insert into signing_key (key_id, public_key, private_sealed, created_at)
values ($1, $2, $3, $4)
on conflict do nothing;

-- name: lock_keys
-- Two rotations at once take turns.
lock table signing_key in share row exclusive mode;

-- name: retire_current_key
-- The key that signs stops at $1. It still verifies.
update signing_key set retired_at = $1 where retired_at is null;

-- name: add_key
-- The key that signs from now on: $1 id, $2 public, $3 private sealed, $4 now.
insert into signing_key (key_id, public_key, private_sealed, created_at)
values ($1, $2, $3, $4);

-- name: destroy_private_half
-- Key $1 can never sign again; where $3, its codes don't count any more, from $2 on. The one that signs is left alone.
update signing_key
set private_sealed = null, revoked_at = case when $3 then coalesce(revoked_at, $2) else revoked_at end
where key_id = $1 and retired_at is not null
returning key_id;
