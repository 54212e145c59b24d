#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What applications need, in a house that tools/hall.sh has filled: the calendar "cn", an item with a form, somebody who
# applies and a window clerk (行政服务中心), and a clerk of the office 市场监督管理局 who receives.
#
#   cases.sh URL FOLDER PROFILE
#
# Leaves in FOLDER/cases a line with the item's handle code, and lines NAME DEPARTMENT PASSWORD of the three.
set -eu
url=$1 folder=$2 profile=$3
umask 077
LC_ALL=C.UTF-8
export LC_ALL
office=市场监督管理局 centre=行政服务中心

# shellcheck source=tools/ask.sh
. "$(dirname "$0")/ask.sh"
once=$(fresh_password)

centre_id=$(ask "$maker" POST /identity/v3/domains "{\"domain\": {\"name\": \"$centre\"}}" | jq -r .domain.id)
office_id=$(department "$office")
password=$(employ he "$centre_id" "$centre" member "$once")
employ lin "$centre_id" "$centre" window_clerk "$once" >/dev/null
employ fang "$office_id" "$office" case_clerk "$once" >/dev/null

make_for_the_system
ask "$maker" POST /api/v1/calendars '{"code": "cn", "name": "全国工作日历"}' >/dev/null
# New Year's day alone, of last year, this one and the next: so that no term of today leaves the years that are known.
ask "$maker" POST '/api/v1/calendars/cn/versions?note=test' "$(jq -n --argjson y "$(date +%Y)" '{years: [$y - 1, $y, $y + 1 |
	{year: ., papers: [], days: [{name: "元旦", date: "\(.)-01-01", isOffDay: true}]}]}')" >/dev/null

hired=$(sed -n 's/^chen .* //p' "$folder/hall")
scope="{\"domain\": {\"id\": \"$office_id\"}}"
writer=$(token chen "$office" "$hired" "$scope")
approver=$(token qian "$office" "$hired" "$scope")
id=$(ask "$writer" POST /api/v1/hall/items "$(jq -n '{
	base_code: "000131009000", handle_number: 1, name: "小餐饮店登记", name_en: "Registration of a small eating place",
	summary: "经营面积不大的餐饮店的登记", type: "licence", level: "city", case_type: "promised",
	subjects: ["person", "company"], basis: [{law: "浙江省食品小作坊小餐饮店小食杂店和食品摊贩管理规定", article: "第十二条"}],
	legal_days: 15, promise_days: 3, visits_max: 1, online_depth: 3, conditions: "有固定的经营场所。",
	questions: [
		{key: "staff", text: "是否雇用员工", kind: "yes-no"},
		{key: "place", text: "经营场所是自有还是租赁", kind: "choice", choices: ["自有", "租赁"]}],
	form: {type: "default", schemaVersion: 16, components: [
		{type: "textfield", key: "shop", label: "店名", validate: {required: true, maxLength: 30}},
		{type: "number", key: "area", label: "经营面积（平方米）", validate: {required: true, min: 1, max: 50}}]},
	channels: ["window", "web"], places: [{name: "市行政服务中心综合窗口", address: "宁穿路 1901 号"}],
	materials: [
		{code: "id", name: "经营者身份证", kind: "id-card", necessity: "required", source: "government", forms: ["copy", "electronic"], copies: 1},
		{code: "health", name: "从业人员健康证明", necessity: "required", source: "applicant", forms: ["electronic"], copies: 1, when: "staff"},
		{code: "photo", name: "店面照片", necessity: "optional", source: "applicant", forms: ["electronic"], copies: 1}],
	fee: false, steps: [{name: "受理", days: 1}, {name: "审查与决定", days: 2}], result_name: "小餐饮店登记证"}')" | jq -r .entry.id)
ask "$writer" POST "/api/v1/hall/items/$id/move" '{"move": "publish"}' >/dev/null
code=$(ask "$approver" POST "/api/v1/hall/items/$id/move/decision" '{"verdict": "approve"}' | jq -r .entry.code)
{
	echo "$code"
	echo "he $centre $password"
	echo "lin $centre $password"
	echo "fang $office $password"
} >"$folder/cases"
