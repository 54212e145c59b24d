/* SPDX-License-Identifier: Apache-2.0 */
/* Networks, subnets and ports as their clients ask for them: through the routes' shapes and acts, in
 * process, on the database that the tests run on. */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
#include <jansson.h>
#include "base/config.h"
#include "base/id.h"
#include "cloud/network/network_private.h"
#include "cloud/network/test_ovsdb_server.h"
#include "door/audit/audit.h"
#include "door/house.h"
#include "door/jobs/jobs.h"
#include "door/module.h"

static const char VDC_A[] = "0193a0000000700080000000000000aa";
static const char VDC_B[] = "0193a0000000700080000000000000bb";

static struct config config;
static struct house house;

static void begin(void)
{
	house = (struct house){ .db = test_db_with(program_schema), .config = &config };
}

/* --- asking: what the door does, without signing in --- */

struct answer {
	enum status st;
	const char *type, *problem;
	const json_t *body;
};

static const struct route *route_named(const char *name)
{
	for (const struct route_group *g = network_routes; g->routes; g++)
		for (const struct route *r = g->routes; r->method; r++)
			if (str_eq(r->name, name))
				return r;
	test_fail("there is no route %s", name);
	return NULL;
}

static void set_field(struct call *c, const struct route *r, void *in, unsigned from,
		      const char *name, const char *value)
{
	for (const struct field *f = r->in; f->name; f++)
		if (f->flags & from && str_eq(f->name, name)) {
			if (shape_set_text(c, f, value, in))
				test_fail("%s: %s", name, c->problem);
			return;
		}
	for (const struct field *f = r->in; f->name; f++)
		if (str_eq(f->name, "?")) {
			struct map *m = (struct map *)((char *)in + f->at);
			struct map_pair *list = arena_array(c->arena, m->count + 1, sizeof *list);
			if (m->count)
				memcpy(list, m->list, m->count * sizeof *list);
			list[m->count++] = (struct map_pair){ name, value };
			m->list = list;
			return;
		}
	test_fail("%s takes no '%s'", r->name, name);
}

/* "name=value&…" into fields that come by path or query. */
static void set_all(struct call *c, const struct route *r, void *in, unsigned from,
		    const char *text)
{
	struct words pairs = words_split(c->arena, text, '&');

	for (size_t i = 0; i < pairs.count; i++) {
		const char *equals = strchr(pairs.list[i], '=');
		set_field(c, r, in, from,
			  arena_strndup(c->arena, pairs.list[i], (size_t)(equals - pairs.list[i])),
			  equals + 1);
	}
}

static const json_t *answer_body(struct call *c, const struct route *r, const void *out)
{
	struct buf b = { .arena = c->arena };
	struct json_out j = json_to(&b);
	json_t *body;

	json_object_begin(&j);
	if (r->out_wrap) {
		json_key(&j, r->out_wrap);
		shape_write_json(c, r->out, &j, out);
	} else {
		shape_write_members(c, r->out, &j, out);
	}
	json_object_end(&j);
	if (json_parse(c, buf_text(&b), b.size, &body))
		test_fail("%s writes %s", r->name, buf_text(&b));
	return body;
}

static struct call *call_as(const char *project, bool admin)
{
	struct call *c = test_call();

	c->house = &house;
	c->now_at = 1700000000 * CLOCK_SECOND;
	c->time_style = network_routes[0].dialect->time_style;
	c->actor = (struct actor){ .user_id = "u",
				   .scope = SCOPE_PROJECT,
				   .project_id = project,
				   .domain_id = "d",
				   .is_admin = admin };
	return c;
}

static struct answer ask_in(struct call *c, const char *name, const char *path, const char *query,
			    const char *body)
{
	const struct route *r = route_named(name);
	void *in = arena_alloc(c->arena, r->in_size), *out = arena_alloc(c->arena, r->out_size);
	struct answer a = { 0 };

	set_all(c, r, in, FROM_PATH, path);
	set_all(c, r, in, FROM_QUERY, query);
	if (body)
		a.st = shape_read_json(c, r->in, r->in_wrap, body, strlen(body), in);
	if (!a.st && r->flags & ROUTE_READS)
		a.st = db_read(c, house.db, r->act, in, out, r->out_size);
	else if (!a.st)
		a.st = db_write(c, house.db, r->act, in, out, r->out_size);
	a.type = c->problem_at ? c->problem_at : "";
	a.problem = c->problem;
	if (!a.st)
		a.body = answer_body(c, r, out);
	return a;
}

static struct answer ask(const char *project, const char *name, const char *path, const char *query,
			 const char *body)
{
	return ask_in(call_as(project, false), name, path, query, body);
}

static void expect_st(struct answer a, enum status st, const char *type)
{
	if (a.st != st || (type && !str_eq(a.type, type)))
		test_fail("%s %s: %s", status_word(a.st), a.type, a.problem);
}

static const char *member(const json_t *object, const char *name)
{
	const char *s = json_string_value(json_object_get(object, name));

	return s ? s : "";
}

static const json_t *made(struct answer a, const char *what)
{
	expect_st(a, ST_OK, NULL);
	return json_object_get(a.body, what);
}

#define TEXT(...) arena_printf(test_call()->arena, __VA_ARGS__)

static const char *new_network(const char *project)
{
	return member(made(ask(project, "network.network.create", "", "",
			       "{\"network\":{\"name\":\"net\"}}"),
			   "network"),
		      "id");
}

static struct answer ask_subnet(const char *network, const char *more)
{
	return ask(VDC_A, "network.subnet.create", "", "",
		   TEXT("{\"subnet\":{\"network_id\":\"%s\",\"ip_version\":4%s%s}}", network,
			*more ? "," : "", more));
}

static const char *new_subnet(const char *network, const char *cidr)
{
	return member(made(ask_subnet(network, TEXT("\"cidr\":\"%s\"", cidr)), "subnet"), "id");
}

static struct answer ask_port(const char *project, const char *network, const char *more)
{
	return ask(project, "network.port.create", "", "",
		   TEXT("{\"port\":{\"network_id\":\"%s\"%s%s}}", network, *more ? "," : "", more));
}

static const char *address_of(const json_t *port, size_t i)
{
	return member(json_array_get(json_object_get(port, "fixed_ips"), i), "ip_address");
}

