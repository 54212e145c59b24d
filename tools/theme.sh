#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds the theme bases of a fresh house from a small made-up city, and says of two of its tables that the resource
# of residents in the catalogue stands behind them: what the stewards of catalogue.sh see whole.
#
#   theme.sh URL FOLDER PROFILE
#
# Leaves a resident's number and name in FOLDER/resident.
# FOLDER and its passwords are those of catalogue.sh; the house's data lies in FOLDER/var.
set -eu
url=$1 folder=$2 profile=$3
LC_ALL=C.UTF-8
export LC_ALL
: "${YONGYUN:=build/yongyun}"
# shellcheck source=tools/ask.sh
. "$(dirname "$0")/ask.sh"

"$YONGYUN" city --scale 0.001 --out "$folder/registers" >/dev/null
"$YONGYUN" theme build --from "$folder/registers" --out "$folder/var/theme" --threads 2 --quiet
# One resident, whom the journeys look up.
awk -F, 'length($3) == 18 { print $3, $2; exit }' "$folder/registers/GA01.csv" >"$folder/resident"
rm -rf "$folder/registers"
resource=$(ask "$maker" GET '/api/v1/catalogue/resources?q=%E5%B8%B8%E4%BD%8F%E4%BA%BA%E5%8F%A3' |
	jq -r '.resources[0].id')
for table in GA01 ZJ01; do
	ask "$maker" PUT "/api/v1/theme/resources/$table" "{\"resource_id\": \"$resource\"}" >/dev/null
done
