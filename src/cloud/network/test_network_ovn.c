/* SPDX-License-Identifier: Apache-2.0 */
/* The driver for OVN against ovsdb-server itself, with OVN's northbound schema in a folder of its own:
 * the server that OVN runs, without the rest of OVN. */
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/clock.h"
#include "cloud/network/network_driver.h"
#include "cloud/network/ovsdb_value.h"
#include "cloud/network/test_ovsdb_server.h"
#include "harness.h"

static void *driver;

static void close_driver(void *state)
{
	network_ovn.close(state);
}

static struct ovsdb_server *driver_server(void)
{
	struct ovsdb_server *s = ovsdb_server_new();
	struct call *c = test_call();

	assert_int_equal(network_ovn.open(c, s->remote, "", "house", &driver), ST_OK);
	arena_defer(c->arena, close_driver, driver);
	return s;
}

static void expect_ok(const struct call *c, enum status st)
{
	if (st)
		test_fail("%s: %s", status_word(st), c->problem);
}

static void expect_rows(const struct ovsdb_server *s, size_t switches, size_t dhcp, size_t ports)
{
	assert_int_equal(json_array_size(ovsdb_server_rows(s, "Logical_Switch")), switches);
	assert_int_equal(json_array_size(ovsdb_server_rows(s, "DHCP_Options")), dhcp);
	assert_int_equal(json_array_size(ovsdb_server_rows(s, "Logical_Switch_Port")), ports);
}

/* Runs operations written as JSON, as an operator with ovn-nbctl would. */
static void behind_our_back(const struct ovsdb_server *s, const char *operations)
{
	struct call *c = test_call();
	const json_t *result;

	expect_ok(c, ovsdb_request(c, s->direct, "transact",
				   arena_printf(c->arena, "[\"OVN_Northbound\",%s]", operations),
				   &result));
	for (size_t i = 0; i < json_array_size(result); i++)
		assert_null(json_object_get(json_array_get(result, i), "error"));
}

static const char *const dns[] = { "192.0.2.53", "192.0.2.54" };
static struct host_route routes[] = { { "198.51.100.0/24", "10.0.0.9" } };
static struct wanted_subnet subnets[] = {
	{ .id = "00000000-0000-7000-8000-0000000000a4",
	  .cidr = "10.0.0.0/24",
	  .ip_version = 4,
	  .gateway_ip = "10.0.0.1",
	  .dhcp = true,
	  .dns_nameservers = { (const char **)dns, 2 },
	  .host_routes = routes,
	  .host_routes_count = 1 },
	{ .id = "00000000-0000-7000-8000-0000000000a6",
	  .cidr = "2001:db8::/64",
	  .ip_version = 6,
	  .dhcp = true },
};
static struct network_fixed_ip ips[] = {
	{ "00000000-0000-7000-8000-0000000000a4", "10.0.0.5" },
	{ "00000000-0000-7000-8000-0000000000a6", "2001:db8::5" },
};

static struct wanted_network city_network(void)
{
	return (struct wanted_network){ .id = "00000000-0000-7000-8000-0000000000a1",
					.mtu = 1442,
					.subnets = subnets,
					.subnets_count = 2 };
}

static struct wanted_port city_port(void)
{
	return (struct wanted_port){ .id = "00000000-0000-7000-8000-0000000000b1",
				     .network_id = "00000000-0000-7000-8000-0000000000a1",
				     .mac_address = "fa:16:3e:00:00:01",
				     .enabled = true,
				     .port_security = true,
				     .fixed_ips = ips,
				     .fixed_ips_count = 2 };
}

static void put_all(const struct wanted_all *all)
{
	struct call *c = test_call();

	for (size_t i = 0; i < all->networks_count; i++)
		expect_ok(c, network_ovn.put_network(c, driver, &all->networks[i]));
	for (size_t i = 0; i < all->ports_count; i++)
		expect_ok(c, network_ovn.put_port(c, driver, &all->ports[i]));
}

