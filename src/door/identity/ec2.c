/* SPDX-License-Identifier: Apache-2.0 */
/* See ec2.h. The sources are Amazon's "Signature Version 2 signing process" and "Create a signed AWS API
 * request"; what their examples sign is what test_ec2.c verifies. */
#include <sodium.h>
#include <stdlib.h>
#include "base/clock.h"
#include "door/identity/ec2.h"

#define WINDOW (15 * 60 * CLOCK_SECOND)
#define ALGORITHM "AWS4-HMAC-SHA256"

struct mac {
	unsigned char bytes[crypto_auth_hmacsha256_BYTES];
};

static struct mac hmac(const void *key, size_t size, const char *text)
{
	crypto_auth_hmacsha256_state s;
	struct mac out;

	crypto_auth_hmacsha256_init(&s, key, size);
	crypto_auth_hmacsha256_update(&s, (const unsigned char *)text, strlen(text));
	crypto_auth_hmacsha256_final(&s, out.bytes);
	sodium_memzero(&s, sizeof s);
	return out;
}

/* --- canonical forms --- */

/* RFC 3986: all but unreserved characters are escaped. */
static void add_escaped(struct buf *b, const char *s)
{
	for (; *s; s++) {
		unsigned char ch = (unsigned char)*s;
		bool plain = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') ||
			     (ch >= '0' && ch <= '9') || strchr("-_.~", ch);
		if (plain)
			buf_char(b, *s);
		else
			buf_printf(b, "%%%02X", ch);
	}
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct map_pair *)a)->name, ((const struct map_pair *)b)->name);
}

/* Parameters sorted by name, escaped, without the signature itself. */
static const char *canonical_query(struct call *c, const struct map *params)
{
	struct map_pair *sorted = arena_array(c->arena, params->count + 1, sizeof *sorted);
	struct buf b = { .arena = c->arena };

	if (params->count)
		memcpy(sorted, params->list, params->count * sizeof *sorted);
	qsort(sorted, params->count, sizeof *sorted, by_name);
	for (size_t i = 0; i < params->count; i++) {
		if (str_eq(sorted[i].name, "X-Amz-Signature") ||
		    str_eq(sorted[i].name, "Signature"))
			continue;
		if (b.size)
			buf_char(&b, '&');
		add_escaped(&b, sorted[i].name);
		buf_char(&b, '=');
		add_escaped(&b, sorted[i].value ? sorted[i].value : "");
	}
	return buf_text(&b);
}

static const char *header(const struct ec2_request *in, const char *name)
{
	for (size_t i = 0; i < in->headers.count; i++)
		if (str_case_eq(in->headers.list[i].name, name))
			return in->headers.list[i].value;
	return NULL;
}

/* The value without blanks around it. */
static const char *trimmed(struct call *c, const char *s)
{
	s += strspn(s, " \t");
	size_t n = strlen(s);
	while (n && (s[n - 1] == ' ' || s[n - 1] == '\t'))
		n--;
	return arena_strndup(c->arena, s, n);
}

/* --- Version 2 --- */

static bool right_2(struct call *c, const struct ec2_request *in, const char *host,
		    const char *secret)
{
	struct mac m = hmac(secret, strlen(secret),
			    arena_printf(c->arena, "%s\n%s\n%s\n%s", in->verb, host, in->path,
					 canonical_query(c, &in->params)));

	return str_same_secret(base64_encode(c->arena, m.bytes, sizeof m.bytes), in->signature);
}

/* --- Version 4 --- */

/* A part of the Authorization header ("SignedHeaders=a;b, Signature=…"), or the parameter in its place. */
static const char *part(struct call *c, const struct ec2_request *in, const char *name)
{
	const char *authorization = header(in, "Authorization");

	if (!authorization)
		return map_get(&in->params, arena_printf(c->arena, "X-Amz-%s", name));
	const char *at = strstr(authorization, arena_printf(c->arena, "%s=", name));
	if (!at)
		return NULL;
	at += strlen(name) + 1;
	return arena_strndup(c->arena, at, strcspn(at, ", "));
}

static const char *canonical_headers(struct call *c, const struct ec2_request *in,
				     const char *signed_names)
{
	struct words names = words_split(c->arena, signed_names, ';');
	struct buf b = { .arena = c->arena };

	for (size_t i = 0; i < names.count; i++) {
		const char *value = header(in, names.list[i]);
		if (value)
			buf_printf(&b, "%s:%s\n", names.list[i], trimmed(c, value));
	}
	return buf_text(&b);
}

static const char *date_4(const struct ec2_request *in)
{
	const char *date = header(in, "X-Amz-Date");

	return date ? date : map_get(&in->params, "X-Amz-Date");
}

