/* SPDX-License-Identifier: Apache-2.0 */
/* SM3 and the Merkle tree of RFC 6962 over it: leaves, root, paths. The tree is built level by level;
 * a node without a partner rises unchanged, which gives the same tree as the RFC's recursive split at
 * the largest power of two. */
#include <assert.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>
#include "door/audit/audit_private.h"

static EVP_MD *sm3_md;
static pthread_once_t sm3_once = PTHREAD_ONCE_INIT;

static void sm3_fetch(void)
{
	sm3_md = EVP_MD_fetch(NULL, "SM3", NULL);
	assert(sm3_md);
}

struct hasher {
	EVP_MD_CTX *ctx;
};

struct hasher *hasher_new(void)
{
	pthread_once(&sm3_once, sm3_fetch);
	struct hasher *h = malloc(sizeof(*h));
	assert(h);
	h->ctx = EVP_MD_CTX_new();
	assert(h->ctx);
	return h;
}

void hasher_end(struct hasher *h)
{
	if (!h)
		return;
	EVP_MD_CTX_free(h->ctx);
	free(h);
}

static void begin(struct hasher *h)
{
	int ok = EVP_DigestInit_ex2(h->ctx, sm3_md, NULL);
	assert(ok == 1);
}

static void add(struct hasher *h, const void *p, size_t size)
{
	int ok = EVP_DigestUpdate(h->ctx, p, size);
	assert(ok == 1);
}

static struct sm3 done(struct hasher *h)
{
	struct sm3 out;
	int ok = EVP_DigestFinal_ex(h->ctx, out.b, NULL);
	assert(ok == 1);
	return out;
}

struct sm3 sm3_of(struct hasher *h, const void *p, size_t size, const void *q, size_t q_size)
{
	begin(h);
	add(h, p, size);
	if (q_size)
		add(h, q, q_size);
	return done(h);
}

struct sm3 audit_leaf(struct hasher *h, const struct buf *entry)
{
	begin(h);
	add(h, "\0", 1);
	add(h, entry->data, entry->size);
	return done(h);
}

static struct sm3 node(struct hasher *h, const struct sm3 *left, const struct sm3 *right)
{
	begin(h);
	add(h, "\1", 1);
	add(h, left->b, SM3_SIZE);
	add(h, right->b, SM3_SIZE);
	return done(h);
}

struct audit_tree audit_tree_of(struct hasher *h, struct arena *a, const struct sm3 *leaves,
				size_t count)
{
	assert(count > 0);
	struct audit_tree t = { .height = 1, .level = { leaves }, .count = { count } };
	while (count > 1) {
		const struct sm3 *below = t.level[t.height - 1];
		size_t pairs = count / 2;
		struct sm3 *level = arena_array(a, pairs + 1, sizeof(*level));
		for (size_t i = 0; i < pairs; i++)
			level[i] = node(h, &below[2 * i], &below[2 * i + 1]);
		if (count % 2)
			level[pairs] = below[count - 1];
		count = pairs + count % 2;
		t.level[t.height] = level;
		t.count[t.height++] = count;
	}
	t.root = t.level[t.height - 1][0];
	return t;
}

size_t audit_path(const struct audit_tree *t, size_t index, struct sm3 path[AUDIT_PATH_MAX])
{
	assert(index < t->count[0]);
	size_t length = 0;
	for (int i = 0; i + 1 < t->height; i++, index /= 2)
		if ((index ^ 1) < t->count[i])
			path[length++] = t->level[i][index ^ 1];
	return length;
}

bool audit_path_root(struct hasher *h, const struct sm3 *leaf, size_t count, size_t index,
		     const struct sm3 *path, size_t length, struct sm3 *root)
{
	if (index >= count)
		return false;
	struct sm3 r = *leaf;
	size_t used = 0;
	for (; count > 1; count = (count + 1) / 2, index /= 2) {
		if ((index ^ 1) >= count)
			continue;
		if (used == length)
			return false;
		r = index & 1 ? node(h, &path[used], &r) : node(h, &r, &path[used]);
		used++;
	}
	if (used != length)
		return false;
	*root = r;
	return true;
}

void audit_seal_of(struct hasher *h, struct arena *a, const struct audit_batch *b, char out[65])
{
	struct buf bytes = audit_batch_bytes(a, b);
	size_t size = strlen(b->signature) / 2;
	uint8_t *signature = arena_alloc(a, size + 1);
	/* What is not hexadecimal was altered; the bytes as they stand give another seal. */
	if (!hex_decode(b->signature, signature, size))
		memcpy(signature, b->signature, size);
	struct sm3 seal = sm3_of(h, bytes.data, bytes.size, signature, size);
	hex_encode(seal.b, SM3_SIZE, out);
}
