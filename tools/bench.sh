#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# ./run bench [NAME [ARGUMENT...]]: each executable file in bench/ is one benchmark; it prints what it measured, with
# the machine, and sets up and takes down what it needs. They run one after the other.
set -eu
# shellcheck source=tools/common.sh
. tools/common.sh

benches=
for file in bench/*; do
	[ -f "$file" ] && [ -x "$file" ] && benches="$benches ${file##*/}"
done
[ -n "$benches" ] || {
	say "There is no benchmark yet."
	exit 0
}
if [ $# -gt 0 ]; then
	case " $benches " in
	*" $1 "*) benches=$1 && shift ;;
	*) die "There is no benchmark '$1'. These are:$benches" ;;
	esac
fi

CC=gcc build build
say "$(nproc) x $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)," \
	"$(awk '/MemTotal/ { print int($2 / 1048576 + 0.5) }' /proc/meminfo) GiB," \
	"load $(cut -d ' ' -f 1 /proc/loadavg)"
code=0
for bench in $benches; do
	say "== $bench"
	"bench/$bench" "$@" || {
		code=1
		say "$bench failed"
	}
done
exit $code
