/* SPDX-License-Identifier: Apache-2.0 */
/* Key pairs that are made here, and certificates. */
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include "cloud/compute/test_compute.h"

static struct nova_answer create(const char *body)
{
	return nova_ask_in(compute_call_as(VDC_A, NOVA(2, 2)), "compute.keypair.create", "", body);
}

static EVP_PKEY *private_of(const json_t *answer)
{
	BIO *b = BIO_new_mem_buf(text_at(answer, "keypair.private_key"), -1);
	EVP_PKEY *key = PEM_read_bio_PrivateKey(b, NULL, NULL, NULL);

	BIO_free(b);
	assert_non_null(key);
	return key;
}

TEST(a_pair_is_made_for_who_brings_no_key)
{
	compute_begin();
	const json_t *k = want(create("{\"keypair\":{\"name\":\"k\"}}"));
	EVP_PKEY *key = private_of(k);
	const char *public_key = text_at(k, "keypair.public_key");

	assert_int_equal(EVP_PKEY_get_bits(key), 3072);
	assert_true(str_starts(public_key, "ssh-rsa AAAAB3NzaC1yc2EAAAADAQAB"));
	/* The modulus of both is one: it ends the public key's bytes. */
	size_t size = 0;
	struct words w = words_split(test_call()->arena, public_key, ' ');
	const unsigned char *blob = base64_decode(test_call()->arena, w.list[1], &size);
	unsigned char modulus[384];
	BIGNUM *n = NULL;
	assert_int_equal(EVP_PKEY_get_bn_param(key, "n", &n), 1);
	assert_int_equal(BN_bn2bin(n, modulus), sizeof modulus);
	assert_memory_equal(blob + size - sizeof modulus, modulus, sizeof modulus);
	BN_free(n);
	EVP_PKEY_free(key);

	/* It was told once. */
	k = want(nova_ask(VDC_A, "compute.keypair.show", "name=k", NULL));
	assert_string_equal(text_at(k, "keypair.public_key"), public_key);
	assert_null(text_at(k, "keypair.private_key"));
}

TEST(a_certificate_is_made_and_taken)
{
	compute_begin();
	const json_t *k = want(create("{\"keypair\":{\"name\":\"k\",\"type\":\"x509\"}}"));
	EVP_PKEY *key = private_of(k);
	const char *pem = text_at(k, "keypair.public_key");
	BIO *b = BIO_new_mem_buf(pem, -1);
	X509 *x = PEM_read_bio_X509(b, NULL, NULL, NULL);

	assert_non_null(x);
	assert_int_equal(X509_check_private_key(x, key), 1);
	assert_int_equal(X509_verify(x, key), 1);
	assert_int_equal(X509_get_extended_key_usage(x), XKU_SSL_CLIENT);
	assert_int_equal(strlen(text_at(k, "keypair.fingerprint")), 59);
	assert_string_equal(text_at(k, "keypair.type"), "x509");
	X509_free(x);
	BIO_free(b);
	EVP_PKEY_free(key);

	json_t *ask = json_pack("{s:{s:s,s:s,s:s}}", "keypair", "name", "given", "type", "x509",
				"public_key", pem);
	char *body = json_dumps(ask, 0);
	const json_t *given = want(create(body));
	assert_string_equal(text_at(given, "keypair.fingerprint"),
			    text_at(k, "keypair.fingerprint"));
	assert_null(text_at(given, "keypair.private_key"));
	free(body);
	json_decref(ask);
}

TEST(what_is_no_key_of_its_type_is_refused)
{
	compute_begin();
	want_refusal(create("{\"keypair\":{\"name\":\"k\",\"type\":\"pgp\"}}"), ST_BAD_INPUT,
		     "ssh or x509");
	want_refusal(create("{\"keypair\":{\"name\":\"k\",\"type\":\"x509\","
			    "\"public_key\":\"ssh-rsa AAAA\"}}"),
		     ST_BAD_INPUT, "fingerprint");
	want_refusal(create("{\"keypair\":{\"name\":\"k\",\"type\":\"x509\",\"public_key\":"
			    "\"-----BEGIN CERTIFICATE-----\\nMIIB\\n-----END CERTIFICATE-----\"}}"),
		     ST_BAD_INPUT, "fingerprint");
	/* For a user whose id could say more than an id. */
	want_refusal(nova_ask_in(compute_call_as(NULL, NOVA(2, 10)), "compute.keypair.create", "",
				 "{\"keypair\":{\"name\":\"k\",\"type\":\"x509\","
				 "\"user_id\":\"a,DNS:b\"}}"),
		     ST_BAD_INPUT, "32 digits");
}
