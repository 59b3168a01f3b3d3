#!/usr/bin/env bash
# The replica: takes a copy of the primary when it has none, and follows it from then on.
set -euo pipefail
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  # What a copy that broke off has left.
  find "$PGDATA" -mindepth 1 -delete
  source="host=$PRIMARY_HOST port=${PRIMARY_PORT:-5432} user=replica password=$REPLICA_PASSWORD application_name=replica"
  pg_basebackup --dbname "$source" --pgdata "$PGDATA" --write-recovery-conf --wal-method stream --checkpoint fast
  chmod 0700 "$PGDATA"
fi
exec postgres -c hot_standby=on -c hot_standby_feedback=on "$@"
