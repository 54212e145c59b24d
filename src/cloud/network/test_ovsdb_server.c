/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/clock.h"
#include "cloud/network/ovsdb_value.h"
#include "cloud/network/test_ovsdb_server.h"

static const char SCHEMA[] = "/usr/share/ovn/ovn-nb.ovsschema",
		  SOUTHBOUND[] = "/usr/share/ovn/ovn-sb.ovsschema",
		  SWITCH[] = "/usr/share/openvswitch/vswitch.ovsschema";

static void run(char *const argv[])
{
	pid_t pid;
	int status;

	if (posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ))
		test_skip("ovsdb-tool is not installed (package openvswitch-common)");
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

void ovsdb_server_stop(struct ovsdb_server *s)
{
	kill(s->pid, SIGTERM);
	waitpid(s->pid, NULL, 0);
}

void ovsdb_server_start(struct ovsdb_server *s)
{
	struct call *c = test_call();
	char *db = arena_printf(c->arena, "%s/nb.db", s->folder);
	char *southbound = arena_printf(c->arena, "%s/sb.db", s->folder);
	char *vswitch = arena_printf(c->arena, "%s/vs.db", s->folder);
	char *listen = arena_printf(c->arena, "--remote=p%s", s->remote);
	char *control = arena_printf(c->arena, "--unixctl=%s/ctl", s->folder);
	char *argv[] = { "ovsdb-server", "-vconsole:off", "--no-chdir", listen, control, db,
			 southbound,     vswitch,         NULL };
	const json_t *schema;
	int64_t until = clock_steady() + 10 * CLOCK_SECOND;

	assert_int_equal(posix_spawnp(&s->pid, argv[0], NULL, NULL, argv, environ), 0);
	while (ovsdb_schema(c, s->direct, &schema)) {
		if (clock_steady() > until)
			test_fail("ovsdb-server does not answer: %s", c->problem);
		call_forgive(c);
		usleep(5000);
	}
}

static void end_server(void *arg)
{
	struct ovsdb_server *s = arg;

	ovsdb_end(&s->direct);
	ovsdb_server_stop(s);
}

struct ovsdb_server *ovsdb_server_new(void)
{
	struct call *c = test_call();
	struct ovsdb_server *s = arena_alloc(c->arena, sizeof *s);

	if (access(SCHEMA, R_OK) || access(SOUTHBOUND, R_OK) || access(SWITCH, R_OK))
		test_skip(
			"OVN's schema is not installed (packages ovn-common, openvswitch-common)");
	s->folder = test_folder();
	s->remote = arena_printf(c->arena, "unix:%s/nb.sock", s->folder);
	char *db = arena_printf(c->arena, "%s/nb.db", s->folder);
	run((char *[]){ "ovsdb-tool", "create", db, (char *)SCHEMA, NULL });
	db = arena_printf(c->arena, "%s/sb.db", s->folder);
	run((char *[]){ "ovsdb-tool", "create", db, (char *)SOUTHBOUND, NULL });
	db = arena_printf(c->arena, "%s/vs.db", s->folder);
	run((char *[]){ "ovsdb-tool", "create", db, (char *)SWITCH, NULL });
	s->direct = ovsdb_new(s->remote, "OVN_Northbound", CLOCK_SECOND);
	ovsdb_server_start(s);
	arena_defer(c->arena, end_server, s);
	return s;
}

const json_t *ovsdb_server_rows(const struct ovsdb_server *s, const char *table)
{
	struct call *c = test_call();
	const json_t *results;
	struct ovsdb_ops t;

	ovsdb_begin(c, s->direct, &t);
	ovsdb_where_all(ovsdb_op(&t, "select", table));
	ovsdb_op_end(&t);
	if (ovsdb_commit(c, s->direct, &t, &results))
		test_fail("%s", c->problem);
	return json_object_get(json_array_get(results, 0), "rows");
}
