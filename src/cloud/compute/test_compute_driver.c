/* SPDX-License-Identifier: Apache-2.0 */
/* The worker child and what it is told: deadlines, deaths, order; the domain's XML; the two drivers
 * without an engine. What QEMU does is proven by test/scenario/server.sh. */
#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/id.h"
#include "base/text.h"
#include "cloud/compute/compute_child.h"
#include "cloud/compute/compute_engine_private.h"
#include "cloud/compute/compute_tool.h"
#include "cloud/compute/compute_wire.h"
#include "harness.h"

#define SECOND CLOCK_SECOND

static void end_child(void *ch)
{
	child_end(ch);
}

static struct child *shell(const char *script)
{
	const char *const argv[] = { "sh", "-c", script, NULL };
	struct child *ch = child_new(argv);
	arena_defer(test_call()->arena, end_child, ch);
	return ch;
}

static enum status ask(struct child *ch, const char *line, int64_t deadline, const char **answer)
{
	size_t size = 0;
	return child_ask(test_call(), ch, line, strlen(line), deadline, answer, &size);
}

TEST(a_child_answers_each_line_in_order)
{
	struct child *ch = shell("while read -r x; do echo \"$x $$\"; done");
	const char *a = "", *b = "";
	assert_int_equal(ask(ch, "one\n", 10 * SECOND, &a), ST_OK);
	assert_int_equal(ask(ch, "two\n", 10 * SECOND, &b), ST_OK);
	assert_true(str_starts(a, "one "));
	assert_true(str_starts(b, "two "));
	/* The same process answered both. */
	assert_string_equal(a + 4, b + 4);
}

TEST(a_child_that_hangs_is_killed_and_another_answers)
{
	const char *mark = arena_printf(test_call()->arena, "%s/hung", test_folder());
	struct child *ch =
		shell(arena_printf(test_call()->arena,
				   "read -r x; if [ -e %s ]; then echo alive; read -r x; "
				   "else touch %s; exec sleep 1000; fi",
				   mark, mark));
	const char *said = "";
	int64_t start = clock_steady();
	assert_int_equal(ask(ch, "x\n", SECOND / 2, &said), ST_TIMEOUT);
	assert_true(clock_steady() - start < 10 * SECOND);
	assert_int_equal(ask(ch, "x\n", 10 * SECOND, &said), ST_OK);
	assert_string_equal(said, "alive");
}

TEST(a_child_that_dies_is_away_and_so_is_one_that_cannot_start)
{
	const char *said = "";
	assert_int_equal(ask(shell("read -r x; exit 3"), "x\n", 10 * SECOND, &said), ST_AWAY);
	const char *const argv[] = { "/nonexistent/worker", NULL };
	struct child *ch = child_new(argv);
	arena_defer(test_call()->arena, end_child, ch);
	assert_int_equal(ask(ch, "x\n", 10 * SECOND, &said), ST_AWAY);
}

struct crowd {
	struct child *ch;
	int number;
	enum status st;
	bool mine;
};

static void *ask_one(void *arg)
{
	struct crowd *w = arg;
	SCOPED_ARENA struct arena *a = arena_new();
	struct call *c = test_call_in(a);
	const char *line = arena_printf(a, "line-%d\n", w->number), *said = "";
	size_t size = 0;
	w->st = child_ask(c, w->ch, line, strlen(line), 20 * SECOND, &said, &size);
	w->mine = str_eq(said, arena_strndup(a, line, strlen(line) - 1));
	return NULL;
}

TEST(many_ask_one_child_and_each_gets_its_own_answer)
{
	enum { MANY = 16 };
	struct crowd crowd[MANY];
	pthread_t threads[MANY];
	struct child *ch = shell("exec cat");
	for (int i = 0; i < MANY; i++) {
		crowd[i] = (struct crowd){ .ch = ch, .number = i };
		assert_int_equal(pthread_create(&threads[i], NULL, ask_one, &crowd[i]), 0);
	}
	for (int i = 0; i < MANY; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < MANY; i++) {
		assert_int_equal(crowd[i].st, ST_OK);
		assert_true(crowd[i].mine);
	}
}

