/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of audit/ share: the row of an entry and of a batch, their canonical bytes, the SM3
 * tree, the SM2 keys, and the statements. */
#ifndef DOOR_AUDIT_AUDIT_PRIVATE_H
#define DOOR_AUDIT_AUDIT_PRIVATE_H

#include "base/text.h"
#include "db/db.h"
#include "door/audit/audit.h"
#include "door/module.h"

struct audit_entry {
	int64_t id, at;
	const char *actor_id, *actor_name, *actor_domain; /* NULL: nobody was signed in */
	const char *scope, *scope_id;
	const char *on_behalf, *purpose;
	const char *from_address, *request_id, *action;
	const char *subject, *subject_id; /* NULL: the act was about no one thing */
	const char *outcome;
	const char *reason;  /* NULL when it went well */
	const char *changes; /* a JSON array */
	int64_t batch;       /* 0: waits to be sealed */
};

struct audit_batch {
	int64_t number, first_id, last_id, count, sealed_at, claimed_at;
	const char *root, *previous, *key_id, *signature; /* hexadecimal; NULL while it is open */
};

/* audit_canon.c: the bytes described in audit.h, in the arena. */
struct buf audit_entry_bytes(struct arena *a, const struct audit_entry *e);
struct buf audit_batch_bytes(struct arena *a, const struct audit_batch *b);

/* audit_tree.c. */
enum { SM3_SIZE = 32 };
struct sm3 {
	uint8_t b[SM3_SIZE];
};
struct hasher; /* one thread's; its context is used again and again */
struct hasher *hasher_new(void) __attribute__((returns_nonnull));
void hasher_end(struct hasher *h);
struct sm3 sm3_of(struct hasher *h, const void *p, size_t size, const void *q, size_t q_size);
struct sm3 audit_leaf(struct hasher *h, const struct buf *entry);
/* All levels of a tree, leaves first; in the arena. 64 levels are more than memory has room for. */
enum { AUDIT_PATH_MAX = 64 };
struct audit_tree {
	struct sm3 root;
	int height;
	const struct sm3 *level[AUDIT_PATH_MAX];
	size_t count[AUDIT_PATH_MAX];
};
/* 'leaves' (at least one) outlive the tree. */
struct audit_tree audit_tree_of(struct hasher *h, struct arena *a, const struct sm3 *leaves,
				size_t count);
/* The audit path of RFC 6962 §2.1.1 for leaf 'index'; returns how many nodes. */
size_t audit_path(const struct audit_tree *t, size_t index, struct sm3 path[AUDIT_PATH_MAX]);
/* The root that follows from a leaf and its path (RFC 9162 §2.1.3.2); false: the path does not fit. */
bool audit_path_root(struct hasher *h, const struct sm3 *leaf, size_t count, size_t index,
		     const struct sm3 *path, size_t length, struct sm3 *root);
/* The seal of a sealed batch: what the next one carries as 'previous'. 65 bytes. */
void audit_seal_of(struct hasher *h, struct arena *a, const struct audit_batch *b, char out[65]);

/* A batch's members: 40 bytes an entry. */
enum { MEMBER_SIZE = 8 + SM3_SIZE };
void member_write(uint8_t out[MEMBER_SIZE], int64_t id, const struct sm3 *leaf);
void member_read(const uint8_t in[MEMBER_SIZE], int64_t *id, struct sm3 *leaf);

/* audit_key.c. Owner: the opener. */
struct audit_keys;
/* DATA/keys, in the arena. */
const char *audit_keys_folder(struct call *c, const struct house *h);
/* NULL with the call's problem. */
struct audit_keys *audit_keys_open(struct call *c, const char *keys);
void audit_keys_close(struct audit_keys *k);
/* The id of the signing key. */
const char *audit_key_id(const struct audit_keys *k);
/* Signs with the signing key; the signature in hexadecimal, in the arena. */
enum status audit_sign(struct call *c, struct audit_keys *k, const struct buf *bytes,
		       const char **signature) MUST_USE;
