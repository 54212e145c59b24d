# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# What ./run and the scripts beside it share: installing, building, words. Sourced with the working
# folder at the top of the repository.

PATH=$PATH:/usr/sbin:/sbin

say() {
	printf '%s\n' "$*"
}

die() {
	printf '%s\n' "$*" >&2
	exit 1
}

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	else
		sudo "$@"
	fi
}

# Runs a command that drives the engines: their sockets are root's. What tests are told by the environment
# goes along.
with_engines() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	else
		sudo env CI="${CI:-}" YONGYUN_TEST_PG="${YONGYUN_TEST_PG:-}" \
			YONGYUN_CONFORMANCE="${YONGYUN_CONFORMANCE:-}" "$@"
	fi
}

# All C sources that we write.
c_files() {
	find src test bench \( -name '*.c' -o -name '*.h' \) -print 2>/dev/null | LC_ALL=C sort
}

shell_files() {
	find run .ci/run tools test bench -type f 2>/dev/null | while read -r file; do
		case $(head -c 40 "$file" | head -n 1) in
		'#!/bin/sh'* | '# shellcheck shell=sh'*) say "$file" ;;
		esac
	done | LC_ALL=C sort
}

# The packages of the groups $@ that are missing, on one line.
missing_packages() {
	for group in "$@"; do
		sed -n "s/#.*//; s/^$group  *//p" packages.txt
	done | while read -r package provides; do
		if [ -n "$provides" ] && command -v "$provides" >/dev/null; then
			continue
		fi
		case $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) in
		installed) ;;
		*) printf '%s ' "$package" ;;
		esac
	done
}

# Installs what the groups $@ of packages.txt name and is not here: one call of apt, and only then.
need() {
	packages=$(missing_packages "$@")
	[ -n "$packages" ] || return 0
	command -v apt-get >/dev/null ||
		die "This needs Debian 12's packages, or their like elsewhere: $packages"
	[ "$(id -u)" = 0 ] || command -v sudo >/dev/null ||
		die "Missing: $packages
Install them as root (apt-get install --no-install-recommends …), or install sudo, and start again."
	say "Installing: $packages"
	as_root sh tools/install.sh "$packages" ||
		die "apt-get could not install them: see the lines above (is there a network? is a mirror
set in /etc/apt/sources.list?), then start again."
}

# Builds in folder $1; what follows goes to meson setup the first time. A room that came or went makes
# meson look again, which it does not by itself.
build() {
	folder=$1
	shift
	rooms=$(find meson.build meson_options.txt src test -name 'meson*' | LC_ALL=C sort)
	if [ ! -e "$folder/build.ninja" ]; then
		say "Setting up $folder"
		rm -rf "$folder/meson-private"
		mkdir -p "$folder"
		meson setup "$folder" "$@" >"$folder/setup.log" 2>&1 || {
			tail -n 20 "$folder/setup.log"
			die "meson could not set up $folder: the reason stands above"
		}
	elif [ "$rooms" != "$(cat "$folder/rooms" 2>/dev/null)" ]; then
		meson setup --reconfigure "$folder" >"$folder/setup.log" 2>&1 || {
			tail -n 20 "$folder/setup.log"
			die "meson could not set up $folder again: the reason stands above"
		}
	fi
	say "$rooms" >"$folder/rooms"
	ninja -C "$folder" -j "${YONGYUN_JOBS:-2}" ||
		die "The build in $folder failed: the compiler's first error stands above"
}

# Fetches what the portal is built with, when package-lock.json is not what was fetched last. Newer npm
# refuses a lock file whose optional packages for other systems its registry does not have; then the
# versions of the lock file are installed without it being written.
portal_packages() {
	cmp -s web/package-lock.json web/node_modules/.fetched && return 0
	mkdir -p build/log
	if ! (cd web && npm ci --no-audit --no-fund) >build/log/npm.log 2>&1 &&
		! (cd web && npm install --no-save --no-audit --no-fund) >build/log/npm.log 2>&1; then
		grep -m 8 -E 'npm (error|ERR!)' build/log/npm.log
		die "npm could not fetch the portal's packages: see build/log/npm.log"
	fi
	cp web/package-lock.json web/node_modules/.fetched
}

# Builds the portal into web/dist, when a source is newer.
portal_build() {
	[ -e web/dist/index.html ] &&
		[ -z "$(find web -path web/node_modules -prune -o -path web/dist -prune -o \
			-type f -newer web/dist/index.html -print -quit)" ] && return 0
	say "Building the portal"
	portal_packages
	mkdir -p build/log
	(cd web && npm run build) >build/log/portal-build.log 2>&1 || {
		tail -n 20 build/log/portal-build.log
		die "The portal could not be built: the reason stands above"
	}
}
