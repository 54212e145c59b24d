/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of entries and batches that are hashed and signed, as audit.h describes them for the
 * world. They can never change: a new form would be a new first line. */
#include "door/audit/audit_private.h"

static void put_text(struct buf *b, const char *name, const char *value)
{
	buf_str(b, name);
	if (!value) {
		buf_str(b, " -\n");
		return;
	}
	/* Printed by hand: this runs sixteen times for each entry of the trail. */
	char digits[24];
	size_t size = strlen(value), at = sizeof(digits);
	digits[--at] = '\0';
	digits[--at] = ':';
	size_t left = size;
	do
		digits[--at] = (char)('0' + left % 10);
	while (left /= 10);
	digits[--at] = ' ';
	buf_str(b, digits + at);
	buf_add(b, value, size);
	buf_char(b, '\n');
}

static void put_int(struct buf *b, const char *name, int64_t value)
{
	char text[24];
	snprintf(text, sizeof(text), "%lld", (long long)value);
	put_text(b, name, text);
}

struct buf audit_entry_bytes(struct arena *a, const struct audit_entry *e)
{
	struct buf b = { .arena = a };
	buf_str(&b, "yongyun audit entry 1\n");
	put_int(&b, "id", e->id);
	put_int(&b, "at", e->at);
	put_text(&b, "actor_id", e->actor_id);
	put_text(&b, "actor_name", e->actor_name);
	put_text(&b, "actor_domain", e->actor_domain);
	put_text(&b, "scope", e->scope);
	put_text(&b, "scope_id", e->scope_id);
	put_text(&b, "on_behalf", e->on_behalf);
	put_text(&b, "purpose", e->purpose);
	put_text(&b, "from_address", e->from_address);
	put_text(&b, "request_id", e->request_id);
	put_text(&b, "action", e->action);
	put_text(&b, "subject", e->subject);
	put_text(&b, "subject_id", e->subject_id);
	put_text(&b, "outcome", e->outcome);
	put_text(&b, "reason", e->reason);
	put_text(&b, "changes", e->changes);
	return b;
}

struct buf audit_batch_bytes(struct arena *a, const struct audit_batch *batch)
{
	struct buf b = { .arena = a };
	buf_str(&b, "yongyun audit batch 1\n");
	put_int(&b, "number", batch->number);
	put_int(&b, "first_id", batch->first_id);
	put_int(&b, "last_id", batch->last_id);
	put_int(&b, "count", batch->count);
	put_text(&b, "root", batch->root);
	put_text(&b, "previous", batch->previous);
	put_int(&b, "sealed_at", batch->sealed_at);
	put_text(&b, "key_id", batch->key_id);
	return b;
}

void member_write(uint8_t out[MEMBER_SIZE], int64_t id, const struct sm3 *leaf)
{
	for (int i = 0; i < 8; i++)
		out[i] = (uint8_t)((uint64_t)id >> (56 - 8 * i));
	memcpy(out + 8, leaf->b, SM3_SIZE);
}

void member_read(const uint8_t in[MEMBER_SIZE], int64_t *id, struct sm3 *leaf)
{
	uint64_t v = 0;
	for (int i = 0; i < 8; i++)
		v = v << 8 | in[i];
	*id = (int64_t)v;
	memcpy(leaf->b, in + 8, SM3_SIZE);
}
