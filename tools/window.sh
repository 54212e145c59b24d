#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Opens the window of a house whose items hall.sh has published: the working days of 2026, a clerk at the window, one who
# receives, somebody who applies; and five applications, each somewhere else on its way.
#
#   window.sh URL FOLDER PROFILE
#
# FOLDER as hall.sh left it; its file hall gets lines NAME DEPARTMENT PASSWORD of the three more.
set -eu
url=$1 folder=$2 profile=$3
umask 077
LC_ALL=C.UTF-8
export LC_ALL
office=市场监督管理局
item=$(sed -n '1s/ .*//p' "$folder/hall")

# shellcheck source=tools/ask.sh
. "$(dirname "$0")/ask.sh"
password=$(fresh_password)

department=$(department "$office")
for pair in sun:window_clerk wu:case_clerk zhou:member; do
	in_force=$(employ "${pair%:*}" "$department" "$office" "${pair#*:}" "$password")
	echo "${pair%:*} $office $in_force" >>"$folder/hall"
done
scope="{\"domain\": {\"id\": \"$department\"}}"
window=$(token sun "$office" "$in_force" "$scope")
clerk=$(token wu "$office" "$in_force" "$scope")
zhou=$(token zhou "$office" "$in_force" "$scope")
make_for_the_system
if [ -z "$window" ] || [ -z "$clerk" ] || [ -z "$zhou" ]; then
	fail "the people of the window cannot sign in"
fi

ask "$maker" POST /api/v1/calendars '{"code": "cn", "name": "全国工作日历"}' >/dev/null
ask "$maker" POST '/api/v1/calendars/cn/versions?note=2026' "$(cat "$(dirname "$0")/city/holidays-2026.csv")" >/dev/null

# The number of a citizen who does not exist, with the check digit of GB 11643: id AREA-AND-BIRTHDAY-AND-SEQUENCE.
id() {
	echo "$1" | awk '{
		split("7 9 10 5 8 4 2 1 6 3 7 9 10 5 8 4 2", weight, " ")
		for (i = 1; i <= 17; i++) sum += substr($1, i, 1) * weight[i]
		print $1 substr("10X98765432", sum % 11 + 1, 1)
	}'
}

# application TOKEN NAME SEQUENCE PREMISES: a draft. Prints its id.
application() {
	ask "$1" POST /api/v1/cases "$(jq -n --arg item "$item" --arg name "$2" \
		--arg number "$(id "33020319880214$3")" --arg where "$4" '{item: $item,
		applicant: {kind: "person", name: $name, number: $number, phone: "13800000000"},
		answers: {age: 38, premises: $where, staff: false}, form: {}}')" | jq -r .case.id
}

# materials TOKEN CASE: what the item demands, each a page that says what it stands for.
materials() {
	for material in id:身份证 charter:公司章程; do
		name=$(jq -rn --arg n "${material#*:}.txt" '$n | @uri')
		ask "$1" POST "/api/v1/cases/$2/materials/${material%:*}?name=$name" \
			"${material#*:}（示例）" >/dev/null
	done
}

submit() {
	materials "$1" "$2"
	ask "$1" POST "/api/v1/cases/$2/submission" '{}' >/dev/null
}

receive() {
	ask "$clerk" POST "/api/v1/office/cases/$1/receipt" "$2" >/dev/null
}

draft=$(application "$zhou" 周明 101 临街店铺)
materials "$zhou" "$draft"
submit "$zhou" "$(application "$zhou" 周明 101 写字楼)"
correct=$(application "$zhou" 郑洁 124 写字楼)
submit "$zhou" "$correct"
receive "$correct" '{"verdict": "correct", "reason": "公司章程缺少全体股东签名"}'
accepted=$(application "$window" 冯立 135 临街店铺)
submit "$window" "$accepted"
receive "$accepted" '{"verdict": "accept"}'
refused=$(application "$window" 陈岩 157 临街店铺)
submit "$window" "$refused"
receive "$refused" '{"verdict": "refuse", "reason": "经营场所不在本市"}'
