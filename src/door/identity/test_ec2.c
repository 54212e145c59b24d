/* SPDX-License-Identifier: Apache-2.0 */
/* The requests are the examples that Amazon publishes with their signatures. */
#include "base/clock.h"
#include <sodium.h>
#include "door.h"
#include "door/identity/ec2.h"

#define MAP(pairs)                                                                                 \
	{                                                                                          \
		pairs, sizeof(pairs) / sizeof *(pairs)                                             \
	}

static struct call *call_at(const char *instant)
{
	struct call *c = test_call();

	assert_true(time_read(instant, &c->now_at));
	return c;
}

#define SECRET_2 "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
static struct ec2_request version_2(void)
{
	static struct map_pair params[] = {
		{ "AWSAccessKeyId", "AKIAIOSFODNN7EXAMPLE" }, { "Version", "2009-03-31" },
		{ "Timestamp", "2011-10-03T15:19:30" },       { "SignatureVersion", "2" },
		{ "SignatureMethod", "HmacSHA256" },          { "Action", "DescribeJobFlows" }
	};
	return (struct ec2_request){ .access = "AKIAIOSFODNN7EXAMPLE",
				     .signature = "i91nKc4PWAt0JJIdXwz9HxZCJDdiy6cf/Mj6vPxyYIs=",
				     .verb = "GET",
				     .host = "elasticmapreduce.amazonaws.com",
				     .path = "/",
				     .params = MAP(params) };
}

#define SECRET_4 "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
static struct ec2_request version_4(void)
{
	static struct map_pair params[] = { { "Version", "2010-05-08" },
					    { "Action", "ListUsers" } };
	static struct map_pair headers[] = {
		{ "Host", "iam.amazonaws.com" },
		{ "Content-Type", "application/x-www-form-urlencoded; charset=utf-8" },
		{ "X-Amz-Date", "20150830T123600Z" },
		{ "Authorization", "AWS4-HMAC-SHA256 "
				   "Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, "
				   "SignedHeaders=content-type;host;x-amz-date, Signature=unread" }
	};
	return (struct ec2_request){
		.access = "AKIDEXAMPLE",
		.signature = "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
		.verb = "GET",
		.host = "iam.amazonaws.com",
		.path = "/",
		.body_hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		.params = MAP(params),
		.headers = MAP(headers)
	};
}

TEST(a_signature_of_version_2_is_verified)
{
	struct ec2_request in = version_2();

	assert_int_equal(ec2_verify(call_at("2011-10-03T15:25:00Z"), &in, SECRET_2), ST_OK);
	in.host = "elasticmapreduce.amazonaws.com:8773"; /* the client signed it without the port */
	assert_int_equal(ec2_verify(call_at("2011-10-03T15:25:00Z"), &in, SECRET_2), ST_OK);
}

TEST(a_signature_of_version_4_is_verified)
{
	struct ec2_request in = version_4();

	assert_int_equal(ec2_verify(call_at("2015-08-30T12:30:00Z"), &in, SECRET_4), ST_OK);
}

TEST(whatever_is_changed_after_it_was_signed_is_noticed)
{
	struct ec2_request in = version_4();
	const char *const now = "2015-08-30T12:36:00Z";

	assert_int_equal(ec2_verify(call_at(now), &in, SECRET_2), ST_SIGNED_OUT);
	in.path = "/users";
	assert_int_equal(ec2_verify(call_at(now), &in, SECRET_4), ST_SIGNED_OUT);
	in = version_4();
	in.verb = "DELETE";
	assert_int_equal(ec2_verify(call_at(now), &in, SECRET_4), ST_SIGNED_OUT);
	in = version_4();
	in.params.count = 1;
	assert_int_equal(ec2_verify(call_at(now), &in, SECRET_4), ST_SIGNED_OUT);
	in = version_2();
	in.params.count--;
	assert_int_equal(ec2_verify(call_at("2011-10-03T15:25:00Z"), &in, SECRET_2), ST_SIGNED_OUT);
}

TEST(a_signature_lasts_a_quarter_of_an_hour)
{
	struct ec2_request in = version_4(), old = version_2();

	assert_int_equal(ec2_verify(call_at("2015-08-30T12:52:00Z"), &in, SECRET_4), ST_SIGNED_OUT);
	assert_int_equal(ec2_verify(call_at("2015-08-30T12:20:00Z"), &in, SECRET_4), ST_SIGNED_OUT);
	assert_int_equal(ec2_verify(call_at("2011-10-03T16:19:30Z"), &old, SECRET_2),
			 ST_SIGNED_OUT);
}

