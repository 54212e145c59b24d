#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The guest image of tools/guest-image.sh does what the tests rely on: two images made from the same
# input are the same, and a guest that libvirt boots from one takes its name from a config drive, its
# address by DHCP from OVN, reaches another guest, is seen from it, and stops at the power button.
set -eu
work=$(mktemp -d /var/lib/libvirt/images/yongyun-guest.XXXXXX)
chmod 755 "$work"
tag=${work##*.}
net=yongyun-guest-$tag
failed=0 passed=0

# shellcheck disable=SC2317
finish() {
	for n in 1 2; do
		virsh -q destroy "$net-$n" >/dev/null 2>&1 || true
	done
	ovn-nbctl --timeout=10 --if-exists ls-del "$net" || true
	[ -z "${dhcp:-}" ] || ovn-nbctl --timeout=10 dhcp-options-del "$dhcp" || true
	rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM HUP

outcome() {
	if [ "$1" = 0 ]; then
		echo "ok $2"
		passed=$((passed + 1))
	else
		echo "FAIL $2"
		failed=$((failed + 1))
	fi
}

# Waits $1 seconds for the line $3 on the console of guest $2.
told() {
	end=$(($(date +%s) + $1))
	while ! grep -aqF "$3" "$work/$2.log" 2>/dev/null; do
		[ "$(date +%s)" -lt "$end" ] || return 1
		sleep 0.2
	done
}

if ! sh tools/engines.sh status; then
	echo "libvirt or OVN does not run here: tools/engines.sh start says why"
	exit 77
fi

sh tools/guest-image.sh "$work/1.qcow2"
sh tools/guest-image.sh "$work/2.qcow2"
code=0
cmp "$work/1.qcow2" "$work/2.qcow2" || code=1
outcome $code 'the same input gives the same image'
[ "$(wc -c <"$work/1.qcow2")" -le 33554432 ] || code=1
outcome $code "an image has $(($(wc -c <"$work/1.qcow2") / 1048576)) MiB, at most 32"

ovn-nbctl --timeout=10 ls-add "$net" -- set logical_switch "$net" other_config:subnet=10.78.0.0/24
dhcp=$(ovn-nbctl --timeout=10 create dhcp_options cidr=10.78.0.0/24 \
	options='server_id=10.78.0.1 server_mac="fa:16:3e:78:00:01" lease_time=600 router=10.78.0.1 mtu=1442')
for n in 1 2; do
	port=$(cat /proc/sys/kernel/random/uuid)
	mac=fa:16:3e:78:00:1$n
	ovn-nbctl --timeout=10 lsp-add "$net" "$port" -- lsp-set-addresses "$port" "$mac 10.78.0.1$n" -- \
		lsp-set-dhcpv4-options "$port" "$dhcp"
	mkdir -p "$work/drive$n/openstack/latest"
	echo "{\"hostname\": \"guest-$n.test\", \"uuid\": \"$port\"}" \
		>"$work/drive$n/openstack/latest/meta_data.json"
	printf '#!/bin/sh\nping 10.78.0.1%d\n' $((3 - n)) >"$work/drive$n/openstack/latest/user_data"
	# One guest finds its config drive as a CD behind virtio-scsi, the other as a disk.
	if [ $n = 1 ]; then
		genisoimage -quiet -V config-2 -r -J -o "$work/$n.drive" "$work/drive$n"
		drive="<disk type='file' device='cdrom'><source file='$work/$n.drive'/>
			<target dev='sda' bus='scsi'/><readonly/></disk>
			<controller type='scsi' model='virtio-scsi'/>"
	else
		truncate -s 1M "$work/$n.drive"
		mkfs.fat -n CONFIG-2 "$work/$n.drive" >/dev/null
		MTOOLS_SKIP_CHECK=1 mcopy -s -i "$work/$n.drive" "$work/drive$n/openstack" ::
		drive="<disk type='file' device='disk'><source file='$work/$n.drive'/>
			<target dev='vdb' bus='virtio'/><readonly/></disk>"
	fi
	cat >"$work/$n.xml" <<-EOF
		<domain type='qemu'><name>$net-$n</name><memory unit='MiB'>128</memory><vcpu>1</vcpu>
		<os><type arch='x86_64' machine='q35'>hvm</type><boot dev='hd'/></os>
		<features><acpi/></features><devices>
		<disk type='file' device='disk'><driver name='qemu' type='qcow2'/>
			<source file='$work/$n.qcow2'/><target dev='vda' bus='virtio'/></disk>
		$drive
		<interface type='bridge'><source bridge='br-int'/><mac address='$mac'/>
			<virtualport type='openvswitch'><parameters interfaceid='$port'/></virtualport>
			<model type='virtio'/><driver name='qemu'>
			<host csum='off' gso='off' tso4='off' tso6='off' ecn='off' ufo='off' mrg_rxbuf='off'/>
			<guest csum='off' tso4='off' tso6='off' ecn='off' ufo='off'/></driver></interface>
		<serial type='file'><source path='$work/$n.log'/></serial>
		</devices></domain>
	EOF
done
start=$(date +%s)
for n in 1 2; do
	if ! timeout 60 virsh -q create "$work/$n.xml"; then
		echo "libvirt could not start guest $n"
		exit 1
	fi
done

for n in 1 2; do
	code=0
	told 60 $n "YONGYUN GUEST READY guest-$n.test 10.78.0.1$n" || code=1
	outcome $code "guest $n has its name from the config drive and its address from OVN"
done
echo "two guests were ready in $(($(date +%s) - start)) seconds"
for n in 1 2; do
	code=0
	told 30 $n "YONGYUN GUEST PING 10.78.0.1$((3 - n)) ok" || code=1
	outcome $code "guest $n reaches guest $((3 - n))"
done
virsh -q shutdown "$net-1"
code=0
told 20 1 'YONGYUN GUEST STOPPING' || code=1
told 20 2 'YONGYUN GUEST PING 10.78.0.11 no answer' || code=1
outcome $code 'guest 1 stops at the power button, and guest 2 sees it'

[ $failed = 0 ] || tail -n 20 "$work"/*.log | tr -d '\033'
echo "$passed passed, $failed failed, 0 skipped"
[ $failed = 0 ]