TEST(a_network_and_its_port_become_rows_of_ovn)
{
	struct ovsdb_server *s = driver_server();
	struct call *c = test_call();
	struct wanted_network n = city_network();
	struct wanted_port p = city_port();

	assert_int_equal(network_ovn.put_port(c, driver, &p), ST_NOT_FOUND);
	call_forgive(c);
	expect_ok(c, network_ovn.put_network(c, driver, &n));
	expect_ok(c, network_ovn.put_port(c, driver, &p));
	expect_rows(s, 1, 2, 1);

	const json_t *port = json_array_get(ovsdb_server_rows(s, "Logical_Switch_Port"), 0);
	const char *address = "fa:16:3e:00:00:01 10.0.0.5 2001:db8::5";
	assert_string_equal(ovsdb_text(port, "name"), p.id);
	assert_true(ovsdb_set_same(port, "addresses", &(struct words){ &address, 1 }));
	assert_true(ovsdb_set_same(port, "port_security", &(struct words){ &address, 1 }));
	assert_true(ovsdb_bool(port, "enabled", false));
	assert_non_null(ovsdb_uuid(port, "dhcpv4_options"));
	assert_non_null(ovsdb_uuid(port, "dhcpv6_options"));
	const json_t *ls = json_array_get(ovsdb_server_rows(s, "Logical_Switch"), 0);
	assert_string_equal(ovsdb_uuid(ls, "ports"), ovsdb_row_uuid(port));

	const json_t *dhcp = ovsdb_server_rows(s, "DHCP_Options");
	const json_t *v4 = json_array_get(dhcp, 0);
	if (!str_eq(ovsdb_text(v4, "cidr"), "10.0.0.0/24"))
		v4 = json_array_get(dhcp, 1);
	assert_string_equal(ovsdb_map_value(v4, "options", "router"), "10.0.0.1");
	assert_string_equal(ovsdb_map_value(v4, "options", "server_id"), "10.0.0.1");
	assert_string_equal(ovsdb_map_value(v4, "options", "server_mac"), "0e:00:00:00:00:a4");
	assert_string_equal(ovsdb_map_value(v4, "options", "mtu"), "1442");
	assert_string_equal(ovsdb_map_value(v4, "options", "dns_server"),
			    "{192.0.2.53, 192.0.2.54}");
	assert_string_equal(ovsdb_map_value(v4, "options", "classless_static_route"),
			    "{198.51.100.0/24,10.0.0.9, 0.0.0.0/0,10.0.0.1}");
}

TEST(putting_the_same_again_changes_nothing)
{
	struct ovsdb_server *s = driver_server();
	struct call *c = test_call();
	struct wanted_network n = city_network();
	struct wanted_port p = city_port();

	for (int i = 0; i < 3; i++) {
		expect_ok(c, network_ovn.put_network(c, driver, &n));
		expect_ok(c, network_ovn.put_port(c, driver, &p));
	}
	expect_rows(s, 1, 2, 1);

	struct network_survey found;
	struct wanted_all all = { &n, 1, &p, 1 };
	expect_ok(c, network_ovn.survey(c, driver, &all, &found));
	assert_int_equal(found.missing + found.changed + found.orphans, 0);
	assert_int_equal(found.networks.count + found.ports.count, 0);
}

TEST(a_port_follows_what_is_wanted_of_it)
{
	struct ovsdb_server *s = driver_server();
	struct call *c = test_call();
	struct wanted_network n = city_network();
	struct wanted_port p = city_port();

	expect_ok(c, network_ovn.put_network(c, driver, &n));
	expect_ok(c, network_ovn.put_port(c, driver, &p));
	p.enabled = false;
	p.port_security = false;
	p.fixed_ips_count = 0;
	expect_ok(c, network_ovn.put_port(c, driver, &p));

	const json_t *port = json_array_get(ovsdb_server_rows(s, "Logical_Switch_Port"), 0);
	const char *open[] = { "unknown", "fa:16:3e:00:00:01" };
	assert_true(ovsdb_set_same(port, "addresses", &(struct words){ open, 2 }));
	assert_true(ovsdb_set_same(port, "port_security", &(struct words){ 0 }));
	assert_false(ovsdb_bool(port, "enabled", true));
	assert_null(ovsdb_uuid(port, "dhcpv4_options"));
	assert_null(ovsdb_uuid(port, "dhcpv6_options"));
}

TEST(a_subnet_without_dhcp_has_no_row)
{
	struct ovsdb_server *s = driver_server();
	struct call *c = test_call();
	struct wanted_network n = city_network();

	expect_ok(c, network_ovn.put_network(c, driver, &n));
	expect_rows(s, 1, 2, 0);
	n.subnets_count = 1;
	expect_ok(c, network_ovn.put_network(c, driver, &n));
	expect_rows(s, 1, 1, 0);
}

