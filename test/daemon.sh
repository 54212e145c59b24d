# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# A daemon for scenarios, sourced by POSIX shell scripts: a fresh house in a temporary folder, on a free
# port, gone when the script ends.
#
#   . test/daemon.sh
#   daemon_init openstack            # or city; sets DAEMON (folder), URL, PASSWORDS (file)
#   daemon_start                     # returns when it answers
#   daemon_stop                      # SIGTERM; daemon_kill for kill -9
#
# Environment: YONGYUN (the program, default build/yongyun), YONGYUN_TEST_DB (a PostgreSQL URL, else
# SQLite), YONGYUN_WEB (the portal's files), DAEMON_EXTRA (more sections of configuration), DAEMON_HTTP
# (more lines of its section http).

: "${YONGYUN:=build/yongyun}"
# shellcheck source=test/houses.sh
. test/houses.sh
DAEMON_PID=

daemon_port() {
	python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# daemon_init PROFILE: the folder, the configuration, the first accounts.
daemon_init() {
	DAEMON=$(mktemp -d "${TMPDIR:-/tmp}/yongyun-daemon.XXXXXX")
	# Guests run as a user of their own and must reach their disks.
	chmod 755 "$DAEMON"
	trap daemon_remove EXIT
	trap 'exit 130' INT TERM
	DAEMON_PORT=$(daemon_port)
	URL=http://127.0.0.1:$DAEMON_PORT
	PASSWORDS=$DAEMON/passwords
	ADMIN_PASSWORD=Yongyun-Test-2026
	(umask 077 && printf '%s\n' "$ADMIN_PASSWORD" > "$DAEMON/admin-password")
	cat > "$DAEMON/yongyun.conf" <<-CONF
		[server]
		data = $DAEMON/var
		profile = $1
		[http]
		listen = 127.0.0.1:$DAEMON_PORT
		web = ${YONGYUN_WEB:-web/dist}
		${DAEMON_HTTP:-}
		[database]
		url = ${YONGYUN_TEST_DB:-sqlite:$DAEMON/yongyun.db}
		${DAEMON_EXTRA:-}
	CONF
	houses_sweep_dead
	house_note "$DAEMON"
	"$YONGYUN" init --config "$DAEMON/yongyun.conf" --password-file "$DAEMON/admin-password" \
		> "$PASSWORDS"
}

# Starts it and waits until it answers, ten seconds at most.
daemon_start() {
	"$YONGYUN" serve --config "$DAEMON/yongyun.conf" >> "$DAEMON/log" 2>&1 &
	DAEMON_PID=$!
	for _ in $(seq 200); do
		curl -sfo /dev/null "$URL/identity/v3" && house_note "$DAEMON" "$DAEMON_PID" && return 0
		kill -0 "$DAEMON_PID" 2> /dev/null || break
		sleep 0.05
	done
	echo "the daemon does not answer; the end of its log:" >&2
	tail -20 "$DAEMON/log" >&2
	return 1
}

daemon_stop() {
	[ -n "$DAEMON_PID" ] || return 0
	kill "$DAEMON_PID" 2> /dev/null
	wait "$DAEMON_PID" 2> /dev/null
	DAEMON_PID=
}

daemon_kill() {
	[ -n "$DAEMON_PID" ] || return 0
	kill -9 "$DAEMON_PID" 2> /dev/null
	wait "$DAEMON_PID" 2> /dev/null
	DAEMON_PID=
	sleep 0.2 # its nginx notices and ends
}

daemon_remove() {
	daemon_stop
	[ -n "$DAEMON" ] || return 0
	house_forget "$DAEMON"
	rm -rf "$DAEMON"
}

# The environment of the OpenStack clients for the admin of the profile openstack.
daemon_openrc() {
	export OS_AUTH_URL="$URL/identity/v3" OS_USERNAME=admin OS_PASSWORD="$ADMIN_PASSWORD" \
		OS_PROJECT_NAME=admin OS_USER_DOMAIN_NAME=Default OS_PROJECT_DOMAIN_NAME=Default \
		OS_IDENTITY_API_VERSION=3
}
