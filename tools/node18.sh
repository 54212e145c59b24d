#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds the portal and runs its unit tests with Debian 12's own Node 18, where the machine has a newer one
# (what a fresh Debian has is Node 18, and the portal's stage has used it). The packages are unpacked into
# build/cache and not installed. The last line says what was done.
set -eu
# shellcheck source=tools/common.sh
. tools/common.sh

case $(node --version) in
v18.*)
	say "Node 18 is the machine's own"
	exit
	;;
esac
folder=$PWD/build/cache/node18
if [ ! -x "$folder/usr/bin/node" ]; then
	version=$(apt-cache madison nodejs | awk '$3 ~ /^18\./ { print $3; exit }')
	[ -n "$version" ] || die "apt knows no Node 18: it wants Debian 12's packages"
	rm -rf "$folder"
	mkdir -p "$folder"
	(
		cd "$folder"
		apt-get -q download "nodejs=$version" "libnode108=$version"
		for package in *.deb; do dpkg -x "$package" .; done
	)
fi
LD_LIBRARY_PATH=$folder/usr/lib/x86_64-linux-gnu
export LD_LIBRARY_PATH
cd web
"$folder/usr/bin/node" node_modules/vite/bin/vite.js build --outDir ../build/cache/dist18 --emptyOutDir
"$folder/usr/bin/node" node_modules/vitest/vitest.mjs run --no-color
say "built and tested with Node $("$folder/usr/bin/node" --version)"
