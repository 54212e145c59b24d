#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The front door as an operator and a client see it: documents, TLS 1.3 with HTTP/2, uploads that are
# refused before a byte is taken, a stop under load that loses no answer.
set -u
# shellcheck source=test/daemon.sh
. test/daemon.sh
# shellcheck source=test/scenario/steps.sh
. test/scenario/steps.sh

tls=$(daemon_port)
keys=$(mktemp -d)
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$keys/key.pem" -out "$keys/cert.pem" -days 2 \
	-subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 2> /dev/null
# shellcheck disable=SC2034
DAEMON_EXTRA="[compute]
driver = fake
[network]
driver = fake"
DAEMON_HTTP="listen_tls = 127.0.0.1:$tls
certificate = $keys/cert.pem
certificate_key = $keys/key.pem"
daemon_init openstack && daemon_start || exit 1
daemon_openrc

# status METHOD PATH [CURL OPTIONS]: the HTTP status.
status() {
	method=$1 path=$2
	shift 2
	curl -s -o "$DAEMON/answer" -w '%{http_code}' -X "$method" -H "X-Auth-Token: $token" "$@" "$URL$path"
}

validates() {
	curl -sf "$URL/api/openapi.json" > "$DAEMON/openapi.json" || return 1
	(cd test/openapi && { cmp -s package-lock.json node_modules/.installed ||
		{ npm ci --ignore-scripts --no-audit --no-fund --loglevel=error &&
			cp package-lock.json node_modules/.installed; }; } &&
		node validate.mjs "$DAEMON/openapi.json")
}

over_tls() {
	curl -sf --cacert "$keys/cert.pem" --tlsv1.3 --http2 -o /dev/null -w '%{http_version} %{ssl_verify_result}' \
		"https://127.0.0.1:$tls/identity/v3"
}

old_tls() {
	curl -s --cacert "$keys/cert.pem" --tls-max 1.2 -o /dev/null "https://127.0.0.1:$tls/identity/v3"
}

step 'the document of all routes is OpenAPI 3.1, says an outside validator' validates
step 'the page of all routes is served' has 'What can be asked' curl -sf "$URL/api/docs"
step 'HTTP/2 over TLS 1.3 is served' has '2 0' over_tls
step 'links of an answer over TLS say https' has "https://127.0.0.1:$tls/" \
	curl -sf --cacert "$keys/cert.pem" "https://127.0.0.1:$tls/identity/v3"
step 'TLS 1.2 is refused' not old_tls

token=$(openstack token issue -f value -c id)
status POST /image/v2/images -d '{"name":"x","disk_format":"raw","container_format":"bare"}' > /dev/null
image=$(jq -r .id "$DAEMON/answer")
upload() {
	status PUT "/image/v2/images/$image/file" -H 'Content-Type: application/octet-stream' "$@"
}
truncate -s 200M "$DAEMON/big"
step 'an upload of nobody is refused' has 401 sh -c \
	"curl -s -o /dev/null -w '%{http_code}' -T '$DAEMON/big' -H 'Content-Type: application/octet-stream' '$URL/image/v2/images/$image/file'"
step 'and not a byte of it was taken' has 0 sh -c "find '$DAEMON/var/nginx/client_body' -type f | wc -l"
step 'an upload of the wrong media type is refused in words' has 415 status PUT \
	"/image/v2/images/$image/file" -H 'Content-Type: text/plain' -T "$DAEMON/big"
step 'an upload is taken' has 204 upload -T "$DAEMON/big"
step 'a second one is refused in words' has 409 upload -T "$DAEMON/big"
step 'what was uploaded comes back' sh -c \
	"curl -sf -H 'X-Auth-Token: $token' '$URL/image/v2/images/$image/file' | cmp - '$DAEMON/big'"
step 'a part of it comes back' has 206 status GET "/image/v2/images/$image/file" -H 'Range: bytes=5-9'
step 'the daemon stayed small' sh -c \
	"[ \$(awk '/^VmHWM/ { print \$2 }' /proc/$DAEMON_PID/status) -lt 200000 ]"

# Every answer that a client got before and during the stop was whole.
stops_under_load() {
	for n in 1 2 3 4; do
		sh -c "while curl -sf -o '$DAEMON/load.$n' '$URL/identity/v3' ; do echo; done > '$DAEMON/count.$n'" &
		clients="${clients:-} $!"
	done
	sleep 1
	began=$(date +%s%N)
	daemon_stop
	took=$((($(date +%s%N) - began) / 1000000))
	# shellcheck disable=SC2086
	wait $clients
	cat "$DAEMON"/load.? | jq -es 'all(.version.id != null)' && [ "$took" -lt 10000 ]
}
step 'it stops under load within its grace, and answers whole' stops_under_load
rm -rf "$keys"
sum_up
