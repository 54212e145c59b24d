#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# ./run lint: clang-tidy (.clang-tidy, a finding fails), gcc -fanalyzer and the lengths (both are for
# reading and fail nothing).
set -eu
# shellcheck source=tools/common.sh
. tools/common.sh

say "The longest files (of 500 lines at most, mostly):"
c_files | xargs wc -l | grep -v ' total$' | sort -rn | head -n 10

say "The longest functions (of 60 lines at most, mostly):"
# In our brace style a function begins and ends with a brace in the first column.
# shellcheck disable=SC2016
c_files | grep '\.c$' | xargs awk '
	FNR == 1 { open = 0 }
	/^[a-z].*\(/ { name = $0; sub(/\(.*/, "", name); sub(/.*[ *]/, "", name) }
	/^\{/ { open = FNR }
	/^\}/ && open { print FNR - open - 1, name, FILENAME; open = 0 }' |
	sort -rn | awk '$1 > 60 { over++ } NR <= 10 { printf "%7d %s (%s)\n", $1, $2, $3 }
	END { print over + 0 " of " NR " are longer than 60 lines" }'

mkdir -p build/log
log=build/log/lint
CC=clang build build-clang >$log-build.log 2>&1 || {
	tail -n 20 $log-build.log
	exit 1
}
say "clang-tidy:"
code=0
sed -n 's|^ *"file": "../\(src/.*\.c\)".*|\1|p' build-clang/compile_commands.json |
	LC_ALL=C sort -u |
	xargs -P 2 -n 4 timeout 600 clang-tidy --quiet -p build-clang >$log-tidy.log 2>/dev/null ||
	code=1
grep -E '(warning|error):' $log-tidy.log | sort -u | tee $log-tidy.findings
say "$(wc -l <$log-tidy.findings) findings; they are explained in $log-tidy.log"

say "gcc -fanalyzer:"
CC=gcc CFLAGS=-fanalyzer build build-analyzer -Dwerror=false >$log-analyzer.log 2>&1 || {
	tail -n 20 $log-analyzer.log
	exit 1
}
grep -E 'warning: .*\[-Wanalyzer' $log-analyzer.log | sort -u || say "nothing"
exit $code