TEST(what_is_dropped_is_gone_and_dropping_it_again_is_no_failure)
{
	struct ovsdb_server *s = driver_server();
	struct call *c = test_call();
	struct wanted_network n = city_network();
	struct wanted_port p = city_port();

	expect_ok(c, network_ovn.put_network(c, driver, &n));
	expect_ok(c, network_ovn.put_port(c, driver, &p));
	for (int i = 0; i < 2; i++) {
		expect_ok(c, network_ovn.drop_port(c, driver, p.id));
		expect_rows(s, 1, 2, 0);
	}
	expect_ok(c, network_ovn.put_port(c, driver, &p));
	for (int i = 0; i < 2; i++) {
		expect_ok(c, network_ovn.drop_network(c, driver, n.id));
		expect_rows(s, 0, 0, 0);
	}
}

TEST(a_survey_finds_what_was_done_behind_our_back_and_passes_over_what_is_not_ours)
{
	struct ovsdb_server *s = driver_server();
	struct call *c = test_call();
	struct wanted_network n = city_network();
	struct wanted_port ports[] = { city_port(), city_port() };
	struct wanted_all all = {
		.networks = &n, .networks_count = 1, .ports = ports, .ports_count = 2
	};
	struct network_survey found;

	ports[1].id = "00000000-0000-7000-8000-0000000000b2";
	ports[1].mac_address = "fa:16:3e:00:00:02";
	ports[1].fixed_ips_count = 0;
	expect_ok(c, network_ovn.survey(c, driver, &all, &found));
	/* A switch, two DHCP options, two ports, and the group that drops. */
	assert_int_equal(found.missing, 6);
	assert_int_equal(found.changed, 0);
	assert_int_equal(found.networks.count, 1);
	assert_int_equal(found.ports.count, 2);
	expect_rows(s, 0, 0, 0);
	put_all(&all);

	behind_our_back(
		s,
		"{\"op\":\"insert\",\"table\":\"Logical_Switch\",\"row\":"
		"{\"name\":\"foreign\"}},"
		"{\"op\":\"insert\",\"table\":\"Logical_Switch\",\"row\":{\"name\":"
		"\"orphan\",\"external_ids\":[\"map\",[[\"yongyun:house\",\"house\"],"
		"[\"yongyun:network\",\"x\"]]]}},"
		"{\"op\":\"insert\",\"table\":\"Logical_Switch\",\"row\":{\"name\":"
		"\"twin\",\"external_ids\":[\"map\",[[\"yongyun:house\",\"house\"],[\"yongyun:network\","
		"\"00000000-0000-7000-8000-0000000000a1\"]]]}},"
		"{\"op\":\"delete\",\"table\":\"DHCP_Options\",\"where\":"
		"[[\"cidr\",\"==\",\"10.0.0.0/24\"]]},"
		"{\"op\":\"update\",\"table\":\"Logical_Switch_Port\",\"where\":"
		"[[\"name\",\"==\",\"00000000-0000-7000-8000-0000000000b2\"]],"
		"\"row\":{\"addresses\":\"unknown\"}}");
	expect_ok(c, network_ovn.survey(c, driver, &all, &found));
	assert_int_equal(found.missing, 1);
	assert_int_equal(found.orphans, 2);
	assert_int_equal(found.networks.count, 2);

	/* Putting and dropping what the survey names sets everything right. */
	for (size_t i = 0; i < found.networks.count; i++)
		if (!str_eq(found.networks.list[i], n.id))
			expect_ok(c, network_ovn.drop_network(c, driver, found.networks.list[i]));
	put_all(&all);
	expect_rows(s, 2, 2, 2);
	expect_ok(c, network_ovn.survey(c, driver, &all, &found));
	assert_int_equal(found.missing + found.changed + found.orphans, 0);

	expect_ok(c, network_ovn.survey(c, driver, &(struct wanted_all){ 0 }, &found));
	assert_int_equal(found.orphans, 5);
	for (size_t i = 0; i < found.ports.count; i++)
		expect_ok(c, network_ovn.drop_port(c, driver, found.ports.list[i]));
	for (size_t i = 0; i < found.networks.count; i++)
		expect_ok(c, network_ovn.drop_network(c, driver, found.networks.list[i]));
	expect_rows(s, 1, 0, 0);
	assert_string_equal(ovsdb_text(json_array_get(ovsdb_server_rows(s, "Logical_Switch"), 0),
				       "name"),
			    "foreign");
}

