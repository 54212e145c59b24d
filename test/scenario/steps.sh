# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# What scenarios share, sourced: steps that are counted, and patience. A scenario is an executable of
# this folder whose last line is "N passed, N failed, N skipped".

PASSED=0
FAILED=0

# step WORDS COMMAND...: one thing that must succeed; its output is shown when it does not.
step() {
	words=$1
	shift
	if out=$("$@" 2>&1); then
		PASSED=$((PASSED + 1))
		echo "ok $words"
	else
		FAILED=$((FAILED + 1))
		echo "FAIL $words"
		printf '%s\n' "$out" | tail -n 15 | sed 's/^/   | /'
		return 1
	fi
}

# within SECONDS COMMAND...: succeeds once the command does.
within() {
	end=$(($(date +%s) + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		if [ "$(date +%s)" -ge "$end" ]; then
			"$@"
			return
		fi
		sleep 1
	done
}

# has TEXT COMMAND...: the command's output holds the text.
has() {
	text=$1
	shift
	answer=$("$@" 2>&1)
	case $answer in
	*"$text"*) ;;
	*)
		printf 'wanted: %s\ngot: %s\n' "$text" "$answer"
		return 1
		;;
	esac
}

not() {
	! "$@"
}

# Ends a scenario: what was counted, and for people who look for the reason the end of the log.
sum_up() {
	if [ "$FAILED" -gt 0 ] && [ -n "${DAEMON:-}" ]; then
		echo "the end of the daemon's log:"
		tail -n 30 "$DAEMON/log" | cut -c 1-400 | sed 's/^/   | /'
	fi
	echo "$PASSED passed, $FAILED failed, 0 skipped"
	[ "$FAILED" = 0 ]
}

# What a house may leave behind, in libvirt, on disk and in OVN: each says what is there, and fails.
none_of() {
	[ -z "$1" ] || echo "$1"
	[ -z "$1" ]
}

no_guests() {
	none_of "$(house_guests "$DAEMON")"
}

no_folders() {
	none_of "$(find "$DAEMON/var/servers" -mindepth 1 -maxdepth 1 ! -name base)"
}

no_networks() {
	none_of "$(house_networks "$(house_id "$DAEMON")")"
}

no_devices() {
	none_of "$(house_devices "$(house_id "$DAEMON")")"
}

# Every invariant of the house.
holds() {
	"$YONGYUN" check --deep --config "$DAEMON/yongyun.conf"
}

# storm_begin SCRIPT [KIND...]: clients of test/storm write and note what was acknowledged, until storm_end.
storm_begin() {
	script=$1
	shift
	mkfifo "$DAEMON/rein"
	python3 "test/storm/$script" "$URL" "$ADMIN_PASSWORD" "$DAEMON/notes" "$@" < "$DAEMON/rein" &
	storm=$!
	exec 9> "$DAEMON/rein"
}

storm_end() {
	exec 9>&-
	wait "$storm"
	rm "$DAEMON/rein"
}

# kill_at_random SECONDS N: kills the daemon within these seconds, for the N-th time.
kill_at_random() {
	sleep "$(awk -v seed="$$$2" -v most="$1" 'BEGIN { srand(seed); printf "%.3f", 0.05 + rand() * most }')"
	daemon_kill
}

# Scenarios with real engines do not run without them.
need_engines() {
	if ! sh tools/engines.sh status; then
		echo "libvirt or OVN does not run here: tools/engines.sh start says why"
		exit 77
	fi
	# Connections that a scenario before left behind, translated addresses among them, are none of this one's.
	ovs-appctl -T 5 dpctl/flush-conntrack >/dev/null 2>&1 || true
}
