#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs Debian packages, as root, without starting a service: install.sh PACKAGE...
set -eu
export DEBIAN_FRONTEND=noninteractive

# The package of PostgreSQL would make a cluster that nobody asked for.
cluster=/etc/postgresql-common/createcluster.conf
if [ ! -e $cluster ]; then
	mkdir -p "${cluster%/*}"
	echo 'create_main_cluster = false' >$cluster
fi

# Debian asks this program whether a service may start.
policy=/usr/sbin/policy-rc.d
ours=
if [ ! -e $policy ]; then
	ours=1
	printf '#!/bin/sh\nexit 101\n' >$policy
	chmod 755 $policy
fi
trap '[ -z "$ours" ] || rm -f $policy' EXIT
trap 'exit 1' INT TERM HUP

apt-get -q update
# shellcheck disable=SC2086,SC2048
apt-get -q -y --no-install-recommends -o Dpkg::Options::=--force-confold \
	-o DPkg::Lock::Timeout=300 install $*