static size_t list_length(const char *project, const char *what, const char *query)
{
	struct answer a = ask(project, TEXT("network.%s.list", what), "", query, NULL);

	return json_array_size(made(a, TEXT("%ss", what)));
}

/* --- networks --- */

TEST(a_network_is_made_shown_changed_and_deleted)
{
	begin();
	const json_t *n = made(ask(VDC_A, "network.network.create", "", "",
				   "{\"network\":{\"name\":\"甬\",\"mtu\":1400}}"),
			       "network");
	const char *id = member(n, "id");
	const char *path = TEXT("network_id=%s", id);

	assert_true(id_valid(id));
	assert_string_equal(member(n, "status"), "ACTIVE");
	assert_string_equal(member(n, "tenant_id"), VDC_A);
	assert_string_equal(member(n, "project_id"), VDC_A);
	assert_string_equal(member(n, "created_at"), "2023-11-14T22:13:20Z");
	assert_true(json_is_true(json_object_get(n, "admin_state_up")));
	assert_int_equal(json_integer_value(json_object_get(n, "mtu")), 1400);
	assert_int_equal(json_integer_value(json_object_get(n, "revision_number")), 1);

	n = made(ask(VDC_A, "network.network.update", path, "",
		     "{\"network\":{\"description\":\"d\",\"admin_state_up\":false}}"),
		 "network");
	assert_string_equal(member(n, "description"), "d");
	assert_string_equal(member(n, "name"), "甬");
	assert_int_equal(json_integer_value(json_object_get(n, "revision_number")), 2);
	n = made(ask(VDC_A, "network.network.show", path, "fields=id&fields=mtu", NULL), "network");
	assert_int_equal(json_object_size(n), 2);

	expect_st(ask(VDC_A, "network.network.delete", path, "", NULL), ST_OK, NULL);
	expect_st(ask(VDC_A, "network.network.show", path, "", NULL), ST_NOT_FOUND,
		  "NetworkNotFound");
}

TEST(several_networks_are_made_together_or_not_at_all)
{
	begin();
	struct answer a = ask(VDC_A, "network.network.create", "", "",
			      "{\"networks\":[{\"name\":\"a\"},{\"name\":\"b\"}]}");
	assert_int_equal(json_array_size(made(a, "networks")), 2);
	expect_st(ask(VDC_A, "network.network.create", "", "",
		      "{\"networks\":[{\"name\":\"c\"},{\"router:external\":true}]}"),
		  ST_FORBIDDEN, NULL);
	expect_st(ask(VDC_A, "network.network.create", "", "",
		      "{\"networks\":[{\"name\":\"c\"},{\"colour\":\"red\"}]}"),
		  ST_BAD_INPUT, NULL);
	expect_st(ask(VDC_A, "network.network.create", "", "", "{}"), ST_BAD_INPUT, NULL);
	assert_int_equal(list_length(VDC_A, "network", ""), 2);
}

TEST(what_belongs_to_another_vdc_does_not_exist)
{
	begin();
	const char *n = new_network(VDC_A), *path = TEXT("network_id=%s", n);
	const char *s = new_subnet(n, "10.0.0.0/24");
	const char *p = member(made(ask_port(VDC_A, n, ""), "port"), "id");

	expect_st(ask(VDC_B, "network.network.show", path, "", NULL), ST_NOT_FOUND, NULL);
	expect_st(ask(VDC_B, "network.network.update", path, "", "{\"network\":{}}"), ST_NOT_FOUND,
		  NULL);
	expect_st(ask(VDC_B, "network.network.delete", path, "", NULL), ST_NOT_FOUND, NULL);
	expect_st(ask(VDC_B, "network.subnet.show", TEXT("subnet_id=%s", s), "", NULL),
		  ST_NOT_FOUND, "SubnetNotFound");
	expect_st(ask(VDC_B, "network.port.show", TEXT("port_id=%s", p), "", NULL), ST_NOT_FOUND,
		  "PortNotFound");
	expect_st(ask(VDC_B, "network.port.delete", TEXT("port_id=%s", p), "", NULL), ST_NOT_FOUND,
		  NULL);
	expect_st(ask_port(VDC_B, n, ""), ST_NOT_FOUND, "NetworkNotFound");
	expect_st(ask(VDC_B, "network.network.create", "", "",
		      TEXT("{\"network\":{\"project_id\":\"%s\"}}", VDC_A)),
		  ST_FORBIDDEN, NULL);
	assert_int_equal(list_length(VDC_B, "network", ""), 0);
	assert_int_equal(list_length(VDC_B, "subnet", ""), 0);
	assert_int_equal(list_length(VDC_B, "port", ""), 0);
	assert_int_equal(list_length(VDC_B, "port", TEXT("network_id=%s", n)), 0);
}

TEST(a_shared_network_is_used_by_all_and_changed_by_its_owner)
{
	begin();
	const char *n = new_network(VDC_A), *path = TEXT("network_id=%s", n);
	new_subnet(n, "10.0.0.0/24");

	expect_st(ask(VDC_A, "network.network.update", path, "", "{\"network\":{\"shared\":true}}"),
		  ST_FORBIDDEN, NULL);
	expect_st(ask_in(call_as(VDC_A, true), "network.network.update", path, "",
			 "{\"network\":{\"shared\":true}}"),
		  ST_OK, NULL);
	assert_int_equal(list_length(VDC_B, "network", ""), 1);
	assert_int_equal(list_length(VDC_B, "subnet", ""), 1);
	expect_st(ask(VDC_B, "network.network.update", path, "", "{\"network\":{}}"), ST_FORBIDDEN,
		  NULL);
	expect_st(ask_port(VDC_B, n, "\"mac_address\":\"fa:16:3e:00:00:01\""), ST_FORBIDDEN, NULL);
	made(ask_port(VDC_B, n, ""), "port");
	/* The network's owner sees who is on it. */
	assert_int_equal(list_length(VDC_A, "port", ""), 1);
	expect_st(ask_in(call_as(VDC_A, true), "network.network.update", path, "",
			 "{\"network\":{\"shared\":false}}"),
		  ST_CONFLICT, "InvalidSharedSetting");
}

/* --- subnets --- */

