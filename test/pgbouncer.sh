#!/usr/bin/env bash
# PgBouncer in transaction mode in front of a PostgreSQL server, as docs/deploy.md says it is to be set up.
#
#   test/pgbouncer.sh start FOLDER URL  starts one of its own in FOLDER, for the server of that URL (postgres://user@host:port)
#   test/pgbouncer.sh stop FOLDER       stops it and removes the folder
#   test/pgbouncer.sh run [all]         starts one, and keeps the promises of test/pgbouncer.test.ts through it, or every promise to users
#
# `start` prints the URL as its last line, or a sentence that says why there is no PgBouncer, and exits 3 then.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

port() { for port in $(shuf -i 40000-49999 -n 50); do (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }; done; }
cannot() { echo "Nothing is tried through PgBouncer here: $1"; exit 3; }

# It refuses to be root.
as() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }

start() {
  local folder=$1 url=$2 port host rest user
  command -v pgbouncer >/dev/null || cannot 'it is not installed (Debian: pgbouncer)'
  [ "$(id -u)" != 0 ] || id postgres >/dev/null 2>&1 || cannot 'root may not run it, and there is no user postgres'
  rest=${url#*://} && rest=${rest%%/*}
  user=${rest%@*} && user=${user%%:*}
  host=${rest##*@}
  port=$(port)
  mkdir -p "$folder"
  cat >"$folder/pgbouncer.ini" <<INI
[databases]
* = host=${host%%:*} port=${host##*:} user=$user connect_query='set jit to off; set intervalstyle to postgres; set bytea_output to hex; set extra_float_digits to 1; set statement_timeout to 15000; set lock_timeout to 13500'

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $port
unix_socket_dir =
auth_type = any
pool_mode = transaction
ignore_startup_parameters = extra_float_digits,options
default_pool_size = 20
max_user_connections = 40
max_client_conn = 500
server_idle_timeout = 5
logfile = $folder/log
pidfile = $folder/pid
INI
  [ "$(id -u)" != 0 ] || chown -R postgres "$folder"
  as pgbouncer -d -q "$folder/pgbouncer.ini" >/dev/null 2>&1 || cannot "it did not start, see $folder/log"
  for _ in $(seq 40); do
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && { echo "postgres://$user@127.0.0.1:$port/postgres"; return; }
    sleep 0.1
  done
  cannot "it did not start, see $folder/log"
}

stop() {
  [ -f "$1/pid" ] && kill "$(cat "$1/pid")" 2>/dev/null
  rm -rf "$1"
}

run() {
  local folder url status entry=pgbouncer
  folder=$(mktemp -d /tmp/sallyport-pgbouncer.XXXXXX)
  chmod 755 "$folder"
  url=$(start "$folder" "${TEST_PG_URL:-postgres://postgres@127.0.0.1:5432}" | tail -1)
  [ "${1:-}" = all ] && entry=postgres
  case $url in
    postgres:*)
      TEST_PG_URL=$url TEST_PGBOUNCER_URL=$url PREPARED=false REQUIRE_VENDORS=postgres node "dist/test/$entry.test.js" | node test/closing-line.mjs
      status=$?
      ;;
    *)
      echo "$url"
      status=0
      ;;
  esac
  stop "$folder"
  return "$status"
}

case "${1:-}" in
  start) start "${2:?a folder is needed}" "${3:?the URL of a server is needed}" ;;
  stop) stop "${2:?a folder is needed}" ;;
  run) run "${2:-}" ;;
  *) sed -n '2,9p' "$0" ; exit 2 ;;
esac
