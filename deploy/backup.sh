#!/bin/sh
# Usage: DATABASE_URL=… deploy/backup.sh FOLDER
# One consistent copy of everything that must last: Postgres, where all that was sold stands. Redis needs none: it is
# rebuilt from Postgres, and only minutes-long holds are lost. Keep TICKETING_SECRET elsewhere, and safe: without it
# the signing keys in a backup don't open, which is also why a stolen backup signs no tickets.
set -eu
umask 077
folder=${1:?usage: DATABASE_URL=... deploy/backup.sh FOLDER}
: "${DATABASE_URL:?set DATABASE_URL}"
keep_days=${KEEP_DAYS:-30}

mkdir -p "$folder"
name=$folder/ticketing-$(date -u +%Y%m%dT%H%M%SZ).dump
pg_dump --format=custom --compress=6 --no-owner --no-privileges --file="$name.part" "$DATABASE_URL"
# A copy that can't be read is none.
pg_restore --list "$name.part" >/dev/null
mv "$name.part" "$name"
find "$folder" -name 'ticketing-*.dump' -mtime "+$keep_days" -delete
echo "$name"
