#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Fills the item catalogue of a fresh house: the department 市场监督管理局, which is made if it is not there, is an office of the
# hall with an editor and an approver, who publish two items and the theme that merges them.
#
#   hall.sh URL FOLDER PROFILE
#
# FOLDER/people has the passwords of sysadmin and secadmin (profile city), or FOLDER/admin-password that
# of admin (profile openstack). Leaves in FOLDER/hall a line with the handle code of the first item and the theme's code,
# and lines NAME DEPARTMENT PASSWORD of the editor and the approver.
set -eu
url=$1 folder=$2 profile=$3
umask 077
LC_ALL=C.UTF-8
export LC_ALL
office=11330200MB00011234

# shellcheck source=tools/ask.sh
. "$(dirname "$0")/ask.sh"
# Its own, for two people who work nowhere else.
password=$(fresh_password)

department=$(department 市场监督管理局)
[ -n "$department" ] ||
	department=$(ask "$maker" POST /identity/v3/domains '{"domain": {"name": "市场监督管理局"}}' | jq -r .domain.id)
for pair in chen:item_editor qian:item_approver; do
	in_force=$(employ "${pair%:*}" "$department" 市场监督管理局 "${pair#*:}" "$password")
done
password=$in_force
scope="{\"domain\": {\"id\": \"$department\"}}"
writer=$(token chen 市场监督管理局 "$password" "$scope")
approver=$(token qian 市场监督管理局 "$password" "$scope")
make_for_the_system
if [ -z "$writer" ] || [ -z "$approver" ] || [ -z "$maker" ]; then
	fail "the people of the hall cannot sign in"
fi
ask "$maker" PUT "/api/v1/hall/offices/$department" "{\"code\": \"$office\", \"name\": \"宁波市市场监督管理局\",
	\"name_en\": \"Ningbo Administration for Market Regulation\", \"address\": \"宁穿路 1901 号\",
	\"hours\": \"工作日 8:30–17:00\", \"phone\": \"0574-12345\", \"complaint\": \"0574-12315\"}" >/dev/null

# publish KIND BODY: written by one, decided by the other.
publish() {
	id=$(ask "$writer" POST "/api/v1/hall/$1" "$2" | jq -r .entry.id)
	ask "$writer" POST "/api/v1/hall/$1/$id/move" '{"move": "publish"}' >/dev/null
	ask "$approver" POST "/api/v1/hall/$1/$id/move/decision" '{"verdict": "approve"}' |
		jq -r .entry.code
}

