#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A PostgreSQL 15 for tests, which holds nothing that must last: no password, no fsync, no TCP.
#
#   tools/postgres.sh start DIR [PORT]    prints the URL of its database yongyun
#   tools/postgres.sh stop DIR            stops it and removes DIR
#
# The unix socket lies in DIR, so DIR is short (a socket's path has at most 107 bytes) and PORT, 5499
# unless said, is a part of the socket's name alone.

set -u
bin=/usr/lib/postgresql/15/bin

# PostgreSQL refuses to run as root.
as_owner() {
	if [ "$(id -u)" = 0 ]; then
		runuser -u postgres -- "$@"
	else
		"$@"
	fi
}

start() {
	dir=$1 port=${2:-5499}
	if [ -s "$dir/data/postmaster.pid" ]; then
		echo "$dir: a server runs there already; stop it first: $0 stop $dir" >&2
		return 1
	fi
	mkdir -p "$dir" || return 1
	if [ "$(id -u)" = 0 ]; then
		chown postgres: "$dir" || return 1
	fi
	as_owner "$bin/initdb" -D "$dir/data" -U yongyun -E UTF8 --locale=C.UTF-8 --auth=trust \
		--no-sync >"$dir/log" 2>&1 || {
		tail -n 20 "$dir/log" >&2
		return 1
	}
	as_owner tee -a "$dir/data/postgresql.conf" >/dev/null <<-EOF
		listen_addresses = ''
		unix_socket_directories = '$dir'
		port = $port
		max_connections = 200
		fsync = off
		synchronous_commit = off
		full_page_writes = off
		shared_buffers = 128MB
		max_wal_size = 1GB
		autovacuum = on
		log_min_messages = fatal
	EOF
	if ! as_owner "$bin/pg_ctl" -D "$dir/data" -l "$dir/data/server.log" -w -t 60 start \
		</dev/null >>"$dir/log" 2>&1 ||
		! as_owner "$bin/createdb" -h "$dir" -p "$port" -U yongyun -T template0 yongyun
	then
		tail -n 20 "$dir/log" "$dir/data/server.log" >&2
		return 1
	fi
	echo "postgresql:///yongyun?host=$dir&port=$port&user=yongyun"
}

stop() {
	dir=$1
	[ -d "$dir/data" ] || return 0
	as_owner "$bin/pg_ctl" -D "$dir/data" -w -t 60 -m immediate stop </dev/null >/dev/null 2>&1
	# Only what 'start' made is removed, however DIR was spelt.
	rm -rf "$dir/data" "$dir/log"
	rmdir "$dir" 2>/dev/null
	return 0
}

case $#:${1:-} in
2:start | 3:start) start "$2" "${3:-}" ;;
2:stop) stop "$2" ;;
*)
	sed -n '3,9s/^# \{0,1\}//p' "$0" >&2
	exit 2
	;;
esac
