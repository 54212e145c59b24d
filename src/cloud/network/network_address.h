/* SPDX-License-Identifier: Apache-2.0 */
/* Arithmetic on addresses: prefixes, what lies in them, MAC addresses. No tables, no calls. */
#ifndef CLOUD_NETWORK_ADDRESS_H
#define CLOUD_NETWORK_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/status.h"

/* An IPv4 or IPv6 address as a number of 128 bits; IPv4 uses the low 32. */
struct ip {
	int version; /* 4 or 6 */
	uint64_t high, low;
};
struct prefix {
	struct ip first; /* its network address: the bits behind the prefix are zero */
	int bits;
};
#define IP_TEXT_SIZE 48

/* The usual text forms, nothing looser (no leading zeros, no zone). False leaves '*out' alone. */
bool ip_read(const char *s, struct ip *out) MUST_USE;
/* The canonical text (RFC 5952) in 'out', which has IP_TEXT_SIZE bytes. */
void ip_write(const struct ip *ip, char *out);
char *ip_text(struct arena *a, const struct ip *ip);
bool ip_same(const struct ip *a, const struct ip *b);
/* 'first' moved on by 'offset'. */
struct ip ip_plus(const struct ip *first, uint64_t offset);

/* "10.0.0.0/24". Bits behind the prefix are cleared, as Neutron does. */
bool prefix_read(const char *s, struct prefix *out) MUST_USE;
char *prefix_text(struct arena *a, const struct prefix *p);
bool prefix_has(const struct prefix *p, const struct ip *ip);
bool prefix_overlap(const struct prefix *a, const struct prefix *b);
/* How far 'ip' lies behind the first address, for prefixes of at most 64 host bits. */
uint64_t prefix_offset(const struct prefix *p, const struct ip *ip);
/* The offset of its last address. */
uint64_t prefix_last(const struct prefix *p);
/* The offsets that can be given to ports: IPv4 keeps the network's and the broadcast address out,
 * except in /31 and /32, IPv6 the subnet-router anycast address. */
void prefix_hosts(const struct prefix *p, uint64_t *first, uint64_t *last);

/* Six bytes as "fa:16:3e:00:00:01", in lower case; takes '-' for ':' too. False: not a MAC address that
 * one interface can have (all zero, or a group's). 'out' has MAC_TEXT_SIZE bytes. */
#define MAC_TEXT_SIZE 18
bool mac_read(const char *s, char *out) MUST_USE;
/* A random one in OpenStack's range fa:16:3e. */
void mac_new(char *out);

#endif
