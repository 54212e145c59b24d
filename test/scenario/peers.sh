#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Two yongyun processes on one database behind an operator's nginx. They share the requests; in turn each
# is killed in a storm of writes while somebody reads on, who never notices.
set -u
# shellcheck source=test/daemon.sh
. test/daemon.sh
# shellcheck source=test/scenario/steps.sh
. test/scenario/steps.sh

# shellcheck disable=SC2034
DAEMON_EXTRA='[compute]
driver = fake
[network]
driver = fake'
DAEMON_HTTP='manage = no'
daemon_init openstack || exit 1
for own in a b; do
	other=$(echo $own | tr ab ba)
	sed "s|^manage = no|&\nsocket = $DAEMON/$own.sock\npeers = $DAEMON/$other.sock|" \
		"$DAEMON/yongyun.conf" > "$DAEMON/$own.conf"
done
process_a='' process_b='' nginx=''

# process_start NAME: returns when its socket is there.
process_start() {
	"$YONGYUN" serve --config "$DAEMON/$1.conf" >> "$DAEMON/log.$1" 2>&1 9>&- &
	eval "process_$1=$!"
	within 10 test -S "$DAEMON/$1.sock"
}

process_kill() {
	case $1 in
	a) pid=$process_a ;;
	b) pid=$process_b ;;
	esac
	kill -9 "$pid" 2> /dev/null
	wait "$pid" 2> /dev/null
	rm -f "$DAEMON/$1.sock"
}

all_end() {
	# shellcheck disable=SC2086
	kill $process_a $process_b $nginx ${storm:-} ${reader:-} 2> /dev/null
	wait
	daemon_remove
}
trap all_end EXIT

reads_on() {
	while [ ! -e "$DAEMON/enough" ]; do
		code=$(curl -s -o "$DAEMON/answer" -w '%{http_code} %{time_total} s %{exitcode} %{errormsg}' \
			--max-time 20 "$URL/identity/v3/regions/RegionOne" -H "X-Auth-Token: $token")
		echo "$code" >> "$DAEMON/read"
		case $code in
		200*) ;;
		*) echo "$(date +%T.%N) $code $(head -c 300 "$DAEMON/answer")" >> "$DAEMON/unread" ;;
		esac
	done
}

only_200() {
	wc -l < "$DAEMON/read"
	if [ -e "$DAEMON/unread" ]; then
		cat "$DAEMON/unread" "$DAEMON/log"
		tail -n 5 "$DAEMON/log.a" "$DAEMON/log.b"
	fi
	[ "$(wc -l < "$DAEMON/read")" -gt 50 ] && [ ! -e "$DAEMON/unread" ]
}

served_by() {
	[ "$(grep -c 'event=call' "$DAEMON/log.$1")" -gt 20 ]
}

process_start a && process_start b || exit 1
nginx -p "$DAEMON/var/nginx" -c "$DAEMON/var/nginx/nginx.conf" -e stderr 2> "$DAEMON/log" &
nginx=$!
step 'both answer behind an nginx of the operator' within 10 curl -sf -o /dev/null "$URL/identity/v3" || exit 1
daemon_openrc
token=$(openstack token issue -f value -c id)
reads_on &
reader=$!
storm_begin storm.py
sleep 3
step 'the one serves' served_by a
step 'and so does the other' served_by b
for n in 1 2 3 4; do
	for name in a b; do
		process_kill $name
		sleep 0.5
		process_start $name # here and not in a step, which is a shell of its own
		step "process $name is back after kill $n" test -S "$DAEMON/$name.sock" || exit 1
		sleep 0.5
	done
done
storm_end
: > "$DAEMON/enough"
wait "$reader"
step 'whoever read meanwhile got every answer' only_200
step 'all that was acknowledged is so' \
	python3 test/storm/storm.py --verify "$URL" "$ADMIN_PASSWORD" "$DAEMON/notes"
kill "$process_a" "$process_b"
wait "$process_a" "$process_b"
step 'the house is whole at the end' holds
step 'the audit trail is whole' "$YONGYUN" audit verify --config "$DAEMON/yongyun.conf"
# PostgreSQL ends two writers that wait for each other after a second, in which the city may stand still.
if [ -n "${YONGYUN_TEST_DB:-}" ]; then
	psql -qAtX "$YONGYUN_TEST_DB" -c \
		"select '# deadlocks: ' || deadlocks from pg_stat_database where datname = current_database()"
fi
sum_up
