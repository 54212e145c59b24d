/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses as numbers of 128 bits, so that IPv4 and IPv6 are one arithmetic. */
#include <arpa/inet.h>
#include <assert.h>
#include <endian.h>
#include <stdio.h>
#include "base/id.h"
#include "base/text.h"
#include "cloud/network/network_address.h"

bool ip_read(const char *s, struct ip *out)
{
	struct in_addr v4;
	uint64_t v6[2];

	if (inet_pton(AF_INET, s, &v4) == 1) {
		*out = (struct ip){ .version = 4, .low = ntohl(v4.s_addr) };
		return true;
	}
	if (inet_pton(AF_INET6, s, v6) != 1)
		return false;
	*out = (struct ip){ .version = 6, .high = be64toh(v6[0]), .low = be64toh(v6[1]) };
	return true;
}

void ip_write(const struct ip *ip, char *out)
{
	struct in_addr v4 = { .s_addr = htonl((uint32_t)ip->low) };
	uint64_t v6[2] = { htobe64(ip->high), htobe64(ip->low) };

	inet_ntop(ip->version == 4 ? AF_INET : AF_INET6,
		  ip->version == 4 ? (const void *)&v4 : (const void *)v6, out, IP_TEXT_SIZE);
}

char *ip_text(struct arena *a, const struct ip *ip)
{
	char text[IP_TEXT_SIZE];

	ip_write(ip, text);
	return arena_strdup(a, text);
}

bool ip_same(const struct ip *a, const struct ip *b)
{
	return a->version == b->version && a->high == b->high && a->low == b->low;
}

struct ip ip_plus(const struct ip *first, uint64_t offset)
{
	struct ip ip = *first;

	ip.low += offset;
	if (ip.low < offset)
		ip.high++;
	return ip;
}

static int width(int version)
{
	return version == 4 ? 32 : 128;
}

/* The bits of one half that belong to the prefix, when 'bits' of its 64 do. */
static uint64_t half_mask(int bits)
{
	return bits <= 0 ? 0 : bits >= 64 ? UINT64_MAX : ~(UINT64_MAX >> bits);
}

static struct ip masked(const struct ip *ip, int bits)
{
	int behind = width(ip->version) - bits; /* host bits */
	struct ip out = *ip;

	out.high &= half_mask(128 - behind);
	out.low &= half_mask(64 - behind);
	return out;
}

bool prefix_read(const char *s, struct prefix *out)
{
	char host[IP_TEXT_SIZE];
	const char *slash = strchr(s, '/');
	size_t size = slash ? (size_t)(slash - s) : sizeof host;
	struct ip ip;
	int64_t bits;

	if (size >= sizeof host)
		return false;
	memcpy(host, s, size);
	host[size] = '\0';
	if (!ip_read(host, &ip) || !int_parse(slash + 1, &bits) || bits < 0 ||
	    bits > width(ip.version))
		return false;
	*out = (struct prefix){ masked(&ip, (int)bits), (int)bits };
	return true;
}

char *prefix_text(struct arena *a, const struct prefix *p)
{
	char text[IP_TEXT_SIZE];

	ip_write(&p->first, text);
	return arena_printf(a, "%s/%d", text, p->bits);
}

bool prefix_has(const struct prefix *p, const struct ip *ip)
{
	struct ip first = masked(ip, p->bits);

	return ip->version == p->first.version && ip_same(&first, &p->first);
}

bool prefix_overlap(const struct prefix *a, const struct prefix *b)
{
	return a->bits <= b->bits ? prefix_has(a, &b->first) : prefix_has(b, &a->first);
}

uint64_t prefix_offset(const struct prefix *p, const struct ip *ip)
{
	assert(prefix_has(p, ip) && width(ip->version) - p->bits <= 64);
	return ip->low - p->first.low;
}

uint64_t prefix_last(const struct prefix *p)
{
	return ~half_mask(64 - (width(p->first.version) - p->bits));
}

void prefix_hosts(const struct prefix *p, uint64_t *first, uint64_t *last)
{
	bool whole = p->bits >= width(p->first.version) - 1;

	*first = whole ? 0 : 1;
	*last = prefix_last(p) - (!whole && p->first.version == 4 ? 1 : 0);
}

bool mac_read(const char *s, char *out)
{
	unsigned char bytes[6];
	char sep = strlen(s) == MAC_TEXT_SIZE - 1 ? s[2] : '\0';
	unsigned any = 0;

	if (sep != ':' && sep != '-')
		return false;
	for (int i = 0; i < 6; i++) {
		char pair[3] = { s[3 * i], s[3 * i + 1], '\0' };
		if (!hex_decode(pair, &bytes[i], 1) || (i < 5 && s[3 * i + 2] != sep))
			return false;
		any |= bytes[i];
	}
	if (!any || bytes[0] & 1)
		return false;
	snprintf(out, MAC_TEXT_SIZE, "%02x:%02x:%02x:%02x:%02x:%02x", bytes[0], bytes[1], bytes[2],
		 bytes[3], bytes[4], bytes[5]);
	return true;
}

void mac_new(char *out)
{
	unsigned char tail[3];

	random_bytes(tail, sizeof tail);
	snprintf(out, MAC_TEXT_SIZE, "fa:16:3e:%02x:%02x:%02x", tail[0], tail[1], tail[2]);
}