TEST(a_child_that_speaks_unasked_is_ended)
{
	struct child *ch = shell("read -r x; echo one; echo two; exec sleep 1000");
	const char *said = "";
	assert_int_equal(ask(ch, "x\n", 10 * SECOND, &said), ST_OK);
	assert_string_equal(said, "one");
	/* Whoever asks next meets its end, or a new child. */
	usleep(300000);
	assert_int_equal(ask(ch, "x\n", 10 * SECOND, &said), ST_OK);
	assert_string_equal(said, "one");
}

/* --- lines --- */

TEST(an_ask_without_what_it_needs_is_refused)
{
	static const char *const bad[] = {
		"",
		"{}",
		"{\"id\":1}",
		"{\"id\":0,\"op\":\"list\",\"house\":\"h\"}",
		"{\"id\":1,\"op\":\"list\"}",
		"{\"id\":1,\"op\":\"remove\",\"house\":\"h\"}",
		"{\"id\":1,\"op\":\"power\",\"guest_id\":\"../../etc\"}",
		"{\"id\":1,\"op\":\"report\"}",
		"{\"id\":1,\"op\":\"ensure\"}",
		"{\"id\":1,\"op\":\"format\"}",
		"{\"id\":1,\"op\":\"list\",\"house\":\"h\",\"more\":1}",
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct worker_ask in;
		if (worker_ask_read(test_call(), bad[i], strlen(bad[i]), &in) == ST_OK)
			test_fail("taken: %s", bad[i]);
	}
}

TEST(a_report_comes_whole_through_the_line)
{
	struct call *c = test_call();
	struct guest_cpu cpus[] = { { 7 }, { INT_NULL } };
	struct guest_card card = { .name = "vnet0",
				   .mac_address = "fa:16:3e:00:00:01",
				   .rx_octets = INT64_MAX,
				   .tx_drop = INT_NULL };
	struct guest_drive drive = { .name = "vda", .read_bytes = 5, .errors = INT_NULL };
	struct worker_answer out = { .id = 1,
				     .report = { .memory_mb = 64,
						 .memory_used_mb = INT_NULL,
						 .cpus = cpus,
						 .cpus_count = 2,
						 .cards = &card,
						 .cards_count = 1,
						 .drives = &drive,
						 .drives_count = 1 } };
	struct worker_answer in;
	struct buf line = { .arena = c->arena };
	worker_answer_write(c, &out, &line);
	assert_int_equal(worker_answer_read(c, buf_text(&line), line.size - 1, &in), ST_OK);
	assert_int_equal(in.report.memory_mb, 64);
	assert_true(in.report.memory_used_mb == INT_NULL);
	assert_int_equal(in.report.cpus_count, 2);
	assert_int_equal(in.report.cpus[0].time, 7);
	assert_true(in.report.cpus[1].time == INT_NULL);
	assert_string_equal(in.report.cards[0].mac_address, "fa:16:3e:00:00:01");
	assert_true(in.report.cards[0].rx_octets == INT64_MAX);
	assert_true(in.report.cards[0].tx_drop == INT_NULL);
	assert_string_equal(in.report.drives[0].name, "vda");
	assert_int_equal(in.report.drives[0].read_bytes, 5);
}

/* --- the domain --- */

static struct guest guest(struct call *c)
{
	static struct guest_nic nic = { "0193a000-0000-7000-8000-00000000000a", "fa:16:3e:00:00:01",
					1442 };
	return (struct guest){
		.id = id_new(c->arena),
		.house = "h<'\"&>",
		.project_id = "p",
		.name = "</name><evil a='\x01'/>",
		.vcpus = 2,
		.memory_mb = 256,
		.base = "/base",
		.base_format = "raw",
		.accelerator = "tcg",
		.nics = &nic,
		.nics_count = 1,
	};
}

TEST(no_text_from_outside_leaves_its_place_in_the_domain)
{
	struct call *c = test_call();
	struct guest g = guest(c);
	const char *xml = guest_xml(c->arena, &g, "/data/'x'", true);
	assert_null(strstr(xml, "<evil"));
	assert_null(strchr(xml, '\x01'));
	assert_non_null(strstr(xml, "&lt;/name&gt;&lt;evil a=&apos; &apos;/&gt;"));
	assert_non_null(strstr(xml, "/data/&apos;x&apos;/disk"));
}

