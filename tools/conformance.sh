#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# ./run conformance [SUITE]: outside suites. A suite is a folder of $YONGYUN_CONFORMANCE and an adapter,
# the executable test/conformance/SUITE, which takes the folder and prints for each group
#
#   SUITE GROUP passed/total
#
# and after it a line "  fails ID" for each case that fails. Exit 0: every case of each suite passed,
# or no suite has an adapter yet. Suites are also asked for by the room that they judge: a file
# test/conformance/ROOM.floors has a line "SUITE GROUP PERCENT" for each of its groups, the least that
# ./run test conformance takes.
set -eu
# shellcheck source=tools/common.sh
. tools/common.sh

from=${YONGYUN_CONFORMANCE:-../shared/conformance}
[ -d "$from" ] || die "There is no folder $from: set YONGYUN_CONFORMANCE to where the suites lie"
from=$(cd "$from" && pwd)

if [ $# -gt 0 ] && [ -f "test/conformance/$1.floors" ]; then
	suites=$(awk '!/^#/ && NF { print $1 }' "test/conformance/$1.floors" | sort -u)
	for suite in $suites; do
		[ -d "$from/$suite" ] || die "$from holds no suite '$suite'"
	done
elif [ $# -gt 0 ]; then
	[ -d "$from/$1" ] ||
		die "$from holds no suite '$1'; it holds: $(cd "$from" && printf '%s ' */ | tr -d /)"
	[ -x "test/conformance/$1" ] || die "The suite '$1' has no adapter (test/conformance/$1) yet"
	suites=$1
else
	suites=
	for suite in "$from"/*/; do
		suite=$(basename "$suite")
		if [ -x "test/conformance/$suite" ]; then
			suites="$suites $suite"
		else
			say "$suite: has no adapter yet" >&2
		fi
	done
	[ -n "$suites" ] || {
		say "No suite has an adapter yet."
		exit 0
	}
fi

build build >build/conformance-build.log 2>&1 || {
	tail -n 20 build/conformance-build.log
	exit 1
}
code=0
for suite in $suites; do
	timeout "${YONGYUN_CONFORMANCE_SECONDS:-1800}" "test/conformance/$suite" "$from/$suite" ||
		code=1
done
exit $code
