#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# One stage of ./run test: stages.sh NAME. It writes its log to standard output and ends with the line
# that tools/test.sh counts; exit code 77 says that it could not run, and its last line says why.
set -eu
# shellcheck source=tools/common.sh
. tools/common.sh

# How many processes share the unit tests, which wait for disks, clocks and each other more than they compute.
# Under the address sanitizer they compute, and there are two; under the thread sanitizer there is one.
TEST_JOBS=$(($(nproc) * 2))

leave_out() {
	say "$*"
	exit 77
}

stage_scripts() {
	shell_files | xargs shellcheck -x
	sh -n run
}

stage_format() {
	c_files | xargs clang-format --dry-run -Werror --ferror-limit=3 || {
		say "Run ./run format"
		return 1
	}
}

stage_layers() {
	python3 test/layers.py --self-test >build/log/layers-self-test.log || {
		cat build/log/layers-self-test.log
		return 1
	}
	python3 test/layers.py src
	say "$(sed -n '$s/ passed.*//p' build/log/layers-self-test.log | awk '{ print $1 + 1 }') passed, 0 failed, 0 skipped"
}

stage_gcc() {
	CC=gcc build build
}

stage_clang() {
	CC=clang build build-clang
}

stage_sqlite() {
	unset YONGYUN_TEST_DB
	CC=gcc build build
	YONGYUN_TEST_JOBS=$TEST_JOBS build/yongyun-test
}

stage_postgres() {
	CC=gcc build build
	YONGYUN_TEST_JOBS=$TEST_JOBS YONGYUN_TEST_DB=$YONGYUN_TEST_PG build/yongyun-test
}

# Runs the test program $1 with the words that follow on both databases, and adds up.
on_both() {
	program=$1
	shift
	code=0
	(
		unset YONGYUN_TEST_DB
		"$program" "$@"
	) >build/log/both-1 2>&1 || code=$?
	cat build/log/both-1
	YONGYUN_TEST_DB=$YONGYUN_TEST_PG "$program" "$@" >build/log/both-2 2>&1 || code=$?
	cat build/log/both-2
	for log in build/log/both-1 build/log/both-2; do
		grep -aqE '^[0-9]+ passed, ' $log || say '0 passed, 1 failed, 0 skipped' >>$log
	done
	cat build/log/both-1 build/log/both-2 | awk '/^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$/ {
		p += $1; f += $3; s += $5
	} END { print p " passed, " f " failed, " s " skipped" }'
	return $code
}

stage_asan() {
	CC=clang build build-asan -Db_sanitize=address,undefined -Db_lundef=false -Doptimization=1
	ASAN_OPTIONS=abort_on_error=0:detect_stack_use_after_return=1:strict_string_checks=1 \
		UBSAN_OPTIONS=print_stacktrace=1 YONGYUN_TEST_JOBS=2 on_both build-asan/yongyun-test
}

# Threads meet in these; the same code runs in the other rooms.
stage_tsan() {
	CC=clang build build-tsan -Db_sanitize=thread -Db_lundef=false -Doptimization=1
	TSAN_OPTIONS=halt_on_error=0:second_deadlock_stack=1:exitcode=66 \
		on_both setarch "$(uname -m)" -R build-tsan/yongyun-test \
		src/base/ src/db/ src/door/audit/ src/door/http/ src/door/jobs/ src/engine/linkage/
}

