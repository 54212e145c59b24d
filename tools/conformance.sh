#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# ./run conformance [SUITE]: outside suites. A suite is a folder of $YONGYUN_CONFORMANCE and an adapter,
# the executable test/conformance/SUITE, which takes the folder and prints for each group
#
#   SUITE GROUP passed/total
#
# and after it a line "  fails ID" for each case that fails. Exit 0: every case of each suite passed,
# or no suite has an adapter yet.
set -eu
# shellcheck source=tools/common.sh
. tools/common.sh

folder=${YONGYUN_CONFORMANCE:-../shared/conformance}
[ -d "$folder" ] || die "There is no folder $folder: set YONGYUN_CONFORMANCE to where the suites lie"
folder=$(cd "$folder" && pwd)

if [ $# -gt 0 ]; then
	[ -d "$folder/$1" ] ||
		die "$folder holds no suite '$1'; it holds: $(cd "$folder" && printf '%s ' */ | tr -d /)"
	[ -x "test/conformance/$1" ] || die "The suite '$1' has no adapter (test/conformance/$1) yet"
	suites=$1
else
	suites=
	for suite in "$folder"/*/; do
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

# build() has a folder of its own, so it runs in a shell of its own.
mkdir -p build
(build build) >build/conformance-build.log 2>&1 || {
	tail -n 20 build/conformance-build.log
	exit 1
}
code=0
for suite in $suites; do
	timeout "${YONGYUN_CONFORMANCE_SECONDS:-1800}" "test/conformance/$suite" "$folder/$suite" ||
		code=1
done
exit $code
