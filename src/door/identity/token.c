/* SPDX-License-Identifier: Apache-2.0 */
/* Packing claims: a version byte, flags, numbers of fixed size, then ids, each with a length byte.
 * Ids of 32 hexadecimal digits are packed to 16 bytes. */
#include <assert.h>
#include "base/clock.h"
#include "door/identity/token.h"

enum {
	PACK_VERSION = 1,
	FLAG_RECEIPT = 1 << 4, /* the scope stands in the lower bits */
	SCOPE_BITS = 7,
	ID_PACKED = 0x80, /* in a length byte: 16 bytes follow, 32 digits are meant */
	ID_MAX = 64
};

static void put_number(struct buf *b, uint64_t v, int bytes)
{
	for (int i = bytes - 1; i >= 0; i--)
		buf_char(b, (char)(v >> (8 * i)));
}

static bool is_packable(const char *s)
{
	return strlen(s) == 32 && strspn(s, "0123456789abcdef") == 32;
}

static void put_id(struct buf *b, const char *s)
{
	uint8_t raw[16];

	if (!s) {
		buf_char(b, 0);
	} else if (is_packable(s) && hex_decode(s, raw, sizeof raw)) {
		put_number(b, ID_PACKED, 1);
		buf_add(b, raw, sizeof raw);
	} else {
		assert(strlen(s) <= ID_MAX);
		put_number(b, strlen(s), 1);
		buf_str(b, s);
	}
}

char *token_write(struct fernet *f, struct arena *a, const struct token_claims *in)
{
	struct buf b = { .arena = a };

	put_number(&b, PACK_VERSION, 1);
	put_number(&b, (unsigned)in->scope | (in->receipt ? FLAG_RECEIPT : 0), 1);
	put_number(&b, in->methods, 1);
	put_number(&b, (uint64_t)in->issued_at, 8);
	put_number(&b, (uint64_t)in->expires_at, 8);
	buf_add(&b, in->audit_id, AUDIT_ID_SIZE);
	buf_add(&b, in->chain_id, AUDIT_ID_SIZE);
	put_id(&b, in->user_id);
	put_id(&b, in->scope_id);
	put_id(&b, in->trust_id);
	put_id(&b, in->application_credential_id);
	return fernet_seal(f, a, b.data, b.size, in->issued_at);
}

/* What is left to read; 'p' becomes NULL when it was too short. */
struct rest {
	const uint8_t *p;
	size_t size;
};

static const uint8_t *take(struct rest *r, size_t n)
{
	const uint8_t *p = r->p;

	if (!p || n > r->size) {
		r->p = NULL;
		return NULL;
	}
	r->p += n;
	r->size -= n;
	return p;
}

static uint64_t take_number(struct rest *r, size_t bytes)
{
	const uint8_t *p = take(r, bytes);
	uint64_t v = 0;

	for (size_t i = 0; p && i < bytes; i++)
		v = v << 8 | p[i];
	return v;
}

static const char *take_id(struct rest *r, struct arena *a)
{
	size_t n = take_number(r, 1);
	const uint8_t *p;

	if (n == ID_PACKED) {
		p = take(r, 16);
		char *s = arena_alloc(a, 33);
		if (p)
			hex_encode(p, 16, s);
		return s;
	}
	if (n > ID_MAX)
		r->p = NULL;
	p = n ? take(r, n) : NULL;
	if (!p)
		return NULL;
	if (!utf8_valid((const char *)p, n))
		r->p = NULL;
	return arena_strndup(a, (const char *)p, n);
}

static bool take_scope(struct rest *r, struct token_claims *t)
{
	uint64_t flags = take_number(r, 1), scope = flags & SCOPE_BITS;

	t->receipt = flags & FLAG_RECEIPT;
	t->scope = (enum scope)scope;
	return !(flags & ~(uint64_t)(SCOPE_BITS | FLAG_RECEIPT)) && !(scope & (scope - 1));
}

bool token_unpack(struct arena *a, const uint8_t *p, size_t size, struct token_claims *out)
{
	struct rest r = { p, size };
	struct token_claims t = { 0 };
	const uint8_t *ids;

	if (take_number(&r, 1) != PACK_VERSION || !take_scope(&r, &t))
		return false;
	t.methods = (unsigned)take_number(&r, 1);
	t.issued_at = (int64_t)take_number(&r, 8);
	t.expires_at = (int64_t)take_number(&r, 8);
	ids = take(&r, AUDIT_ID_SIZE);
	if (ids)
		memcpy(t.audit_id, ids, AUDIT_ID_SIZE);
	ids = take(&r, AUDIT_ID_SIZE);
	if (ids)
		memcpy(t.chain_id, ids, AUDIT_ID_SIZE);
	t.user_id = take_id(&r, a);
	t.scope_id = take_id(&r, a);
	t.trust_id = take_id(&r, a);
	t.application_credential_id = take_id(&r, a);
	if (!r.p || r.size || !t.user_id)
		return false;
	if ((t.scope_id != NULL) != (t.scope == SCOPE_DOMAIN || t.scope == SCOPE_PROJECT))
		return false;
	*out = t;
	return true;
}

bool token_read(struct fernet *f, struct arena *a, const char *text, struct token_claims *out)
{
	size_t size;
	const uint8_t *p = fernet_unseal(f, a, text, &size);

	return p && token_unpack(a, p, size, out);
}