static void expect_pools(const json_t *subnet, const char *gateway, const char *pools)
{
	struct buf b = { .arena = test_call()->arena };
	const json_t *list = json_object_get(subnet, "allocation_pools");

	for (size_t i = 0; i < json_array_size(list); i++)
		buf_printf(&b, "%s%s-%s", i ? " " : "", member(json_array_get(list, i), "start"),
			   member(json_array_get(list, i), "end"));
	assert_string_equal(buf_text(&b), pools);
	assert_string_equal(member(subnet, "gateway_ip"), gateway);
}

TEST(a_subnet_gives_all_but_its_gateway_unless_told_otherwise)
{
	begin();
	const char *n = new_network(VDC_A);

	expect_pools(made(ask_subnet(n, "\"cidr\":\"10.0.0.9/24\""), "subnet"), "10.0.0.1",
		     "10.0.0.2-10.0.0.254");
	expect_pools(made(ask_subnet(n, "\"cidr\":\"10.0.1.0/24\",\"gateway_ip\":null"), "subnet"),
		     "", "10.0.1.1-10.0.1.254");
	expect_pools(made(ask_subnet(n, "\"cidr\":\"10.0.2.0/24\",\"gateway_ip\":\"10.0.2.9\""),
			  "subnet"),
		     "10.0.2.9", "10.0.2.1-10.0.2.8 10.0.2.10-10.0.2.254");
	expect_pools(made(ask_subnet(n, "\"cidr\":\"10.0.3.0/24\",\"allocation_pools\":["
					"{\"start\":\"10.0.3.50\",\"end\":\"10.0.3.60\"},"
					"{\"start\":\"10.0.3.10\",\"end\":\"10.0.3.20\"}]"),
			  "subnet"),
		     "10.0.3.1", "10.0.3.10-10.0.3.20 10.0.3.50-10.0.3.60");
	struct answer a = ask(VDC_A, "network.subnet.create", "", "",
			      TEXT("{\"subnet\":{\"network_id\":\"%s\",\"ip_version\":6,"
				   "\"cidr\":\"2001:db8::/64\"}}",
				   n));
	expect_pools(made(a, "subnet"), "2001:db8::1", "2001:db8::2-2001:db8::ffff:ffff:ffff:ffff");
	assert_int_equal(list_length(VDC_A, "subnet", TEXT("network_id=%s", n)), 5);
	assert_int_equal(list_length(VDC_A, "subnet", "ip_version=6"), 1);
}

TEST(a_subnet_that_makes_no_sense_is_refused_in_words)
{
	static const struct {
		const char *more;
		enum status st;
		const char *type;
	} cases[] = {
		{ "", ST_BAD_INPUT, "BadRequest" },
		{ "\"cidr\":\"10.0.0/24\"", ST_BAD_INPUT, "InvalidInput" },
		{ "\"cidr\":\"0.0.0.0/0\"", ST_BAD_INPUT, "InvalidInput" },
		{ "\"cidr\":\"127.0.0.0/24\"", ST_BAD_INPUT, "InvalidInput" },
		{ "\"cidr\":\"2001:db8::/64\"", ST_BAD_INPUT, "InvalidInput" },
		{ "\"cidr\":\"10.1.0.0/31\"", ST_BAD_INPUT, "InvalidInput" },
		{ "\"cidr\":\"10.0.0.128/25\"", ST_BAD_INPUT, "InvalidInput" },
		{ "\"cidr\":\"10.1.0.0/24\",\"gateway_ip\":\"10.2.0.1\"", ST_BAD_INPUT,
		  "InvalidInput" },
		{ "\"cidr\":\"10.1.0.0/24\",\"gateway_ip\":\"10.1.0.255\"", ST_BAD_INPUT,
		  "InvalidInput" },
		{ "\"cidr\":\"10.1.0.0/24\",\"allocation_pools\":[{\"start\":\"10.1.0.9\","
		  "\"end\":\"10.1.0.3\"}]",
		  ST_BAD_INPUT, "InvalidAllocationPool" },
		{ "\"cidr\":\"10.1.0.0/24\",\"allocation_pools\":[{\"start\":\"10.1.0.9\","
		  "\"end\":\"10.1.1.3\"}]",
		  ST_BAD_INPUT, "OutOfBoundsAllocationPool" },
		{ "\"cidr\":\"10.1.0.0/24\",\"allocation_pools\":[{\"start\":\"10.1.0.1\","
		  "\"end\":\"10.1.0.3\"}]",
		  ST_CONFLICT, "GatewayConflictWithAllocationPools" },
		{ "\"cidr\":\"10.1.0.0/24\",\"allocation_pools\":[{\"start\":\"10.1.0.5\","
		  "\"end\":\"10.1.0.9\"},{\"start\":\"10.1.0.9\",\"end\":\"10.1.0.12\"}]",
		  ST_CONFLICT, "OverlappingAllocationPools" },
		{ "\"cidr\":\"10.1.0.0/24\",\"dns_nameservers\":[\"dns.example\"]", ST_BAD_INPUT,
		  "InvalidInput" },
		{ "\"cidr\":\"10.1.0.0/24\",\"host_routes\":[{\"destination\":\"10.9.0.0/16\","
		  "\"nexthop\":\"there\"}]",
		  ST_BAD_INPUT, "InvalidInput" },
		{ "\"cidr\":\"10.1.0.0/24\",\"ipv6_ra_mode\":\"slaac\"", ST_BAD_INPUT,
		  "InvalidInput" },
		{ "\"subnetpool_id\":\"x\"", ST_NOT_FOUND, "SubnetPoolNotFound" },
		{ "\"cidr\":\"10.1.0.0/24\",\"prefixlen\":24", ST_BAD_INPUT, "prefixlen" },
	};
	begin();
	const char *n = new_network(VDC_A);

	new_subnet(n, "10.0.0.0/24");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct answer a = ask_subnet(n, cases[i].more);
		if (a.st != cases[i].st || (cases[i].type && !str_eq(a.type, cases[i].type)))
			test_fail("%s: %s %s: %s", cases[i].more, status_word(a.st), a.type,
				  a.problem);
		assert_true(a.problem[0]);
	}
	assert_int_equal(list_length(VDC_A, "subnet", ""), 1);
}

