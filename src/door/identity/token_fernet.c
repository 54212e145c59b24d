/* SPDX-License-Identifier: Apache-2.0 */
/* Sealing and opening, with the keys of fernet_keys.c. Every request opens a token, so nothing is looked
 * up twice: AES is OpenSSL's, fetched once; the HMAC libsodium's, which allocates nothing. The layout is
 * 0x80 | seconds, 8 bytes | IV, 16 | ciphertext | HMAC-SHA256 of all before, 32. */
#include <assert.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include "base/clock.h"
#include "base/id.h"
#include "door/identity/fernet_private.h"

enum {
	HEAD_SIZE = 1 + 8 + 16,
	MAC_SIZE = 32,
	BLOCK_SIZE = 16,
	SEALED_MIN = HEAD_SIZE + BLOCK_SIZE + MAC_SIZE,
	TEXT_MAX = 64 * 1024 /* a sealed blob of a credential; tokens have about 250 characters */
};
static const uint8_t VERSION = 0x80;

/* The first half of a key signs, the second encrypts. */
static const uint8_t *sign_half(const struct fernet_key *k)
{
	return k->bytes;
}

static const uint8_t *cipher_half(const struct fernet_key *k)
{
	return k->bytes + FERNET_KEY_SIZE / 2;
}

static void mac(const struct fernet_key *k, const uint8_t *p, size_t size, uint8_t out[MAC_SIZE])
{
	crypto_auth_hmacsha256_state state;

	crypto_auth_hmacsha256_init(&state, sign_half(k), FERNET_KEY_SIZE / 2);
	crypto_auth_hmacsha256_update(&state, p, size);
	crypto_auth_hmacsha256_final(&state, out);
}

static EVP_CIPHER *aes;
static pthread_once_t aes_once = PTHREAD_ONCE_INIT;

static void fetch_aes(void)
{
	aes = EVP_CIPHER_fetch(NULL, "AES-128-CBC", NULL);
	if (!aes)
		abort(); /* an OpenSSL without AES cannot seal anything */
}

static const EVP_CIPHER *cipher_fetched(void)
{
	pthread_once(&aes_once, fetch_aes);
	return aes;
}

char *fernet_seal(struct fernet *f, struct arena *a, const void *p, size_t size, int64_t now_at)
{
	assert(size < TEXT_MAX / 2);
	size_t room = HEAD_SIZE + size + BLOCK_SIZE + MAC_SIZE;
	uint8_t *out = arena_alloc(a, room);
	struct fernet_keys *keys = fernet_keys_take(f);
	const struct fernet_key *k = &keys->list[0];
	EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
	int64_t seconds = now_at / CLOCK_SECOND;
	int n = 0, last = 0;

	out[0] = VERSION;
	for (int i = 0; i < 8; i++)
		out[1 + i] = (uint8_t)(seconds >> (56 - 8 * i));
	random_bytes(out + 9, 16);
	if (!cipher ||
	    !EVP_EncryptInit_ex(cipher, cipher_fetched(), NULL, cipher_half(k), out + 9) ||
	    !EVP_EncryptUpdate(cipher, out + HEAD_SIZE, &n, p, (int)size) ||
	    !EVP_EncryptFinal_ex(cipher, out + HEAD_SIZE + n, &last))
		abort();
	EVP_CIPHER_CTX_free(cipher);
	size_t signed_size = HEAD_SIZE + (size_t)n + (size_t)last;
	mac(k, out, signed_size, out + signed_size);
	fernet_keys_drop(f, keys);
	return base64url_encode(a, out, signed_size + MAC_SIZE);
}

static void *decrypt(const struct fernet_key *k, struct arena *a, const uint8_t *in, size_t size,
		     size_t *out_size)
{
	size_t body = size - HEAD_SIZE - MAC_SIZE;
	uint8_t *out = arena_alloc(a, body + BLOCK_SIZE);
	EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
	int n = 0, last = 0;
	bool right = cipher &&
		     EVP_DecryptInit_ex(cipher, cipher_fetched(), NULL, cipher_half(k), in + 9) &&
		     EVP_DecryptUpdate(cipher, out, &n, in + HEAD_SIZE, (int)body) &&
		     EVP_DecryptFinal_ex(cipher, out + n, &last);

	EVP_CIPHER_CTX_free(cipher);
	if (!right)
		return NULL;
	*out_size = (size_t)n + (size_t)last;
	return out;
}

static void *unseal_with(const struct fernet_keys *keys, struct arena *a, const uint8_t *in,
			 size_t size, size_t *out_size)
{
	uint8_t expected[MAC_SIZE];

	for (size_t i = 0; i < keys->count; i++) {
		mac(&keys->list[i], in, size - MAC_SIZE, expected);
		if (sodium_memcmp(expected, in + size - MAC_SIZE, MAC_SIZE) == 0)
			return decrypt(&keys->list[i], a, in, size, out_size);
	}
	return NULL;
}

void *fernet_unseal(struct fernet *f, struct arena *a, const char *text, size_t *size)
{
	size_t n;
	const uint8_t *in;

	if (strlen(text) > TEXT_MAX)
		return NULL;
	in = base64url_decode(a, text, &n);
	if (!in || n < SEALED_MIN || in[0] != VERSION || (n - HEAD_SIZE - MAC_SIZE) % BLOCK_SIZE)
		return NULL;
	struct fernet_keys *keys = fernet_keys_take(f);
	void *out = unseal_with(keys, a, in, n, size);
	fernet_keys_drop(f, keys);
	if (out || !fernet_keys_refresh(f))
		return out;
	keys = fernet_keys_take(f);
	out = unseal_with(keys, a, in, n, size);
	fernet_keys_drop(f, keys);
	return out;
}
