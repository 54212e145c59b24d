#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Killed at $KILLS (20) random moments in a storm of writes, with the stand-in engines: after each start
# the house is whole, and in the end all that was acknowledged is so.
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

holds() {
	"$YONGYUN" check --deep --config "$DAEMON/yongyun.conf"
}

audited() {
	"$YONGYUN" audit verify --config "$DAEMON/yongyun.conf"
}

mkfifo "$DAEMON/rein"
python3 test/storm/storm.py "$URL" "$ADMIN_PASSWORD" "$DAEMON/notes" < "$DAEMON/rein" &
storm=$!
exec 9> "$DAEMON/rein"

kills=${KILLS:-20}
for n in $(seq "$kills"); do
	sleep "$(awk -v seed="$$$n" 'BEGIN { srand(seed); printf "%.3f", 0.05 + rand() * 0.6 }')"
	daemon_kill
	step "the house is whole after kill $n of $kills" holds || break
	daemon_start 9>&- || exit 1 # or the daemon would hold the reins too
done
exec 9>&-
wait "$storm"
step 'all that was acknowledged is so' \
	python3 test/storm/storm.py --verify "$URL" "$ADMIN_PASSWORD" "$DAEMON/notes"
daemon_stop
step 'the house is whole at the end' holds
step 'the audit trail is whole' audited
sum_up
