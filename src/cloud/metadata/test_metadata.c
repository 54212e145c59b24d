/* SPDX-License-Identifier: Apache-2.0 */
/* What guests are told, and that it is of themselves. The way to them (Open vSwitch, namespaces) is proven by
 * test/scenario/network.sh. */
#include "base/text.h"
#include "cloud/compute/test_compute.h"
#include "cloud/metadata/metadata_private.h"

static const char ADDRESS[] = "10.0.0.99";

struct guest_of {
	const char *id, *network, *address, *mac;
};

/* A server with the same address as every other of this test, in a network of its own. */
static struct guest_of guest_in(const char *network, const char *name, const char *more)
{
	struct call *c = test_call();
	struct guest_of g = { .network = network };

	g.id = add_server(VDC_A, name,
			  arena_printf(c->arena, ",\"networks\":[{\"uuid\":\"%s\"}]%s", network,
				       more));
	const json_t *s = json_object_get(show(VDC_A, g.id), "server");
	const json_t *at =
		json_array_get(json_object_get(json_object_get(s, "addresses"), "net"), 0);
	g.address = text_at(at, "addr");
	g.mac = text_at(at, "OS-EXT-IPS-MAC:mac_addr");
	return g;
}

/* The whole answer to "METHOD PATH". */
static const char *asked_as(const struct guest_of *g, const char *mac, const char *method,
			    const char *path)
{
	struct call *c = test_call();
	struct buf out = { .arena = c->arena };
	struct metadata_asker who = { g->network, g->address, mac };
	struct metadata_head head;
	const char *text = arena_printf(c->arena, "%s %s HTTP/1.1\r\n\r\n", method, path);

	c->house = &the_house;
	assert_int_equal(metadata_head(text, strlen(text), &head), METADATA_WHOLE);
	metadata_answer(c, &who, &head, &out);
	return buf_text(&out);
}

static const char *asked(const struct guest_of *g, const char *path)
{
	return asked_as(g, g->mac, "GET", path);
}

/* The body of an answer that must be good. */
static const char *told(const struct guest_of *g, const char *path)
{
	const char *answer = asked(g, path);

	if (!str_starts(answer, "HTTP/1.1 200 OK\r\n"))
		test_fail("%s: %s", path, answer);
	return strstr(answer, "\r\n\r\n") + 4;
}

static void expect_nothing(const struct guest_of *g, const char *path)
{
	const char *answer = asked(g, path);

	if (!str_starts(answer, "HTTP/1.1 404 Not Found\r\n"))
		test_fail("%s: %s", path, answer);
}

TEST(guests_with_the_same_address_are_told_of_themselves)
{
	compute_begin();
	add_flavor("1", 512);
	struct guest_of a = guest_in(add_network(VDC_A), "one", "");
	struct guest_of b = guest_in(add_network(VDC_A), "two", "");

	assert_string_equal(a.address, b.address);
	assert_non_null(strstr(told(&a, "/openstack/latest/meta_data.json"), a.id));
	assert_null(strstr(told(&a, "/openstack/latest/meta_data.json"), b.id));
	assert_non_null(strstr(told(&b, "/openstack/latest/meta_data.json"), b.id));
	assert_string_equal(told(&a, "/latest/meta-data/hostname"), "one");
	assert_string_equal(told(&b, "/latest/meta-data/hostname"), "two");
}

TEST(whoever_is_not_the_holder_of_an_address_is_told_nothing)
{
	compute_begin();
	add_flavor("1", 512);
	const char *network = add_network(VDC_A);
	struct guest_of a = guest_in(network, "one", ""), b = guest_in(network, "two", "");
	struct guest_of nobody = { .network = network, .address = ADDRESS, .mac = a.mac };
	struct guest_of nowhere = { .network = "0193a000-0000-7000-8000-0000000000ff",
				    .address = a.address,
				    .mac = a.mac };

	expect_nothing(&nobody, "/latest/meta-data/hostname");
	expect_nothing(&nowhere, "/latest/meta-data/hostname");
	const char *answer = asked_as(&a, b.mac, "GET", "/latest/meta-data/hostname");
	assert_true(str_starts(answer, "HTTP/1.1 404 "));
	answer = asked_as(&a, "", "GET", "/latest/meta-data/hostname");
	assert_true(str_starts(answer, "HTTP/1.1 404 "));

	want(nova_ask(VDC_A, "compute.server.delete", beside(a.id), NULL));
	wait_gone(VDC_A, a.id);
	expect_nothing(&a, "/latest/meta-data/hostname");
	assert_string_equal(told(&b, "/latest/meta-data/hostname"), "two");
}

TEST(openstacks_documents_stand_under_the_versions_that_had_them)
{
	compute_begin();
	add_flavor("1", 512);
	/* "#cloud-config\n" */
	struct guest_of g =
		guest_in(add_network(VDC_A), "one", ",\"user_data\":\"I2Nsb3VkLWNvbmZpZwo=\"");

	assert_non_null(strstr(told(&g, "/openstack"), "2018-08-27\nlatest"));
	assert_string_equal(told(&g, "/openstack/2012-08-10/"), "meta_data.json\nuser_data");
	assert_string_equal(told(&g, "/openstack/latest"),
			    "meta_data.json\nuser_data\nvendor_data.json\nnetwork_data.json\n"
			    "vendor_data2.json");
	assert_string_equal(told(&g, "/openstack/latest/user_data"), "#cloud-config\n");
	assert_string_equal(told(&g, "/openstack/2013-10-17/vendor_data.json"), "{}");
	assert_non_null(strstr(told(&g, "/openstack/latest/network_data.json"), g.mac));
	expect_nothing(&g, "/openstack/2013-10-17/network_data.json");
	expect_nothing(&g, "/openstack/2099-01-01/meta_data.json");
	expect_nothing(&g, "/openstack/latest/meta_data.json/more");
	expect_nothing(&g, "/openstack/latest/password");

	const char *head = asked_as(&g, g.mac, "HEAD", "/openstack/latest/user_data");
	assert_non_null(strstr(head, "Content-Length: 14\r\n"));
	assert_true(str_ends(head, "\r\n\r\n"));
	assert_non_null(strstr(asked(&g, "/openstack/latest/meta_data.json"),
			       "Content-Type: application/json\r\n"));
}

