/* SPDX-License-Identifier: Apache-2.0 */
/* Network namespaces without a name: a listening socket is made inside, and holds its namespace until it is
 * closed, also by the end of the process. So none is ever left behind. Needs CAP_SYS_ADMIN and
 * CAP_NET_ADMIN. Functions return 0 or an errno. */
#ifndef CLOUD_METADATA_SPACE_H
#define CLOUD_METADATA_SPACE_H

#include <netinet/in.h>
#include "base/shape.h"

/* A fresh namespace: '*listener' listens there on port 80 of every address, without blocking. */
int space_open(int *listener) MUST_USE;
/* Whether a device of that name is in the namespace. */
bool space_has(int listener, const char *device);
/* Whether it is there, and one of that name here too. Open vSwitch died and has come back: without the
 * kernel's module its devices outlive it where they are, dead, and it makes them anew. */
bool space_forsaken(int listener, const char *device);
/* Moves a device there from the namespace of the calling thread. ENODEV: there is no such device. */
int space_move(int listener, const char *device) MUST_USE;

struct space_device {
	const char *name, *mac_address, *address; /* which it has, alone on its link */
	int64_t mtu;
	const struct words *cidrs; /* who can be reached by it */
};
/* Gives the device, which is in the namespace, all this. Again is harmless. */
int space_configure(int listener, const struct space_device *d) MUST_USE;
/* The MAC address that answers for a neighbour, as the kernel has learned it; 'socket' is any of the
 * namespace. ENXIO: it has none. */
#define SPACE_MAC_SIZE 18
int space_neighbour(int socket, const char *device, struct in_addr neighbour,
		    char mac[SPACE_MAC_SIZE]) MUST_USE;

#endif
