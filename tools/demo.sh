#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# ./run demo: a city's cloud on this machine until Ctrl-C. The engines are real where they can run; 33
# departments and districts with their VDCs and systems, three of which move in with two servers each,
# which reach each other and nobody else's. What it keeps lies in
# $YONGYUN_DEMO (/var/lib/yongyun-demo), so that a second start finds everything as it was; ./run demo
# remove takes all of it away, from the engines too. $YONGYUN_LISTEN is the address (127.0.0.1:8080).
# shellcheck disable=SC2317
set -eu
# shellcheck source=tools/common.sh
. tools/common.sh
LC_ALL=C.UTF-8
export LC_ALL

word=${1:-}
case $word in
'' | remove | built | built-remove) ;;
*) die "./run demo, or ./run demo remove" ;;
esac
if [ "${word#built}" = "$word" ]; then
	build build | grep -v 'ninja: no work to do' || true
	[ -x build/yongyun ] || die "The build made no build/yongyun: run ./run build"
	portal_build
	# Guests and bridges are root's.
	[ "$(id -u)" = 0 ] || exec sudo YONGYUN_DEMO="${YONGYUN_DEMO:-}" YONGYUN_CACHE="$PWD/build/cache" \
		YONGYUN_LISTEN="${YONGYUN_LISTEN:-}" sh tools/demo.sh "built${word:+-$word}"
fi

folder=${YONGYUN_DEMO:-}
folder=${folder:-/var/lib/yongyun-demo}
listen=${YONGYUN_LISTEN:-}
listen=${listen:-127.0.0.1:8080}
url=http://$listen
program=$PWD/build/yongyun
daemon=
compute=auto network=auto

remove=
case $word in
*remove)
	remove=1
	[ -e "$folder/openrc" ] || die "There is no demo in $folder"
	;;
esac

# Open to the users of nginx and of the guests; what is secret in it is closed by itself.
mkdir -p "$folder"
chmod 755 "$folder"
exec 7>"$folder/.lock"
flock -n 7 || die "A demo runs in $folder already; stop it, or set YONGYUN_DEMO to another folder"

servers_in_state() {
	openstack server list --status "$1" -f value -c ID 2>/dev/null
}

# each_vdc COMMAND...: with the environment of each VDC that has servers, in turn.
each_vdc() {
	for rc in "$folder"/openrc*; do
		# shellcheck source=/dev/null
		(. "$rc" && "$@")
	done
}

stop_servers() {
	servers_in_state ACTIVE >"$folder/running.$OS_USERNAME" || true
	# shellcheck disable=SC2046
	[ ! -s "$folder/running.$OS_USERNAME" ] ||
		openstack server stop $(cat "$folder/running.$OS_USERNAME") || true
}

start_servers() {
	# shellcheck disable=SC2046
	[ ! -s "$folder/running.$OS_USERNAME" ] ||
		openstack server start $(cat "$folder/running.$OS_USERNAME") || true
}

# What the department made; floating addresses and routers before the networks that they lead to.
delete_all() {
	openstack server list -f value -c ID | while read -r id; do
		timeout 120 openstack server delete --wait "$id"
	done
	openstack floating ip list -f value -c ID | xargs -r openstack floating ip delete
	openstack router list -f value -c ID | while read -r router; do
		openstack router unset --external-gateway "$router"
		openstack port list --router "$router" -f value -c ID | while read -r port; do
			openstack router remove port "$router" "$port"
		done
		openstack router delete "$router"
	done
	# The external network is not theirs, and images may be somebody else's.
	openstack network list --internal -f value -c ID | xargs -r openstack network delete || return
	openstack image list -f value -c ID | while read -r id; do
		openstack image delete "$id" || true
	done
	[ -z "$(openstack server list -f value -c ID)" ]
}

