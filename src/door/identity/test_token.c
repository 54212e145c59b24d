/* SPDX-License-Identifier: Apache-2.0 */
/* What needs no house: sealing and its keys, claims, passwords, passcodes. */
#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/id.h"
#include "door/identity/password.h"
#include "door/identity/token.h"
#include "door/identity/totp.h"
#include "harness.h"

static struct fernet *open_keys(const char *folder)
{
	char why[512] = "";
	struct fernet *f = fernet_open(folder, true, why);

	if (!f)
		test_fail("%s", why);
	return f;
}

static struct token_claims some_claims(void)
{
	struct token_claims t = { .user_id = "01a20ae0cac77eb797221950a18d2757",
				  .scope = SCOPE_DOMAIN,
				  .scope_id = "default",
				  .methods = METHOD_PASSWORD | METHOD_TOTP,
				  .issued_at = 1790000000123456,
				  .expires_at = 1790003600123456,
				  .trust_id = "01a20ae0cac77eb797221950a18d2758" };

	random_bytes(t.audit_id, sizeof t.audit_id);
	random_bytes(t.chain_id, sizeof t.chain_id);
	return t;
}

TEST(a_token_says_what_was_put_into_it)
{
	struct call *c = test_call();
	struct fernet *f = open_keys(test_folder());
	struct token_claims in = some_claims(), out;
	char *text = token_write(f, c->arena, &in);

	assert_true(strlen(text) < 255);
	assert_true(token_read(f, c->arena, text, &out));
	assert_string_equal(out.user_id, in.user_id);
	assert_int_equal(out.scope, in.scope);
	assert_string_equal(out.scope_id, "default");
	assert_int_equal(out.methods, in.methods);
	assert_int_equal(out.issued_at, in.issued_at);
	assert_int_equal(out.expires_at, in.expires_at);
	assert_string_equal(out.trust_id, in.trust_id);
	assert_null(out.application_credential_id);
	assert_false(out.receipt);
	assert_memory_equal(out.audit_id, in.audit_id, AUDIT_ID_SIZE);
	assert_memory_equal(out.chain_id, in.chain_id, AUDIT_ID_SIZE);
	fernet_close(f);
}

TEST(a_token_that_is_cut_off_or_lengthened_is_refused)
{
	struct call *c = test_call();
	struct fernet *f = open_keys(test_folder());
	struct token_claims in = some_claims(), out;
	char *text = token_write(f, c->arena, &in);

	for (size_t n = 0; n < strlen(text); n++)
		assert_false(token_read(f, c->arena, arena_strndup(c->arena, text, n), &out));
	assert_false(token_read(f, c->arena, arena_printf(c->arena, "%sAAAA", text), &out));
	fernet_close(f);
}

TEST(a_token_with_any_character_changed_is_refused)
{
	struct call *c = test_call();
	struct fernet *f = open_keys(test_folder());
	struct token_claims in = some_claims(), out;
	char *text = token_write(f, c->arena, &in);

	for (size_t i = 0; text[i]; i++) {
		char *forged = arena_strdup(c->arena, text);
		forged[i] = forged[i] == 'A' ? 'B' : 'A';
		assert_false(token_read(f, c->arena, forged, &out));
	}
	fernet_close(f);
}

TEST(packed_claims_are_refused_when_any_byte_is_missing)
{
	struct call *c = test_call();
	struct fernet *f = open_keys(test_folder());
	struct token_claims in = some_claims(), out;
	char *text = token_write(f, c->arena, &in);
	size_t size;
	uint8_t *p = fernet_unseal(f, c->arena, text, &size);

	assert_true(token_unpack(c->arena, p, size, &out));
	for (size_t n = 0; n < size; n++)
		assert_false(token_unpack(c->arena, p, n, &out));
	fernet_close(f);
}

TEST(a_token_of_other_keys_is_refused)
{
	struct call *c = test_call();
	struct fernet *ours = open_keys(test_folder()), *theirs = open_keys(test_folder());
	struct token_claims in = some_claims(), out;

	assert_false(token_read(ours, c->arena, token_write(theirs, c->arena, &in), &out));
	fernet_close(ours);
	fernet_close(theirs);
}

TEST(a_token_outlives_one_rotation_and_not_two)
{
	struct call *c = test_call();
	const char *folder = test_folder();
	struct fernet *f = open_keys(folder);
	struct token_claims in = some_claims(), out;
	char *text = token_write(f, c->arena, &in);

	for (int i = 1; i <= 2; i++) {
		assert_int_equal(fernet_rotate(c, folder, 3), ST_OK);
		struct fernet *again = open_keys(folder);
		assert_int_equal(token_read(again, c->arena, text, &out), i < 2);
		fernet_close(again);
	}
	fernet_close(f);
}

TEST(another_process_opens_what_a_rotated_key_sealed)
{
	struct call *c = test_call();
	const char *folder = test_folder();
	struct fernet *old = open_keys(folder);
	struct token_claims in = some_claims(), out;

	/* 'old' has read the folder before the rotation, so it knows the key that was staged then. */
	assert_int_equal(fernet_rotate(c, folder, 3), ST_OK);
	struct fernet *now = open_keys(folder);
	assert_true(token_read(old, c->arena, token_write(now, c->arena, &in), &out));
	fernet_close(old);
	fernet_close(now);
}

