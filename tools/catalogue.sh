#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Fills the data catalogue of a fresh house: a department 数据局 with two stewards imports a sheet in the
# guide's columns, reviews and publishes it, and publishes a change of one resource.
#
#   catalogue.sh URL FOLDER PROFILE
#
# FOLDER/people has the passwords of sysadmin and secadmin (profile city), or FOLDER/admin-password that
# of admin (profile openstack). Leaves the stewards' names, department and password in FOLDER/stewards.
set -eu
url=$1 folder=$2 profile=$3
umask 077
LC_ALL=C.UTF-8
export LC_ALL

# shellcheck source=tools/ask.sh
. "$(dirname "$0")/ask.sh"
# Its own, for two people who work nowhere else.
password=$(fresh_password)

department=$(ask "$maker" POST /identity/v3/domains '{"domain": {"name": "数据局"}}' | jq -r .domain.id)
for person in sun zhou; do
	in_force=$(employ $person "$department" 数据局 data_steward "$password")
done
password=$in_force
scope="{\"domain\": {\"id\": \"$department\"}}"
for person in sun zhou; do
	echo "$person 数据局 $password"
done >"$folder/stewards"
writer=$(token sun 数据局 "$password" "$scope")
reviewer=$(token zhou 数据局 "$password" "$scope")
if [ -z "$writer" ] || [ -z "$reviewer" ]; then
	fail "the stewards cannot sign in"
fi

ask "$maker" PUT "/api/v1/catalogue/providers/$department" \
	'{"code": "11330200002970013T", "name": "市数据局", "contact": "目录管理处"}' >/dev/null
for class in '101001 常住人口' '102001 企业' '201001 政务服务'; do
	ask "$maker" POST /api/v1/catalogue/classes \
		"{\"code\": \"${class% *}\", \"name\": \"${class#* }\"}" >/dev/null
done

# publish SHEET: imports it, and has what it makes submitted by one steward and approved by the other.
publish() {
	ask "$writer" POST /api/v1/catalogue/import/sheet "$1" |
		jq -r '.resources[] | select(.action != "unchanged").id' | while read -r id; do
		ask "$writer" POST "/api/v1/catalogue/resources/$id/draft/submission" >/dev/null
		ask "$reviewer" POST "/api/v1/catalogue/resources/$id/draft/decision" \
			'{"verdict": "approve"}' >/dev/null
	done
}

head='信息资源分类-类,信息资源分类-项,信息资源分类-目,信息资源名称,信息资源摘要,信息资源格式-分类,信息资源格式-类型,信息项名称,信息项代码,数据类型,数据长度,共享类型,共享条件,共享方式-分类,共享方式-类型,是否向社会开放,更新周期,关键字'
people='1,01,001,常住人口基本信息,居住半年以上的人口：姓名、证件、住址,数据库,mysql,姓名,xm,C,50,有条件,用于社会救助、教育入学资格核对,共享平台,数据库,否,每日,户籍、居住证
,,,,,,,公民身份号码,gmsfhm,C,18,,,,,,,
,,,,,,,出生日期,csrq,D,,,,,,,,'
firms='1,02,001,企业登记基本信息,在本市登记的企业：名称、统一社会信用代码、法定代表人,数据库,postgresql,企业名称,qymc,C,200,无条件,,共享平台,接口,是,实时,企业、法人
,,,,,,,统一社会信用代码,tyshxydm,C,18,,,,,,,'
service='2,01,001,政务服务事项目录,各部门办理的事项及其材料,电子表格,xlsx,事项名称,sxmc,C,200,无条件,,共享平台,文件,是,每月,事项
,,,,,,,办理部门,bljg,C,100,,,,,,,'
publish "$head
$people
$firms
$service"
# Two years later the residents' sex is part of it.
publish "$head
$people
,,,,,,,性别,xb,C,1,,,,,,,"
