# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# What a scenario's house leaves in the engines when it is killed, and taking that away; sourced by
# test/daemon.sh. Every house that uses real engines is noted in a file by whoever runs it; at the next start
# of any scenario the guests, networks and folders of those whose runner is dead are removed. Guests belong to
# a house by the folder of their disks, networks by its id in their external_ids.

HOUSES=${TMPDIR:-/tmp}/yongyun-houses

# When the process began, so that another one with its number is not taken for it.
house_began() {
	sed 's/.*) //' "/proc/$1/stat" 2> /dev/null | cut -d ' ' -f 20
}

# house_note FOLDER PID...: who runs the house (this shell) and its daemon.
house_note() {
	grep -q '^driver = \(ovn\|libvirt\)' "$1/yongyun.conf" || return 0
	mkdir -p "$HOUSES"
	{
		echo "folder=$1"
		echo "runner=$$ began=$(house_began $$)"
		echo "daemon=${2:-}"
		echo "id=$(house_id "$1")"
	} > "$HOUSES/${1##*/}"
}

# The id that its networks carry; nothing before its daemon has started once.
house_id() {
	url=$(sed -n 's/^url = //p' "$1/yongyun.conf")
	case $url in
	sqlite:*) python3 -c "import sqlite3, sys
print(*(sqlite3.connect(sys.argv[1]).execute('select id from network_house').fetchone() or ()))" "${url#sqlite:}" ;;
	*) psql -qAtX "$url" -c 'select id from network_house' ;;
	esac 2> /dev/null
}

house_guests() {
	for guest in $(timeout 20 virsh -q -c qemu:///system list --all --name 2> /dev/null); do
		timeout 20 virsh -q -c qemu:///system dumpxml "$guest" 2> /dev/null |
			grep -q "source file='$1/var/" && echo "$guest"
	done
}

# house_networks ID: what OVN holds of it, "TABLE ROW" each; the rest stands in these and goes with them. The
# group that drops what no rule lets in stays with the house.
house_networks() {
	for table in Logical_Switch Logical_Router DHCP_Options; do
		timeout 10 ovn-nbctl --timeout=5 --no-headings --data=bare --columns=_uuid \
			find "$table" "external_ids:\"yongyun:house\"=$1" 2> /dev/null | sed "/./s/^/$table /; /^$/d"
	done
}

# house_devices ID: what it has in this machine's Open vSwitch.
house_devices() {
	timeout 10 ovs-vsctl --timeout=5 --no-headings --data=bare --columns=name \
		find Port "external_ids:\"yongyun:house\"=$1" 2> /dev/null | sed '/^$/d'
}

# house_sweep FOLDER ID: its guests and its rows of OVN.
house_sweep() {
	for guest in $(house_guests "$1"); do
		timeout 20 virsh -q -c qemu:///system destroy "$guest" > /dev/null 2>&1
		timeout 20 virsh -q -c qemu:///system undefine --managed-save --snapshots-metadata "$guest" > /dev/null 2>&1
	done
	[ -n "$2" ] || return 0
	# Rows that stand in others (ports, rules, translations) go with them.
	for table in Logical_Switch Logical_Router DHCP_Options Port_Group; do
		for row in $(timeout 10 ovn-nbctl --timeout=5 --no-headings --data=bare --columns=_uuid \
			find "$table" "external_ids:\"yongyun:house\"=$2" 2> /dev/null); do
			timeout 10 ovn-nbctl --timeout=5 --if-exists destroy "$table" "$row" > /dev/null 2>&1
		done
	done
	for device in $(house_devices "$2"); do
		timeout 10 ovs-vsctl --timeout=5 --if-exists del-port "$device" > /dev/null 2>&1
	done
}

# At the end of a house, well or not.
house_forget() {
	note=$HOUSES/${1##*/}
	[ -f "$note" ] || return 0
	house_sweep "$1" "$(sed -n 's/^id=//p' "$note")"
	rm -f "$note"
}

# At the start of another: those whose runner was killed.
houses_sweep_dead() {
	for note in "$HOUSES"/*; do
		[ -f "$note" ] || continue
		folder=$(sed -n 's/^folder=//p' "$note")
		runner=$(sed -n 's/^runner=\([0-9]*\).*/\1/p' "$note")
		began=$(sed -n 's/.*began=//p' "$note")
		[ -n "$runner" ] && [ "$(house_began "$runner")" = "$began" ] && continue
		case $folder in
		*/yongyun-daemon.*) ;;
		*) continue ;;
		esac
		daemon=$(sed -n 's/^daemon=//p' "$note")
		if [ -n "$daemon" ] && tr '\0' ' ' < "/proc/$daemon/cmdline" 2> /dev/null | grep -qF "$folder/yongyun.conf"
		then
			kill -9 "$daemon"
			sleep 0.5
		fi
		echo "# a house of a scenario that was killed is cleared away: $folder" >&2
		house_sweep "$folder" "$(sed -n 's/^id=//p' "$note")"
		rm -rf "$folder" "$note"
	done
}
