/* SPDX-License-Identifier: Apache-2.0 */
/* From the tables into the engine and back: jobs, the survey at the start, what the engine says of
 * ports. */
#include <unistd.h>
#include "cloud/network/test_network_door.h"
#include "cloud/network/test_ovsdb_server.h"

struct attach {
	const char *device_id;
	struct network_wish wish;
};

static enum status attach_act(struct call *c, const void *in, void *out)
{
	const struct attach *a = in;

	return network_attach(c, a->device_id, NULL, &a->wish, out);
}

/* Not listed among the program's statements: the tests' own look into other rooms' tables. */
static const struct db_stmt jobs_waiting_sql = {
	"jobs_waiting_sql", "select count(*) from job where kind = $1 and state = 'waiting'"
};
static const struct db_stmt jobs_forget_sql = { "jobs_forget_sql", "delete from job" };
static enum status jobs_waiting_act(struct call *c, const void *in, void *out)
{
	return db_number(c, &jobs_waiting_sql, out, DB_ARGS(DB_STR(in)));
}

static int64_t jobs_waiting(const char *kind)
{
	int64_t n = 0;

	assert_int_equal(db_read(test_call(), net_house.db, jobs_waiting_act, kind, &n, sizeof n),
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
	const char *p = net_member(made(ask_port(VDC_A, n, ""), "port"), "id");

	/* The port's job may run before the network's. */
	assert_int_equal(run_job("network.port.apply", p), ST_OK);
	assert_int_equal(run_job("network.network.apply", n), ST_OK);
	assert_int_equal(json_array_size(ovsdb_server_rows(s, "Logical_Switch")), 1);
	assert_int_equal(json_array_size(ovsdb_server_rows(s, "DHCP_Options")), 1);
	assert_int_equal(json_array_size(ovsdb_server_rows(s, "Logical_Switch_Port")), 1);

	int64_t bad = 0;
	struct buf report = { .arena = test_call()->arena };
	struct call *c = call_as(NULL, false);
	assert_int_equal(network_module.check(c, &net_house, true, &report, &bad), ST_OK);
	if (bad)
		test_fail("%s", buf_text(&report));

	net_ask(VDC_A, "network.port.delete", TEXT("port_id=%s", p), "", NULL);
	assert_int_equal(network_module.check(c, &net_house, true, &report, &bad), ST_OK);
	assert_int_equal(bad, 1);
	assert_int_equal(run_job("network.port.apply", p), ST_OK);
	assert_int_equal(json_array_size(ovsdb_server_rows(s, "Logical_Switch_Port")), 0);
	net_ask(VDC_A, "network.network.delete", TEXT("network_id=%s", n), "", NULL);
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
	const char *p = net_member(made(ask_port(VDC_A, n, ""), "port"), "id");
	char none;

	assert_int_equal(run_job("network.port.apply", p), ST_OK);
	assert_int_equal(db_write(test_call(), net_house.db, forget_jobs_act, NULL, &none, 1),
			 ST_OK);

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
	assert_int_equal(network_module.check(c, &net_house, true, &report, &bad), ST_OK);
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
	return net_member(
		made(net_ask(VDC_A, "network.port.show", TEXT("port_id=%s", port), "", NULL),
		     "port"),
		"status");
}

TEST(a_port_is_active_when_ovn_says_that_it_is_up)
{
	begin();
	struct ovsdb_server *s = ovsdb_server_new();
	start_module(s->remote, NETWORK_OVN);
	const char *p = net_member(made(ask_port(VDC_A, new_network(VDC_A), ""), "port"), "id");
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
	const char *p = net_member(made(ask_port(VDC_A, n, ""), "port"), "id");
	struct job j = { .kind = "network.port.apply", .subject = p, .payload = "{}" };

	start_module("unix:/nowhere/at/all", NETWORK_FAKE);
	char none;
	assert_int_equal(db_write(call_as(NULL, false), net_house.db, give_up_act, &j, &none, 1),
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

	assert_int_equal(
		db_write(call_as(VDC_A, false), net_house.db, attach_act, &a, &i, sizeof i), ST_OK);
	assert_int_equal(network_apply_port(call_as(NULL, false), i.id), ST_OK);
	assert_int_equal(network_apply_port(call_as(NULL, false), i.id), ST_OK);
	tick();
	assert_string_equal(port_status(i.id), "ACTIVE");
	assert_int_equal(network_apply_port(call_as(NULL, false), a.device_id), ST_NOT_FOUND);
}

TEST(an_ovn_that_must_be_there_and_is_not_stops_the_start)
{
	begin();
	net_config.network.driver = NETWORK_OVN;
	net_config.network.northbound = "unix:/nowhere/at/all";
	struct call *c = call_as(NULL, false);
	assert_int_equal(network_module.start(c, &net_house), ST_AWAY);
	assert_non_null(strstr(c->problem, "/nowhere/at/all"));
}
