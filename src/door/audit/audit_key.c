/* SPDX-License-Identifier: Apache-2.0 */
/* The SM2 keys of the audit trail: made at init, read from one folder, never from the database, so
 * that who can write the database cannot also sign. Beside them stands the newest seal. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "door/audit/audit_private.h"
#include "door/house.h"

#define SIGNER_ID "1234567812345678"

enum { KEYS_MAX = 64, POINT_SIZE = 65, KEY_ID_SIZE = 17 };

struct trusted_key {
	EVP_PKEY *key;
	char id[KEY_ID_SIZE];
	uint8_t point[POINT_SIZE]; /* 0x04 x y */
};

struct audit_keys {
	struct trusted_key list[KEYS_MAX]; /* the signing key comes first */
	int count;
};

static enum status openssl_failed(struct call *c, const char *what)
{
	char why[256] = "no reason given";
	unsigned long e = ERR_get_error();
	if (e)
		ERR_error_string_n(e, why, sizeof(why));
	ERR_clear_error();
	return fail(c, ST_INTERNAL, NULL, "%s failed: %s", what, why);
}

static enum status write_key(struct call *c, const char *path, EVP_PKEY *key)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 && errno == EEXIST)
		return fail(c, ST_CONFLICT, NULL, "%s is there already", path);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
	if (!f) {
		if (fd >= 0)
			close(fd);
		return fail(c, ST_INTERNAL, NULL, "cannot make %s: %m", path);
	}
	bool ok = PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL) == 1;
	ok = fflush(f) == 0 && fsync(fd) == 0 && ok;
	ok = fclose(f) == 0 && ok;
	if (!ok) {
		unlink(path);
		return fail(c, ST_INTERNAL, NULL, "cannot write %s: %m", path);
	}
	return ST_OK;
}

const char *audit_keys_folder(struct call *c, const struct house *h)
{
	return arena_printf(c->arena, "%s/keys", h->config->server.data);
}

enum status audit_init(struct call *c, struct house *h)
{
	const char *folder = audit_keys_folder(c, h);
	const char *path = arena_printf(c->arena, "%s/audit.pem", folder);

	if (mkdir(folder, 0700) && errno != EEXIST)
		return fail(c, ST_INTERNAL, "data", "cannot make the folder %s: %m", folder);
	if (access(path, F_OK) == 0)
		return ST_OK;
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "SM2");
	if (!key)
		return openssl_failed(c, "making an SM2 key");
	enum status st = write_key(c, path, key);
	EVP_PKEY_free(key);
	return st;
}

/* Fills in the point and the id. */
static bool describe(struct trusted_key *t)
{
	size_t size = 0;
	if (!EVP_PKEY_is_a(t->key, "SM2"))
		return false;
	if (!EVP_PKEY_get_octet_string_param(t->key, OSSL_PKEY_PARAM_PUB_KEY, t->point, POINT_SIZE,
					     &size))
		return false;
	if (size != POINT_SIZE || t->point[0] != 4)
		return false;
	struct hasher *h = hasher_new();
	struct sm3 sum = sm3_of(h, t->point, POINT_SIZE, NULL, 0);
	hasher_end(h);
	hex_encode(sum.b, (KEY_ID_SIZE - 1) / 2, t->id);
	return true;
}

static enum status add_key(struct call *c, struct audit_keys *k, const char *path, bool private)
{
	if (k->count == KEYS_MAX)
		return fail(c, ST_LIMIT, NULL, "more than %d audit keys", KEYS_MAX);
	FILE *f = fopen(path, "re");
	if (!f)
		return fail(c, ST_NOT_FOUND, NULL, "cannot read the audit key %s: %m", path);
	struct trusted_key *t = &k->list[k->count];
	t->key = private ? PEM_read_PrivateKey(f, NULL, NULL, NULL)
			 : PEM_read_PUBKEY(f, NULL, NULL, NULL);
	struct stat s;
	bool open_to_others = private && fstat(fileno(f), &s) == 0 && (s.st_mode & 077);
	fclose(f);
	if (!t->key)
		return openssl_failed(c, arena_printf(c->arena, "reading the audit key %s", path));
	k->count++;
	if (!describe(t))
		return fail(c, ST_BAD_INPUT, NULL, "%s is not an SM2 key", path);
	if (open_to_others)
		return fail(c, ST_FORBIDDEN, NULL, "others can read %s: chmod 600 it", path);
	return ST_OK;
}

static int is_public_key(const struct dirent *d)
{
	return str_starts(d->d_name, "audit-") && str_ends(d->d_name, ".pub.pem");
}

struct audit_keys *audit_keys_open(struct call *c, const char *keys)
{
	struct audit_keys *k = calloc(1, sizeof(*k));
	if (!k)
		abort();
	enum status st = add_key(c, k, arena_printf(c->arena, "%s/audit.pem", keys), true);
	struct dirent **found = NULL;
	int n = st ? 0 : scandir(keys, &found, is_public_key, alphasort);
	for (int i = 0; i < n; i++) {
		if (!st)
			st = add_key(c, k, arena_printf(c->arena, "%s/%s", keys, found[i]->d_name),
				     false);
		free(found[i]);
	}
	free(found);
	if (!st)
		return k;
	audit_keys_close(k);
	return NULL;
}

void audit_keys_close(struct audit_keys *k)
{
	if (!k)
		return;
	for (int i = 0; i < k->count; i++)
		EVP_PKEY_free(k->list[i].key);
	free(k);
}

