#!/usr/bin/env bash
# Run once, while the primary's data is made: the portal's role and database, and who may copy it as a replica.
set -euo pipefail
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
  -v portal="$PORTAL_PASSWORD" -v replica="$REPLICA_PASSWORD" <<'SQL'
CREATE ROLE portal LOGIN PASSWORD :'portal';
CREATE DATABASE portal OWNER portal ENCODING 'UTF8';
CREATE ROLE replica LOGIN REPLICATION PASSWORD :'replica';
SQL
echo "host replication replica all scram-sha-256" >> "$PGDATA/pg_hba.conf"
