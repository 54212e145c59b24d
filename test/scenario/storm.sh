#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Killed at $KILLS (20) random moments in a storm of writes, servers made and deleted among them, with the
# stand-in engines: after each start the house is whole, with no orphan guest, disk, port or promise, and in the
# end all that was acknowledged is so.
# STORM_REAL=1 has QEMU by libvirt and OVN do it, with fewer clients; the house is then looked at after it was
# started again and has come to rest, for in the engines a half-done act stays half done until then.
set -u
# shellcheck source=test/daemon.sh
. test/daemon.sh
# shellcheck source=test/scenario/steps.sh
. test/scenario/steps.sh

real=${STORM_REAL:-}
# shellcheck disable=SC2034
DAEMON_EXTRA='[compute]
driver = fake
[network]
driver = fake'
if [ -n "$real" ]; then
	need_engines
	# shellcheck disable=SC2034
	DAEMON_EXTRA='[compute]
driver = libvirt
accelerator = tcg
[network]
driver = ovn'
	export STORM_CLIENTS="${STORM_CLIENTS:-3}" STORM_SERVERS_EACH="${STORM_SERVERS_EACH:-2}"
fi
daemon_init openstack && daemon_start || exit 1
if [ -n "$real" ]; then
	sh tools/guest-image.sh "$DAEMON/guest.qcow2" > /dev/null || exit 1
	export STORM_IMAGE="$DAEMON/guest.qcow2"
fi

audited() {
	"$YONGYUN" audit verify --config "$DAEMON/yongyun.conf"
}

clear_servers() {
	python3 test/storm/storm.py --clear "$URL" "$ADMIN_PASSWORD" "$DAEMON/notes"
}

# The stand-ins do what is asked at once, so the house is whole while it lies dead.
storm_of_stand_ins() {
	storm_begin storm.py
	for n in $(seq "$kills"); do
		kill_at_random 0.6 "$n"
		step "the house is whole after kill $n of $kills" holds || break
		daemon_start 9>&- || exit 1 # or the daemon would hold the reins too
	done
	storm_end
}

# What an engine has half done is looked at when the daemon that was started again has come to rest.
storm_of_engines() {
	for n in $(seq "$kills"); do
		storm_begin storm.py server server network
		kill_at_random 6 "$n"
		daemon_start 9>&- || exit 1
		storm_end
		step "after kill $n of $kills all comes to rest" \
			python3 test/storm/storm.py --settle "$URL" "$ADMIN_PASSWORD" || break
		step 'and the engines agree with the house' within 30 holds || break
		step 'and every server can be deleted' clear_servers || break
		step 'no guest is left' no_guests
	done
}

# What servers stand on is no part of the storm.
python3 test/storm/storm.py --prepare "$URL" "$ADMIN_PASSWORD" || exit 1
kills=${KILLS:-20}
if [ -n "$real" ]; then
	storm_of_engines
else
	storm_of_stand_ins
fi
echo "# made: $(grep -c '"made".*/servers/' "$DAEMON/notes") servers," \
	"$(grep '"made"' "$DAEMON/notes" | grep -vc /servers/) other things"
step 'all that was acknowledged is so' \
	python3 test/storm/storm.py --verify "$URL" "$ADMIN_PASSWORD" "$DAEMON/notes"
step 'and every server can be deleted' clear_servers
step 'no folder of a server is left' no_folders
daemon_stop
step 'the house is whole at the end' within 30 holds
step 'the audit trail is whole' audited
sum_up
