-- name: describe_server
-- Version (as 180006), encoding, what must survive a crash, the clock, and whether we may make objects here.
select
    current_setting('server_version_num')::int as version_number,
    current_setting('server_version') as version,
    pg_encoding_to_char(encoding) as encoding,
    current_setting('fsync')::boolean as fsync,
    current_setting('synchronous_commit') as synchronous_commit,
    current_setting('max_connections')::int as connections_max,
    current_setting('is_superuser')::boolean or has_schema_privilege(current_schema(), 'create') as may_create,
    clock_timestamp() as now
from pg_database
where datname = current_database();

-- name: count_what_matters
-- Whether anybody can administer, and what waits for a person to look at it.
select
    (select count(*) from staff join staff_grant using (staff_id) where role = 'admin' and active) as admins,
    (select count(*) from job where failed_at is not null) as jobs_failed,
    (select count(*) from job where failed_at is null and run_at < now() - interval '5 minutes') as jobs_late;