TEST(what_is_missing_from_a_signed_request_is_named)
{
	struct ec2_request in = version_4();
	struct call *c = call_at("2015-08-30T12:36:00Z");

	in.body_hash = NULL;
	assert_int_equal(ec2_verify(c, &in, SECRET_4), ST_BAD_INPUT);
	assert_string_equal(c->problem_at, "body_hash");
	in = version_4();
	in.access = "ANOTHER";
	assert_int_equal(ec2_verify(call_at("2015-08-30T12:36:00Z"), &in, SECRET_4), ST_BAD_INPUT);
	in = version_2();
	in.params.count = 2;
	assert_int_equal(ec2_verify(call_at("2011-10-03T15:25:00Z"), &in, SECRET_2), ST_BAD_INPUT);
}

static const char *text(const char *fmt, ...) PRINTF(1, 2);
static const char *text(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	char *s = arena_vprintf(test_call()->arena, fmt, ap);
	va_end(ap);
	return s;
}

struct keys {
	const char *access, *secret;
};

/* What a service asks when a client signed "GET / at 'instant'" with these keys and 'verb' arrived. */
static const char *signed_request(const struct keys *k, const char *instant, const char *verb)
{
	struct buf escaped = { .arena = test_call()->arena };
	unsigned char mac[crypto_auth_hmacsha256_BYTES];
	crypto_auth_hmacsha256_state s;

	for (const char *p = instant; *p; p++)
		buf_str(&escaped, *p == ':' ? "%3A" : (const char[]){ *p, '\0' });
	const char *canonical = text("GET\nec2.example\n/\nAWSAccessKeyId=%s&Timestamp=%s",
				     k->access, buf_text(&escaped));
	crypto_auth_hmacsha256_init(&s, (const unsigned char *)k->secret, strlen(k->secret));
	crypto_auth_hmacsha256_update(&s, (const unsigned char *)canonical, strlen(canonical));
	crypto_auth_hmacsha256_final(&s, mac);
	return text("{\"credentials\":{\"access\":\"%s\",\"signature\":\"%s\",\"verb\":\"%s\","
		    "\"host\":\"ec2.example\",\"path\":\"/\",\"params\":{\"AWSAccessKeyId\":\"%s\","
		    "\"Timestamp\":\"%s\"}}}",
		    k->access, base64_encode(escaped.arena, mac, sizeof mac), verb, k->access,
		    instant);
}

TEST(a_request_signed_with_a_users_keys_is_worth_a_token)
{
	test_house("openstack");
	const char *admin = admin_token(), *where = "/identity/v3/ec2tokens";
	const char *user = member(ask(admin, "GET", "/identity/v3/users?name=admin", NULL), "id");
	const char *project =
		member(ask(admin, "GET", "/identity/v3/projects?name=admin", NULL), "id");
	struct http_reply *pair = ask(admin, "POST",
				      text("/identity/v3/users/%s/credentials/OS-EC2", user),
				      text("{\"tenant_id\":\"%s\"}", project));
	expect_status(pair, 201);
	struct keys k = { member(pair, "access"), member(pair, "secret") };
	char now[TIME_TEXT_SIZE];

	time_write(clock_now(), TIME_Z, now);
	struct http_reply *r = ask(admin, "POST", where, signed_request(&k, now, "GET"));
	expect_status(r, 200);
	expect_text(r, "\"ec2credential\"");
	const char *token = reply_header(r, "X-Subject-Token");
	assert_non_null(token);
	expect_status(ask(token, "GET", "/identity/v3/auth/catalog", NULL), 200);
	expect_status(ask(admin, "POST", where, signed_request(&k, now, "DELETE")), 401);
	expect_status(ask(NULL, "POST", where, signed_request(&k, now, "GET")), 401);
	expect_status(ask(token_with_role("member"), "POST", where, signed_request(&k, now, "GET")),
		      403);
	k.access = "0123";
	expect_status(ask(admin, "POST", where, signed_request(&k, now, "GET")), 401);
}