TEST(clouds_that_share_one_ovn_do_not_see_each_other)
{
	struct ovsdb_server *s = driver_server();
	struct call *c = test_call();
	struct wanted_network n = city_network();
	struct wanted_all nothing = { 0 };
	struct network_survey found;
	void *theirs;

	assert_int_equal(network_ovn.open(c, s->remote, "", "another house", &theirs), ST_OK);
	arena_defer(c->arena, close_driver, theirs);
	expect_ok(c, network_ovn.put_network(c, driver, &n));
	expect_ok(c, network_ovn.survey(c, theirs, &nothing, &found));
	assert_int_equal(found.orphans, 0);
	expect_ok(c, network_ovn.survey(c, driver, &nothing, &found));
	assert_int_equal(found.orphans, 3);
}

TEST(a_port_that_ovn_binds_is_told_once)
{
	struct ovsdb_server *s = driver_server();
	struct call *c = test_call();
	struct wanted_network n = city_network();
	struct wanted_port p = city_port();
	struct port_bindings b;

	expect_ok(c, network_ovn.bindings(c, driver, &b));
	assert_true(b.all && b.count == 0);
	expect_ok(c, network_ovn.put_network(c, driver, &n));
	expect_ok(c, network_ovn.put_port(c, driver, &p));
	behind_our_back(s, "{\"op\":\"update\",\"table\":\"Logical_Switch_Port\",\"where\":[],"
			   "\"row\":{\"up\":true}}");
	bool up = false;
	int64_t until = clock_steady() + 5 * CLOCK_SECOND;
	while (!up && clock_steady() < until) {
		expect_ok(c, network_ovn.bindings(c, driver, &b));
		assert_false(b.all);
		for (size_t i = 0; i < b.count; i++) {
			assert_string_equal(b.list[i].port_id, p.id);
			up = b.list[i].up;
		}
	}
	assert_true(up);
	expect_ok(c, network_ovn.bindings(c, driver, &b));
	assert_true(!b.all && b.count == 0);
}

TEST(the_driver_outlives_its_database)
{
	struct ovsdb_server *s = driver_server();
	struct call *c = test_call();
	struct wanted_network n = city_network();
	struct port_bindings b;

	expect_ok(c, network_ovn.put_network(c, driver, &n));
	expect_ok(c, network_ovn.bindings(c, driver, &b));
	ovsdb_server_stop(s);
	assert_int_equal(network_ovn.put_network(c, driver, &n), ST_AWAY);
	call_forgive(c);
	assert_int_equal(network_ovn.bindings(c, driver, &b), ST_AWAY);
	call_forgive(c);
	ovsdb_server_start(s);
	expect_ok(c, network_ovn.put_network(c, driver, &n));
	expect_rows(s, 1, 2, 0);
	expect_ok(c, network_ovn.bindings(c, driver, &b));
	assert_true(b.all);
}

TEST(two_who_put_the_same_network_make_one)
{
	struct ovsdb_server *s = driver_server();
	struct wanted_network n = city_network();

	for (int round = 0; round < 10; round++) {
		pid_t pids[2];
		for (int i = 0; i < 2; i++) {
			pids[i] = fork();
			if (pids[i] == 0) {
				void *own;
				struct call *c = test_call();
				alarm(20);
				if (network_ovn.open(c, s->remote, "", "house", &own) ||
				    network_ovn.put_network(c, own, &n))
					_exit(1);
				_exit(0);
			}
		}
		for (int i = 0; i < 2; i++) {
			int status;
			assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
			assert_int_equal(status, 0);
		}
		expect_rows(s, 1, 2, 0);
		struct call *c = test_call();
		expect_ok(c, network_ovn.drop_network(c, driver, n.id));
	}
}

/* A server that answers what it is told to, whatever it was asked. */
struct liar {
	int fd;
	pid_t pid;
	const char *remote;
};

static void end_liar(void *arg)
{
	struct liar *l = arg;

	close(l->fd);
	kill(l->pid, SIGKILL);
	waitpid(l->pid, NULL, 0);
}