# What the servers of the environment's VDC say of whom they reach, once they have said it.
reached() {
	for n in 1 2; do
		for _ in $(seq 90); do
			line=$(openstack console log show "server-$n" 2>/dev/null | awk '
				/YONGYUN GUEST (READY|STOPPING)/ { split("", says); ok = 0 }
				/YONGYUN GUEST PING/ {
					sub(/.*YONGYUN GUEST PING /, "")
					sub(/\r$/, "")
					says[$1] = $0
					ok += / ok$/
				}
				END { for (peer in says) line = line (line ? ", " : "") says[peer]
					if (ok) print line }') || true
			[ -z "$line" ] || break
			sleep 1
		done
		say "$OS_USER_DOMAIN_NAME server-$n: ${line:-has not reached the other yet; see its console}"
	done
}

finish() {
	code=$?
	trap '' INT TERM
	trap - EXIT
	say ''
	if [ -n "$daemon" ] && kill -0 "$daemon" 2>/dev/null; then
		if [ -e "$folder/openrc" ] && [ -z "$remove" ]; then
			say "Stopping the servers; the next start starts them again"
			each_vdc stop_servers
			for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
				[ -n "$(each_vdc servers_in_state ACTIVE)" ] || break
				sleep 1
			done
		fi
		say "Stopping the city"
		kill "$daemon" 2>/dev/null
		wait "$daemon" 2>/dev/null || true
	fi
	sh tools/engines.sh stop $$ 7>&-
	if [ -n "$remove" ] && [ "$code" = 0 ]; then
		rm -rf "$folder"
		say "The demo is gone."
	else
		say "What was made lies in $folder; ./run demo goes on with it, ./run demo remove ends it."
	fi
}
trap finish EXIT
trap 'exit 0' INT TERM HUP

say "Engines"
if ! sh tools/engines.sh start $$ 7>&-; then
	compute=fake network=fake
	say "The engines cannot run here (the reason stands above). The city shows its STAND-INS instead: no
server boots and no packet flows, and the portal says so."
fi

rm -rf "$folder/web"
cp -r web/dist "$folder/web"
cat >"$folder/yongyun.conf" <<EOF
[server]
data = $folder/var
profile = city
[http]
listen = $listen
web = $folder/web
[database]
url = sqlite:$folder/yongyun.db
[compute]
driver = $compute
[network]
driver = $network
EOF
if [ ! -e "$folder/passwords" ]; then
	say "A fresh city in $folder"
	(umask 077 && "$program" init --config "$folder/yongyun.conf" >"$folder/passwords.new" \
		2>>"$folder/log") || die "The city could not be made; the end of $folder/log:
$(tail -n 3 "$folder/log")"
	mv "$folder/passwords.new" "$folder/passwords"
fi

# In a session of its own: Ctrl-C is for us, who stop the servers first.
setsid "$program" serve --config "$folder/yongyun.conf" >>"$folder/log" 2>&1 7>&- &
daemon=$!
for _ in $(seq 100); do
	curl -sfo /dev/null "$url/identity/v3" && break
	kill -0 $daemon 2>/dev/null || die "yongyun ended at its start; the end of $folder/log:
$(tail -n 10 "$folder/log")"
	sleep 0.1
done

if [ ! -e "$folder/openrc" ]; then
	say "A department, its VDC and its people"
	rm -f "$folder/people" "$folder/one-time" "$folder/commands"
	sh tools/settle.sh "$url" "$folder" >>"$folder/openstack.log" ||
		die "The department could not be made; the end of $folder/log:
$(tail -n 5 "$folder/log")"
fi
# shellcheck source=/dev/null
. "$folder/openrc"

if [ -n "$remove" ]; then
	say "Deleting servers, networks and images"
	each_vdc delete_all || die "Not all servers could be deleted: see $folder/log"
	sed -n 's/^sysadmin //p' "$folder/people" | python3 tools/city/ground.py "$url" sysadmin remove ||
		die "The external network could not be deleted: see $folder/log"
	exit 0
fi
if [ ! -e "$folder/furnished" ]; then
	say "An image from Debian's kernel and busybox, a network; then 32 more departments, and six servers"
	echo "# as wang, of 交通局" >>"$folder/commands"
	[ -e "$folder/guest.qcow2" ] || sh tools/guest-image.sh "$folder/guest.qcow2"
	python3 tools/city/settle.py "$url" "$folder" tools/city/departments.tsv &
	settling=$!
	sh tools/furnish.sh "$folder" >>"$folder/openstack.log"
	for n in 1 2; do
		printf '#!/bin/sh\nping 10.79.0.1%s\n' $((3 - n)) >"$folder/user-data-$n"
		net=$(openstack network show -f value -c id office)
		set -- --image guest --flavor tiny --nic "net-id=$net,v4-fixed-ip=10.79.0.1$n" \
			--config-drive True --user-data "$folder/user-data-$n" --wait "server-$n"
		echo "openstack server create $*" >>"$folder/commands"
		timeout 240 openstack server create "$@" >>"$folder/openstack.log"
	done
	wait "$settling" ||
		die "The departments could not be settled; take what was made away by ./run demo remove"
	: >"$folder/furnished"
else
	say "Starting the servers that ran when the city was stopped"
	each_vdc start_servers
fi

# The hall: what it offers, and who applied for it.
if [ ! -e "$folder/window" ]; then
	say "An office of the hall with two items and a theme; a window, and five applications"
	for part in hall window; do
		[ -e "$folder/$part" ] || sh tools/$part.sh "$url" "$folder" city >>"$folder/openstack.log" ||
			die "The hall could not be opened; take what was made away by ./run demo remove"
	done
	: >"$folder/window"
fi

# The data supermarket: a made-up city's 33 tables in, linked records out, in the store that the cloud reads.
if [ ! -e "$folder/var/theme/current" ]; then
	say "33 tables of eight departments: 325 100 records are linked to persons, legal entities and houses"
	"$program" city --scale 0.01 --seed 1 --out "$folder/registers" >>"$folder/log"
	"$program" theme build --quiet --from "$folder/registers" --out "$folder/var/theme" \
		>"$folder/linked" || die "The tables could not be linked: the reason stands above"
fi
[ ! -e "$folder/linked" ] || cat "$folder/linked"

[ $compute = fake ] || each_vdc reached

# Who may enter, from a file of "NAME PASSWORD" lines.
entries() {
	awk -v what="$2" '{
		where = $1 == "wang" || $1 == "li" ? "交通局" : "Default"
		printf "  %-12s %-10s %-30s %s\n", $1, where, $2, what
	}' "$1"
}

hall_entries() {
	awk 'BEGIN {
		split("chen 事项管理员 qian 事项审核员 sun 窗口人员 wu 受理人员 zhou 申请人", word, " ")
		for (i = 1; i in word; i += 2) is[word[i]] = word[i + 1]
	}
	NR > 1 { printf "  %-12s %-10s %-30s %s\n", $1, $2, $3, is[$1] }' "$folder/hall"
}

cat <<EOF

The city is open.  $url

  who          department password
$(entries "$folder/people" "")
$(entries "$folder/one-time" "one-time: changed at the first sign-in")
$(hall_entries)
  The other departments' administrators and operators: $folder/departments

The linked city: $program theme look --store $folder/var/theme --name NAME (names: $folder/registers/GA01.csv)

The openstack client: . $folder/openrc, then for example: openstack server list
What was asked with it so far:
$(sed 's/^/  /' "$folder/commands")

Ctrl-C stops it.
EOF
wait $daemon || true
die "yongyun ended by itself; the end of $folder/log:
$(tail -n 10 "$folder/log")"
