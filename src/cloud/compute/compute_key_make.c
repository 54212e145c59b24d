/* SPDX-License-Identifier: Apache-2.0 */
/* Key pairs that are made here because their owner brought none: RSA for SSH, or with a certificate that
 * its own key has signed (X.509), as Nova makes them. The private key is answered once and kept nowhere. */
#include <openssl/core_names.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include "base/id.h"
#include "base/text.h"
#include "cloud/compute/compute_private.h"

enum { BITS = 3072, SERIAL_SIZE = 16 };
#define YEARS_10 (10 * 365 * 86400L)

static enum status broken(struct call *c)
{
	return fail(c, ST_INTERNAL, NULL, "a key cannot be made: OpenSSL refuses");
}

/* What was written to 'b', as text of the call's; 'b' is freed. */
static const char *text_of(struct call *c, BIO *b)
{
	char *data = NULL;
	long size = b ? BIO_get_mem_data(b, &data) : 0;
	const char *text = size > 0 ? arena_strndup(c->arena, data, (size_t)size) : NULL;

	BIO_free(b);
	return text;
}

/* In the form that ssh, old and new, and Nova's clients read. */
static const char *private_text(struct call *c, const EVP_PKEY *key)
{
	BIO *b = BIO_new(BIO_s_secmem());

	if (b)
		PEM_write_bio_PrivateKey_traditional(b, key, NULL, NULL, 0, NULL, NULL);
	return text_of(c, b);
}

/* RFC 4251 §5: bytes behind their number. */
static void put_bytes(struct buf *b, const void *p, size_t size)
{
	const unsigned char head[4] = { (unsigned char)(size >> 24), (unsigned char)(size >> 16),
					(unsigned char)(size >> 8), (unsigned char)size };

	buf_add(b, head, sizeof head);
	buf_add(b, p, size);
}

/* A positive number: a zero stands before a first bit that is set. */
static bool put_number(struct buf *b, const EVP_PKEY *key, const char *name)
{
	unsigned char bytes[BITS / 8 + 1] = { 0 };
	BIGNUM *n = NULL;
	bool known = EVP_PKEY_get_bn_param(key, name, &n) == 1 &&
		     BN_num_bytes(n) < (int)sizeof bytes;
	int size = known ? BN_bn2bin(n, bytes + 1) : 0;

	BN_free(n);
	if (known && bytes[1] & 0x80)
		put_bytes(b, bytes, (size_t)size + 1);
	else if (known)
		put_bytes(b, bytes + 1, (size_t)size);
	return known;
}

/* RFC 4253 §6.6 */
static const char *ssh_text(struct call *c, const EVP_PKEY *key)
{
	struct buf b = { .arena = c->arena };

	put_bytes(&b, "ssh-rsa", 7);
	if (!put_number(&b, key, OSSL_PKEY_PARAM_RSA_E) ||
	    !put_number(&b, key, OSSL_PKEY_PARAM_RSA_N))
		return NULL;
	return arena_printf(c->arena, "ssh-rsa %s Generated-by-Yongyun",
			    base64_encode(c->arena, b.data, b.size));
}

/* --- certificates --- */

static bool extend(X509 *x, int nid, const char *value)
{
	X509V3_CTX ctx;

	X509V3_set_ctx(&ctx, x, x, NULL, NULL, 0);
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	bool added = e && X509_add_ext(x, e, -1) == 1;
	X509_EXTENSION_free(e);
	return added;
}

static bool name_holder(X509 *x, const char *user)
{
	X509_NAME *name = X509_get_subject_name(x);

	return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)user,
					  -1, -1, 0) == 1 &&
	       X509_set_issuer_name(x, name) == 1;
}

static bool number_it(X509 *x)
{
	unsigned char bytes[SERIAL_SIZE];

	random_bytes(bytes, sizeof bytes);
	bytes[0] = (unsigned char)((bytes[0] & 0x7f) | 1);
	BIGNUM *n = BN_bin2bn(bytes, sizeof bytes, NULL);
	bool numbered = n && BN_to_ASN1_INTEGER(n, X509_get_serialNumber(x));
	BN_free(n);
	return numbered;
}

/* For logging in: the user's id stands as its principal name too, which is how Windows knows it. */
static bool certify(struct call *c, X509 *x, EVP_PKEY *key, const char *user)
{
	const char *principal =
		arena_printf(c->arena, "otherName:1.3.6.1.4.1.311.20.2.3;UTF8:%s@localhost", user);

	return X509_set_version(x, X509_VERSION_3) == 1 && number_it(x) &&
	       X509_gmtime_adj(X509_getm_notBefore(x), 0) &&
	       X509_gmtime_adj(X509_getm_notAfter(x), YEARS_10) && X509_set_pubkey(x, key) == 1 &&
	       name_holder(x, user) && extend(x, NID_ext_key_usage, "clientAuth") &&
	       extend(x, NID_subject_alt_name, principal) && X509_sign(x, key, EVP_sha256()) > 0;
}

static const char *certificate_text(struct call *c, EVP_PKEY *key, const char *user)
{
	X509 *x = X509_new();
	BIO *b = BIO_new(BIO_s_mem());
	bool made = x && b && certify(c, x, key, user) && PEM_write_bio_X509(b, x) == 1;

	X509_free(x);
	const char *text = text_of(c, b);
	return made ? text : NULL;
}

enum status keypair_make(struct call *c, const char *type, const char *user,
			 const char **public_key, const char **private_key)
{
	bool certified = str_eq(type, "x509");

	/* It goes into a configuration line of OpenSSL's: nothing may be added to that. */
	if (certified && !id_valid(user))
		return fail(c, ST_BAD_INPUT, "user_id",
			    "a certificate is made for a user's id of 32 digits");
	EVP_PKEY *key = EVP_RSA_gen(BITS);
	if (!key)
		return broken(c);
	arena_wipe(c->arena);
	*private_key = private_text(c, key);
	*public_key = certified ? certificate_text(c, key, user) : ssh_text(c, key);
	EVP_PKEY_free(key);
	return *private_key && *public_key ? ST_OK : broken(c);
}

/* Without a passphrase to ask for: certificates have none. */
static int no_phrase(char *buf, int size, int writes, void *arg)
{
	(void)buf, (void)size, (void)writes, (void)arg;
	return -1;
}

const char *keypair_certificate_mark(struct call *c, const char *text)
{
	unsigned char md[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	struct buf out = { .arena = c->arena };
	BIO *b = BIO_new_mem_buf(text, -1);
	X509 *x = b ? PEM_read_bio_X509(b, NULL, no_phrase, NULL) : NULL;

	if (x && X509_digest(x, EVP_sha1(), md, &n) != 1)
		n = 0;
	for (unsigned i = 0; i < n; i++)
		buf_printf(&out, i ? ":%02x" : "%02x", md[i]);
	X509_free(x);
	BIO_free(b);
	return n ? buf_text(&out) : NULL;
}
