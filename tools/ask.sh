# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Asking a house as its administrators, sourced by the scripts that fill one: $url, $folder and $profile are set.
# Sets $maker and $keeper, tokens of those who make things and who give roles.
: "${url:?}" "${folder:?}" "${profile:?}"

fail() {
	echo "${0##*/}: $*" >&2
	exit 1
}

# token NAME DOMAIN PASSWORD SCOPE: signs in, by the identity service.
token() {
	jq -n --arg u "$1" --arg d "$2" --arg p "$3" --argjson s "$4" '{auth: {identity: {
		methods: ["password"], password: {user: {name: $u, domain: {name: $d}, password: $p}}},
		scope: $s}}' |
		curl -sS -D - -o /dev/null -H 'Content-Type: application/json' --data @- \
			"$url/identity/v3/auth/tokens" |
		tr -d '\r' | awk 'tolower($1) == "x-subject-token:" { print $2 }'
}

# ask TOKEN METHOD PATH [BODY]: the answer, or the end.
ask() {
	reply=$(printf '%s' "${4:-}" | curl -sS -X "$2" -H "X-Auth-Token: $1" \
		-H 'Content-Type: application/json' -w '\n%{http_code}' --data-binary @- "$url$3")
	case $reply in
	*2[0-9][0-9]) echo "$reply" | sed '$d' ;;
	*) fail "$2 $3: $reply" ;;
	esac
}

# A password that nobody had before.
fresh_password() {
	echo "Yy-$(od -An -N9 -tx1 /dev/urandom | tr -d ' \n')-7K"
}

# From here on $maker acts on the whole system, in the profile openstack too, where admin began in a project.
make_for_the_system() {
	[ "$profile" != openstack ] ||
		maker=$(token admin Default "$(cat "$folder/admin-password")" '{"system": {"all": true}}')
}

secret_of() {
	sed -n "s/^$1 //p" "$folder/people"
}

# department NAME: its id, or nothing.
department() {
	ask "$keeper" GET "/identity/v3/domains?name=$(jq -rn --arg n "$1" '$n | @uri')" |
		jq -r '.domains[0].id // empty'
}

# employ NAME ID DEPARTMENT ROLE PASSWORD: a person of the department of that id and name, who has the role on it. Says
# which password is in force: one that an administrator gave is good once, and x is put behind it.
employ() {
	role=$(ask "$keeper" GET "/identity/v3/roles?name=$4" | jq -r '.roles[0].id')
	user=$(ask "$keeper" POST /identity/v3/users "$(jq -n --arg n "$1" --arg d "$2" \
		--arg p "$5" '{user: {name: $n, domain_id: $d, password: $p}}')" | jq -r .user.id)
	ask "$keeper" PUT "/identity/v3/domains/$2/users/$user/roles/$role" >/dev/null
	first=$(jq -n --arg u "$1" --arg d "$3" --arg p "$5" '{domain: $d, user: $u, password: $p}' |
		curl -sS -c "$folder/jar" -H 'Content-Type: application/json' --data @- "$url/api/v1/session")
	if [ "$(echo "$first" | jq -r .must_change_password)" = true ]; then
		jq -n --arg o "$5" '{original_password: $o, password: ($o + "x")}' |
			curl -sS -o /dev/null -b "$folder/jar" -H 'Content-Type: application/json' \
				-H "X-CSRF-Token: $(echo "$first" | jq -r .csrf)" --data @- "$url/api/v1/session/password"
		echo "${5}x"
	else
		echo "$5"
	fi
	rm -f "$folder/jar"
}

if [ "$profile" = openstack ]; then
	maker=$(token admin Default "$(cat "$folder/admin-password")" \
		'{"project": {"name": "admin", "domain": {"name": "Default"}}}')
	keeper=$maker
else
	maker=$(token sysadmin Default "$(secret_of sysadmin)" '{"system": {"all": true}}')
	keeper=$(token secadmin Default "$(secret_of secadmin)" '{"system": {"all": true}}')
fi
if [ -z "$maker" ] || [ -z "$keeper" ]; then
	fail "the administrators cannot sign in"
fi