TEST(keys_can_be_read_by_their_owner_only)
{
	const char *folder = arena_printf(test_call()->arena, "%s/keys", test_folder());
	struct fernet *f = open_keys(folder);
	struct stat s;

	assert_int_equal(stat(folder, &s), 0);
	assert_int_equal(s.st_mode & 0777, 0700);
	assert_int_equal(stat(arena_printf(test_call()->arena, "%s/1", folder), &s), 0);
	assert_int_equal(s.st_mode & 0777, 0600);
	fernet_close(f);
}

/* The example of the Fernet specification (github.com/fernet/spec, verify.json). */
TEST(the_specifications_example_opens)
{
	struct call *c = test_call();
	const char *folder = test_folder();
	FILE *key = fopen(arena_printf(c->arena, "%s/1", folder), "we");

	assert_non_null(key);
	fputs("cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=\n", key);
	fclose(key);
	struct fernet *f = open_keys(folder);
	size_t size = 0;
	const char *text = fernet_unseal(f, c->arena,
					 "gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_"
					 "5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==",
					 &size);
	assert_non_null(text);
	assert_int_equal(size, 5);
	assert_memory_equal(text, "hello", 5);
	fernet_close(f);
}

/* --- passwords --- */

TEST(a_password_is_known_by_its_hash_and_no_other_is)
{
	struct call *c = test_call();
	const char *hash;
	bool right = false;

	assert_true(sodium_init() >= 0);
	assert_int_equal(password_hash(c, "Sesame-Street-1", &hash), ST_OK);
	assert_true(str_starts(hash, "$argon2id$v=19$m=19456,t=2,p=1$"));
	assert_int_equal(password_check(c, "Sesame-Street-1", hash, &right), ST_OK);
	assert_true(right);
	assert_int_equal(password_check(c, "Sesame-Street-2", hash, &right), ST_OK);
	assert_false(right);
	assert_int_equal(password_check(c, "Sesame-Street-1", NULL, &right), ST_OK);
	assert_false(right);
	assert_true(password_hash_is_new(hash));
}

TEST(a_bcrypt_hash_from_keystone_is_understood)
{
	struct call *c = test_call();
	const char *hash = "$2b$04$abcdefghijklmnopqrstuuxj6bxdRKpZJ7N3LUnLFbaf8KUEbTvy2";
	bool right = true;

	assert_int_equal(password_check(c, "Sesame-Street-2", hash, &right), ST_OK);
	assert_false(right);
	assert_int_equal(password_check(c, "Sesame-Street-1", hash, &right), ST_OK);
	assert_true(right);
	assert_false(password_hash_is_new(hash));
}

TEST(a_new_password_keeps_the_rules)
{
	static const struct {
		const char *password, *complaint;
	} cases[] = {
		{ "Ab1-xyz", "at least 8" },   { "alllowercase", "3 of" },
		{ "lower-and-other", "3 of" }, { "Zhang-San-2026", "name" },
		{ "甬城的大桥Ab1", NULL },     { "Harbour-Bridge-7", NULL },
	};
	const struct password_rules rules = { .min_length = 8, .classes = 3 };

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct call *c = test_call();
		enum status st = password_rules_check(c, &rules, "zhang-san", cases[i].password);
		assert_int_equal(st, cases[i].complaint ? ST_BAD_INPUT : ST_OK);
		if (cases[i].complaint)
			assert_non_null(strstr(c->problem, cases[i].complaint));
	}
}

TEST(a_random_password_keeps_the_strictest_rules)
{
	const struct password_rules rules = { .min_length = 20, .classes = 4 };

	for (int i = 0; i < 50; i++) {
		struct call *c = test_call();
		assert_int_equal(password_rules_check(c, &rules, "admin", password_random(c)),
				 ST_OK);
	}
}

/* --- passcodes --- */

/* RFC 6238, appendix B, SHA-1, the last six digits. */
TEST(passcodes_are_those_of_rfc_6238)
{
	static const struct {
		int64_t seconds;
		const char *code;
	} cases[] = {
		{ 59, "287082" },         { 1111111109, "081804" }, { 1111111111, "050471" },
		{ 1234567890, "005924" }, { 2000000000, "279037" }, { 20000000000, "353130" }
	};
	struct call *c = test_call();
	size_t size;
	uint8_t *secret = totp_secret(c->arena, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", &size);
	char code[7];

	assert_non_null(secret);
	assert_int_equal(size, 20);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		totp_code(secret, size, cases[i].seconds / TOTP_STEP_SECONDS, code);
		assert_string_equal(code, cases[i].code);
	}
}

TEST(a_passcode_counts_once_and_near_its_time)
{
	struct call *c = test_call();
	size_t size;
	uint8_t *secret = totp_secret(c->arena, "gezdgnbvgy3tqojqgezdgnbvgy3tqojq", &size);
	int64_t at = INT64_C(1234567890) * CLOCK_SECOND, step = 1234567890 / TOTP_STEP_SECONDS;

	assert_int_equal(totp_match(secret, size, "005924", at, 0), step);
	assert_int_equal(totp_match(secret, size, "005924", at, step), 0);
	assert_int_equal(totp_match(secret, size, "005924", at + 30 * CLOCK_SECOND, 0), step);
	assert_int_equal(totp_match(secret, size, "005924", at + 90 * CLOCK_SECOND, 0), 0);
	assert_null(totp_secret(c->arena, "not base32!", &size));
	assert_null(totp_secret(c->arena, "GEZDGNBV", &size));
}
