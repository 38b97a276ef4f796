-- Work that follows from a transaction, written in it.

-- name: take_jobs
-- Jobs that are due at $1, at most $2; they stay locked while the transaction lasts, so that other workers take others.
select job_id, kind, payload, attempts
from job
where failed_at is null and run_at <= $1
order by run_at, job_id
limit $2
for update skip locked;

-- name: allow_long_work
-- This transaction may wait for $1 without a statement: what it waits for is no fault of its own.
select set_config('idle_in_transaction_session_timeout', $1, true);

-- name: finish_job
-- Done: nothing is kept.
delete from job where job_id = $1;

-- name: put_off_job
-- It failed; it is tried again at $3.
update job set attempts = attempts + 1, last_error = $2, run_at = $3 where job_id = $1;

-- name: give_up_job
-- It failed too often; it stays for a person to look at.
update job set attempts = attempts + 1, last_error = $2, failed_at = $3 where job_id = $1;

-- name: count_jobs
-- How many wait, and how many were given up.
select count(*) filter (where failed_at is null) as waiting, count(*) filter (where failed_at is not null) as failed
from job;