TEST(a_subnet_is_changed_within_its_range)
{
	begin();
	const char *n = new_network(VDC_A), *s = new_subnet(n, "10.0.0.0/24");
	const char *path = TEXT("subnet_id=%s", s);
	const char *wide = "{\"subnet\":{\"allocation_pools\":[{\"start\":\"10.0.0.100\",\"end\":"
			   "\"10.0.0.200\"}],\"gateway_ip\":\"10.0.0.254\",\"enable_dhcp\":false,"
			   "\"host_routes\":[{\"destination\":\"10.9.0.0/16\",\"nexthop\":"
			   "\"10.0.0.9\"}],\"dns_nameservers\":[\"192.0.2.1\"]}}";
	const json_t *subnet = made(ask(VDC_A, "network.subnet.update", path, "", wide), "subnet");

	expect_pools(subnet, "10.0.0.254", "10.0.0.100-10.0.0.200");
	assert_string_equal(member(json_array_get(json_object_get(subnet, "host_routes"), 0),
				   "nexthop"),
			    "10.0.0.9");
	expect_st(ask(VDC_A, "network.subnet.update", path, "",
		      "{\"subnet\":{\"gateway_ip\":\"10.0.0.150\"}}"),
		  ST_CONFLICT, "GatewayConflictWithAllocationPools");
	expect_st(ask(VDC_A, "network.subnet.update", path, "",
		      "{\"subnet\":{\"cidr\":\"10.0.0.0/25\"}}"),
		  ST_BAD_INPUT, NULL);
	expect_pools(made(ask(VDC_A, "network.subnet.show", path, "", NULL), "subnet"),
		     "10.0.0.254", "10.0.0.100-10.0.0.200");
}

/* --- ports and addresses --- */

TEST(addresses_are_given_until_there_are_none_and_then_again)
{
	begin();
	const char *n = new_network(VDC_A), *ids[5];

	new_subnet(n, "10.0.0.0/29");
	for (int i = 0; i < 5; i++) {
		const json_t *p = made(ask_port(VDC_A, n, ""), "port");
		assert_string_equal(address_of(p, 0), TEXT("10.0.0.%d", i + 2));
		assert_string_equal(member(p, "status"), "DOWN");
		ids[i] = member(p, "id");
	}
	expect_st(ask_port(VDC_A, n, ""), ST_CONFLICT, "IpAddressGenerationFailure");
	expect_st(ask(VDC_A, "network.port.delete", TEXT("port_id=%s", ids[1]), "", NULL), ST_OK,
		  NULL);
	assert_string_equal(address_of(made(ask_port(VDC_A, n, ""), "port"), 0), "10.0.0.3");
	assert_int_equal(list_length(VDC_A, "port", "fixed_ips=ip_address=10.0.0.3"), 1);
	assert_int_equal(list_length(VDC_A, "port", "fixed_ips=ip_address_substr=0.0."), 5);
}

TEST(an_address_that_was_given_back_rests_while_there_are_others)
{
	begin();
	const char *n = new_network(VDC_A);

	new_subnet(n, "10.0.0.0/24");
	const char *id = member(made(ask_port(VDC_A, n, ""), "port"), "id");
	expect_st(ask(VDC_A, "network.port.delete", TEXT("port_id=%s", id), "", NULL), ST_OK, NULL);
	assert_string_equal(address_of(made(ask_port(VDC_A, n, ""), "port"), 0), "10.0.0.3");
}

TEST(a_port_gets_the_addresses_that_it_asks_for)
{
	begin();
	const char *n = new_network(VDC_A), *s = new_subnet(n, "10.0.0.0/24");
	struct answer six = ask(VDC_A, "network.subnet.create", "", "",
				TEXT("{\"subnet\":{\"network_id\":\"%s\",\"ip_version\":6,"
				     "\"cidr\":\"2001:db8::/64\"}}",
				     n));
	made(six, "subnet");
	const json_t *p = made(ask_port(VDC_A, n, ""), "port");
	assert_string_equal(address_of(p, 0), "10.0.0.2");
	assert_string_equal(address_of(p, 1), "2001:db8::2");

	p = made(ask_port(VDC_A, n, "\"fixed_ips\":[{\"ip_address\":\"10.0.0.200\"}]"), "port");
	assert_int_equal(json_array_size(json_object_get(p, "fixed_ips")), 1);
	p = made(ask_port(VDC_A, n,
			  "\"fixed_ips\":[{\"ip_address\":"
			  "\"2001:db8::ffff:ffff:ffff:ffff\"}]"),
		 "port");
	assert_string_equal(address_of(p, 0), "2001:db8::ffff:ffff:ffff:ffff");
	p = made(ask_port(VDC_A, n,
			  TEXT("\"fixed_ips\":[{\"subnet_id\":\"%s\"},"
			       "{\"subnet_id\":\"%s\"}]",
			       s, s)),
		 "port");
	assert_string_equal(address_of(p, 0), "10.0.0.3");
	assert_string_equal(address_of(p, 1), "10.0.0.4");
	p = made(ask_port(VDC_A, n, "\"fixed_ips\":[]"), "port");
	assert_int_equal(json_array_size(json_object_get(p, "fixed_ips")), 0);

	expect_st(ask_port(VDC_A, n, "\"fixed_ips\":[{\"ip_address\":\"10.0.0.200\"}]"),
		  ST_CONFLICT, "IpAddressAlreadyAllocated");
	expect_st(ask_port(VDC_A, n, "\"fixed_ips\":[{\"ip_address\":\"10.0.0.255\"}]"),
		  ST_BAD_INPUT, "InvalidIpForSubnet");
	expect_st(ask_port(VDC_A, n, "\"fixed_ips\":[{\"ip_address\":\"10.9.0.1\"}]"), ST_BAD_INPUT,
		  "InvalidIpForNetwork");
	expect_st(ask_port(VDC_A, n, "\"fixed_ips\":[{}]"), ST_BAD_INPUT, NULL);
}