TEST(ec2s_tree_is_walked_from_its_lists)
{
	compute_begin();
	add_flavor("1", 512);
	struct guest_of g = guest_in(add_network(VDC_A), "one", "");
	const char *list = told(&g, "/latest/meta-data");

	assert_true(str_ends(told(&g, "/"), "2009-04-04\nlatest"));
	assert_string_equal(told(&g, "/2009-04-04"), "meta-data/");
	assert_true(
		str_starts(list, "ami-id\nami-launch-index\nblock-device-mapping/\nhostname\n"));
	/* Whatever is listed is there, folders too. */
	struct words names = words_split(test_call()->arena, list, '\n');
	for (size_t i = 0; i < names.count; i++)
		told(&g, arena_printf(test_call()->arena, "/latest/meta-data/%s", names.list[i]));
	assert_string_equal(told(&g, "/latest/meta-data/placement"), "availability-zone");
	assert_string_equal(told(&g, "/latest/meta-data/placement/availability-zone"), "nova");
	assert_string_equal(told(&g, "/latest/meta-data/local-ipv4"), g.address);
	assert_string_equal(told(&g, "/latest/meta-data/instance-type"), "f-1");
	assert_true(str_starts(told(&g, "/latest/meta-data/instance-id"), "i-"));
	assert_string_equal(told(&g, "/latest/meta-data/security-groups"), "default");
	expect_nothing(&g, "/latest/user-data");
	expect_nothing(&g, "/latest/meta-data/public-keys");
	expect_nothing(&g, "/latest/meta-data/host");
	expect_nothing(&g, "/latest/meta-data/placement/zone");
	expect_nothing(&g, "/latest/nonsense");
}

TEST(a_guest_is_told_the_floating_address_that_leads_to_it)
{
	compute_begin();
	add_flavor("1", 512);
	struct call *c = test_call();
	struct guest_of g = guest_in(add_network(VDC_A), "one", "");
	const json_t *r = want(nova_ask(VDC_A, "network.router.create", "",
					arena_printf(c->arena,
						     "{\"router\":{\"external_gateway_info\":{"
						     "\"network_id\":\"%s\"}}}",
						     add_way_out())));
	const json_t *subnets = want(nova_ask(VDC_A, "network.subnet.list", "", NULL));
	const json_t *subnet = json_array_get(json_object_get(subnets, "subnets"), 0);
	want(nova_ask(VDC_A, "network.router.add-interface",
		      arena_printf(c->arena, "router_id=%s", text_at(r, "router.id")),
		      arena_printf(c->arena, "{\"subnet_id\":\"%s\"}", text_at(subnet, "id"))));
	const json_t *f = want(nova_ask(VDC_A, "compute.floating_ip.create", "", "{}"));
	const char *ip = text_at(f, "floating_ip.ip");

	assert_string_equal(told(&g, "/latest/meta-data/public-ipv4"), "");
	want(nova_ask(VDC_A, "compute.server.floating_ip.add", beside(g.id),
		      arena_printf(c->arena, "{\"addFloatingIp\":{\"address\":\"%s\"}}", ip)));
	assert_string_equal(told(&g, "/latest/meta-data/public-ipv4"), ip);
}

TEST(a_key_is_told_in_both_words)
{
	compute_begin();
	add_flavor("1", 512);
	want(nova_ask(VDC_A, "compute.keypair.create", "",
		      "{\"keypair\":{\"name\":\"mine\",\"public_key\":\"ssh-ed25519 "
		      "AAAAC3NzaC1lZDI1NTE5AAAAIEhV0ud5FL2AL4ywDlXF2Fdvkw1gtWu9kvPQlMKCZVzN x\"}}"));
	struct guest_of g = guest_in(add_network(VDC_A), "one", ",\"key_name\":\"mine\"");

	assert_true(str_ends(told(&g, "/latest/meta-data"), "\npublic-keys/"));
	assert_string_equal(told(&g, "/latest/meta-data/public-keys/"), "0=mine");
	assert_string_equal(told(&g, "/latest/meta-data/public-keys/0"), "openssh-key");
	assert_true(str_starts(told(&g, "/latest/meta-data/public-keys/0/openssh-key"),
			       "ssh-ed25519 "));
	expect_nothing(&g, "/latest/meta-data/public-keys/1");
	expect_nothing(&g, "/latest/meta-data/public-keysx");
	assert_non_null(strstr(told(&g, "/openstack/latest/meta_data.json"), "\"public_keys\""));
}

TEST(a_device_is_named_by_the_random_end_of_its_network)
{
	char name[DEVICE_SIZE];

	metadata_device("0193a000-0000-7000-8123-456789abcdef", name);
	assert_string_equal(name, "ym3456789abcdef");
}
