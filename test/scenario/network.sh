#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# VPCs on real engines: the openstack client asks, OVN carries the packets of real QEMU guests. Two VPCs
# have the same addresses, and each guest is told of itself by the metadata service; a router joins two
# subnets and leads out; a security group is changed while the guests run; a floating address answers from
# outside; the daemon and Open vSwitch die and come back. At the end nothing is left.
set -u
# shellcheck source=test/daemon.sh
. test/daemon.sh
# shellcheck source=test/scenario/steps.sh
. test/scenario/steps.sh
need_engines
command -v ovs-vsctl >/dev/null || PATH=$PATH:/usr/sbin:/sbin

DAEMON_EXTRA='[compute]
driver = libvirt
accelerator = tcg
[network]
driver = ovn'
daemon_init openstack || exit 1
work=$DAEMON
: >"$work/servers"
# The machine itself stands outside, by a port of its own in Open vSwitch.
outside=out$$
finish() {
	while read -r server; do
		virsh -q -c qemu:///system destroy "yongyun-$server" >/dev/null 2>&1
	done <"$work/servers"
	ovs-vsctl --timeout=10 --if-exists del-port br-int "$outside"
	daemon_remove
}
trap finish EXIT
daemon_start || exit 1
daemon_openrc

make() {
	kind=$1
	shift
	# shellcheck disable=SC2086 # "security group" is two words of the client's
	openstack $kind create -f value -c id "$@" || return 1
}

console() {
	openstack console log show "$1"
}

# port NETWORK ADDRESS NAME [OPTION...]
port() {
	network=$1 address=$2 name=$3
	shift 3
	make port --network "$network" --fixed-ip "ip-address=$address" "$@" "$name"
}

# server NAME PORT "LINE
# LINE": a guest that tells whom it reaches.
server() {
	printf '#!/bin/sh\n%s\n' "$3" >"$work/user-data-$1"
	make server --image guest --flavor tiny --nic "port-id=$2" --user-data "$work/user-data-$1" \
		--config-drive True "$1" >>"$work/servers"
}

step 'an image is made from the kernel and busybox of Debian' \
	sh tools/guest-image.sh "$work/guest.qcow2" || { sum_up; exit 1; }
step 'the image is uploaded' openstack image create --disk-format qcow2 --container-format bare \
	--file "$work/guest.qcow2" guest
step 'a flavor is made' openstack flavor create --ram 128 --vcpus 1 --disk 1 tiny

step 'an operator makes a network that leads out' make network --external \
	--disable-port-security outside
step 'with addresses' make subnet --network outside --subnet-range 198.51.100.0/24 \
	--gateway 198.51.100.1 --no-dhcp outside-v4
step 'one VPC has two networks: the first' make network one
step 'its subnet' make subnet --network one --subnet-range 10.80.0.0/24 one-v4
step 'the second' make network two
step 'its subnet' make subnet --network two --subnet-range 10.81.0.0/24 two-v4
step 'a router is made' make router joint
step 'it is plugged into the first' openstack router add subnet joint one-v4
step 'and into the second' openstack router add subnet joint two-v4
step 'it leads out' openstack router set --external-gateway outside joint
step 'another VPC has the same addresses' make network other
step 'its subnet' make subnet --network other --subnet-range 10.80.0.0/24 other-v4

step 'a security group is made' make "security group" web
step 'it lets pings in' openstack security group rule create --protocol icmp web
step 'and HTTP' openstack security group rule create --protocol tcp --dst-port 80 web

first=$(port one 10.80.0.11 first --security-group web)
second=$(port one 10.80.0.12 second --security-group web)
third=$(port two 10.81.0.11 third --security-group web)
stranger=$(port other 10.80.0.12 stranger --security-group web)
step 'a guest of the first network starts' server server-1 "$first" 'ping 10.80.0.12
http 10.80.0.12
ping 10.81.0.11'
step 'another beside it' server server-2 "$second" 'ping 10.80.0.11
metadata
# told to the second'
step 'one of the second network' server server-3 "$third" 'http 10.80.0.12'
step 'one of the other VPC' server stranger "$stranger" 'ping 10.80.0.11
http 10.80.0.11
metadata
# told to the stranger'
for name in server-1 server-2 server-3 stranger; do
	step "$name has booted with its address" within 300 has "YONGYUN GUEST READY $name 10.8" \
		console "$name"
done

step 'guests of one network reach each other' \
	within 60 has 'YONGYUN GUEST PING 10.80.0.12 ok' console server-1
step 'by HTTP too' within 60 has 'YONGYUN GUEST HTTP 10.80.0.12 ok' console server-1
step 'the router leads into the other subnet' \
	within 60 has 'YONGYUN GUEST PING 10.81.0.11 ok' console server-1
