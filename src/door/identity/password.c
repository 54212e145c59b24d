/* SPDX-License-Identifier: Apache-2.0 */
/* Hashing is dear on purpose: two threads may do it at a time, a few may wait, the rest are told to come
 * again, so that a storm of sign-ins takes neither the memory nor all workers. */
#include <crypt.h>
#include <pthread.h>
#include <sodium.h>
#include "base/id.h"
#include "base/text.h"
#include "door/identity/password.h"

_Static_assert(PASSWORD_HASH_SIZE == crypto_pwhash_STRBYTES, "as libsodium has it");

enum {
	AT_ONCE = 2,
	WAITING_MAX = 6, /* fewer than a house has workers: others must be served meanwhile */
	PASSES = 2
};
static const size_t MEMORY = (size_t)19 << 20;

static struct {
	pthread_mutex_t lock;
	pthread_cond_t turn;
	int running, waiting;
} pool = { .lock = PTHREAD_MUTEX_INITIALIZER, .turn = PTHREAD_COND_INITIALIZER };

static enum status enter(struct call *c)
{
	enum status st = ST_OK;

	pthread_mutex_lock(&pool.lock);
	if (pool.running >= AT_ONCE && pool.waiting >= WAITING_MAX) {
		st = fail(c, ST_RETRY, NULL, "too many people sign in at this moment; try again");
	} else {
		pool.waiting++;
		while (pool.running >= AT_ONCE)
			pthread_cond_wait(&pool.turn, &pool.lock);
		pool.waiting--;
		pool.running++;
	}
	pthread_mutex_unlock(&pool.lock);
	return st;
}

static void leave(void)
{
	pthread_mutex_lock(&pool.lock);
	pool.running--;
	pthread_cond_signal(&pool.turn);
	pthread_mutex_unlock(&pool.lock);
}

enum status password_hash(struct call *c, const char *password, const char **out)
{
	char *hash = arena_alloc(c->arena, PASSWORD_HASH_SIZE);
	enum status st = enter(c);

	if (st)
		return st;
	int failed = crypto_pwhash_str_alg(hash, password, strlen(password), PASSES, MEMORY,
					   crypto_pwhash_ALG_ARGON2ID13);
	leave();
	if (failed)
		return fail(c, ST_RETRY, NULL, "there is no memory for hashing a password");
	*out = hash;
	return ST_OK;
}

/* What nobody's password has: made once, so that a check against it costs what any check does. */
static char nobody[PASSWORD_HASH_SIZE];
static pthread_once_t nobody_once = PTHREAD_ONCE_INIT;

static void make_nobody(void)
{
	unsigned char secret[32];
	char text[65];

	random_bytes(secret, sizeof secret);
	hex_encode(secret, sizeof secret, text);
	if (crypto_pwhash_str_alg(nobody, text, 64, PASSES, MEMORY, crypto_pwhash_ALG_ARGON2ID13))
		abort();
}

static bool is_bcrypt(const char *hash)
{
	return str_starts(hash, "$2b$") || str_starts(hash, "$2a$") || str_starts(hash, "$2y$");
}

static bool check_bcrypt(struct call *c, const char *password, const char *hash)
{
	struct crypt_data *data = arena_secret(c->arena, sizeof *data);
	const char *made = crypt_rn(password, hash, data, (int)sizeof *data);

	return made && str_same_secret(made, hash);
}

enum status password_check(struct call *c, const char *password, const char *hash, bool *right)
{
	enum status st = enter(c);

	if (st)
		return st;
	pthread_once(&nobody_once, make_nobody);
	if (hash && is_bcrypt(hash)) {
		*right = check_bcrypt(c, password, hash);
	} else {
		int wrong =
			crypto_pwhash_str_verify(hash ? hash : nobody, password, strlen(password));
		*right = hash && !wrong;
	}
	leave();
	return ST_OK;
}

bool password_hash_is_new(const char *hash)
{
	return !is_bcrypt(hash) && crypto_pwhash_str_needs_rehash(hash, PASSES, MEMORY) == 0;
}

static int64_t classes_of(const char *s)
{
	bool lower = false, upper = false, digit = false, other = false;

	for (; *s; s++) {
		if (*s >= 'a' && *s <= 'z')
			lower = true;
		else if (*s >= 'A' && *s <= 'Z')
			upper = true;
		else if (*s >= '0' && *s <= '9')
			digit = true;
		else
			other = true;
	}
	return lower + upper + digit + other;
}

enum status password_rules_check(struct call *c, const struct password_rules *rules,
				 const char *user_name, const char *password)
{
	if ((int64_t)utf8_length(password) < rules->min_length)
		return fail(c, ST_BAD_INPUT, "password", "a password has at least %lld characters",
			    (long long)rules->min_length);
	if (strlen(password) > PASSWORD_BYTES_MAX)
		return fail(c, ST_BAD_INPUT, "password", "a password has at most %d bytes",
			    PASSWORD_BYTES_MAX);
	if (classes_of(password) < rules->classes)
		return fail(c, ST_BAD_INPUT, "password",
			    "a password has %lld of: small letters, capitals, digits, others",
			    (long long)rules->classes);
	if (rules->classes > 0 && strlen(user_name) >= 3 && strcasestr(password, user_name))
		return fail(c, ST_BAD_INPUT, "password",
			    "a password does not hold the user's name");
	return ST_OK;
}

char *password_random(struct call *c)
{
	/* Without the characters that people take for one another. */
	static const char alphabet[] = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
	char *s = arena_secret(c->arena, 21);

	do {
		for (int i = 0; i < 20; i++)
			s[i] = (i % 5 == 4) ? '-'
					    : alphabet[randombytes_uniform(sizeof alphabet - 1)];
		s[19] = alphabet[randombytes_uniform(sizeof alphabet - 1)];
	} while (classes_of(s) < 4);
	return s;
}