TEST(a_port_keeps_the_address_that_it_asks_for_again)
{
	begin();
	const char *n = new_network(VDC_A), *s = new_subnet(n, "10.0.0.0/24");
	const json_t *p = made(ask_port(VDC_A, n, ""), "port");
	const char *path = TEXT("port_id=%s", member(p, "id"));

	p = made(ask(VDC_A, "network.port.update", path, "",
		     TEXT("{\"port\":{\"fixed_ips\":[{\"subnet_id\":\"%s\"},"
			  "{\"ip_address\":\"10.0.0.99\"}]}}",
			  s)),
		 "port");
	assert_string_equal(address_of(p, 0), "10.0.0.2");
	assert_string_equal(address_of(p, 1), "10.0.0.99");
	p = made(ask(VDC_A, "network.port.update", path, "",
		     "{\"port\":{\"fixed_ips\":[{\"ip_address\":\"10.0.0.99\"}],"
		     "\"mac_address\":\"fa:16:3e:aa:bb:cc\",\"name\":\"new\"}}"),
		 "port");
	assert_string_equal(address_of(p, 0), "10.0.0.99");
	assert_string_equal(member(p, "mac_address"), "fa:16:3e:aa:bb:cc");
	expect_st(ask_port(VDC_A, n, "\"mac_address\":\"FA-16-3E-AA-BB-CC\""), ST_CONFLICT,
		  "MacAddressInUse");
}

TEST(what_is_in_use_is_not_deleted)
{
	begin();
	const char *n = new_network(VDC_A), *s = new_subnet(n, "10.0.0.0/24");
	const char *p = member(made(ask_port(VDC_A, n, ""), "port"), "id");

	expect_st(ask(VDC_A, "network.subnet.delete", TEXT("subnet_id=%s", s), "", NULL),
		  ST_CONFLICT, "SubnetInUse");
	expect_st(ask(VDC_A, "network.network.delete", TEXT("network_id=%s", n), "", NULL),
		  ST_CONFLICT, "NetworkInUse");
	expect_st(ask(VDC_A, "network.port.delete", TEXT("port_id=%s", p), "", NULL), ST_OK, NULL);
	/* Its subnets go with a network. */
	expect_st(ask(VDC_A, "network.network.delete", TEXT("network_id=%s", n), "", NULL), ST_OK,
		  NULL);
	expect_st(ask(VDC_A, "network.subnet.show", TEXT("subnet_id=%s", s), "", NULL),
		  ST_NOT_FOUND, NULL);
}

/* --- lists --- */

TEST(a_list_is_filtered_sorted_and_paged)
{
	static const char *const names[] = { "delta", "alpha", "charlie", "bravo", "alpha" };
	begin();
	for (size_t i = 0; i < 5; i++)
		made(ask(VDC_A, "network.network.create", "", "",
			 TEXT("{\"network\":{\"name\":\"%s\",\"admin_state_up\":%s}}", names[i],
			      i % 2 ? "true" : "false")),
		     "network");
	assert_int_equal(list_length(VDC_A, "network", "name=alpha"), 2);
	assert_int_equal(list_length(VDC_A, "network", "name=alpha&name=bravo"), 3);
	assert_int_equal(list_length(VDC_A, "network", "name=alpha&admin_state_up=True"), 1);
	assert_int_equal(list_length(VDC_A, "network", "router:external=True"), 0);
	assert_int_equal(list_length(VDC_A, "network", TEXT("tenant_id=%s", VDC_A)), 5);
	expect_st(ask(VDC_A, "network.network.list", "", "colour=red", NULL), ST_BAD_INPUT,
		  "colour");
	expect_st(ask(VDC_A, "network.network.list", "", "sort_key=tags", NULL), ST_BAD_INPUT,
		  "sort_key");

	struct answer a = ask(VDC_A, "network.network.list", "",
			      "sort_key=name&sort_dir=desc&fields=name", NULL);
	const json_t *list = made(a, "networks");
	assert_string_equal(member(json_array_get(list, 0), "name"), "delta");
	assert_string_equal(member(json_array_get(list, 4), "name"), "alpha");
	assert_int_equal(json_object_size(json_array_get(list, 0)), 1);

	/* By pages of two, each begun behind the last of the one before. */
	static const char *const orders[] = { "", "&sort_key=name",
					      "&sort_key=name&sort_dir=desc" };
	for (size_t o = 0; o < 3; o++) {
		const char *marker = "";
		size_t seen = 0, pages = 0;
		for (;; pages++) {
			a = ask(VDC_A, "network.network.list", "",
				TEXT("limit=2%s%s%s", orders[o], *marker ? "&marker=" : "", marker),
				NULL);
			list = made(a, "networks");
			size_t n = json_array_size(list);
			seen += n;
			if (n < 2)
				break;
			marker = member(json_array_get(list, n - 1), "id");
		}
		assert_int_equal(seen, 5);
		assert_int_equal(pages, 2);
	}
	expect_st(ask(VDC_A, "network.network.list", "", "sort_key=name&marker=nowhere", NULL),
		  ST_BAD_INPUT, "marker");
}

TEST(tags_are_put_on_taken_off_and_filtered_by)
{
	begin();
	const char *n = new_network(VDC_A), *path = TEXT("kind=networks&id=%s", n);
	const char *red = TEXT("%s&tag=red", path);

	new_network(VDC_A);
	expect_st(ask(VDC_A, "network.tag.check", red, "", NULL), ST_NOT_FOUND, "TagNotFound");
	expect_st(ask(VDC_A, "network.tag.add", red, "", NULL), ST_OK, NULL);
	expect_st(ask(VDC_A, "network.tag.check", red, "", NULL), ST_OK, NULL);
	expect_st(ask(VDC_A, "network.tag.replace", path, "",
		      "{\"tags\":[\"red\",\"blue\",\"red\"]}"),
		  ST_OK, NULL);
	assert_int_equal(
		json_array_size(made(ask(VDC_A, "network.tag.list", path, "", NULL), "tags")), 2);
	assert_int_equal(list_length(VDC_A, "network", "tags=red,blue"), 1);
	assert_int_equal(list_length(VDC_A, "network", "tags=red,green"), 0);
	assert_int_equal(list_length(VDC_A, "network", "tags-any=red,green"), 1);
	assert_int_equal(list_length(VDC_A, "network", "not-tags=red"), 1);
	expect_st(ask(VDC_A, "network.tag.remove", red, "", NULL), ST_OK, NULL);
	expect_st(ask(VDC_A, "network.tag.clear", path, "", NULL), ST_OK, NULL);
	expect_st(ask(VDC_B, "network.tag.list", path, "", NULL), ST_NOT_FOUND, NULL);
}