static const char *sha256_hex(struct call *c, const char *text)
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	char *out = arena_alloc(c->arena, 2 * sizeof hash + 1);

	crypto_hash_sha256(hash, (const unsigned char *)text, strlen(text));
	hex_encode(hash, sizeof hash, out);
	return out;
}

/* The key for a day, a region and a service, which never leaves them. */
static struct mac key_4(struct call *c, const char *secret, const struct words *credential)
{
	char *first = arena_secret(c->arena, strlen(secret) + 5);

	memcpy(first, "AWS4", 4);
	memcpy(first + 4, secret, strlen(secret));
	struct mac m = hmac(first, strlen(secret) + 4, credential->list[1]);
	for (size_t i = 2; i < 5; i++)
		m = hmac(m.bytes, sizeof m.bytes, i < 4 ? credential->list[i] : "aws4_request");
	return m;
}

static enum status verify_4(struct call *c, const struct ec2_request *in, const char *secret)
{
	const char *names = part(c, in, "SignedHeaders"), *date = date_4(in);
	const char *whole = part(c, in, "Credential");
	struct words credential = words_split(c->arena, whole ? whole : "", '/');
	char hex[2 * sizeof(struct mac) + 1];

	if (!names || !date || !in->body_hash)
		return fail(
			c, ST_BAD_INPUT, !in->body_hash ? "body_hash" : "headers",
			"a signature of version 4 needs body_hash, SignedHeaders and X-Amz-Date");
	if (credential.count != 5 || !str_eq(credential.list[0], in->access) ||
	    !str_eq(credential.list[4], "aws4_request") || !str_starts(date, credential.list[1]))
		return fail(c, ST_BAD_INPUT, "headers",
			    "Credential is ACCESS/DATE/REGION/SERVICE/aws4_request of that day");
	const char *request =
		arena_printf(c->arena, "%s\n%s\n%s\n%s\n%s\n%s", in->verb, in->path,
			     str_eq(in->verb, "POST") ? "" : canonical_query(c, &in->params),
			     canonical_headers(c, in, names), names, in->body_hash);
	struct mac key = key_4(c, secret, &credential);
	struct mac m = hmac(key.bytes, sizeof key.bytes,
			    arena_printf(c->arena, ALGORITHM "\n%s\n%s/%s/%s/%s\n%s", date,
					 credential.list[1], credential.list[2], credential.list[3],
					 credential.list[4], sha256_hex(c, request)));
	hex_encode(m.bytes, sizeof m.bytes, hex);
	sodium_memzero(&key, sizeof key);
	return str_same_secret(hex, in->signature)
		       ? ST_OK
		       : fail(c, ST_SIGNED_OUT, NULL, "EC2 signature not supplied or wrong.");
}

/* --- both --- */

static bool is_4(const struct ec2_request *in)
{
	const char *authorization = header(in, "Authorization");

	return str_eq(map_get(&in->params, "X-Amz-Algorithm"), ALGORITHM) ||
	       (authorization && str_starts(authorization, ALGORITHM));
}

/* "20150830T123600Z" is "2015-08-30T12:36:00Z". */
static const char *with_marks(struct call *c, const char *s)
{
	if (strlen(s) != 16 || s[8] != 'T')
		return s;
	return arena_printf(c->arena, "%.4s-%.2s-%.2sT%.2s:%.2s:%.3s", s, s + 4, s + 6, s + 9,
			    s + 11, s + 13);
}

static enum status check_time(struct call *c, const struct ec2_request *in)
{
	const char *text = is_4(in) ? date_4(in) : map_get(&in->params, "Timestamp");
	int64_t at;

	if (!text || !time_read(with_marks(c, text), &at))
		return fail(c, ST_BAD_INPUT, "params",
			    "a signature needs the time when it was made");
	if (at < c->now_at - WINDOW || at > c->now_at + WINDOW)
		return fail(c, ST_SIGNED_OUT, NULL, "The EC2 signature has expired.");
	return ST_OK;
}

enum status ec2_verify(struct call *c, const struct ec2_request *in, const char *secret)
{
	enum status st = check_time(c, in);

	if (st)
		return st;
	if (is_4(in))
		return verify_4(c, in, secret);
	const char *bare = arena_strndup(c->arena, in->host, strcspn(in->host, ":"));
	/* Some clients sign the host without its port. */
	if (right_2(c, in, in->host, secret) || right_2(c, in, bare, secret))
		return ST_OK;
	return fail(c, ST_SIGNED_OUT, NULL, "EC2 signature not supplied or wrong.");
}