# One fuzzer, for some seconds; how it went stands in build/log/NAME.outcome. What was found before is tried first and
# kept; seeds stand beside the fuzzer's source.
fuzz_one() {
	name=${1##*/}
	found=build/corpus/$name
	seeds=$(find src -type d -name "$name.seeds")
	mkdir -p "$found"
	# shellcheck disable=SC2086
	if "$1" -max_total_time="${YONGYUN_FUZZ_SECONDS:-10}" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
		-verbosity=0 -artifact_prefix="build/log/$name-" "$found" $seeds >"build/log/$name.log" 2>&1; then
		say "ok $name: $(sed -n 's/^stat::number_of_executed_units: *//p' "build/log/$name.log") runs"
	else
		say "FAIL $name:"
		tail -n 30 "build/log/$name.log"
	fi >"build/log/$name.outcome"
}

# As many at once as there are processors: each computes on one.
stage_fuzz() {
	CC=clang build build-fuzz -Dfuzz=true -Doptimization=1
	rm -f build/log/fuzz_*.outcome
	number=0
	for fuzzer in build-fuzz/fuzz_*; do
		[ -f "$fuzzer" ] || continue
		fuzz_one "$fuzzer" &
		number=$((number + 1))
		[ $((number % $(nproc))) != 0 ] || wait
	done
	wait
	cat build/log/fuzz_*.outcome
	passed=$(cat build/log/fuzz_*.outcome | grep -c '^ok ')
	say "$passed passed, $((number - passed)) failed, 0 skipped"
	[ "$passed" = "$number" ] && [ "$number" -gt 0 ]
}

stage_audit() {
	build build
	sh test/audit/run.sh build/yongyun-test
}

# One test for each group that has a floor. Suites that are not here are told by name, and skipped; in CI
# they have failed.
stage_conformance() {
	from=${YONGYUN_CONFORMANCE:-../shared/conformance}
	CC=gcc build build
	passed=0 failed=0 skipped=0
	suites=$(cat test/conformance/*.floors | awk '!/^#/ && NF { print $1 }' | sort -u)
	for suite in $suites; do
		floors=$(cat test/conformance/*.floors | awk -v s="$suite" '$1 == s { print $2 ":" $3 }')
		if [ ! -d "$from/$suite" ]; then
			say "# skipped: the suite $suite is absent"
			if [ "${CI:-}" = true ]; then
				failed=$((failed + 1))
			else
				skipped=$((skipped + 1))
			fi
			continue
		fi
		log=build/log/conformance-$suite
		code=0
		"test/conformance/$suite" "$from/$suite" >"$log" 2>&1 || code=$?
		cat "$log"
		[ "$code" -le 1 ] || say "FAIL the adapter of $suite ended with code $code"
		for floor in $floors; do
			# A group that is not told, or an adapter that broke down, is below any floor.
			if [ "$code" -le 1 ] && awk -v s="$suite" -v g="${floor%:*}" -v p="${floor#*:}" '
				$1 == s && $2 == g { split($3, n, "/"); ok = n[2] > 0 && 100 * n[1] >= p * n[2] }
				END { exit !ok }' "$log"; then
				passed=$((passed + 1))
			else
				failed=$((failed + 1))
				say "FAIL $suite ${floor%:*} is below ${floor#*:} %"
			fi
		done
	done
	say "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" = 0 ]
}

stage_portal() {
	[ -e web/package.json ] || leave_out "there is no web/ yet"
	portal_packages
	cd web
	npm run lint
	npm test -- --no-color >../build/log/vitest.log 2>&1 || {
		cat ../build/log/vitest.log
		return 1
	}
	cat ../build/log/vitest.log
	npm run build
	passed=$(sed -n 's/^ *Tests .* \([0-9][0-9]*\) passed.*/\1/p; s/^ *Tests  *\([0-9][0-9]*\) passed.*/\1/p' \
		../build/log/vitest.log | tail -n 1)
	[ "${passed:-0}" -gt 0 ] || die "vitest ran no test"
	say "$((passed + 2)) passed, 0 failed, 0 skipped"
}

stage_node18() {
	portal_packages
	sh tools/node18.sh
}

stage_guest() {
	with_engines sh test/guest.sh
}

stage_scenario() {
	[ -x test/scenario/run ] || leave_out "there is no test/scenario/run yet"
	CC=gcc build build
	with_engines test/scenario/run
}

stage_browser() {
	[ -x test/browser ] || leave_out "there is no test/browser yet"
	CC=gcc build build
	portal_build
	with_engines test/browser
}

stage_tempest() {
	[ -x test/tempest/run ] || leave_out "there is no test/tempest/run yet"
	CC=gcc build build
	with_engines test/tempest/run
}

mkdir -p build/log
"stage_$1"
