/* SPDX-License-Identifier: Apache-2.0 */
/* A device in a namespace of its own: a tap stands for Open vSwitch's. */
#include "cloud/metadata/metadata_space.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "harness.h"

static void close_one(void *fd)
{
	close(*(int *)fd);
}

static int closed_later(int fd)
{
	int *kept = arena_alloc(test_call()->arena, sizeof *kept);

	*kept = fd;
	arena_defer(test_call()->arena, close_one, kept);
	return fd;
}

/* Gone with the test; "%d" in the name becomes a number. */
static int make_tap(char name[IFNAMSIZ])
{
	struct ifreq r = { .ifr_flags = IFF_TAP | IFF_NO_PI };
	int tap = open("/dev/net/tun", O_RDWR | O_CLOEXEC);

	if (tap < 0)
		return -1;
	memcpy(r.ifr_name, name, IFNAMSIZ);
	if (ioctl(closed_later(tap), TUNSETIFF, &r))
		return -1;
	memcpy(name, r.ifr_name, IFNAMSIZ);
	return 0;
}

/* Makes a tap and a namespace with it. Returns the listener. */
static int device_in_space(char name[IFNAMSIZ])
{
	int listener = -1;

	snprintf(name, IFNAMSIZ, "ymtest%%d");
	if (make_tap(name) || space_open(&listener))
		test_skip("devices and network namespaces take CAP_NET_ADMIN and CAP_SYS_ADMIN");
	closed_later(listener);
	assert_false(space_has(listener, name));
	assert_int_equal(space_move(listener, name), 0);
	assert_true(space_has(listener, name));
	return listener;
}

/* As if the neighbour had answered. */
static void learn(int listener, const char *device, struct in_addr neighbour)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = neighbour };
	struct arpreq r = { .arp_flags = ATF_COM,
			    .arp_ha = { ARPHRD_ETHER, "\x02\x00\x00\x00\x00\x09" } };

	memcpy(&r.arp_pa, &at, sizeof at);
	memcpy(r.arp_dev, device, IFNAMSIZ);
	assert_int_equal(ioctl(listener, SIOCSARP, &r), 0);
}

TEST(a_device_that_is_set_up_again_keeps_the_neighbours_that_it_has_learned)
{
	const char *cidr = "10.0.0.0/24";
	char name[IFNAMSIZ], mac[SPACE_MAC_SIZE] = "";
	int listener = device_in_space(name);
	struct words cidrs = { &cidr, 1 };
	struct space_device d = { name, "0a:00:00:00:00:05", "169.254.169.254", 1442, &cidrs };
	struct in_addr neighbour = { htonl(0x0A000007) };

	assert_int_equal(space_configure(listener, &d), 0);
	assert_int_not_equal(space_neighbour(listener, name, neighbour, mac), 0);
	learn(listener, name, neighbour);
	assert_int_equal(space_configure(listener, &d), 0);
	assert_int_equal(space_neighbour(listener, name, neighbour, mac), 0);
	assert_string_equal(mac, "02:00:00:00:00:09");

	d.mac_address = "no address";
	assert_int_not_equal(space_configure(listener, &d), 0);
}

TEST(a_device_that_was_made_anew_is_told_from_the_one_that_is_in_the_namespace)
{
	char name[IFNAMSIZ];
	int listener = device_in_space(name);

	assert_false(space_forsaken(listener, name));
	assert_int_equal(make_tap(name), 0);
	assert_true(space_forsaken(listener, name));
	assert_int_not_equal(space_move(listener, name), 0);
}
