#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes a small real guest: Debian's cloud kernel, busybox and tools/guest/init on a bootable disk.
#
#   tools/guest-image.sh OUT.qcow2|OUT.raw
#
# No root, loop device or network block device is needed: the disk is one FAT file system written by
# mtools with syslinux as its boot loader, which SeaBIOS starts. The same packages give the same
# bytes. The kernel's package is fetched by apt and kept in $YONGYUN_CACHE (build/cache).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cache=${YONGYUN_CACHE:-$here/../build/cache}
PATH=$PATH:/usr/sbin:/sbin

fail() {
	echo "guest image: $*" >&2
	exit 1
}

out=${1:?'usage: guest-image.sh OUT.qcow2|OUT.raw'}
case $out in
*.qcow2 | *.raw) ;;
*) fail "$out: must end in .qcow2 or .raw" ;;
esac
for tool in mformat mcopy syslinux cpio depmod modprobe dpkg-deb qemu-img gzip; do
	command -v $tool >/dev/null ||
		fail "$tool is missing; install the packages of packages.txt (./run does it)"
done
[ -x /bin/busybox ] || fail 'busybox is missing: apt-get install busybox-static'
if ldd /bin/busybox >/dev/null 2>&1; then
	fail 'busybox needs shared libraries here: apt-get install busybox-static'
fi

mkdir -p "$cache"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP

# The kernel, whatever version the metapackage names today.
package=$(apt-cache depends linux-image-cloud-amd64 2>/dev/null |
	sed -n 's/^ *Depends: \(linux-image-[^ ]*\)$/\1/p' | head -n 1)
[ -n "$package" ] || fail 'apt knows no linux-image-cloud-amd64: run apt-get update'
deb=$(find "$cache" -name "${package}_*.deb" | sort | tail -n 1)
if [ -z "$deb" ]; then
	echo "guest image: fetching $package (26 MB)" >&2
	(cd "$cache" && timeout 300 apt-get -q download "$package" >"$work/apt.log" 2>&1) || {
		tail -n 3 "$work/apt.log" >&2
		fail "apt could not fetch $package: run apt-get update and try again"
	}
	deb=$(find "$cache" -name "${package}_*.deb" | sort | tail -n 1)
fi
release=${package#linux-image-}
dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$work" "./boot/vmlinuz-$release" \
	"./lib/modules/$release"

# The initramfs: busybox, init and the modules in the order in which they must be loaded.
root=$work/root
mkdir -p "$root/bin" "$root/lib" "$root/etc/acpi/PWRF" "$root/www" "$root/config"
mkdir -p "$root/proc" "$root/sys" "$root/dev" "$root/run"
cp /bin/busybox "$root/bin/busybox"
cp "$here/guest/init" "$root/init"
cp "$here/guest/dhcp" "$root/dhcp"
for applet in $(/bin/busybox --list); do
	[ "$applet" = busybox ] || ln -s busybox "$root/bin/$applet"
done
printf '#!/bin/sh\necho "YONGYUN GUEST STOPPING" >/dev/console\npoweroff -f\n' \
	>"$root/etc/acpi/PWRF/00000080"
chmod 755 "$root/init" "$root/dhcp" "$root/etc/acpi/PWRF/00000080"
depmod -b "$work" "$release"
for module in virtio_pci virtio_net virtio_blk virtio_scsi sd_mod virtio-rng sr_mod ata_piix ahci \
	isofs vfat nls_cp437 nls_ascii button evdev; do
	modprobe -d "$work" -S "$release" --show-depends "$module" 2>/dev/null |
		sed -n 's/^insmod \(.*\.ko\).*/\1/p'
done | awk '!seen[$0]++' >"$work/modules"
while read -r module; do
	cp "$module" "$root/lib/"
	echo "${module##*/}"
done <"$work/modules" >"$root/modules.list"
grep -q virtio_net "$root/modules.list" || fail "$deb holds no virtio_net"

# One time stamp for all, so that the same input gives the same image.
SOURCE_DATE_EPOCH=1700000000
export SOURCE_DATE_EPOCH
find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
(cd "$root" && find . | LC_ALL=C sort |
	cpio --quiet --reproducible -o -H newc -R 0:0) | gzip -9n >"$work/initrd"
mv "$work/boot/vmlinuz-$release" "$work/kernel"
# no_timer_check: on a busy machine an emulated timer may be too late for the kernel's test of it.
cat >"$work/syslinux.cfg" <<EOF
DEFAULT guest
PROMPT 0
LABEL guest
 KERNEL kernel
 INITRD initrd
 APPEND console=ttyS0,115200 loglevel=6 panic=5 net.ifnames=0 mitigations=off no_timer_check
EOF
touch -d "@$SOURCE_DATE_EPOCH" "$work/kernel" "$work/initrd" "$work/syslinux.cfg"

disk=$work/disk
megabytes=$((($(wc -c <"$work/kernel") + $(wc -c <"$work/initrd")) / 1048576 + 2))
truncate -s ${megabytes}M "$disk"
MTOOLS_SKIP_CHECK=1
MTOOLSRC=/dev/null
export MTOOLS_SKIP_CHECK MTOOLSRC
mformat -i "$disk" -N 59474755 -v YONGYUN -h 16 -s 32 -t $((megabytes * 4)) ::
mcopy -m -i "$disk" "$work/kernel" "$work/initrd" "$work/syslinux.cfg" ::
syslinux --install "$disk"

case $out in
*.qcow2) qemu-img convert -q -f raw -O qcow2 "$disk" "$work/out" ;;
*.raw) mv "$disk" "$work/out" ;;
esac
mv "$work/out" "$out"
chmod 644 "$out"
