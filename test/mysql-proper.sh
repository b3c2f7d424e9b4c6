#!/usr/bin/env bash
# MySQL itself, where distributions carry MariaDB: Debian's unstable branch has it, and runs it in a folder of its own under chroot.
#
#   test/mysql-proper.sh start FOLDER   makes FOLDER (about half a minute, outside of any repository) and starts the server there
#   test/mysql-proper.sh stop FOLDER    stops it and removes the folder
#   test/mysql-proper.sh run            both, and every promise to users between them
#
# `start` prints the URL as its last line, or a sentence that says why there is no server, and exits 3 then.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
# The folder below chroot has no other.
export TMPDIR=/tmp

port() { for port in $(shuf -i 30000-39999 -n 50); do (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }; done; }
cannot() { echo "MySQL itself is not tried here: $1"; exit 3; }

start() {
  local root=$1 port
  [ "$(id -u)" = 0 ] || cannot 'only root may use chroot'
  command -v debootstrap >/dev/null || cannot 'debootstrap is not installed'
  mkdir -p "$root" && chmod 755 "$root"
  debootstrap --variant=minbase --include=mysql-server-core,mysql-client-core sid "$root" >"$root.log" 2>&1 || cannot "debootstrap failed, see $root.log"
  mkdir -p "$root/var/lib/mysql-files" "$root/var/lib/mysql" "$root/tmp"
  mysqld() { chroot "$root" mysqld --no-defaults --user=root --datadir=/var/lib/mysql "$@"; }
  mysqld --initialize-insecure >>"$root.log" 2>&1 || cannot "the server could not be set up, see $root.log"
  echo "create user root@'127.0.0.1' identified by ''; grant all on *.* to root@'127.0.0.1' with grant option;" >"$root/tmp/users.sql"
  port=$(port)
  mysqld --port="$port" --bind-address=127.0.0.1 --mysqlx=OFF --socket=/tmp/socket --pid-file=/tmp/pid --skip-name-resolve --skip-log-bin \
    --innodb-flush-log-at-trx-commit=0 --innodb-flush-method=nosync --skip-innodb-doublewrite \
    --innodb-file-per-table=OFF --innodb-adaptive-hash-index=OFF --performance-schema=OFF --init-file=/tmp/users.sql >>"$root.log" 2>&1 </dev/null &
  for _ in $(seq 120); do
    chroot "$root" mysql --protocol=tcp -h 127.0.0.1 -P "$port" -u root -e 'select 1' >/dev/null 2>&1 && { echo "mysql://root@127.0.0.1:$port/"; return; }
    sleep 0.5
  done
  cannot "the server did not start, see $root.log"
}

stop() {
  local root=$1
  [ -f "$root/tmp/pid" ] && kill -9 "$(cat "$root/tmp/pid")" 2>/dev/null
  rm -rf "$root" "$root.log"
}

run() {
  local root url status
  root=$(mktemp -d /var/tmp/sallyport-mysql.XXXXXX)
  url=$(start "$root" | tail -1)
  case $url in
    mysql:*)
      TEST_MYSQL_URL=$url REQUIRE_VENDORS=mysql node dist/test/mysql.test.js | node test/closing-line.mjs
      status=$?
      ;;
    *)
      echo "$url"
      status=0
      ;;
  esac
  stop "$root"
  return "$status"
}

case "${1:-}" in
  start) start "${2:?a folder is needed}" ;;
  stop) stop "${2:?a folder is needed}" ;;
  run) run ;;
  *) sed -n '2,9p' "$0" ; exit 2 ;;
esac
