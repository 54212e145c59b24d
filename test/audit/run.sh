#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Has a library that is not ours (sm-crypto, from npm) check a sealed trail: run.sh YONGYUN_TEST, the
# test program. A test in src/door/audit/test_audit.c makes the trail and calls verify.mjs.
set -eu
tests=$(realpath "${1:-build/yongyun-test}")
cd "$(dirname "$0")"
cmp -s package-lock.json node_modules/.installed ||
	{ npm ci --ignore-scripts --no-audit --no-fund --loglevel=error &&
		cp package-lock.json node_modules/.installed; }
YONGYUN_AUDIT_VERIFIER=$PWD/verify.mjs
export YONGYUN_AUDIT_VERIFIER
exec "$tests" a_library_that_is_not_ours_verifies_the_trail
