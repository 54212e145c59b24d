#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A department's servers boot and answer: the real openstack client asks, real QEMU and OVN do it. Two
# servers of one network reach each other, the daemon is killed and comes back, all is deleted.
set -u
# shellcheck source=test/daemon.sh
. test/daemon.sh
# shellcheck source=test/scenario/steps.sh
. test/scenario/steps.sh
need_engines

DAEMON_EXTRA='[compute]
driver = libvirt
accelerator = tcg
[network]
driver = ovn'
daemon_init openstack || exit 1
daemon_start || exit 1
daemon_openrc
work=$DAEMON

id_of() {
	openstack "$1" show -f value -c id "$2"
}

console() {
	openstack console log show "$1"
}

domain_of() {
	virsh -c qemu:///system domstate "$1"
}

step 'an image is made from the kernel and busybox of Debian' \
	sh tools/guest-image.sh "$work/guest.qcow2" || { sum_up; exit 1; }
step 'the image is uploaded' openstack image create --disk-format qcow2 --container-format bare \
	--file "$work/guest.qcow2" guest
step 'the image is active' has active openstack image show -f value -c status guest
step 'a flavor is made' openstack flavor create --ram 128 --vcpus 1 --disk 1 tiny
step 'a network is made' openstack network create office
step 'a subnet is made' openstack subnet create --network office --subnet-range 10.79.0.0/24 office-v4
network=$(id_of network office)

printf '#!/bin/sh\nping 10.79.0.12\n' >"$work/user-data-1"
printf '#!/bin/sh\nping 10.79.0.11\n' >"$work/user-data-2"
for n in 1 2; do
	step "server $n is built" timeout 180 openstack server create --image guest --flavor tiny \
		--nic "net-id=$network,v4-fixed-ip=10.79.0.1$n" --user-data "$work/user-data-$n" \
		--config-drive True --wait "server-$n"
done
server=$(id_of server server-1)
step 'server 1 is active' has ACTIVE openstack server show -f value -c status server-1
step 'server 1 says its address' has 10.79.0.11 openstack server show -f value -c addresses server-1
step 'libvirt runs server 1 under its id' has running domain_of "$server"
for n in 1 2; do
	step "server $n has booted: its console says so, with its name and address" \
		within 90 has "YONGYUN GUEST READY server-$n" console "server-$n"
	step "server $n reaches the other" \
		within 60 has "YONGYUN GUEST PING 10.79.0.1$((3 - n)) ok" console "server-$n"
done

url=$(openstack console url show --novnc -f value -c url server-1)
screen() {
	/usr/bin/python3 test/scenario/screen.py "$@"
}
step 'the screen of server 1 speaks RFB through nginx' has 'RFB 003.008' screen "$url"
step 'the token is good once' has ' 403 ' screen "$url"
step 'another token is refused' has ' 403 ' screen "$url" nonsense
url=$(openstack console url show --novnc -f value -c url server-1)
step 'what is no websocket is told so' has 426 curl -so /dev/null -w '%{http_code}' \
	"$URL/console/socket?token=${url##*%3D}"
step 'and did not use the token up' has 'RFB 003.008' screen "$url"

status() {
	openstack server show -f value -c status "$1"
}
openstack flavor create --ram 192 --vcpus 2 --disk 2 larger >/dev/null
memory_of() {
	virsh -c qemu:///system dominfo "$1" | sed -n 's/^Max memory: *//p'
}
disk_of() {
	qemu-img info -U "$work/var/servers/$1/disk" | sed -n 's/^virtual size: *//p'
}
step 'server 1 is paused' openstack server pause server-1
step 'it is' within 30 has PAUSED status server-1
step 'libvirt has paused it' has paused domain_of "$server"
step 'server 1 goes on' openstack server unpause server-1
step 'it does' within 30 has ACTIVE status server-1
step 'server 1 is suspended' openstack server suspend server-1
step 'it is' within 60 has SUSPENDED status server-1
step 'libvirt has put it to disk' has 'shut off' domain_of "$server"
step 'server 1 is resumed' openstack server resume server-1
step 'it is' within 60 has ACTIVE status server-1
step 'server 1 gets a larger flavor' timeout 120 openstack server resize --flavor larger --wait server-1
step 'that waits to be confirmed' has VERIFY_RESIZE status server-1
step 'it has the memory' has '196608 KiB' memory_of "$server"
step 'and the disk' has '2 GiB' disk_of "$server"
step 'it goes back' openstack server resize revert server-1
step 'it did' within 60 has ACTIVE status server-1
step 'its memory is as before' has '131072 KiB' memory_of "$server"
step 'and its disk' has '1 GiB' disk_of "$server"
step 'server 1 gets the larger flavor again' timeout 120 openstack server resize --flavor larger --wait server-1
step 'and keeps it' openstack server resize confirm server-1
step 'it is active' within 60 has ACTIVE status server-1
step 'nothing is kept of its disk before' not has before-resize virsh -c qemu:///system snapshot-list --name "$server"

