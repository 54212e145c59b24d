#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Prints the version: the tag that git finds, or the number of commits where there is none yet.
# Outside a clone (a release's archive) it prints the content of the file .version, or 0.0.0.
cd "$(dirname "$0")/.." || exit 1
if tag=$(git describe --tags --match 'v[0-9]*' --abbrev=12 2>/dev/null); then
	echo "${tag#v}"
elif commit=$(git rev-parse --short=12 HEAD 2>/dev/null); then
	echo "0.0.$(git rev-list --count HEAD)-g$commit"
elif [ -r .version ]; then
	cat .version
else
	echo 0.0.0
fi
