/* SPDX-License-Identifier: Apache-2.0 */
/* Two processes over one database: no address is given twice, no quota taken beyond its end. */
#include <sys/wait.h>
#include <unistd.h>
#include "cloud/network/test_network_door.h"

/* Not listed among the program's statements: the tests' own look into the tables. */
static const struct db_stmt addresses_count_sql = {
	"addresses_count_sql", "select count(distinct ip_address) from network_address"
};
static const struct db_stmt ports_count_sql = { "ports_count_sql",
						"select count(*) from network_port" };
static const struct db_stmt networks_count_sql = { "networks_count_sql",
						   "select count(*) from network_network" };

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
			net_house.db = db_open(url, 2, why);
			_exit(net_house.db ? fn(arg) : 200);
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

	net_house = (struct house){ .db = db_open(url, 2, why), .config = &net_config };
	assert_non_null(net_house.db);
	if (schema_apply(c, net_house.db, program_schema))
		test_fail("%s", c->problem);
	return url;
}

static void reopen(const char *url)
{
	char why[512];

	net_house.db = db_open(url, 2, why);
	assert_non_null(net_house.db);
}

static enum status count_act(struct call *c, const void *in, void *out)
{
	const struct db_stmt *sql = in;

	return db_number(c, sql, out, DB_NO_ARGS);
}

static int64_t count(const struct db_stmt *sql)
{
	int64_t n = 0;

	assert_int_equal(db_read(test_call(), net_house.db, count_act, sql, &n, sizeof n), ST_OK);
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
	db_close(net_house.db);
	in_two_processes(url, make_ports, n);
	reopen(url);
	assert_int_equal(count(&ports_count_sql), 80);
	assert_int_equal(count(&addresses_count_sql), 80);
	db_close(net_house.db);
}

static int make_networks(const char *arg)
{
	int wrong = 0;

	(void)arg;
	for (int i = 0; i < 20; i++) {
		struct answer a =
			net_ask(VDC_A, "network.network.create", "", "", "{\"network\":{}}");
		for (int tries = 0; a.st == ST_RETRY && tries < 50; tries++)
			a = net_ask(VDC_A, "network.network.create", "", "", "{\"network\":{}}");
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
	db_close(net_house.db);
	in_two_processes(url, make_networks, NULL);
	reopen(url);
	assert_int_equal(count(&networks_count_sql), 25);
	db_close(net_house.db);
}