/* --- quotas --- */

TEST(a_quota_is_counted_and_kept)
{
	begin();
	const char *path = TEXT("project_id=%s", VDC_A);
	struct call *admin = call_as(VDC_B, true);
	const json_t *q = made(ask_in(admin, "network.quota.update", path, "",
				      "{\"quota\":{\"network\":2,\"port\":\"1\"}}"),
			       "quota");

	assert_int_equal(json_integer_value(json_object_get(q, "subnet")), 100);
	const char *n = new_network(VDC_A);
	new_network(VDC_A);
	expect_st(ask(VDC_A, "network.network.create", "", "", "{\"network\":{}}"), ST_CONFLICT,
		  "OverQuota");
	made(ask_port(VDC_A, n, ""), "port");
	expect_st(ask_port(VDC_A, n, ""), ST_CONFLICT, "OverQuota");
	q = made(ask(VDC_A, "network.quota.details", path, "", NULL), "quota");
	assert_int_equal(json_integer_value(json_object_get(json_object_get(q, "network"), "used")),
			 2);
	expect_st(ask(VDC_B, "network.quota.show", path, "", NULL), ST_FORBIDDEN, NULL);
	assert_int_equal(
		json_array_size(made(ask_in(admin, "network.quota.list", "", "", NULL), "quotas")),
		1);
	expect_st(ask_in(admin, "network.quota.reset", path, "", NULL), ST_OK, NULL);
	new_network(VDC_A);
}

/* --- servers --- */

struct attach {
	const char *device_id;
	struct network_wish wish;
};

static enum status attach_act(struct call *c, const void *in, void *out)
{
	const struct attach *a = in;

	return network_attach(c, a->device_id, NULL, &a->wish, out);
}

static enum status detach_act(struct call *c, const void *in, void *out)
{
	(void)out;
	return network_detach_all(c, in);
}

struct interfaces {
	struct network_interface *list;
	size_t count;
};
static enum status interfaces_act(struct call *c, const void *in, void *out)
{
	struct interfaces *i = out;

	return network_interfaces(c, in, 3, &i->list, &i->count);
}

static enum status only_act(struct call *c, const void *in, void *out)
{
	(void)in;
	return network_only(c, c->actor.project_id, out);
}

TEST(a_server_takes_ports_and_gives_them_back)
{
	static const char *const servers[] = { "00000000-0000-7000-8000-000000000001",
					       "00000000-0000-7000-8000-000000000002",
					       "00000000-0000-7000-8000-000000000003" };
	begin();
	const char *n = new_network(VDC_A), *only = NULL;
	struct call *c = call_as(VDC_A, false);
	struct attach a = { servers[0], { .network_id = n } };
	struct network_interface i;
	char none;

	assert_int_equal(db_write(c, house.db, attach_act, &a, &i, sizeof i), ST_BAD_INPUT);
	new_subnet(n, "10.0.0.0/24");
	assert_int_equal(db_write(c, house.db, attach_act, &a, &i, sizeof i), ST_OK);
	assert_string_equal(i.fixed_ips[0].ip_address, "10.0.0.2");
	assert_string_equal(i.network_name, "net");
	assert_int_equal(i.mtu, NETWORK_MTU);
	assert_false(i.applied);

	const char *own = member(made(ask_port(VDC_A, n, "\"name\":\"own\""), "port"), "id");
	a = (struct attach){ servers[2], { .port_id = own } };
	assert_int_equal(db_write(c, house.db, attach_act, &a, &i, sizeof i), ST_OK);
	assert_int_equal(db_write(c, house.db, attach_act, &a, &i, sizeof i), ST_CONFLICT);
	assert_string_equal(c->problem_at, "PortInUse");
	a = (struct attach){ servers[2], { .network_id = n, .fixed_ip = "10.0.0.77" } };
	c = call_as(VDC_A, false);
	assert_int_equal(db_write(c, house.db, attach_act, &a, &i, sizeof i), ST_OK);
	c = call_as(VDC_B, false);
	assert_int_equal(db_write(c, house.db, attach_act, &a, &i, sizeof i), ST_NOT_FOUND);

	struct interfaces all;
	c = call_as(VDC_A, false);
	assert_int_equal(db_read(c, house.db, interfaces_act, servers, &all, sizeof all), ST_OK);
	assert_int_equal(all.count, 3);
	assert_string_equal(all.list[0].device_id, servers[0]);
	assert_string_equal(all.list[1].id, own);
	assert_string_equal(all.list[2].fixed_ips[0].ip_address, "10.0.0.77");
	assert_int_equal(list_length(VDC_A, "port", TEXT("device_id=%s", servers[2])), 2);
	assert_int_equal(db_read(c, house.db, only_act, NULL, &only, sizeof only), ST_OK);
	assert_string_equal(only, n);

	assert_int_equal(db_write(c, house.db, detach_act, servers[2], &none, 1), ST_OK);
	assert_int_equal(list_length(VDC_A, "port", ""), 2);
	const json_t *p =
		made(ask(VDC_A, "network.port.show", TEXT("port_id=%s", own), "", NULL), "port");
	assert_string_equal(member(p, "device_id"), "");
	new_network(VDC_A);
	assert_int_equal(db_read(c, house.db, only_act, NULL, &only, sizeof only), ST_CONFLICT);
}

/* --- the engine --- */

static void stop_module(void *none)
{
	(void)none;
	network_module.stop(&house);
}

static void start_module(const char *northbound, int driver)
{
	struct call *c = call_as(NULL, false);

	config.network.driver = driver;
	config.network.northbound = northbound;
	if (network_module.start(c, &house))
		test_fail("%s", c->problem);
	arena_defer(c->arena, stop_module, NULL);
}

static const struct job_kind *kind_named(const char *name)
{
	for (const struct job_kind *k = network_module.jobs; k->name; k++)
		if (str_eq(k->name, name))
			return k;
	test_fail("there is no job %s", name);
	return NULL;
}

static enum status run_job(const char *kind, const char *subject)
{
	struct job j = { .kind = kind, .subject = subject, .payload = "{}", .attempt = 1 };

