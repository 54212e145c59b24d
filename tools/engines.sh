#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The engines of one machine: virtlogd, libvirtd, Open vSwitch, OVN's databases, northd, controller.
#
#   tools/engines.sh start [HOLDER]    starts what does not run; says so for each engine
#   tools/engines.sh stop [HOLDER]     stops what 'start' started, unless another holder needs it
#   tools/engines.sh status            what runs; exit 0 when all do
#
# HOLDER is a process id (./run gives its own) or the word "hand": an engine stays up while a holder
# lives, so that two runs on one machine share it. What ran before, under systemd or not, is used
# and never stopped. State and logs: /run/yongyun-engines, or $YONGYUN_ENGINES.

set -u
PATH=$PATH:/usr/sbin:/sbin:/usr/share/openvswitch/scripts:/usr/share/ovn/scripts
state=${YONGYUN_ENGINES:-/run/yongyun-engines}
engines='virtlogd libvirtd openvswitch ovn-central ovn-host'

if [ "$(id -u)" != 0 ]; then
	exec sudo YONGYUN_ENGINES="$state" sh "$0" "$@"
fi

say() {
	printf '%-12s %-12s %s\n' "$@"
}

with_systemd() {
	[ -d /run/systemd/system ]
}

# The daemon of a pid file lives.
alive() {
	pid=$(cat "$1" 2>/dev/null) && kill -0 "$pid" 2>/dev/null
}

kernel_switch() {
	[ -d /sys/module/openvswitch ] || modprobe -q openvswitch 2>/dev/null
}

# Whether an engine answers, whoever started it.
answers() {
	case $1 in
	virtlogd) timeout 10 virt-admin -q -c virtlogd:///system srv-list ;;
	libvirtd) timeout 20 virsh -q -c qemu:///system version ;;
	openvswitch) timeout 10 ovs-vsctl --timeout=5 show && timeout 10 ovs-appctl -T 5 version ;;
	ovn-central)
		timeout 10 ovn-nbctl --timeout=5 show && timeout 10 ovn-sbctl --timeout=5 show &&
			timeout 10 ovn-appctl -T 5 -t ovn-northd version
		;;
	ovn-host) timeout 10 ovn-appctl -T 5 -t ovn-controller version ;;
	esac >/dev/null 2>&1
}

where() {
	case $1 in
	virtlogd) echo /run/libvirt/virtlogd-sock ;;
	libvirtd) echo qemu:///system ;;
	openvswitch)
		if [ "$(ovs-vsctl --if-exists get bridge br-int datapath_type 2>/dev/null)" = netdev ]
		then
			echo 'unix:/run/openvswitch/db.sock, switching in user space'
		else
			echo unix:/run/openvswitch/db.sock
		fi
		;;
	ovn-central) echo unix:/run/ovn/ovnnb_db.sock unix:/run/ovn/ovnsb_db.sock ;;
	ovn-host) echo br-int ;;
	esac
}

wait_for() {
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		answers "$1" && return 0
		sleep 0.5
	done
	return 1
}

# Runs a command as a daemon's starter: no terminal, none of our files held open.
quietly() {
	timeout 120 "$@" </dev/null >>"$state/log" 2>&1 9>&-
}

service_of() {
	case $1 in
	openvswitch) echo openvswitch-switch ;;
	*) echo "$1" ;;
	esac
}

# One host, its own network: only what an operator has not set already.
join_ovn() {
	[ -z "$(ovs-vsctl --if-exists get open . external-ids:ovn-remote)" ] || return 0
	: >"$state/joined"
	ovs-vsctl --timeout=20 set open . \
		external-ids:ovn-remote=unix:/run/ovn/ovnsb_db.sock \
		external-ids:ovn-encap-type=geneve external-ids:ovn-encap-ip=127.0.0.1
	kernel_switch ||
		ovs-vsctl --timeout=20 set open . external-ids:ovn-bridge-datapath-type=netdev
}

start_engine() {
	[ "$1" != ovn-host ] || join_ovn || return 1
	if with_systemd; then
		quietly systemctl start "$(service_of "$1")"
		return
	fi
	case $1 in
	virtlogd) quietly virtlogd -d --pid-file "$state/virtlogd.pid" ;;
	libvirtd)
		share_kvm
		cat >"$state/libvirtd.conf" <<-EOF
			unix_sock_group = "root"
			unix_sock_rw_perms = "0770"
			auth_unix_ro = "none"
			auth_unix_rw = "none"
			log_outputs = "3:file:$state/libvirtd.log"
		EOF
		quietly libvirtd -d --config "$state/libvirtd.conf" --pid-file "$state/libvirtd.pid"
		;;
	# With its monitor: where it switches in user space, version 3.1 can fail an assertion in connection
	# tracking after addresses were translated, and is started again within a second.
	openvswitch) quietly ovs-ctl start --system-id="$(system_id)" ;;
	ovn-central) quietly ovn-ctl start_northd ;;
	ovn-host) quietly ovn-ctl start_controller --no-monitor ;;
	esac
}

