#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Hostile and ambiguous requests, byte for byte, through nginx; afterwards it serves and stops as ever.
set -u
# shellcheck source=test/daemon.sh
. test/daemon.sh
daemon_init openstack && daemon_start || exit 1
python3 test/hostile/hostile.py "127.0.0.1:$DAEMON_PORT"