step 'and back, by HTTP' within 60 has 'YONGYUN GUEST HTTP 10.80.0.12 ok' console server-3
step 'a guest of the other VPC gets no answer from the same address' \
	within 30 has 'YONGYUN GUEST PING 10.80.0.11 no answer' console stranger
step 'nor by HTTP' within 30 has 'YONGYUN GUEST HTTP 10.80.0.11 no answer' console stranger
step 'and never had one' not has ' ok' console stranger

# They have one address, in two networks.
second_id=$(openstack server show -f value -c id server-2)
stranger_id=$(openstack server show -f value -c id stranger)
step 'the metadata service tells a guest who it is' \
	within 60 has "YONGYUN GUEST METADATA $second_id told to the second" console server-2
step 'and one with the same address in the other VPC' \
	within 60 has "YONGYUN GUEST METADATA $stranger_id told to the stranger" console stranger
step 'who was never told of the other' not has "$second_id" console stranger

floating=$(openstack floating ip create -f value -c floating_ip_address --port first outside)
machine=$(port outside 198.51.100.9 machine --disable-port-security)
mac=$(openstack port show -f value -c mac_address machine)
join_outside() {
	ovs-vsctl --timeout=20 add-port br-int "$outside" -- set interface "$outside" type=internal \
		"mac=\"$mac\"" "external_ids:iface-id=$machine" &&
		ip link set "$outside" up && ip address add 198.51.100.9/24 dev "$outside"
}
step 'the machine stands outside' join_outside
step 'the floating address answers there' within 60 busybox ping -c 1 -W 2 "$floating"
step 'by HTTP too' within 30 has server-1 curl -sf --max-time 5 "http://$floating/"
step 'an address inside does not' not curl -sf --max-time 3 --interface "$outside" http://10.80.0.11/

icmp=$(openstack security group rule list -f value -c ID --protocol icmp web)
step 'pings are no longer let in' openstack security group rule delete "$icmp"
step 'that takes effect on running guests' \
	within 60 has 'YONGYUN GUEST PING 10.80.0.12 no answer' console server-1
step 'outside too' within 30 not busybox ping -c 1 -W 2 "$floating"
step 'HTTP still is' within 30 has server-1 curl -sf --max-time 5 "http://$floating/"

daemon_kill
daemon_start
step 'the daemon is killed and comes back' curl -sfo "$work/version" "$URL/identity/v3"
step 'guests are answered again' openstack server set --property said=again stranger
step 'with what is news' \
	within 60 has "METADATA $stranger_id told to the stranger again" console stranger
step 'what was carried still is' within 30 has server-1 curl -sf --max-time 5 "http://$floating/"

# As an assertion of its own ends it now and then; what started it starts it again.
step 'Open vSwitch dies' kill -ABRT "$(cat /var/run/openvswitch/ovs-vswitchd.pid)"
step 'the next that is news' openstack server set --property said=anew stranger
step 'is told by the one that comes back' \
	within 60 has "METADATA $stranger_id told to the stranger anew" console stranger
step 'which carries what was carried' within 30 has server-1 curl -sf --max-time 5 "http://$floating/"
step 'every invariant holds' "$YONGYUN" check --deep --config "$DAEMON/yongyun.conf"
step 'the floating address is given back' openstack floating ip delete "$floating"
step 'it answers no more' within 30 not curl -sf --max-time 3 "http://$floating/"

router=$(openstack router show -f value -c id joint)
group=$(openstack security group show -f value -c id web | tr - _)
ovs-vsctl --timeout=10 --if-exists del-port br-int "$outside"
step 'the guests are deleted' timeout 120 openstack server delete --wait server-1 server-2 server-3 stranger
step 'the ports are deleted' openstack port delete first second third stranger machine
step 'the router leads out no more' openstack router unset --external-gateway joint
step 'it is taken out of the first network' openstack router remove subnet joint one-v4
step 'and out of the second' openstack router remove subnet joint two-v4
step 'the router is deleted' openstack router delete joint
step 'the networks are deleted' openstack network delete one two other outside
step 'the security group is deleted' openstack security group delete web
step 'and the default one' openstack security group delete default
step 'OVN knows the router no more' within 20 not has "$router" ovn-nbctl --timeout=10 lr-list
step 'nor the group' within 20 not has "$group" ovn-nbctl --timeout=10 --bare --columns=name list port_group
step 'libvirt has no guest of this house' no_guests
step 'no disk of a server is left' no_folders
step 'OVN has no network of this house' within 20 no_networks
step 'Open vSwitch has no device of this house' within 20 no_devices
step 'the image is deleted' openstack image delete guest
step 'nothing is left over' within 20 "$YONGYUN" check --deep --config "$DAEMON/yongyun.conf"
step 'the trail of all this holds' "$YONGYUN" audit verify --config "$DAEMON/yongyun.conf"
sum_up