	return kind_named(kind)->run(call_as(NULL, false), &j);
}

/* Not listed among the program's statements: the tests' own look into other rooms' tables. */
static const struct db_stmt jobs_waiting_sql = {
	"jobs_waiting_sql", "select count(*) from job where kind = $1 and state = 'waiting'"
};
static const struct db_stmt jobs_forget_sql = { "jobs_forget_sql", "delete from job" };
static const struct db_stmt addresses_count_sql = {
	"addresses_count_sql", "select count(distinct ip_address) from network_address"
};
static const struct db_stmt ports_count_sql = { "ports_count_sql",
						"select count(*) from network_port" };
static const struct db_stmt networks_count_sql = { "networks_count_sql",
						   "select count(*) from network_network" };

static enum status jobs_waiting_act(struct call *c, const void *in, void *out)
{
	return db_number(c, &jobs_waiting_sql, out, DB_ARGS(DB_STR(in)));
}

static int64_t jobs_waiting(const char *kind)
{
	int64_t n = 0;

	assert_int_equal(db_read(test_call(), house.db, jobs_waiting_act, kind, &n, sizeof n),
			 ST_OK);
	return n;
}

static enum status forget_jobs_act(struct call *c, const void *in, void *out)
{
	(void)in, (void)out;
	return db_do(c, &jobs_forget_sql, NULL, DB_NO_ARGS);
}

TEST(what_is_wanted_gets_into_ovn_and_out_again)
{
	begin();
	struct ovsdb_server *s = ovsdb_server_new();
	start_module(s->remote, NETWORK_OVN);
	assert_string_equal(network_driver_name(), "ovn");
	const char *n = new_network(VDC_A);
	new_subnet(n, "10.0.0.0/24");
	const char *p = member(made(ask_port(VDC_A, n, ""), "port"), "id");

	/* The port's job may run before the network's. */
	assert_int_equal(run_job("network.port.apply", p), ST_OK);
	assert_int_equal(run_job("network.network.apply", n), ST_OK);
	assert_int_equal(json_array_size(ovsdb_server_rows(s, "Logical_Switch")), 1);
	assert_int_equal(json_array_size(ovsdb_server_rows(s, "DHCP_Options")), 1);
	assert_int_equal(json_array_size(ovsdb_server_rows(s, "Logical_Switch_Port")), 1);

	int64_t bad = 0;
	struct buf report = { .arena = test_call()->arena };
	struct call *c = call_as(NULL, false);
	assert_int_equal(network_module.check(c, &house, true, &report, &bad), ST_OK);
	if (bad)
		test_fail("%s", buf_text(&report));

	ask(VDC_A, "network.port.delete", TEXT("port_id=%s", p), "", NULL);
	assert_int_equal(network_module.check(c, &house, true, &report, &bad), ST_OK);
	assert_int_equal(bad, 1);
	assert_int_equal(run_job("network.port.apply", p), ST_OK);
	assert_int_equal(json_array_size(ovsdb_server_rows(s, "Logical_Switch_Port")), 0);
	ask(VDC_A, "network.network.delete", TEXT("network_id=%s", n), "", NULL);
	assert_int_equal(run_job("network.network.apply", n), ST_OK);
	assert_int_equal(json_array_size(ovsdb_server_rows(s, "Logical_Switch")), 0);
	assert_int_equal(json_array_size(ovsdb_server_rows(s, "DHCP_Options")), 0);
}

TEST(the_survey_at_the_start_posts_a_job_for_whatever_differs)
{
	begin();
	struct ovsdb_server *s = ovsdb_server_new();
	start_module(s->remote, NETWORK_OVN);
	assert_int_equal(jobs_waiting("network.reconcile"), 1);
	const char *n = new_network(VDC_A), *m = new_network(VDC_A);
	const char *p = member(made(ask_port(VDC_A, n, ""), "port"), "id");
	char none;

	assert_int_equal(run_job("network.port.apply", p), ST_OK);
	assert_int_equal(db_write(test_call(), house.db, forget_jobs_act, NULL, &none, 1), ST_OK);

	/* OVN lacks one network, and has one that nobody wants. */
	const char *orphan = "00000000-0000-7000-8000-00000000000f";
	struct wanted_network unwanted = { .id = orphan, .mtu = NETWORK_MTU };
	assert_int_equal(network_engine.driver->put_network(test_call(), network_engine.state,
							    &unwanted),
			 ST_OK);
	assert_int_equal(run_job("network.reconcile", "network"), ST_OK);
	assert_int_equal(jobs_waiting("network.network.apply"), 2);
	assert_int_equal(jobs_waiting("network.port.apply"), 0);
	assert_int_equal(run_job("network.network.apply", m), ST_OK);
	assert_int_equal(run_job("network.network.apply", orphan), ST_OK);
	assert_int_equal(json_array_size(ovsdb_server_rows(s, "Logical_Switch")), 2);

	int64_t bad = 0;
	struct buf report = { .arena = test_call()->arena };
	struct call *c = call_as(NULL, false);
	assert_int_equal(network_module.check(c, &house, true, &report, &bad), ST_OK);
	assert_int_equal(bad, 0);
}

static void tick(void)
{
	struct call *c = call_as(NULL, false);

	if (network_module.timers[0].run(c))
		test_fail("%s", c->problem);
}

static const char *port_status(const char *port)
{
	return member(made(ask(VDC_A, "network.port.show", TEXT("port_id=%s", port), "", NULL),
			   "port"),
		      "status");
}

TEST(a_port_is_active_when_ovn_says_that_it_is_up)
{
	begin();
	struct ovsdb_server *s = ovsdb_server_new();
	start_module(s->remote, NETWORK_OVN);
	const char *p = member(made(ask_port(VDC_A, new_network(VDC_A), ""), "port"), "id");
	const json_t *result;
	struct call *c = test_call();

	tick();
	assert_int_equal(run_job("network.port.apply", p), ST_OK);
	assert_string_equal(port_status(p), "DOWN");
	assert_int_equal(ovsdb_request(c, s->direct, "transact",
				       "[\"OVN_Northbound\",{\"op\":\"update\",\"table\":"
				       "\"Logical_Switch_Port\",\"where\":[],\"row\":"
				       "{\"up\":true}}]",
				       &result),
			 ST_OK);
	for (int i = 0; i < 500 && !str_eq(port_status(p), "ACTIVE"); i++) {
		usleep(10000);
		tick();
	}
	assert_string_equal(port_status(p), "ACTIVE");

	/* An OVN that has lost everything: what it does not know of is down. */
	ovsdb_server_stop(s);
	ovsdb_server_start(s);
	assert_int_equal(network_engine.driver->drop_port(c, network_engine.state, p), ST_OK);
	tick();
	assert_string_equal(port_status(p), "DOWN");
}

