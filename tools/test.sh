#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# ./run test: stages one after the other, each with a limit of time and a log in build/log/. What a
# stage does stands in tools/stages.sh; here is which stages there are, and how they are counted.
#
# A stage's log ends with "N passed, N failed, N skipped", or else it counts as one by its exit code;
# code 77 is a skip, with the log's last line as its reason. Under CI=true a stage of the real engines
# that is skipped, or skips, has failed.
set -u
# shellcheck source=tools/common.sh
. tools/common.sh

# NAME SECONDS SETS WORDS. Sets: q in "quick", f in the full run, e real engines, r each test of it needs
# them (one that is skipped in CI has failed), p PostgreSQL.
stages() {
	cat <<-EOF
		scripts    180   qf   the shell scripts are POSIX and shellcheck finds nothing
		format     180   qf   the C sources are in the one format
		layers     180   qf   includes go only towards base/
		gcc        900   qf   gcc builds it without a warning
		sqlite     900   qf   unit tests on SQLite
		postgres   900   qfp  unit tests on PostgreSQL
		audit      120  qf   a library that is not ours verifies a sealed trail
		conformance 900  f    outside suites that lie in \$YONGYUN_CONFORMANCE, each group above its floor
		portal     600   qf   the portal: types, unit tests, build
		node18     300   f    the portal with Debian 12's own Node 18 too
		clang      900   f    clang builds it without a warning
		asan       1800  fp   unit tests on both databases under ASan and UBSan
		tsan       1200  fp   base, db, audit, http, jobs and linkage on both databases under TSan
		fuzz       1200  f    each fuzzer for a short time
		guest      180   fer  the guest image boots and answers
		scenario   2400  fer  the scenarios, with real QEMU and OVN
		browser    1800  fer  the portal in a real browser
		tempest    1800  fe   OpenStack's own tests
	EOF
}

case ${1:-full} in
list)
	stages
	exit
	;;
quick) wanted=$(stages | awk '$3 ~ /q/ { print $1 }') ;;
full) wanted=$(stages | awk '$3 ~ /f/ { print $1 }') ;;
*)
	wanted=$*
	for stage in $wanted; do
		stages | awk -v s="$stage" '$1 == s { found = 1 } END { exit !found }' ||
			die "There is no stage '$stage'. These are: $(stages | awk '{ print $1 }' | xargs)"
	done
	;;
esac

mkdir -p build/log
exec 8>build/log/.lock
flock -n 8 || die "Another ./run test works in this folder; wait for it, or use a clone of its own."

passed=0 failed=0 skipped=0
skips=build/log/skips
unstable=build/log/unstable
failures=build/log/failures
: >$skips
: >$unstable
: >$failures
database=
engines=

finish() {
	[ -z "$database" ] || sh tools/postgres.sh stop "$database"
	[ -z "$engines" ] || sh tools/engines.sh stop $$ >>build/log/engines.log 2>&1
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# What a stage needs is started when the first stage needs it, and stopped at the end.
prepare() {
	case $1 in
	*p*)
		if [ -z "$database" ]; then
			database=$(mktemp -d /tmp/yongyun-pg.XXXXXX)
			YONGYUN_TEST_PG=$(sh tools/postgres.sh start "$database" 8>&-) || {
				say "PostgreSQL did not start: the reason stands above."
				return 1
			}
			export YONGYUN_TEST_PG
		fi
		;;
	esac
	case $1 in
	*e*)
		if [ -z "$engines" ]; then
			engines=$$
			sh tools/engines.sh start $$ >build/log/engines.log 2>&1 8>&- ||
				say "Engines did not start:
$(cat build/log/engines.log)"
		fi
		;;
	esac
}

# The lines of a log that name what failed, in the words of whichever program ran (ours, vitest, Tempest),
# each with what a scenario's step said of it.
named_failures() {
	awk '/^ *(FAIL|not ok|\[  FAILED  \]|× |✗ )|\.\.\. FAILED$|: (error|fatal error): |(ERROR|SUMMARY): .*Sanitizer/ {
		sub(/^ */, ""); said = seen[$0]++ ? 99 : 0
		if (!said && ++named <= 12) print substr($0, 1, 200)
		next
	}
	/^   \| / && named && said++ < 15 { print substr($0, 1, 300); next }
	{ said = 99 }' "$1"
}

count() {
	passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
}

# Reads the outcome of stage $1 (sets $2) that ended with code $3 after $4 seconds.
judge() {
	log=build/log/$1.log
	line=$(grep -aE '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$log" | tail -n 1)
	# shellcheck disable=SC2046
	set -- "$@" $(say "$line" | tr -cd '0-9 ')
	p=${5:-0} f=${6:-0} s=${7:-0} reason=
	case $3 in
	0) [ -n "$line" ] || p=1 ;;
	77)
		reason=$(tail -n 1 "$log")
		[ -n "$line" ] || s=1
		;;
	124 | 137)
		f=$((f + 1))
		reason="did not end within its limit of time"
		;;
	*) [ "$f" -gt 0 ] || f=1 ;;
	esac
	if [ "$s" -gt 0 ]; then
		if [ -n "$reason" ]; then
			say "$1: $reason" >>$skips
		else
			grep -a '^# skipped: ' "$log" | sort | uniq -c | sed "s/^ *\([0-9]*\) # skipped:/$1: \1 times:/" >>$skips
		fi
		case $2:$3:${CI:-} in
		*r*:*:true | *e*:77:true)
			f=$((f + s)) s=0
			reason="a real engine did not run: ${reason:-see the log}"
			;;
		esac
	fi
	count "$p" "$f" "$s"
	sed -n "s/^# unstable: /unstable $1: /p" "$log" >>$unstable
	if [ "$f" -gt 0 ]; then
		printf 'FAIL  %-10s %5s passed %5s failed %5s skipped  %4s s  %s\n' \
			"$1" "$p" "$f" "$s" "$4" "$reason"
		say "      the end of $log:"
		tail -n 25 "$log" | sed 's/^/      | /'
		say "failed   $1: $log; again: ./run test $1" >>$failures
		named_failures "$log" | sed 's/^/         /' >>$failures
	elif [ "$p" = 0 ] && [ "$s" -gt 0 ]; then
		printf 'skip  %-10s %5s passed %5s failed %5s skipped  %4s s  %s\n' \
			"$1" "$p" "$f" "$s" "$4" "$reason"
	else
		printf 'ok    %-10s %5s passed %5s failed %5s skipped  %4s s\n' "$1" "$p" "$f" "$s" "$4"
	fi
}

began=$(date +%s)
number=0
total=$(say "$wanted" | wc -w)
for stage in $wanted; do
	number=$((number + 1))
	# shellcheck disable=SC2046
	set -- $(stages | awk -v s="$stage" '$1 == s { print $2, $3 }')
	limit=$1 sets=$2
	words=$(stages | awk -v s="$stage" '$1 == s' | sed 's/^[a-z]* *[0-9]* *[a-z]* *//')
	printf '%2d/%d  %s: %s\n' "$number" "$total" "$stage" "$words"
	start=$(date +%s)
	if prepare "$sets"; then
		timeout --kill-after=20 "$limit" sh tools/stages.sh "$stage" \
			>"build/log/$stage.log" 2>&1 </dev/null 8>&-
		code=$?
	else
		say "what it needs did not start" >"build/log/$stage.log"
		code=1
	fi
	judge "$stage" "$sets" "$code" $(($(date +%s) - start))
done

say ''
sed 's/^/skipped  /' $skips
cat $unstable $failures
say "$(($(date +%s) - began)) seconds"
say "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