stop_engine() {
	if with_systemd; then
		quietly systemctl stop "$(service_of "$1")"
		return
	fi
	case $1 in
	virtlogd | libvirtd)
		alive "$state/$1.pid" || return 0
		kill "$pid"
		for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
			kill -0 "$pid" 2>/dev/null || return 0
			sleep 0.25
		done
		kill -KILL "$pid"
		;;
	openvswitch) quietly ovs-ctl stop ;;
	ovn-central) quietly ovn-ctl stop_northd ;;
	ovn-host) quietly ovn-ctl stop_controller ;;
	esac
}

# Without udev /dev/kvm may be root's alone. libvirtd, as root, then finds KVM and the guests' user does
# not: libvirt throws its capabilities away at every look and a guest takes a minute to start. This is
# what udev's rule does.
share_kvm() {
	[ -c /dev/kvm ] || return 0
	runuser -u libvirt-qemu -- sh -c '[ -r /dev/kvm ] && [ -w /dev/kvm ]' && return 0
	stat -c '%u:%g %a' /dev/kvm >"$state/kvm-was" && chgrp kvm /dev/kvm && chmod 660 /dev/kvm
}

unshare_kvm() {
	[ -e "$state/kvm-was" ] || return 0
	read -r owner mode <"$state/kvm-was"
	chown "$owner" /dev/kvm && chmod "$mode" /dev/kvm
	rm -f "$state/kvm-was"
}

# The same name after every start, or OVN would see a new chassis each time.
system_id() {
	if [ -s /etc/openvswitch/system-id.conf ]; then
		cat /etc/openvswitch/system-id.conf
	else
		hostname
	fi
}

# Holders that died without a word count no more.
holders() {
	for file in "$state"/holders/*; do
		[ -e "$file" ] || continue
		holder=${file##*/}
		case $holder in
		hand) echo "$holder" ;;
		*)
			if kill -0 "$holder" 2>/dev/null; then
				echo "$holder"
			else
				rm -f "$file"
			fi
			;;
		esac
	done
}

start_all() {
	: >"$state/holders/$1"
	for engine in $engines; do
		if answers "$engine"; then
			say "$engine" 'runs already' "$(where "$engine")"
			continue
		fi
		if start_engine "$engine" && wait_for "$engine"; then
			: >"$state/started-$engine"
			say "$engine" started "$(where "$engine")"
		else
			say "$engine" FAILED "the end of $state/log:"
			tail -n 15 "$state/log"
			[ "$engine" != libvirtd ] || tail -n 15 "$state/libvirtd.log" 2>/dev/null
			return 1
		fi
	done
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		ovs-vsctl --timeout=5 br-exists br-int && return 0
		sleep 0.5
	done
	say br-int FAILED "ovn-controller made no bridge; see /var/log/ovn/ovn-controller.log"
	return 1
}

stop_all() {
	rm -f "$state/holders/$1"
	others=$(holders | tr '\n' ' ')
	if [ -n "$others" ]; then
		echo "the engines stay up for: $others"
		return 0
	fi
	for engine in ovn-host ovn-central openvswitch libvirtd virtlogd; do
		[ -e "$state/started-$engine" ] || continue
		if [ "$engine" = openvswitch ] && [ -e "$state/joined" ]; then
			quietly ovs-vsctl --timeout=20 --if-exists del-br br-int -- \
				remove open . external-ids ovn-remote -- \
				remove open . external-ids ovn-encap-type -- \
				remove open . external-ids ovn-encap-ip -- \
				remove open . external-ids ovn-bridge-datapath-type
			rm -f "$state/joined"
		fi
		stop_engine "$engine"
		[ "$engine" != libvirtd ] || unshare_kvm
		rm -f "$state/started-$engine"
		say "$engine" stopped ''
	done
}

status_all() {
	missing=0
	for engine in $engines; do
		if answers "$engine"; then
			say "$engine" runs "$(where "$engine")"
		else
			say "$engine" 'does not run' ''
			missing=1
		fi
	done
	return $missing
}

mkdir -p "$state/holders" || exit 1
chmod 755 "$state"
exec 9>"$state/lock"
flock -w 120 9 || {
	echo "another start or stop of the engines has not ended for two minutes" >&2
	exit 1
}
case ${1:-} in
start) start_all "${2:-hand}" ;;
stop) stop_all "${2:-hand}" ;;
status) status_all ;;
*)
	sed -n '3,12s/^# \{0,1\}//p' "$0" >&2
	exit 2
	;;
esac