const char *audit_key_id(const struct audit_keys *k)
{
	return k->list[0].id;
}

/* A context whose key context carries the signer's ID, as GB/T 32918.2 §5.5 wants it hashed in. */
static EVP_MD_CTX *signer(EVP_PKEY *key, EVP_PKEY_CTX **pctx)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	*pctx = EVP_PKEY_CTX_new(key, NULL);
	if (ctx && *pctx && EVP_PKEY_CTX_set1_id(*pctx, SIGNER_ID, strlen(SIGNER_ID)) == 1) {
		EVP_MD_CTX_set_pkey_ctx(ctx, *pctx);
		return ctx;
	}
	EVP_PKEY_CTX_free(*pctx);
	EVP_MD_CTX_free(ctx);
	return NULL;
}

enum status audit_sign(struct call *c, struct audit_keys *k, const struct buf *bytes,
		       const char **signature)
{
	EVP_PKEY_CTX *pctx;
	EVP_MD_CTX *ctx = signer(k->list[0].key, &pctx);
	if (!ctx)
		return openssl_failed(c, "preparing to sign");
	uint8_t der[256];
	size_t size = sizeof(der);
	bool ok = EVP_DigestSignInit(ctx, NULL, EVP_sm3(), NULL, k->list[0].key) == 1 &&
		  EVP_DigestSign(ctx, der, &size, (const uint8_t *)bytes->data, bytes->size) == 1;
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_CTX_free(pctx);
	if (!ok)
		return openssl_failed(c, "signing");
	char *text = arena_alloc(c->arena, 2 * size + 1);
	hex_encode(der, size, text);
	*signature = text;
	return ST_OK;
}

enum status audit_signed(struct call *c, struct audit_keys *k, const char *key_id,
			 const struct buf *bytes, const char *signature)
{
	const struct trusted_key *t = NULL;
	for (int i = 0; i < k->count && !t; i++)
		if (str_eq(k->list[i].id, key_id))
			t = &k->list[i];
	if (!t)
		return ST_NOT_FOUND;
	size_t size = strlen(signature) / 2;
	uint8_t *der = arena_alloc(c->arena, size + 1);
	if (!hex_decode(signature, der, size))
		return ST_FORBIDDEN;
	EVP_PKEY_CTX *pctx;
	EVP_MD_CTX *ctx = signer(t->key, &pctx);
	if (!ctx)
		return openssl_failed(c, "preparing to verify");
	bool ok = EVP_DigestVerifyInit(ctx, NULL, EVP_sm3(), NULL, t->key) == 1 &&
		  EVP_DigestVerify(ctx, der, size, (const uint8_t *)bytes->data, bytes->size) == 1;
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_CTX_free(pctx);
	ERR_clear_error();
	return ok ? ST_OK : ST_FORBIDDEN;
}

void audit_keys_each(struct call *c, struct audit_keys *k,
		     void (*fn)(void *arg, const char *id, const char *pem, const char *point),
		     void *arg)
{
	for (int i = 0; i < k->count; i++) {
		char point[2 * POINT_SIZE + 1], *text = NULL;
		hex_encode(k->list[i].point, POINT_SIZE, point);
		BIO *bio = BIO_new(BIO_s_mem());
		long size = bio && PEM_write_bio_PUBKEY(bio, k->list[i].key) == 1
				    ? BIO_get_mem_data(bio, &text)
				    : 0;
		fn(arg, k->list[i].id, arena_strndup(c->arena, size ? text : "", (size_t)size),
		   point);
		BIO_free(bio);
	}
}

enum status audit_head_read(struct call *c, const char *keys, struct audit_head *out)
{
	*out = (struct audit_head){ 0 };
	const char *path = arena_printf(c->arena, "%s/audit.head", keys);
	FILE *f = fopen(path, "re");
	if (!f && errno == ENOENT)
		return ST_OK;
	if (!f)
		return fail(c, ST_INTERNAL, NULL, "cannot read %s: %m", path);
	char line[128] = "";
	bool read = fgets(line, sizeof(line), f) != NULL;
	fclose(f);
	if (!read)
		return ST_OK; /* it was not synced, and the power failed */
	char *space = strchr(line, ' ');
	struct audit_head h = { 0 };
	uint8_t sum[SM3_SIZE];
	if (space) {
		*space = '\0';
		snprintf(h.seal, sizeof(h.seal), "%.*s", (int)strcspn(space + 1, "\n"), space + 1);
	}
	if (!space || !int_parse(line, &h.number) || h.number < 1 ||
	    !hex_decode(h.seal, sum, sizeof(sum)))
		return fail(c, ST_BAD_INPUT, NULL, "%s is damaged", path);
	*out = h;
	return ST_OK;
}

/* Not synced: a head that is older than the trail is harmless, and twenty syncs a second are not. */
enum status audit_head_write(struct call *c, const char *keys, const struct audit_head *h)
{
	const char *path = arena_printf(c->arena, "%s/audit.head", keys);
	const char *new = arena_printf(c->arena, "%s.%d", path, (int)getpid());
	FILE *f = fopen(new, "we");
	if (!f)
		return fail(c, ST_INTERNAL, NULL, "cannot write %s: %m", new);
	bool ok = fprintf(f, "%lld %s\n", (long long)h->number, h->seal) > 0;
	ok = fclose(f) == 0 && ok;
	if (!ok || rename(new, path) != 0) {
		unlink(new);
		return fail(c, ST_INTERNAL, NULL, "cannot write %s: %m", path);
	}
	return ST_OK;
}
