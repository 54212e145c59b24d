/* SPDX-License-Identifier: Apache-2.0 */
/* Key pairs 密钥对 of persons: public keys, or certificates. Whoever brings none is given a pair; its
 * private half is not kept, so that there is none to lose. */
#include <openssl/evp.h>
#include "base/text.h"
#include "cloud/compute/compute_private.h"
#include "door/audit/audit.h"

/* OpenSSH's old fingerprint, which Nova has: MD5 of the key's bytes as pairs of digits. */
static const char *fingerprint(struct call *c, const void *blob, size_t size)
{
	unsigned char md[16];
	unsigned n = 0;
	struct buf b = { .arena = c->arena };
	if (!EVP_Digest(blob, size, md, &n, EVP_md5(), NULL))
		return NULL;
	for (unsigned i = 0; i < n; i++)
		buf_printf(&b, i ? ":%02x" : "%02x", md[i]);
	return b.data;
}

/* "TYPE BASE64 [comment]", where the base64 says the type once more (RFC 4253 §6.6). */
static const char *fingerprint_of(struct call *c, const char *key)
{
	struct words w = words_split(c->arena, key, ' ');
	size_t size = 0;
	const unsigned char *blob = w.count >= 2 ? base64_decode(c->arena, w.list[1], &size) : NULL;
	size_t length = w.count ? strlen(w.list[0]) : 0;
	if (!blob || size < 4 + length || blob[0] || blob[1] ||
	    (size_t)(blob[2] << 8 | blob[3]) != length || memcmp(blob + 4, w.list[0], length) != 0)
		return NULL;
	return fingerprint(c, blob, size);
}

static const char *trimmed(struct call *c, const char *key)
{
	size_t n = strlen(key);
	while (n && strchr("\r\n\t ", key[n - 1]))
		n--;
	return arena_strndup(c->arena, key, n);
}

/* Whose keys: one's own, or, for administrators since 2.10, another's. */
static enum status whose(struct call *c, const char *asked, const char **user)
{
	*user = asked ? asked : c->actor.user_id;
	if (asked && !str_eq(asked, c->actor.user_id) && !c->actor.is_admin)
		return fail(c, ST_FORBIDDEN, "user_id", "these are the keys of another person");
	return ST_OK;
}

static enum status room_for_one(struct call *c, const char *user)
{
	struct keypair *list;
	size_t count;
	int64_t most = 0;
	enum status st = keypair_rows(c, user, &list, &count);
	if (!st)
		st = quota_bound(c, QUOTA_KEY_PAIRS, &most);
	if (!st && most >= 0 && (int64_t)count >= most)
		return fail(c, ST_LIMIT, NULL, "Quota exceeded, too many key pairs.");
	return st;
}

enum status keypair_prepare(struct call *c, void *in_)
{
	struct keypair_create *in = in_;
	const char *user;
	enum status st = whose(c, in->user_id, &user);

	if (st)
		return st;
	if (in->type && !str_eq(in->type, "ssh") && !str_eq(in->type, "x509"))
		return fail(c, ST_BAD_INPUT, "type", "a key is of type ssh or x509");
	if (in->public_key)
		return ST_OK;
	return keypair_make(c, in->type, user, &in->public_key, &in->private_key);
}

enum status keypair_create(struct call *c, const struct keypair_create *in, struct keypair *out)
{
	struct keypair k = { .name = in->name,
			     .type = in->type ? in->type : "ssh",
			     .created_at = c->now_at };
	enum status st = whose(c, in->user_id, &k.user_id);
	if (st)
		return st;
	if (strspn(in->name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			     "0123456789_- ") != strlen(in->name))
		return fail(c, ST_BAD_INPUT, "name",
			    "Keypair data is invalid: Keypair name contains unsafe characters");
	k.public_key = trimmed(c, in->public_key);
	k.private_key = in->private_key;
	k.fingerprint = str_eq(k.type, "x509") ? keypair_certificate_mark(c, k.public_key)
					       : fingerprint_of(c, k.public_key);
	if (!k.fingerprint)
		return fail(c, ST_BAD_INPUT, "public_key",
			    "Keypair data is invalid: "
			    "failed to generate fingerprint");
	st = room_for_one(c, k.user_id);
	if (st)
		return st;
	audit_subject(c, "keypair", k.name);
	st = keypair_insert(c, &k);
	if (st == ST_CONFLICT)
		return fail(c, st, "name", "Key pair '%s' already exists.", k.name);
	if (!st)
		*out = k;
	return st;
}

static enum status absent(struct call *c, const char *name)
{
	return fail(c, ST_NOT_FOUND, "name", "Keypair %s not found for user", name);
}

enum status keypair_show(struct call *c, const struct keypair_key *in, struct keypair *out)
{
	const char *user;
	enum status st = whose(c, in->user_id, &user);
	if (!st)
		st = keypair_read(c, user, in->name, out);
	return st == ST_NOT_FOUND ? absent(c, in->name) : st;
}

enum status keypair_list(struct call *c, const struct keypair_list *in, struct keypair_page *out)
{
	const char *user;
	struct keypair *list;
	size_t count, first = 0;
	enum status st = whose(c, in->user_id, &user);
	if (!st)
		st = keypair_rows(c, user, &list, &count);
	if (st)
		return st;
	if (in->marker) {
		while (first < count && !str_eq(list[first].name, in->marker))
			first++;
		if (first++ == count)
			return fail(c, ST_BAD_INPUT, "marker", "marker [%.80s] not found",
				    in->marker);
	}
	size_t left = count - first;
	size_t limit = in->limit_given && (size_t)in->limit < left ? (size_t)in->limit : left;
	out->keypairs = list + first;
	out->keypairs_count = limit;
	if (limit && limit < left)
		out->next = list[first + limit - 1].name;
	return ST_OK;
}

enum status keypair_delete(struct call *c, const struct keypair_key *in, void *out)
{
	const char *user;
	int64_t n = 0;
	(void)out;
	enum status st = whose(c, in->user_id, &user);
	if (!st)
		st = keypair_remove(c, user, in->name, &n);
	audit_subject(c, "keypair", in->name);
	return !st && !n ? absent(c, in->name) : st;
}
