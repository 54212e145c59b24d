/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a configuration file: it is refused with a reason, or every value is within its bounds. */
#include <assert.h>
#include <string.h>
#include "base/config_private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_value(const struct config_key *k, const struct config *f)
{
	const void *at = (const char *)f + k->at;
	if (k->kind == CONFIG_WORD) {
		int count = 0;
		while (k->words[count])
			count++;
		assert(*(const int *)at >= 0 && *(const int *)at < count);
	} else if (k->kind == CONFIG_INT || k->kind == CONFIG_DURATION || k->kind == CONFIG_SIZE) {
		assert(*(const int64_t *)at >= k->min && *(const int64_t *)at <= k->max);
	} else if (k->kind != CONFIG_BOOL) {
		const char *s = *(const char *const *)at;
		assert(s || !k->preset);
		assert(!s || (*s && utf8_valid(s, strlen(s)) && !strchr(s, '\n')));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* What may be read from files would make the run depend on the machine. */
	if (memmem(data, size, "_file", 5))
		return -1;
	SCOPED_ARENA struct arena *a = arena_new();
	struct call *c = call_new(a, "req-fuzz");
	/* Not terminated: the reader must not look behind 'size'. */
	char *text = arena_alloc(a, size);
	memcpy(text, data, size);
	struct config f;
	enum status st = config_parse(c, "fuzz", text, size, &f);
	assert(st == ST_OK || (st == ST_BAD_INPUT && c->problem[0]));
	if (st == ST_OK)
		for (const struct config_key *k = config_keys; k->name; k++)
			check_value(k, &f);
	return 0;
}
