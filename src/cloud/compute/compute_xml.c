/* SPDX-License-Identifier: Apache-2.0 */
/* The domain of a server as libvirt reads it. Every text from outside goes through put_text(). */
#include "base/text.h"
#include "cloud/compute/compute_tool.h"

/* XML 1.0 has no place for most control characters, not even escaped. */
static void put_text(struct buf *b, const char *s)
{
	for (; *s; s++) {
		switch (*s) {
		case '<': buf_str(b, "&lt;"); break;
		case '>': buf_str(b, "&gt;"); break;
		case '&': buf_str(b, "&amp;"); break;
		case '\'': buf_str(b, "&apos;"); break;
		case '"': buf_str(b, "&quot;"); break;
		default: buf_char(b, (unsigned char)*s < 0x20 ? ' ' : *s);
		}
	}
}

static void put_element(struct buf *b, const char *name, const char *text)
{
	buf_printf(b, "<%s>", name);
	put_text(b, text);
	buf_printf(b, "</%s>", name);
}

static void put_identity(struct buf *b, const struct guest *g)
{
	put_element(b, "name", arena_printf(b->arena, GUEST_NAME_PREFIX "%s", g->id));
	put_element(b, "uuid", g->id);
	buf_str(b, "<metadata><yongyun:server xmlns:yongyun='" GUEST_NAMESPACE "' house='");
	put_text(b, g->house);
	buf_str(b, "' project='");
	put_text(b, g->project_id);
	buf_str(b, "'>");
	put_text(b, g->name);
	buf_str(b, "</yongyun:server></metadata>");
}

/* The image's bytes are named with their format, so that nothing is guessed from their content. Other
 * guests stand on the same file: its owner is left alone. */
static void put_disk(struct buf *b, const char *folder, const char *disk, const char *base,
		     const char *format, char letter)
{
	buf_str(b, "<disk type='file' device='disk'><driver name='qemu' type='qcow2' "
		   "cache='none' discard='unmap'/><source file='");
	put_text(b, folder);
	buf_printf(b, "/%s'/><backingStore type='file'><format type='", disk);
	put_text(b, format);
	buf_str(b, "'/><source file='");
	put_text(b, folder);
	buf_printf(b,
		   "/%s'><seclabel model='dac' relabel='no'/></source><backingStore/>"
		   "</backingStore><target dev='vd%c' bus='virtio'/>",
		   base, letter);
	buf_str(b, letter == 'a' ? "<boot order='1'/></disk>" : "</disk>");
}

static void put_drive(struct buf *b, const char *folder)
{
	buf_str(b, "<disk type='file' device='cdrom'><driver name='qemu' type='raw'/>"
		   "<source file='");
	put_text(b, folder);
	buf_str(b, "/config.iso'/><target dev='sda' bus='scsi'/><readonly/></disk>"
		   "<controller type='scsi' model='virtio-scsi'/>");
}

static void put_more_disk(struct buf *b, const char *folder, const char *name, char letter)
{
	buf_str(b, "<disk type='file' device='disk'><driver name='qemu' type='qcow2' "
		   "cache='none' discard='unmap'/><source file='");
	put_text(b, folder);
	buf_printf(b, "/%s'/><target dev='vd%c' bus='virtio'/></disk>", name, letter);
}

/* In user space the switch does not fill in checksums that a card was to compute: TCP would break
 * while ping works. */
static void put_nic(struct buf *b, const struct guest_nic *nic, bool netdev)
{
	buf_str(b, "<interface type='bridge'><source bridge='br-int'/><mac address='");
	put_text(b, nic->mac_address);
	buf_str(b, "'/><virtualport type='openvswitch'><parameters interfaceid='");
	put_text(b, nic->port_id);
	buf_str(b, "'/></virtualport><model type='virtio'/>");
	if (nic->mtu > 0)
		buf_printf(b, "<mtu size='%lld'/>", (long long)nic->mtu);
	if (netdev)
		buf_str(b, "<driver name='qemu'><host csum='off' gso='off' tso4='off' tso6='off' "
			   "ecn='off' ufo='off' mrg_rxbuf='off'/><guest csum='off' tso4='off' "
			   "tso6='off' ecn='off' ufo='off'/></driver>");
	buf_str(b, "</interface>");
}

const char *guest_nic_xml(struct arena *a, const struct guest_nic *nic, bool netdev)
{
	struct buf b = { .arena = a };
	put_nic(&b, nic, netdev);
	return buf_text(&b);
}

static void put_devices(struct buf *b, const struct guest *g, const char *folder, bool netdev)
{
	char letter = 'a';

	buf_str(b, "<devices>");
	if (g->rescue)
		put_disk(b, folder, RESCUE_DISK, RESCUE_BASE, g->rescue_format, letter++);
	put_disk(b, folder, "disk", "base", g->base_format, letter++);
	put_drive(b, folder);
	if (g->ephemeral_gb)
		put_more_disk(b, folder, "ephemeral", letter++);
	if (g->swap_mb)
		put_more_disk(b, folder, "swap", letter++);
	for (size_t i = 0; i < g->nics_count; i++)
		put_nic(b, &g->nics[i], netdev);
	buf_str(b, "<serial type='pty'><log file='");
	put_text(b, folder);
	buf_str(b, "/console.log' append='on'/><target port='0'/></serial>"
		   "<console type='pty'><target type='serial' port='0'/></console>"
		   "<graphics type='vnc' port='-1' autoport='yes' websocket='-1'>"
		   "<listen type='address' address='127.0.0.1'/></graphics>"
		   "<video><model type='vga'/></video>"
		   "<controller type='usb' model='none'/>"
		   "<memballoon model='virtio'><stats period='10'/></memballoon>"
		   "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>"
		   "</devices>");
}

const char *guest_xml(struct arena *a, const struct guest *g, const char *folder, bool netdev)
{
	bool kvm = str_eq(g->accelerator, "kvm");
	struct buf b = { .arena = a };
	buf_printf(&b, "<domain type='%s'>", kvm ? "kvm" : "qemu");
	put_identity(&b, g);
	buf_printf(&b, "<memory unit='MiB'>%lld</memory><vcpu>%lld</vcpu>", (long long)g->memory_mb,
		   (long long)g->vcpus);
	buf_str(&b, "<os><type arch='x86_64' machine='q35'>hvm</type></os>"
		    "<features><acpi/><apic/></features>");
	buf_printf(&b, "<cpu mode='%s'/>", kvm ? "host-model" : "maximum");
	buf_str(&b,
		"<clock offset='utc'><timer name='rtc' tickpolicy='catchup'/>"
		"<timer name='pit' tickpolicy='delay'/><timer name='hpet' present='no'/></clock>"
		"<on_poweroff>destroy</on_poweroff><on_reboot>restart</on_reboot>"
		"<on_crash>destroy</on_crash>");
	put_devices(&b, g, folder, netdev);
	buf_str(&b, "</domain>");
	return buf_text(&b);
}
