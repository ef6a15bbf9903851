#!/bin/sh
# A role and a database for each service that stores, none of which can enter another's. The image of PostgreSQL runs
# this once, over an empty data directory. Passwords come from files and reach no command line.
set -eu
export SECRETS="${SECRETS:-/run/secrets}"
for SERVICE in consent audit intake; do
  export SERVICE
  psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --dbname postgres <<'SQL'
\getenv service SERVICE
\set role careerpulse_ :service
\set password `cat "$SECRETS/$SERVICE"`
CREATE ROLE :"role" LOGIN PASSWORD :'password';
CREATE DATABASE :"role" OWNER :"role";
REVOKE ALL ON DATABASE :"role" FROM PUBLIC;
SQL
done