# Who may open a company: from 18 years on, and in no cellar. On one line, for the shell's echo would turn \\n of the answer into one.
decision=$(tr -d '\n' <<-'XML'
	<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" id="m" name="m" namespace="hall">
	<inputData id="i1" name="age"><variable name="age" typeRef="number"/></inputData>
	<inputData id="i2" name="premises"><variable name="premises" typeRef="string"/></inputData>
	<decision id="eligible" name="可以申请"><variable name="可以申请" typeRef="boolean"/>
	<informationRequirement><requiredInput href="#i1"/></informationRequirement>
	<informationRequirement><requiredInput href="#i2"/></informationRequirement>
	<decisionTable hitPolicy="FIRST"><input label="申请人年龄"><inputExpression><text>age</text></inputExpression></input>
	<input label="经营场所"><inputExpression><text>premises</text></inputExpression></input><output/>
	<annotation name="说明"/>
	<rule id="r1"><inputEntry><text>&lt; 18</text></inputEntry><inputEntry><text>-</text></inputEntry>
	<outputEntry><text>false</text></outputEntry><annotationEntry><text>申请人须年满十八周岁</text></annotationEntry></rule>
	<rule id="r2"><inputEntry><text>-</text></inputEntry><inputEntry><text>"地下室"</text></inputEntry>
	<outputEntry><text>false</text></outputEntry><annotationEntry><text>地下室不得作为经营场所</text></annotationEntry></rule>
	<rule id="r3"><inputEntry><text>-</text></inputEntry><inputEntry><text>-</text></inputEntry>
	<outputEntry><text>true</text></outputEntry><annotationEntry><text>符合登记条件</text></annotationEntry></rule>
	</decisionTable></decision>
	<decision id="reasons" name="理由"><variable name="理由"/>
	<informationRequirement><requiredInput href="#i1"/></informationRequirement>
	<informationRequirement><requiredInput href="#i2"/></informationRequirement>
	<literalExpression><text>if age &lt; 18 then "申请人须年满十八周岁" else if premises = "地下室" then "地下室不得作为经营场所" else []</text></literalExpression></decision>
	</definitions>
XML
)
open=$(publish items "$(jq -n --arg decision "$decision" '{
	base_code: "000131001000", handle_number: 1, name: "公司设立登记", name_en: "Registration of a company",
	summary: "有限责任公司、股份有限公司的设立登记", type: "licence", level: "city", case_type: "promised",
	subjects: ["company", "person"], keywords: ["开公司", "营业执照"],
	basis: [{law: "中华人民共和国公司法", article: "第二十九条", text: "设立公司，应当依法向公司登记机关申请设立登记。"}],
	legal_days: 20, promise_days: 3, visits_max: 1, online_depth: 3, scope: "全市通办",
	conditions: "股东符合法定人数；有符合规定的公司名称、住所和章程。", decision: $decision,
	questions: [
		{key: "age", text: "申请人的年龄", kind: "number", help: "法定代表人的周岁年龄"},
		{key: "premises", text: "经营场所在哪里", kind: "choice", choices: ["临街店铺", "写字楼", "地下室"]},
		{key: "staff", text: "是否已招用员工", kind: "yes-no"}],
	channels: ["window", "web"], hours: "工作日 8:30–17:00", phone: "0574-12345", complaint: "0574-12315",
	places: [{name: "市行政服务中心综合窗口", address: "宁穿路 1901 号", hours: "工作日 8:30–17:00", phone: "0574-87187000"}],
	materials: [
		{code: "id", name: "法定代表人身份证", kind: "id-card", necessity: "required", source: "government", forms: ["copy", "electronic"], copies: 1},
		{code: "charter", name: "公司章程", necessity: "required", source: "applicant", forms: ["original"], copies: 1, review_points: "全体股东签名"},
		{code: "staff-list", name: "员工名册", necessity: "deferrable", source: "applicant", forms: ["copy"], copies: 1, when: "staff"}],
	fee: true, fees: [{name: "工本费", standard: "每件 10 元；未招用员工的免收", basis: "甬价费〔2019〕1 号", amount: "10", waiver: "not(staff)"}],
	steps: [{name: "受理", days: 1}, {name: "审查与决定", days: 2}], result_name: "营业执照"}')")
food=$(publish items "$(jq -n '{
	base_code: "000131002000", handle_number: 1, name: "食品经营许可", name_en: "Licence to sell food",
	summary: "从事食品销售和餐饮服务的许可", type: "licence", level: "city", case_type: "promised",
	subjects: ["company"], basis: [{law: "中华人民共和国食品安全法", article: "第三十五条"}],
	legal_days: 20, promise_days: 5, visits_max: 1, online_depth: 3, conditions: "有与经营的食品相适应的场所和设备。",
	questions: [{key: "food", text: "是否经营食品", kind: "yes-no"}],
	channels: ["window", "web"], places: [{name: "市行政服务中心综合窗口", address: "宁穿路 1901 号"}],
	materials: [
		{code: "holder", name: "法定代表人身份证", kind: "id-card", necessity: "required", source: "government", forms: ["copy", "electronic"], copies: 1},
		{code: "plan", name: "场所平面图", necessity: "required", source: "applicant", forms: ["original"], copies: 1}],
	fee: false}')")
theme=$(publish themes "$(jq -n --arg open "$open" --arg food "$food" '{
	code: "open-a-restaurant", name: "开餐馆一件事", name_en: "Open a restaurant", subjects: ["company"],
	summary: "公司设立与食品经营许可一次办", promise_days: 5,
	items: [{code: $open, role: "lead"}, {code: $food, role: "co", when: "food"}]}')")
{
	echo "$open $theme"
	for person in chen qian; do
		echo "$person 市场监督管理局 $password"
	done
} >"$folder/hall"