TEST(a_switch_in_user_space_gets_no_offloads)
{
	struct call *c = test_call();
	struct guest g = guest(c);
	assert_non_null(strstr(guest_xml(c->arena, &g, "/d", true), "csum='off'"));
	assert_null(strstr(guest_xml(c->arena, &g, "/d", false), "csum='off'"));
	assert_non_null(strstr(guest_xml(c->arena, &g, "/d", true), "domain type='qemu'"));
	g.accelerator = "kvm";
	assert_non_null(strstr(guest_xml(c->arena, &g, "/d", true), "domain type='kvm'"));
}

TEST(further_disks_stand_behind_the_first)
{
	struct call *c = test_call();
	struct guest g = guest(c);
	assert_null(strstr(guest_xml(c->arena, &g, "/d", true), "vdb"));
	g.swap_mb = 64;
	const char *xml = guest_xml(c->arena, &g, "/d", true);
	assert_non_null(strstr(xml, "/d/swap'/><target dev='vdb'"));
	g.ephemeral_gb = 1;
	xml = guest_xml(c->arena, &g, "/d", true);
	assert_non_null(strstr(xml, "/d/ephemeral'/><target dev='vdb'"));
	assert_non_null(strstr(xml, "/d/swap'/><target dev='vdc'"));
}

/* --- libvirt's own test driver: connections and lists, no machine --- */

TEST(what_libvirt_counts_is_read_by_name)
{
	static const char xml[] =
		"<interface type='bridge'><mac address='fa:16:3e:00:00:01'/><target dev='vnet3'/>"
		"</interface><interface type='bridge'><mac address='fa:16:3e:00:00:02'/>"
		"<target dev='vnet4'/></interface>";
	struct call *c = test_call();
	struct guest_report r = { 0 };
	struct engine_numbers n = { 0 };
	int most = 0;
	/* Without it libvirt takes what another library keeps of the thread for its own. */
	assert_int_equal(virInitialize(), 0);
	virTypedParamsAddULLong(&n.params, &n.count, &most, "balloon.maximum", 65536);
	virTypedParamsAddUInt(&n.params, &n.count, &most, "vcpu.current", 1);
	virTypedParamsAddULLong(&n.params, &n.count, &most, "vcpu.0.time", 7);
	virTypedParamsAddUInt(&n.params, &n.count, &most, "net.count", 2);
	virTypedParamsAddString(&n.params, &n.count, &most, "net.0.name", "vnet3");
	virTypedParamsAddString(&n.params, &n.count, &most, "net.1.name", "vnet4");
	virTypedParamsAddULLong(&n.params, &n.count, &most, "net.1.rx.bytes", 9);
	virTypedParamsAddULLong(&n.params, &n.count, &most, "net.1.tx.pkts", UINT64_MAX);
	virTypedParamsAddUInt(&n.params, &n.count, &most, "block.count", 1);
	virTypedParamsAddString(&n.params, &n.count, &most, "block.0.name", "vda");
	virTypedParamsAddULLong(&n.params, &n.count, &most, "block.0.rd.bytes", 11);
	engine_report_of(c, &n, xml, &r);
	virTypedParamsFree(n.params, n.count);
	assert_int_equal(r.memory_mb, 64);
	assert_true(r.memory_used_mb == INT_NULL);
	assert_int_equal(r.cpus_count, 1);
	assert_int_equal(r.cpus[0].time, 7);
	assert_int_equal(r.cards_count, 2);
	assert_string_equal(r.cards[0].mac_address, "fa:16:3e:00:00:01");
	assert_string_equal(r.cards[1].mac_address, "fa:16:3e:00:00:02");
	assert_true(r.cards[0].rx_octets == INT_NULL);
	assert_int_equal(r.cards[1].rx_octets, 9);
	assert_true(r.cards[1].tx_packets == INT_NULL);
	assert_int_equal(r.drives_count, 1);
	assert_string_equal(r.drives[0].name, "vda");
	assert_int_equal(r.drives[0].read_bytes, 11);
}