static enum status give_up_act(struct call *c, const void *in, void *out)
{
	const struct job *j = in;

	(void)out;
	return kind_named(j->kind)->give_up(c, j, "OVN refuses");
}

TEST(what_the_engine_refuses_is_in_error_with_a_reason)
{
	begin();
	const char *n = new_network(VDC_A);
	const char *p = member(made(ask_port(VDC_A, n, ""), "port"), "id");
	struct job j = { .kind = "network.port.apply", .subject = p, .payload = "{}" };

	start_module("unix:/nowhere/at/all", NETWORK_FAKE);
	char none;
	assert_int_equal(db_write(call_as(NULL, false), house.db, give_up_act, &j, &none, 1),
			 ST_OK);
	assert_string_equal(port_status(p), "ERROR");
	/* Applied later after all, it is well again. */
	assert_int_equal(run_job("network.port.apply", p), ST_OK);
	assert_string_equal(port_status(p), "DOWN");
}

TEST(the_stand_in_says_what_it_is)
{
	begin();
	start_module("unix:/nowhere/at/all", NETWORK_AUTO);
	assert_string_equal(network_driver_name(), "fake");
	assert_non_null(strstr(network_engine.driver->about, "no packet"));
	const char *n = new_network(VDC_A);
	new_subnet(n, "10.0.0.0/24");
	struct attach a = { "00000000-0000-7000-8000-000000000001", { .network_id = n } };
	struct network_interface i;

	assert_int_equal(db_write(call_as(VDC_A, false), house.db, attach_act, &a, &i, sizeof i),
			 ST_OK);
	assert_int_equal(network_apply_port(call_as(NULL, false), i.id), ST_OK);
	assert_int_equal(network_apply_port(call_as(NULL, false), i.id), ST_OK);
	tick();
	assert_string_equal(port_status(i.id), "ACTIVE");
	assert_int_equal(network_apply_port(call_as(NULL, false), a.device_id), ST_NOT_FOUND);
}

TEST(an_ovn_that_must_be_there_and_is_not_stops_the_start)
{
	begin();
	config.network.driver = NETWORK_OVN;
	config.network.northbound = "unix:/nowhere/at/all";
	struct call *c = call_as(NULL, false);
	assert_int_equal(network_module.start(c, &house), ST_AWAY);
	assert_non_null(strstr(c->problem, "/nowhere/at/all"));
}

/* --- races between processes --- */

/* Runs 'fn' in two processes, each with a database of its own opened; each ends with its number of
 * failures. */
static void in_two_processes(const char *url, int (*fn)(const char *arg), const char *arg)
{
	pid_t pids[2];

	for (int i = 0; i < 2; i++) {
		pids[i] = fork();
		assert_true(pids[i] >= 0);
		if (pids[i] == 0) {
			char why[512];
			alarm(60);
			house.db = db_open(url, 2, why);
			_exit(house.db ? fn(arg) : 200);
		}
	}
	for (int i = 0; i < 2; i++) {
		int status;
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
}

static const char *begin_shared(void)
{
	const char *url = test_db_url();
	struct call *c = test_call();
	char why[512];

	house = (struct house){ .db = db_open(url, 2, why), .config = &config };
	assert_non_null(house.db);
	if (schema_apply(c, house.db, program_schema))
		test_fail("%s", c->problem);
	return url;
}

static void reopen(const char *url)
{
	char why[512];

	house.db = db_open(url, 2, why);
	assert_non_null(house.db);
}

static enum status count_act(struct call *c, const void *in, void *out)
{
	const struct db_stmt *sql = in;

	return db_number(c, sql, out, DB_NO_ARGS);
}

static int64_t count(const struct db_stmt *sql)
{
	int64_t n = 0;

	assert_int_equal(db_read(test_call(), house.db, count_act, sql, &n, sizeof n), ST_OK);
	return n;
}

static int make_ports(const char *network)
{
	int failed = 0;

	for (int i = 0; i < 40; i++) {
		struct answer a = ask_port(VDC_A, network, "");
		for (int tries = 0; a.st == ST_RETRY && tries < 50; tries++)
			a = ask_port(VDC_A, network, "");
		if (a.st)
			print_error("%s %s: %s\n", status_word(a.st), a.type, a.problem);
		failed += a.st != ST_OK;
	}
	return failed;
}

TEST(two_processes_never_give_one_address_twice)
{
	const char *url = begin_shared();
	const char *n = new_network(VDC_A);

	new_subnet(n, "10.0.0.0/25");
	db_close(house.db);
	in_two_processes(url, make_ports, n);
	reopen(url);
	assert_int_equal(count(&ports_count_sql), 80);
	assert_int_equal(count(&addresses_count_sql), 80);
	db_close(house.db);
}

static int make_networks(const char *arg)
{
	int wrong = 0;

	(void)arg;
	for (int i = 0; i < 20; i++) {
		struct answer a = ask(VDC_A, "network.network.create", "", "", "{\"network\":{}}");
		for (int tries = 0; a.st == ST_RETRY && tries < 50; tries++)
			a = ask(VDC_A, "network.network.create", "", "", "{\"network\":{}}");
		wrong += a.st != ST_OK && !str_eq(a.type, "OverQuota");
	}
	return wrong;
}

TEST(two_processes_never_take_more_than_the_quota)
{
	const char *url = begin_shared();

	expect_st(ask_in(call_as(VDC_B, true), "network.quota.update", TEXT("project_id=%s", VDC_A),
			 "", "{\"quota\":{\"network\":25}}"),
		  ST_OK, NULL);
	db_close(house.db);
	in_two_processes(url, make_networks, NULL);
	reopen(url);
	assert_int_equal(count(&networks_count_sql), 25);
	db_close(house.db);
}
