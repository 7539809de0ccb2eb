#!/bin/sh
# Run once by the PostgreSQL container, on an empty data folder: a role for each process, none of them a superuser.
set -eu
for role in sceau_owner sceau_web sceau_broker sceau_node; do
  psql -v ON_ERROR_STOP=1 -U postgres -v role="$role" -v password="$(cat "/run/secrets/${role}_password")" <<'SQL'
CREATE ROLE :"role" LOGIN PASSWORD :'password';
SQL
done
psql -v ON_ERROR_STOP=1 -U postgres <<'SQL'
CREATE DATABASE sceau OWNER sceau_owner;
CREATE DATABASE sceau_node OWNER sceau_node;
REVOKE CONNECT ON DATABASE sceau, sceau_node FROM PUBLIC;
GRANT CONNECT ON DATABASE sceau TO sceau_web, sceau_broker;
SQL
