/* SPDX-License-Identifier: Apache-2.0 */
/* UUID version 7 with the clock's part of a millisecond in the 12 bits behind the version (RFC 9562
 * §6.2, method 3): 60 bits that only grow within the process, then 62 random ones. */
#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>
#include "base/id.h"
#include "base/text.h"

enum { UUID_BYTES = 16, UUID_TEXT = 36, UUID_HEX = 32 };

/* 4096 ticks a millisecond, from the real clock: a test that sets the time still gets new ids. */
static uint64_t next_tick(void)
{
	static _Atomic uint64_t last;
	struct timespec ts;
	clock_gettime(CLOCK_REALTIME, &ts);
	uint64_t ms = (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
	uint64_t part = (uint64_t)ts.tv_nsec % 1000000 * 4096 / 1000000;
	uint64_t now = ms << 12 | part;

	uint64_t before = atomic_load(&last), tick;
	do {
		tick = now > before ? now : before + 1;
	} while (!atomic_compare_exchange_weak(&last, &before, tick));
	return tick;
}

static void make_hex(char hex[UUID_HEX + 1])
{
	unsigned char u[UUID_BYTES];
	uint64_t tick = next_tick();
	for (int i = 0; i < 6; i++)
		u[i] = (unsigned char)(tick >> (52 - 8 * i));
	u[6] = (unsigned char)(0x70 | (tick >> 8 & 0x0F));
	u[7] = (unsigned char)tick;
	random_bytes(u + 8, 8);
	u[8] = (unsigned char)(0x80 | (u[8] & 0x3F));
	hex_encode(u, sizeof(u), hex);
}

char *id_new(struct arena *a)
{
	char hex[UUID_HEX + 1];
	make_hex(hex);
	char *id = arena_alloc(a, UUID_TEXT + 1);
	for (int i = 0, at = 0; i < UUID_HEX; i++) {
		if (i == 8 || i == 12 || i == 16 || i == 20)
			id[at++] = '-';
		id[at++] = hex[i];
	}
	return id;
}

char *id_new_hex(struct arena *a)
{
	char *id = arena_alloc(a, UUID_HEX + 1);
	make_hex(id);
	return id;
}

static bool is_hex(char ch)
{
	return (ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'f') || (ch >= 'A' && ch <= 'F');
}

bool id_valid(const char *s)
{
	if (!s)
		return false;
	size_t length = strnlen(s, UUID_TEXT + 1);
	if (length != UUID_TEXT && length != UUID_HEX)
		return false;
	for (size_t i = 0; i < length; i++) {
		bool hyphen = length == UUID_TEXT && (i == 8 || i == 13 || i == 18 || i == 23);
		if (hyphen ? s[i] != '-' : !is_hex(s[i]))
			return false;
	}
	return true;
}

void random_bytes(void *out, size_t size)
{
	unsigned char *p = out;
	while (size > 0) {
		ssize_t n = getrandom(p, size, 0);
		if (n < 0) {
			/* Only a signal can stop it; anything else is a kernel without getrandom. */
			if (errno != EINTR)
				abort();
			continue;
		}
		p += n;
		size -= (size_t)n;
	}
}
