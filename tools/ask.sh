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

secret_of() {
	sed -n "s/^$1 //p" "$folder/people"
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