TEST(a_guest_is_reported_on_and_its_host_tells_its_uptime)
{
	struct call *c = test_call();
	struct engine *e = engine_new("test:///default", test_folder());
	struct guest_report r = { 0 };
	const char *text = NULL;
	assert_int_equal(engine_report(c, e, "6695eb01-f6a4-8304-79aa-97f2502e193f", &r), ST_OK);
	assert_int_equal(engine_report(c, e, "0193a000-0000-7000-8000-00000000000a", &r),
			 ST_NOT_FOUND);
	assert_int_equal(engine_uptime(c, e, &text), ST_OK);
	assert_non_null(strstr(text, " up "));
	engine_end(e);
}

TEST(a_domain_of_somebody_else_is_neither_listed_nor_removed)
{
	struct call *c = test_call();
	struct engine *e = engine_new("test:///default", test_folder());
	struct guest_list l = { 0 };
	assert_int_equal(engine_list(c, e, "h", &l), ST_OK);
	assert_int_equal(l.guests_count, 0);
	/* The test driver's one domain has this id. */
	enum status st = engine_remove(c, e, "h", "6695eb01-f6a4-8304-79aa-97f2502e193f");
	assert_int_equal(st, ST_CONFLICT);
	assert_non_null(strstr(c->problem, "not ours"));
	engine_end(e);
}

TEST(an_engine_that_is_not_there_is_away)
{
	struct call *c = test_call();
	struct engine *e =
		engine_new("qemu+unix:///system?socket=/nonexistent/sock", test_folder());
	struct guest_list l = { 0 };
	assert_int_equal(engine_list(c, e, "h", &l), ST_AWAY);
	engine_end(e);
}

/* --- folders and logs --- */

TEST(a_folder_is_removed_whole_and_nothing_beside_it)
{
	struct call *c = test_call();
	const char *top = test_folder(), *id = id_new(c->arena);
	const char *folder = guest_folder(c->arena, top, id);
	const char *outside = arena_printf(c->arena, "%s/outside", top);
	assert_int_equal(mkdir(folder, 0700), 0);
	assert_int_equal(mkdir(outside, 0700), 0);
	assert_int_equal(mkdir(arena_printf(c->arena, "%s/config", folder), 0700), 0);
	assert_int_equal(symlink(outside, arena_printf(c->arena, "%s/link", folder)), 0);
	FILE *f = fopen(arena_printf(c->arena, "%s/kept", outside), "w");
	assert_non_null(f);
	fclose(f);
	assert_int_equal(guest_folder_remove(c, top, id), ST_OK);
	assert_int_equal(guest_folder_remove(c, top, id), ST_OK);
	assert_int_not_equal(access(folder, F_OK), 0);
	assert_int_equal(access(arena_printf(c->arena, "%s/kept", outside), F_OK), 0);
	assert_int_equal(guest_folder_remove(c, top, "../etc"), ST_BAD_INPUT);
	assert_null(guest_folder(c->arena, top, ".."));
}

TEST(a_logs_tail_begins_with_a_line_and_is_text)
{
	struct call *c = test_call();
	const char *path = arena_printf(c->arena, "%s/console.log", test_folder());
	FILE *f = fopen(path, "w");
	fwrite("first line\nsecond \xff\0line\nthird\n", 1, 31, f);
	fclose(f);
	assert_string_equal(guest_log_tail(c->arena, path, 1000),
			    "first line\nsecond ??line\nthird\n");
	assert_string_equal(guest_log_tail(c->arena, path, 10), "third\n");
	assert_string_equal(guest_log_tail(c->arena, "/nonexistent", 10), "");
}

TEST(a_program_that_hangs_is_ended_with_its_deadline)
{
	struct call *c = test_call();
	const char *const argv[] = { "sleep", "1000", NULL };
	const char *text;
	int code = 0;
	assert_int_equal(tool_run(c, argv, SECOND / 5, &code, &text), ST_TIMEOUT);
	call_forgive(c);
	const char *const none[] = { "no-such-program", NULL };
	assert_int_equal(tool_run(c, none, 5 * SECOND, &code, &text), ST_NOT_OFFERED);
}
