#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Killed at $KILLS (20) random moments while instances are started and their tasks completed through
# HTTP: after each start the house is whole, every log gives its instance's state and rows, and in the end
# no acknowledged command is lost and none was done twice.
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
daemon_init openstack && daemon_start || exit 1

step 'a process is deployed' \
	python3 test/storm/process.py --deploy "$URL" "$ADMIN_PASSWORD" || exit 1
storm_begin process.py

kills=${KILLS:-20}
for n in $(seq "$kills"); do
	kill_at_random 0.6 "$n"
	step "the house is whole after kill $n of $kills" holds || break
	daemon_start 9>&- || exit 1 # or the daemon would hold the reins too
done
# A slow machine may have completed nothing between two kills.
step 'what was cut off is given again and done' \
	within 60 grep -q '"did": "completed"' "$DAEMON/notes"
storm_end
step 'all that was acknowledged is so, once' \
	python3 test/storm/process.py --verify "$URL" "$ADMIN_PASSWORD" "$DAEMON/notes"
python3 test/storm/process.py --verify "$URL" "$ADMIN_PASSWORD" "$DAEMON/notes" | tail -n 1
daemon_stop
step 'the house is whole at the end' holds
sum_up
