/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "cloud/network/network_address.h"
#include "harness.h"

static void expect_prefix(const char *in, const char *canonical, uint64_t first, uint64_t last)
{
	struct prefix p;
	uint64_t a, b;

	assert_true(prefix_read(in, &p));
	assert_string_equal(prefix_text(test_call()->arena, &p), canonical);
	prefix_hosts(&p, &a, &b);
	assert_int_equal(a, first);
	assert_int_equal(b, last);
}

TEST(a_prefix_tells_which_addresses_can_be_given)
{
	expect_prefix("10.0.0.0/24", "10.0.0.0/24", 1, 254);
	expect_prefix("10.0.0.77/24", "10.0.0.0/24", 1, 254);
	expect_prefix("10.0.0.2/31", "10.0.0.2/31", 0, 1);
	expect_prefix("10.0.0.2/32", "10.0.0.2/32", 0, 0);
	expect_prefix("0.0.0.0/0", "0.0.0.0/0", 1, 0xfffffffe);
	expect_prefix("2001:DB8::/64", "2001:db8::/64", 1, UINT64_MAX);
	expect_prefix("2001:db8::ff/120", "2001:db8::/120", 1, 255);
}

TEST(what_is_no_prefix_is_refused)
{
	static const char *const bad[] = { "",         "10.0.0.0",     "10.0.0.0/33", "10.0.0.0/-1",
					   "10.0.0/8", "010.0.0.0/8",  "::/129",      "10.0.0.0/8 ",
					   "/24",      "10.0.0.0/08x", "fe80::1%1/64" };
	struct prefix p;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (prefix_read(bad[i], &p))
			test_fail("'%s' was taken for a prefix", bad[i]);
}

static struct prefix prefix_of(const char *s)
{
	struct prefix p;

	assert_true(prefix_read(s, &p));
	return p;
}

static struct ip ip_of(const char *s)
{
	struct ip ip;

	assert_true(ip_read(s, &ip));
	return ip;
}

TEST(prefixes_overlap_when_one_holds_the_other)
{
	struct prefix a = prefix_of("10.0.0.0/8"), b = prefix_of("10.9.0.0/16"),
		      d = prefix_of("11.0.0.0/8"), six = prefix_of("::/0");

	assert_true(prefix_overlap(&a, &b));
	assert_true(prefix_overlap(&b, &a));
	assert_false(prefix_overlap(&a, &d));
	assert_false(prefix_overlap(&a, &six));
}

TEST(an_address_and_its_offset_are_the_same_thing)
{
	struct prefix p = prefix_of("2001:db8::/64");
	struct ip ip = ip_of("2001:db8::ffff:ffff:ffff:fffe");
	uint64_t offset = prefix_offset(&p, &ip);
	struct ip back = ip_plus(&p.first, offset);

	assert_true(ip_same(&ip, &back));
	assert_int_equal(prefix_last(&p), UINT64_MAX);
	ip = ip_of("2001:db8:0:1::");
	assert_false(prefix_has(&p, &ip));
	p = prefix_of("192.0.2.128/25");
	ip = ip_of("192.0.2.200");
	assert_int_equal(prefix_offset(&p, &ip), 72);
	assert_int_equal(prefix_last(&p), 127);
}

TEST(a_mac_address_has_one_form)
{
	char mac[MAC_TEXT_SIZE];

	assert_true(mac_read("FA-16-3E-00-aa-01", mac));
	assert_string_equal(mac, "fa:16:3e:00:aa:01");
	assert_false(mac_read("00:00:00:00:00:00", mac));
	assert_false(mac_read("01:00:5e:00:00:01", mac));
	assert_false(mac_read("fa:16:3e:00:aa:0", mac));
	assert_false(mac_read("fa:16:3e-00:aa:01", mac));
	assert_false(mac_read("fa:16:3e:00:aa:0g", mac));
	mac_new(mac);
	assert_true(str_starts(mac, "fa:16:3e:"));
}
