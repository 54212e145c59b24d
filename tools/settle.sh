#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Settles a fresh city: a department with its VDC, and two people who work in it. It goes the way the
# city goes: the system administrator makes department, VDC and flavor, the security administrator makes
# people and gives them roles, and whoever has a one-time password changes it first.
#
#   settle.sh URL FOLDER
#
# FOLDER/passwords holds what `yongyun init` printed; FOLDER/people gets "NAME PASSWORD" for those whose
# password is in force, FOLDER/one-time for those who have yet to change theirs, FOLDER/commands the
# openstack commands.
set -eu
url=$1 folder=$2
department=交通局
vdc=路况
umask 077
LC_ALL=C.UTF-8
export LC_ALL

fail() {
	echo "settle: $*" >&2
	exit 1
}

password() {
	echo "Yy-$(od -An -N9 -tx1 /dev/urandom | tr -d ' \n')-7K"
}

# first_password DOMAIN NAME OLD: changes a one-time password, by the portal's interface.
first_password() {
	new=$(password)
	jar=$(mktemp)
	answer=$(jq -n --arg d "$1" --arg u "$2" --arg p "$3" '{domain: $d, user: $u, password: $p}' |
		curl -sS -c "$jar" -H 'Content-Type: application/json' --data @- "$url/api/v1/session")
	csrf=$(echo "$answer" | jq -r '.csrf // empty')
	[ -n "$csrf" ] || fail "$2 cannot sign in: $answer"
	answer=$(jq -n --arg o "$3" --arg p "$new" '{original_password: $o, password: $p}' |
		curl -sS -b "$jar" -H 'Content-Type: application/json' -H "X-CSRF-Token: $csrf" \
			-w '%{http_code}' --data @- "$url/api/v1/session/password")
	rm -f "$jar"
	case $answer in
	*2[0-9][0-9]) echo "$2 $new" >>"$folder/people" ;;
	*) fail "$2 cannot change the first password: $answer" ;;
	esac
}

secret_of() {
	sed -n "s/^$1 //p" "$2"
}

# as NAME ARGUMENTS...: the openstack client as an administrator of the whole city.
as() {
	who=$1
	shift
	echo "openstack $*" | sed 's/--password [^ ]*/--password …/' >>"$folder/commands"
	OS_AUTH_URL=$url/identity/v3 OS_IDENTITY_API_VERSION=3 OS_USERNAME=$who OS_SYSTEM_SCOPE=all \
		OS_USER_DOMAIN_NAME=Default OS_PASSWORD=$(secret_of "$who" "$folder/people") \
		openstack "$@"
}

echo "# as sysadmin, 系统管理员" >>"$folder/commands"
for admin in sysadmin secadmin; do
	first_password Default $admin "$(secret_of $admin "$folder/passwords")"
done
secret_of sysadmin "$folder/people" | python3 tools/city/ground.py "$url" sysadmin || exit 1
as sysadmin domain create "$department"
as sysadmin project create --domain "$department" "$vdc"
as sysadmin flavor create --ram 128 --vcpus 1 --disk 1 tiny
echo "# as secadmin, 安全管理员" >>"$folder/commands"
for person in wang li; do
	first=$(password)
	as secadmin user create --domain "$department" --password "$first" $person
	as secadmin role add --user $person --user-domain "$department" --project "$vdc" \
		--project-domain "$department" member
	echo "$person $first" >>"$folder/one-time"
done
first_password "$department" wang "$(secret_of wang "$folder/one-time")"
sed -i '/^wang /d' "$folder/one-time"
secret_of auditadmin "$folder/passwords" | sed 's/^/auditadmin /' >>"$folder/one-time"
cat >"$folder/openrc" <<EOF
export OS_AUTH_URL=$url/identity/v3 OS_IDENTITY_API_VERSION=3
export OS_USERNAME=wang OS_USER_DOMAIN_NAME=$department OS_PASSWORD='$(secret_of wang "$folder/people")'
export OS_PROJECT_NAME=$vdc OS_PROJECT_DOMAIN_NAME=$department
EOF