static struct liar *start_liar(const char *answer, size_t size)
{
	struct call *c = test_call();
	struct liar *l = arena_alloc(c->arena, sizeof *l);
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	snprintf(at.sun_path, sizeof at.sun_path, "%s/liar", test_folder());
	l->remote = arena_printf(c->arena, "unix:%s", at.sun_path);
	l->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(l->fd, (const struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(l->fd, 4), 0);
	l->pid = fork();
	if (l->pid == 0) {
		signal(SIGPIPE, SIG_IGN);
		for (;;) {
			char request[4096];
			int fd = accept(l->fd, NULL, NULL);
			if (read(fd, request, sizeof request) > 0)
				for (size_t sent = 0; sent < size;) {
					ssize_t n = write(fd, answer + sent, size - sent);
					if (n <= 0)
						break;
					sent += (size_t)n;
				}
			usleep(500 * 1000);
			close(fd);
		}
	}
	arena_defer(c->arena, end_liar, l);
	return l;
}

static enum status ask_liar(const char *answer, size_t size)
{
	struct liar *l = start_liar(answer, size);
	struct call *c = test_call();
	struct ovsdb *o = ovsdb_new(l->remote, "OVN_Northbound", CLOCK_SECOND / 5);
	struct ovsdb_ops t;
	const json_t *results;

	ovsdb_begin(c, o, &t);
	ovsdb_where_all(ovsdb_op(&t, "select", "Logical_Switch"));
	ovsdb_op_end(&t);
	enum status st = ovsdb_commit(c, o, &t, &results);
	ovsdb_end(&o);
	assert_true(st == ST_OK || c->problem[0]);
	return st;
}

TEST(answers_that_the_rfc_does_not_know_are_failures_not_accidents)
{
	static const struct {
		const char *answer;
		enum status st;
	} cases[] = {
		{ "", ST_TIMEOUT },
		{ "{\"id\":1", ST_TIMEOUT },
		{ "hello", ST_AWAY },
		{ "[1]", ST_AWAY },
		{ "{\"id\":1,}", ST_AWAY },
		{ "{\"id\":2,\"result\":[{\"rows\":[]}],\"error\":null}", ST_AWAY },
		{ "{\"id\":1,\"error\":null}", ST_AWAY },
		{ "{\"id\":1,\"result\":[],\"error\":null}", ST_AWAY },
		{ "{\"id\":1,\"result\":[null],\"error\":null}", ST_AWAY },
		{ "{\"id\":1,\"result\":7,\"error\":null}", ST_AWAY },
		{ "{\"id\":1,\"result\":null,\"error\":{\"error\":\"unknown database\"}}",
		  ST_CONFLICT },
		{ "{\"id\":1,\"result\":[{\"error\":\"timed out\"}],\"error\":null}", ST_CONFLICT },
		{ "{\"id\":1,\"result\":[{\"error\":\"syntax error\"}],\"error\":null}",
		  ST_INTERNAL },
		{ "{\"id\":\"echo\",\"method\":\"echo\",\"params\":[]}"
		  "{\"id\":1,\"result\":[{\"rows\":[]}],\"error\":null}",
		  ST_OK },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		enum status st = ask_liar(cases[i].answer, strlen(cases[i].answer));
		if (st != cases[i].st)
			test_fail("'%s' gave %s", cases[i].answer, status_word(st));
	}
}

TEST(a_message_that_nests_too_deeply_is_refused)
{
	char deep[OVSDB_DEPTH_MAX + 2];

	memset(deep, '[', sizeof deep);
	deep[0] = '{';
	assert_int_equal(ask_liar(deep, sizeof deep), ST_AWAY);
}

TEST(a_place_that_is_none_is_said_so)
{
	static const char *const places[] = { "ssl:1.2.3.4:6641", "unix:", "tcp:localhost:1",
					      "tcp:1.2.3.4", "tcp:[::1:6641" };
	struct call *c = test_call();
	const json_t *schema;

	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		struct ovsdb *o = ovsdb_new(places[i], "OVN_Northbound", CLOCK_SECOND);
		assert_int_equal(ovsdb_schema(c, o, &schema), ST_AWAY);
		assert_non_null(strstr(c->problem, "no place of a database"));
		call_forgive(c);
		ovsdb_end(&o);
	}
}
