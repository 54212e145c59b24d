/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as UTF-8, base64, hexadecimal, number and time, each against a simpler second opinion. */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include "base/clock.h"
#include "base/id.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Decodes by arithmetic, then asks whether the shortest form of the code point is what stood there. */
static size_t slow_step(const unsigned char *u, size_t size)
{
	size_t n = u[0] < 0x80 ? 1 : u[0] < 0xC0 ? 0 : u[0] < 0xE0 ? 2 : u[0] < 0xF0 ? 3 : 4;
	if (u[0] >= 0xF8 || n == 0 || n > size)
		return 0;
	uint32_t point = n == 1 ? u[0] : u[0] & (0x7Fu >> n);
	for (size_t i = 1; i < n; i++) {
		if (u[i] >> 6 != 2)
			return 0;
		point = point << 6 | (u[i] & 0x3F);
	}
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	if (point < least[n] || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF))
		return 0;
	return n;
}

static void check_utf8(const char *s, size_t size)
{
	bool valid = true;
	size_t points = 0;
	for (size_t i = 0; i < size && valid; points++) {
		size_t step = slow_step((const unsigned char *)s + i, size - i);
		assert(utf8_step(s + i, size - i) == step);
		valid = step > 0 && s[i];
		i += step;
	}
	assert(utf8_valid(s, size) == valid);
	if (valid)
		assert(utf8_length(s) == points);
}

static void check_base64(struct arena *a, const char *s, size_t size)
{
	size_t n = 0;
	char *bytes = base64_decode(a, s, &n);
	if (bytes)
		assert(strcmp(base64_encode(a, bytes, n), s) == 0);
	bytes = base64url_decode(a, s, &n);
	if (bytes) {
		char *again = base64url_encode(a, bytes, n);
		assert(strncmp(again, s, strlen(again)) == 0);
		assert(strspn(s + strlen(again), "=") == strlen(s) - strlen(again));
	}
	bytes = base64_decode(a, base64_encode(a, s, size), &n);
	assert(bytes && n == size && memcmp(bytes, s, n) == 0);
	bytes = base64url_decode(a, base64url_encode(a, s, size), &n);
	assert(bytes && n == size && memcmp(bytes, s, n) == 0);
}

static void check_hex(struct arena *a, const char *s, size_t size)
{
	char *hex = arena_alloc(a, 2 * size + 1), *back = arena_alloc(a, size);
	hex_encode(s, size, hex);
	assert(hex_decode(hex, back, size) && memcmp(s, back, size) == 0);
	char *half = arena_alloc(a, strlen(s) / 2);
	if (hex_decode(s, half, strlen(s) / 2)) {
		hex_encode(half, strlen(s) / 2, hex);
		assert(str_case_eq(hex, s));
	}
}

static void check_number(const char *s)
{
	int64_t v;
	if (!int_parse(s, &v))
		return;
	errno = 0;
	char *end;
	long long theirs = strtoll(s, &end, 10);
	assert(errno == 0 && !*end && theirs == v);
}

static void check_time(const char *s)
{
	int64_t at, again;
	if (!time_read(s, &at))
		return;
	char text[TIME_TEXT_SIZE];
	time_write(at, TIME_MICRO_Z, text);
	assert(time_read(text, &again) && again == at);

	struct tm tm = { 0 };
	const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
	assert(rest && *rest == '.');
	assert((int64_t)timegm(&tm) * CLOCK_SECOND + strtol(rest + 1, NULL, 10) == at);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	SCOPED_ARENA struct arena *a = arena_new();
	char *s = arena_strndup(a, (const char *)data, size);
	check_utf8(s, size);
	check_base64(a, s, size);
	check_hex(a, s, size);
	check_number(s);
	check_time(s);
	struct words w = words_split(a, s, ',');
	for (size_t i = 0; i < w.count; i++)
		assert(*w.list[i] && !strchr(w.list[i], ','));
	if (id_valid(s))
		assert(strlen(s) == 32 || strlen(s) == 36);
	return 0;
}
