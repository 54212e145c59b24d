/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of an entry must lead back to the entry and to no other: whatever its texts hold, a reader
 * that knows only audit.h finds the same members. The input is the texts, with 0xff between them and
 * 0xfe alone for one that is not there. */
#include <assert.h>
#include <stdlib.h>
#include "door/audit/audit_private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TEXTS = 15 };

static const char *const names[TEXTS] = {
	"actor_id",  "actor_name", "actor_domain", "scope",      "scope_id",
	"on_behalf", "purpose",    "from_address", "request_id", "action",
	"subject",   "subject_id", "outcome",      "reason",     "changes",
};

/* The next text of the input, or NULL. */
static const char *next_text(struct arena *a, const uint8_t **at, const uint8_t *end)
{
	const uint8_t *begin = *at;

	while (*at < end && **at != 0xff && **at)
		++*at;
	size_t size = (size_t)(*at - begin);
	const char *text =
		size == 1 && *begin == 0xfe ? NULL : arena_strndup(a, (const char *)begin, size);
	if (*at < end)
		++*at;
	return text;
}

/* Reads one line as audit.h describes it. */
static const char *read_member(const char *at, const char *name, const char *value)
{
	size_t length = strlen(name);

	assert(strncmp(at, name, length) == 0 && at[length] == ' ');
	at += length + 1;
	if (*at == '-') {
		assert(!value && at[1] == '\n');
		return at + 2;
	}
	char *colon;
	size_t size = strtoul(at, &colon, 10);
	assert(*colon == ':' && value && size == strlen(value));
	assert(memcmp(colon + 1, value, size) == 0 && colon[1 + size] == '\n');
	return colon + size + 2;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	SCOPED_ARENA struct arena *a = arena_new();
	const uint8_t *at = data;
	const char *text[TEXTS];

	for (int i = 0; i < TEXTS; i++)
		text[i] = next_text(a, &at, data + size);
	const struct audit_entry e = {
		.id = (int64_t)size,
		.at = -(int64_t)size,
		.actor_id = text[0],
		.actor_name = text[1],
		.actor_domain = text[2],
		.scope = text[3],
		.scope_id = text[4],
		.on_behalf = text[5],
		.purpose = text[6],
		.from_address = text[7],
		.request_id = text[8],
		.action = text[9],
		.subject = text[10],
		.subject_id = text[11],
		.outcome = text[12],
		.reason = text[13],
		.changes = text[14],
	};
	struct buf b = audit_entry_bytes(a, &e);
	const char *p = b.data + strlen("yongyun audit entry 1\n");
	p = read_member(p, "id", arena_printf(a, "%lld", (long long)e.id));
	p = read_member(p, "at", arena_printf(a, "%lld", (long long)e.at));
	for (int i = 0; i < TEXTS; i++)
		p = read_member(p, names[i], text[i]);
	assert(p == b.data + b.size);
	return 0;
}
