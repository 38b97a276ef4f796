#!/bin/sh
# Usage: DATABASE_URL=… deploy/restore.sh FILE
# Into an empty database only: what is there is never overwritten. Stop web and worker first. Afterwards:
#   ticketing migrate && ticketing doctor
# and empty Redis (FLUSHDB), which may know of sales that the backup does not: it is rebuilt from Postgres.
set -eu
file=${1:?usage: DATABASE_URL=... deploy/restore.sh FILE}
: "${DATABASE_URL:?set DATABASE_URL}"

tables=$(psql "$DATABASE_URL" --no-psqlrc --tuples-only --no-align \
    --command "select count(*) from pg_tables where schemaname = 'public'")
if [ "$tables" != 0 ]; then
    echo "The database is not empty ($tables tables). Restore into a new one: createdb ticketing" >&2
    exit 1
fi
# All or nothing.
pg_restore --no-owner --no-privileges --single-transaction --exit-on-error --dbname="$DATABASE_URL" "$file"
echo "Restored. Now: ticketing migrate && ticketing doctor, and empty Redis."