/* ST_NOT_FOUND: no trusted key has this id. ST_FORBIDDEN: the signature is not by that key. */
enum status audit_signed(struct call *c, struct audit_keys *k, const char *key_id,
			 const struct buf *bytes, const char *signature) MUST_USE;
/* Calls 'fn' for each trusted key: its id, PEM, and point in hexadecimal. */
void audit_keys_each(struct call *c, struct audit_keys *k,
		     void (*fn)(void *arg, const char *id, const char *pem, const char *point),
		     void *arg);
/* The newest batch of which this machine knows: KEYS/audit.head. Number 0 when there is none. */
struct audit_head {
	int64_t number;
	char seal[65];
};
enum status audit_head_read(struct call *c, const char *keys, struct audit_head *out) MUST_USE;
enum status audit_head_write(struct call *c, const char *keys, const struct audit_head *h) MUST_USE;

/* audit_seal.c. */
struct audit;
/* NULL with the call's problem. With 'thread', turns are taken until the close, which takes a last one. */
struct audit *audit_open(struct call *c, struct house *h, bool thread);
void audit_close(struct audit *a);
/* One turn of the sealer, which makes at most one batch. '*count' gets how many entries stand in it. */
enum status audit_turn(struct call *c, struct audit *a, int64_t *count) MUST_USE;

/* audit_http.c. */
extern const struct permission audit_permissions[];
extern const struct route_group audit_routes[];

/* audit_store.c. */
struct audit_claim {
	const char *holder;
	int64_t until_at;
	int64_t waiting; /* not 0: something is to be sealed */
};
struct audit_filter {
	const char *actor, *action, *subject;
	int64_t from, until;          /* microseconds; 'until' is left out */
	int64_t before_at, before_id; /* only what stands before this place */
	int64_t limit;
};
enum status audit_insert(struct call *c, const struct audit_entry *e) MUST_USE;
enum status audit_sealer_look(struct call *c, struct audit_claim *out) MUST_USE;
enum status audit_sealer_take(struct call *c, const char *holder, int64_t now, int64_t until,
			      bool *mine) MUST_USE;
enum status audit_sealer_leave(struct call *c, const char *holder) MUST_USE;
enum status audit_batch_open(struct call *c, int64_t *number) MUST_USE;
enum status audit_batch_last(struct call *c, int64_t *number) MUST_USE;
enum status audit_batch_claim(struct call *c, int64_t number, int64_t now, int64_t limit,
			      int64_t *count) MUST_USE;
enum status audit_batch_seal(struct call *c, const struct audit_batch *b, const void *members,
			     size_t size, int64_t *changed) MUST_USE;
enum status audit_batch_get(struct call *c, int64_t number, struct audit_batch *out) MUST_USE;
enum status audit_batch_members(struct call *c, int64_t number, const void **out,
				size_t *size) MUST_USE;
/* Batches numbered above 'after', in order. */
enum status audit_batches(struct call *c, int64_t after, int64_t limit, struct audit_batch **out,
			  size_t *count) MUST_USE;
/* Entries of a batch with ids above 'after', in order. */
enum status audit_batch_entries(struct call *c, int64_t number, int64_t after, int64_t limit,
				struct audit_entry **out, size_t *count) MUST_USE;
/* Entries whose batch is not there; entries that wait since before 'at'. */
enum status audit_strays(struct call *c, struct audit_entry **out, size_t *count) MUST_USE;
enum status audit_waiting(struct call *c, int64_t at, struct audit_entry **out,
			  size_t *count) MUST_USE;
enum status audit_get(struct call *c, int64_t id, struct audit_entry *out) MUST_USE;
/* Newest first. */
enum status audit_find(struct call *c, const struct audit_filter *f, struct audit_entry **out,
		       size_t *count) MUST_USE;

#endif
