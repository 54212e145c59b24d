/* SPDX-License-Identifier: Apache-2.0 */
/* Namespaces, and devices in them, by ioctl on a socket of the namespace: no thread stays there. */
#include "cloud/metadata/metadata_space.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <net/route.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "cloud/network/network_address.h"

enum { BACKLOG = 64, PORT = 80 };

static int listen_here(int *listener)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), e;

	if (fd < 0)
		return errno;
	if (!bind(fd, (struct sockaddr *)&at, sizeof at) && !listen(fd, BACKLOG)) {
		*listener = fd;
		return 0;
	}
	e = errno;
	close(fd);
	return e;
}

int space_open(int *listener)
{
	int home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC), e;

	if (home < 0)
		return errno;
	if (unshare(CLONE_NEWNET)) {
		e = errno;
		close(home);
		return e;
	}
	e = listen_here(listener);
	/* A thread that stayed would reach nothing that the program needs. */
	if (setns(home, CLONE_NEWNET))
		abort();
	close(home);
	return e;
}

static void name_it(char to[IFNAMSIZ], const char *device)
{
	size_t n = strnlen(device, IFNAMSIZ - 1);

	memcpy(to, device, n);
	to[n] = '\0';
}

bool space_has(int listener, const char *device)
{
	struct ifreq r = { 0 };

	name_it(r.ifr_name, device);
	return ioctl(listener, SIOCGIFINDEX, &r) == 0;
}

bool space_forsaken(int listener, const char *device)
{
	return space_has(listener, device) && if_nametoindex(device);
}

/* Sends one request and reads the kernel's verdict. */
static int ask_kernel(const void *request, size_t size)
{
	struct {
		struct nlmsghdr head;
		struct nlmsgerr error;
		char more[256];
	} answer = { 0 };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	int e = fd < 0 ? errno : 0;

	if (!e && send(fd, request, size, 0) < 0)
		e = errno;
	if (!e && recv(fd, &answer, sizeof answer, 0) < 0)
		e = errno;
	if (!e && answer.head.nlmsg_type == NLMSG_ERROR)
		e = -answer.error.error;
	if (fd >= 0)
		close(fd);
	return e;
}

int space_move(int listener, const char *device)
{
	struct {
		struct nlmsghdr head;
		struct ifinfomsg link;
		struct rtattr attribute;
		uint32_t space;
	} r = { .head = { .nlmsg_len = sizeof r,
			  .nlmsg_type = RTM_NEWLINK,
			  .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK },
		.attribute = { .rta_len = RTA_LENGTH(sizeof r.space),
			       .rta_type = IFLA_NET_NS_FD } };
	int space, e;

	r.link.ifi_index = (int)if_nametoindex(device);
	if (!r.link.ifi_index)
		return ENODEV;
	space = ioctl(listener, SIOCGSKNS);
	if (space < 0)
		return errno;
	r.space = (uint32_t)space;
	e = ask_kernel(&r, sizeof r);
	close(space);
	return e;
}

static void put_ipv4(struct sockaddr *to, uint32_t host_order)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(host_order) };

	memcpy(to, &at, sizeof at);
}

static bool put_mac(struct sockaddr *to, const char *text)
{
	char plain[MAC_TEXT_SIZE], digits[13] = "";

	if (!mac_read(text, plain))
		return false;
	for (size_t i = 0; i < 6; i++)
		memcpy(digits + 2 * i, plain + 3 * i, 2);
	to->sa_family = ARPHRD_ETHER;
	return hex_decode(digits, to->sa_data, 6);
}

static int add_route(int listener, const char *device, const char *cidr)
{
	char name[IFNAMSIZ];
	struct rtentry route = { .rt_flags = RTF_UP, .rt_dev = name };
	struct prefix p;

	name_it(name, device);
	if (!prefix_read(cidr, &p) || p.first.version != 4)
		return EINVAL;
	put_ipv4(&route.rt_dst, (uint32_t)p.first.low);
	put_ipv4(&route.rt_genmask, p.bits ? UINT32_MAX << (32 - p.bits) : 0);
	return ioctl(listener, SIOCADDRT, &route) && errno != EEXIST ? errno : 0;
}

/* The kernel forgets a device's neighbours whenever its address is set, also to what it was: a guest that
 * asks in this moment would not be known. */
static int set_mac(int listener, const char *device, const char *mac)
{
	struct ifreq is = { 0 }, r = { 0 };

	name_it(is.ifr_name, device);
	name_it(r.ifr_name, device);
	if (!put_mac(&r.ifr_hwaddr, mac))
		return EINVAL;
	if (ioctl(listener, SIOCGIFHWADDR, &is))
		return errno;
	if (!memcmp(is.ifr_hwaddr.sa_data, r.ifr_hwaddr.sa_data, 6))
		return 0;
	return ioctl(listener, SIOCSIFHWADDR, &r) ? errno : 0;
}

int space_configure(int listener, const struct space_device *d)
{
	struct ifreq r = { 0 };
	struct ip address;
	int e;

	name_it(r.ifr_name, d->name);
	if (!ip_read(d->address, &address))
		return EINVAL;
	e = set_mac(listener, d->name, d->mac_address);
	if (e)
		return e;
	r.ifr_mtu = (int)d->mtu;
	if (ioctl(listener, SIOCSIFMTU, &r))
		return errno;
	put_ipv4(&r.ifr_addr, (uint32_t)address.low);
	if (ioctl(listener, SIOCSIFADDR, &r))
		return errno;
	put_ipv4(&r.ifr_netmask, UINT32_MAX);
	if (ioctl(listener, SIOCSIFNETMASK, &r))
		return errno;
	r.ifr_flags = IFF_UP | IFF_RUNNING;
	if (ioctl(listener, SIOCSIFFLAGS, &r))
		return errno;
	for (size_t i = 0; !e && i < d->cidrs->count; i++)
		e = add_route(listener, d->name, d->cidrs->list[i]);
	return e;
}

int space_neighbour(int socket, const char *device, struct in_addr neighbour,
		    char mac[SPACE_MAC_SIZE])
{
	struct arpreq r = { 0 };
	unsigned char bytes[6];

	put_ipv4(&r.arp_pa, ntohl(neighbour.s_addr));
	name_it(r.arp_dev, device);
	if (ioctl(socket, SIOCGARP, &r))
		return errno;
	if (!(r.arp_flags & ATF_COM))
		return ENXIO;
	memcpy(bytes, r.arp_ha.sa_data, sizeof bytes);
	for (size_t i = 0; i < 6; i++) {
		hex_encode(&bytes[i], 1, mac + 3 * i);
		mac[3 * i + 2] = i < 5 ? ':' : '\0';
	}
	return 0;
}