disks_of() {
	virsh -q -c qemu:///system domblklist "$1" | sed 's|^ *\(vd.\).*/|\1 is |'
}
booted() {
	[ "$(console "$1" | grep -c "YONGYUN GUEST READY $1")" -gt "$2" ]
}
boots=$(console server-1 | grep -c 'YONGYUN GUEST READY server-1')
step 'server 1 is rescued' openstack server rescue --image guest server-1
step 'it is' within 60 has RESCUE status server-1
step 'it starts from the other image' has 'vda is rescue' disks_of "$server"
step 'its own disk is the second' has 'vdb is disk' disks_of "$server"
step 'it has booted' within 90 booted server-1 "$boots"
boots=$(console server-1 | grep -c 'YONGYUN GUEST READY server-1')
step 'every invariant holds' holds
step 'the rescue is over' openstack server unrescue server-1
step 'server 1 is active' within 60 has ACTIVE status server-1
step 'it starts from its own disk' has 'vda is disk' disks_of "$server"
step 'and has booted' within 90 booted server-1 "$boots"
step 'nothing is kept of the other' not test -e "$work/var/servers/$server/rescue"

step 'server 2 is shelved' openstack server shelve server-2
step 'it is' within 120 has SHELVED_OFFLOADED status server-2
step 'its disk is an image' has active openstack image show -f value -c status server-2-shelved
second=$(id_of server server-2)
step 'libvirt knows it no more' not virsh -c qemu:///system dominfo "$second"
step 'its folder is gone' not test -e "$work/var/servers/$second"
step 'every invariant holds' holds
step 'server 2 comes back' openstack server unshelve server-2
step 'it is active' within 120 has ACTIVE status server-2
step 'it has booted with its address' within 90 has 'YONGYUN GUEST READY server-2 10.79.0.12' console server-2
step 'the image is gone' not openstack image show server-2-shelved
step 'server 1 begins anew' timeout 120 openstack server rebuild --image guest --wait server-1
step 'and has booted' within 90 has 'YONGYUN GUEST READY server-1' console server-1
step 'server 1 starts hard' timeout 120 openstack server reboot --hard --wait server-1
step 'an image is made of server 1 while it runs' timeout 180 openstack server image create --name copy --wait server-1
step 'it stands by itself' has qcow2 openstack image show -f value -c disk_format copy
step 'server 1 runs on' has running domain_of "$server"
step 'nothing is kept of the copy beside its disk' not test -e "$work/var/servers/$server/snapshot"
step 'server 3 is built of it' timeout 180 openstack server create --image copy --flavor larger \
	--nic "net-id=$network,v4-fixed-ip=10.79.0.13" --config-drive True --wait server-3
step 'and boots' within 90 has 'YONGYUN GUEST READY server-3' console server-3
step 'server 3 is stopped' openstack server stop server-3
step 'it is' within 60 has SHUTOFF status server-3
step 'an image is made of it while it is off' timeout 120 openstack server image create --name still --wait server-3
step 'server 3 is deleted' timeout 60 openstack server delete --wait server-3
step 'the images are deleted' openstack image delete copy still
openstack network create second >/dev/null
openstack subnet create --network second --subnet-range 10.80.0.0/24 second-v4 >/dev/null
cards() {
	virsh -c qemu:///system domiflist "$1" | grep -c bridge
}
port=$(openstack port create --network second -f value -c id card)
step 'server 1 gets a second network card' openstack server add port server-1 "$port"
step 'libvirt has put it in' within 20 has 2 cards "$server"
step 'OVN has bound it' within 30 has ACTIVE openstack port show -f value -c status card
step 'and it is taken out again' openstack server remove port server-1 "$port"
step 'libvirt has taken it out' within 20 has 1 cards "$server"
openstack port delete card
openstack network delete second
step 'every invariant holds' "$YONGYUN" check --deep --config "$DAEMON/yongyun.conf"

daemon_kill
daemon_start # not in a step: that is a subshell, whose daemon nobody would end
step 'the daemon is killed and comes back' curl -sfo "$work/version" "$URL/identity/v3"
step 'the servers are as they were' has ACTIVE openstack server show -f value -c status server-2
step 'server 1 still runs' has running domain_of "$server"
step 'every invariant holds' "$YONGYUN" check --deep --config "$DAEMON/yongyun.conf"

step 'the servers are deleted' timeout 120 openstack server delete --wait server-1 server-2
step 'libvirt knows server 1 no more' not domain_of "$server"
step 'the network is deleted' openstack network delete office
step 'OVN knows the network no more' not has "$network" ovn-nbctl --timeout=10 ls-list
step 'libvirt has no guest of this house' no_guests
step 'no disk of a server is left' no_folders
step 'OVN has no network of this house' within 20 no_networks
step 'the image is deleted' openstack image delete guest
step 'nothing is left over' "$YONGYUN" check --deep --config "$DAEMON/yongyun.conf"
trail() {
	"$YONGYUN" audit export --config "$DAEMON/yongyun.conf" | grep "$1"
}
step 'the trail says what a new server was' has flavor trail compute.server.create
step 'the trail of all this holds' "$YONGYUN" audit verify --config "$DAEMON/yongyun.conf"
sum_up
