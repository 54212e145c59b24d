/* SPDX-License-Identifier: Apache-2.0 */
/* Servers as their owners ask for them, on the stand-in driver: the routes' shapes and acts, the jobs
 * behind them, and what is left when the process is killed. */
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/id.h"
#include "cloud/compute/compute_private.h"
#include "door/audit/audit.h"
#include "door/module.h"
#include "harness.h"

static const char VDC_A[] = "0193a0000000700080000000000000aa";
static const char VDC_B[] = "0193a0000000700080000000000000bb";
static const char IMAGE[] = "0193a000-0000-7000-8000-0000000000ee";

static const struct module *const modules[] = { &pool_module, &network_module, &compute_module,
						NULL };
static struct config config;
static struct house house;
static struct jobs *jobs;

/* --- a house for a test --- */

static enum status add_image(struct call *c, const void *in, void *out)
{
	static const struct db_stmt insert = {
		"test_image",
		"insert into image (id, name, status, visibility, owner, disk_format,"
		" container_format, min_disk, min_ram, protected, os_hidden, size, virtual_size,"
		" checksum, sha256, os_hash_value, tags, properties, created_at, updated_at)"
		" values ($1, 'debian', 'active', 'public', null, 'qcow2', 'bare', 0, 0, 0, 0, $2,"
		" 1048576, $3, $4, $5, '[]', '{}', 1, 1)"
	};
	const struct file_facts *f = in;
	(void)out;
	enum status st = db_do(c, &insert, NULL,
			       DB_ARGS(DB_STR(IMAGE), DB_INT(f->size), DB_STR(f->md5),
				       DB_STR(f->sha256), DB_STR(f->sha512)));
	return st ? st : file_ref(c, f);
}

static void make_image(struct call *c)
{
	struct file_facts facts;
	const char *path = files_temporary(c, house.files);
	FILE *f = fopen(path, "w");
	fputs("bytes of an image", f);
	fclose(f);
	if (files_take(c, house.files, path, 0, &facts) ||
	    db_write(c, house.db, add_image, &facts, NULL, 0))
		test_fail("%s", c->problem);
}

/* Opens rows and rooms; 'fresh': with a schema, an image and a probed host. */
static void open_house(struct call *c, const char *data, struct db *db, bool fresh)
{
	char why[512];
	config = (struct config){ .server.data = data,
				  .compute.driver = COMPUTE_FAKE,
				  .compute.uri = "test:///default",
				  .network.driver = NETWORK_FAKE };
	house = (struct house){ .config = &config, .modules = modules, .db = db };
	house.files = files_open(arena_printf(c->arena, "%s/files", data), why);
	c->house = &house;
	permissions_open(modules);
	if (!house.files)
		test_fail("%s", why);
	if (network_module.start(c, &house) || compute_module.start(c, &house))
		test_fail("%s", c->problem);
	if (fresh)
		make_image(c);
	if (compute_reconcile(c))
		test_fail("%s", c->problem);
}

static void close_house(void *none)
{
	(void)none;
	if (jobs)
		jobs_close(jobs, 10 * CLOCK_SECOND);
	jobs = NULL;
	compute_module.stop(&house);
	if (network_module.stop)
		network_module.stop(&house);
	files_close(house.files);
}

static void begin(void)
{
	struct call *c = test_call();
	const char *data = test_folder();
	struct db *db = test_db_with(program_schema);
	open_house(c, data, db, true);
	arena_defer(c->arena, close_house, NULL);
	jobs = jobs_open(c, &house, 4);
	assert_non_null(jobs);
}

/* --- asking: what the door does, without signing in --- */

struct answer {
	enum status st;
	const char *problem;
	const json_t *body;
};

static const struct route *route_named(const char *name)
{
	for (const struct module *const *m = modules; *m; m++)
		for (const struct route_group *g = (*m)->routes; g && g->dialect; g++)
			for (const struct route *r = g->routes; r->method; r++)
				if (str_eq(r->name, name))
					return r;
	test_fail("there is no route %s", name);
	return NULL;
}

static void set_field(struct call *c, const struct route *r, void *in, const char *name,
		      const char *value)
{
	for (const struct field *f = r->in; f->name; f++)
		if (f->flags & (FROM_PATH | FROM_QUERY) && str_eq(f->name, name)) {
			if (shape_set_text(c, f, value, in))
				test_fail("%s: %s", name, c->problem);
			return;
		}
	test_fail("%s takes no '%s'", r->name, name);
}

/* 'beside': "name=value&…" for path and query. */
static void set_all(struct call *c, const struct route *r, void *in, const char *beside)
{
	struct words pairs = words_split(c->arena, beside, '&');
	for (size_t i = 0; i < pairs.count; i++) {
		const char *equals = strchr(pairs.list[i], '=');
		size_t size = (size_t)(equals - pairs.list[i]);
		set_field(c, r, in, arena_strndup(c->arena, pairs.list[i], size), equals + 1);
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

static struct call *call_as(const char *project, int version)
{
	struct call *c = test_call();
	c->house = &house;
	c->version = version;
	c->base_url = "http://cloud.example";
	c->time_style = TIME_Z;
	c->actor = (struct actor){ .user_id = "0193a0000000700080000000000000cc",
				   .scope = SCOPE_PROJECT,
				   .project_id = project,
				   .domain_id = "d",
				   .is_admin = !project };
	return c;
}

struct acting {
	const struct route *route;
	const void *in;
};

static enum status act_audited(struct call *c, const void *in, void *out)
{
	const struct acting *a = in;
	call_forgive(c);
	audit_begin(c);
	return a->route->act(c, a->in, out);
}

static struct answer ask_in(struct call *c, const char *name, const char *beside, const char *body)
{
	const struct route *r = route_named(name);
	void *in = arena_alloc(c->arena, r->in_size + 1);
	void *out = arena_alloc(c->arena, r->out_size + 1);
	struct acting acting = { r, in };
	struct answer a = { 0 };
	set_all(c, r, in, beside);
	if (body)
		a.st = shape_read_json(c, r->in, r->in_wrap, body, strlen(body), in);
	if (!a.st && r->prepare)
		a.st = r->prepare(c, in);
	if (!a.st && r->flags & ROUTE_READS)
		a.st = db_read(c, house.db, r->act, in, out, r->out_size);
	else if (!a.st)
		a.st = db_write(c, house.db, act_audited, &acting, out, r->out_size);
	a.problem = c->problem;
	if (!a.st)
		a.body = answer_body(c, r, out);
	return a;
}

static struct answer ask(const char *project, const char *name, const char *beside,
			 const char *body)
{
	return ask_in(call_as(project, NOVA(2, 1)), name, beside, body);
}

static const json_t *want(struct answer a)
{
	if (a.st)
		test_fail("%s: %s", status_word(a.st), a.problem);
	return a.body;
}

static void want_refusal(struct answer a, enum status st, const char *words)
{
	if (a.st != st)
		test_fail("not %s but %s: %s", status_word(st), status_word(a.st), a.problem);
	if (!strstr(a.problem, words))
		test_fail("'%s' does not say '%s'", a.problem, words);
}

/* "server.status" of an answer. */
static const char *text_at(const json_t *body, const char *path)
{
	struct words w = words_split(test_call()->arena, path, '.');
	for (size_t i = 0; i < w.count; i++)
		body = json_object_get(body, w.list[i]);
	return json_string_value(body);
}

/* --- what tests do again and again --- */

static void add_flavor(const char *id, int ram)
{
	char body[200];
	snprintf(body, sizeof(body),
		 "{\"flavor\":{\"name\":\"f-%s\",\"id\":\"%s\",\"vcpus\":1,\"ram\":%d,\"disk\":1}}",
		 id, id, ram);
	want(ask(NULL, "compute.flavor.create", "", body));
}

static const char *add_network(const char *project)
{
	const json_t *n = want(
		ask(project, "network.network.create", "", "{\"network\":{\"name\":\"net\"}}"));
	const char *id = text_at(n, "network.id");
	char body[300];
	snprintf(body, sizeof(body),
		 "{\"subnet\":{\"network_id\":\"%s\",\"cidr\":\"10.0.0.0/24\",\"ip_version\":4}}",
		 id);
	want(ask(project, "network.subnet.create", "", body));
	return id;
}

static const char *create_body(struct call *c, const char *name, const char *more)
{
	return arena_printf(
		c->arena,
		"{\"server\":{\"name\":\"%s\",\"imageRef\":\"%s\",\"flavorRef\":\"1\"%s}}", name,
		IMAGE, more);
}

static const char *add_server(const char *project, const char *name, const char *more)
{
	struct call *c = test_call();
	return text_at(want(ask(project, "compute.server.create", "", create_body(c, name, more))),
		       "server.id");
}

static const char *beside(const char *id)
{
	return arena_printf(test_call()->arena, "server_id=%s", id);
}

static const json_t *show(const char *project, const char *id)
{
	return want(ask(project, "compute.server.show", beside(id), NULL));
}

static void wait_for(const char *project, const char *id, const char *status)
{
	const char *is = "";
	for (int i = 0; i < 3000; i++) {
		const json_t *s = show(project, id);
		is = text_at(s, "server.status");
		if (str_eq(is, status) && !text_at(s, "server.OS-EXT-STS:task_state"))
			return;
		usleep(10000);
	}
	test_fail("after 30 s server %s is %s, not %s", id, is, status);
}

static void wait_gone(const char *project, const char *id)
{
	for (int i = 0; i < 3000; i++) {
		if (ask(project, "compute.server.show", beside(id), NULL).st == ST_NOT_FOUND)
			return;
		usleep(10000);
	}
	test_fail("after 30 s server %s is still there", id);
}

static void expect_sound(void)
{
	struct call *c = test_call();
	struct buf report = { .arena = c->arena };
	int64_t bad = 0;
	c->house = &house;
	for (const struct module *const *m = modules; *m; m++)
		if ((*m)->check && (*m)->check(c, &house, true, &report, &bad))
			test_fail("%s", c->problem);
	if (bad)
		test_fail("%s", buf_text(&report));
}

static void reconcile(void)
{
	struct call *c = test_call();
	c->house = &house;
	if (compute_reconcile(c))
		test_fail("%s", c->problem);
}

/* --- the tests --- */

TEST(a_server_is_built_shown_and_deleted_without_a_trace)
{
	begin();
	add_flavor("1", 512);
	const char *net = add_network(VDC_A);
	const char *id = add_server(VDC_A, "Web 1",
				    arena_printf(test_call()->arena,
						 ",\"networks\":[{\"uuid\":\"%s\"}]", net));
	wait_for(VDC_A, id, "ACTIVE");
	const json_t *s = json_object_get(show(VDC_A, id), "server");
	assert_string_equal(text_at(s, "OS-EXT-STS:vm_state"), "active");
	assert_int_equal(json_integer_value(json_object_get(s, "OS-EXT-STS:power_state")), 1);
	const json_t *at =
		json_array_get(json_object_get(json_object_get(s, "addresses"), "net"), 0);
	assert_non_null(text_at(at, "addr"));
	assert_non_null(text_at(at, "OS-EXT-IPS-MAC:mac_addr"));
	assert_string_equal(text_at(s, "flavor.id"), "1");
	assert_null(json_object_get(s, "fault"));
	expect_sound();

	const json_t *log = want(ask(VDC_A, "compute.server.console", beside(id), NULL));
	assert_non_null(strstr(text_at(log, "output"), "stand-in"));

	want(ask(VDC_A, "compute.server.delete", beside(id), NULL));
	wait_gone(VDC_A, id);
	expect_sound();
	const json_t *limits = want(ask(VDC_A, "compute.limits", "", NULL));
	const json_t *used = json_object_get(json_object_get(limits, "limits"), "absolute");
	assert_int_equal(json_integer_value(json_object_get(used, "totalInstancesUsed")), 0);
	assert_int_equal(json_integer_value(json_object_get(used, "totalRAMUsed")), 0);
}

TEST(a_server_of_another_vdc_is_not_there)
{
	begin();
	add_flavor("1", 512);
	const char *id = add_server(VDC_A, "mine", "");
	want_refusal(ask(VDC_B, "compute.server.show", beside(id), NULL), ST_NOT_FOUND,
		     "could not be found");
	want_refusal(ask(VDC_B, "compute.server.delete", beside(id), NULL), ST_NOT_FOUND,
		     "could not be found");
	assert_int_equal(json_array_size(json_object_get(
				 want(ask(VDC_B, "compute.server.list", "", NULL)), "servers")),
			 0);
	wait_for(VDC_A, id, "ACTIVE");
}

TEST(what_fits_on_no_host_is_in_error_and_says_why)
{
	begin();
	add_flavor("1", 1 << 20);
	want(ask(NULL, "compute.quota.update", "project_id=0193a0000000700080000000000000aa",
		 "{\"quota_set\":{\"ram\":-1}}"));
	const char *id = add_server(VDC_A, "huge", "");
	const json_t *s = show(VDC_A, id);
	assert_string_equal(text_at(s, "server.status"), "ERROR");
	assert_non_null(strstr(text_at(s, "server.fault.message"), "No valid host was found"));
	want(ask(VDC_A, "compute.server.delete", beside(id), NULL));
	want_refusal(ask(VDC_A, "compute.server.show", beside(id), NULL), ST_NOT_FOUND, id);
	expect_sound();
}

TEST(a_quota_is_kept_and_what_is_refused_leaves_nothing)
{
	begin();
	add_flavor("1", 512);
	want(ask(NULL, "compute.quota.update", "project_id=0193a0000000700080000000000000aa",
		 "{\"quota_set\":{\"instances\":2}}"));
	struct call *c = test_call();
	want_refusal(ask(VDC_A, "compute.server.create", "",
			 create_body(c, "many", ",\"min_count\":3")),
		     ST_LIMIT, "Quota exceeded for instances");
	expect_sound();
	const char *one = add_server(VDC_A, "one", "");
	const char *two = add_server(VDC_A, "two", "");
	want_refusal(ask(VDC_A, "compute.server.create", "", create_body(c, "three", "")), ST_LIMIT,
		     "instances");
	wait_for(VDC_A, one, "ACTIVE");
	wait_for(VDC_A, two, "ACTIVE");
	expect_sound();
}

TEST(a_server_is_stopped_started_and_rebooted)
{
	begin();
	add_flavor("1", 512);
	const char *id = add_server(VDC_A, "s", "");
	wait_for(VDC_A, id, "ACTIVE");
	want_refusal(ask(VDC_A, "compute.server.start", beside(id), NULL), ST_CONFLICT,
		     "while it is in vm_state active");
	want(ask(VDC_A, "compute.server.stop", beside(id), NULL));
	wait_for(VDC_A, id, "SHUTOFF");
	want(ask(VDC_A, "compute.server.start", beside(id), NULL));
	wait_for(VDC_A, id, "ACTIVE");
	want(ask(VDC_A, "compute.server.reboot", beside(id), "{\"reboot\":{\"type\":\"HARD\"}}"));
	wait_for(VDC_A, id, "ACTIVE");
	want_refusal(ask(VDC_A, "compute.server.reboot", beside(id),
			 "{\"reboot\":{\"type\":\"LOUD\"}}"),
		     ST_BAD_INPUT, "SOFT or HARD");
}

TEST(a_guest_that_stopped_by_itself_is_shutoff_and_one_that_vanished_in_error)
{
	begin();
	add_flavor("1", 512);
	const char *off = add_server(VDC_A, "off", ""), *gone = add_server(VDC_A, "gone", "");
	wait_for(VDC_A, off, "ACTIVE");
	wait_for(VDC_A, gone, "ACTIVE");
	struct call *c = test_call();
	const struct compute_driver *d = driver_of(compute_uri());
	assert_int_equal(d->power(c, compute_uri(), off, POWER_KILL, 0), ST_OK);
	assert_int_equal(d->remove(c, compute_uri(), compute_house(), gone), ST_OK);
	reconcile();
	wait_for(VDC_A, off, "SHUTOFF");
	assert_non_null(strstr(text_at(show(VDC_A, gone), "server.fault.message"), "gone"));
	want(ask(VDC_A, "compute.server.delete", beside(gone), NULL));
	wait_gone(VDC_A, gone);
	expect_sound();
}

TEST(a_guest_without_a_server_is_removed_and_another_houses_guest_is_left)
{
	begin();
	struct call *c = test_call();
	const struct compute_driver *d = driver_of(compute_uri());
	struct guest ours = {
		.id = id_new(c->arena), .house = compute_house(), .name = "x", .project_id = "p"
	};
	struct guest theirs = ours;
	struct guest_list l = { 0 };
	theirs.id = id_new(c->arena);
	theirs.house = "another";
	assert_int_equal(d->ensure(c, compute_uri(), &ours), ST_OK);
	assert_int_equal(d->ensure(c, compute_uri(), &theirs), ST_OK);
	reconcile();
	assert_int_equal(d->list(c, compute_uri(), compute_house(), &l), ST_OK);
	assert_int_equal(l.guests_count, 0);
	assert_int_equal(d->list(c, compute_uri(), "another", &l), ST_OK);
	assert_int_equal(l.guests_count, 1);
}

TEST(a_list_is_cut_into_pages_filtered_and_sorted)
{
	begin();
	add_flavor("1", 512);
	const char *body = ",\"max_count\":5,\"min_count\":5";
	add_server(VDC_A, "web", body);
	add_server(VDC_A, "db", "");
	const char *marker = NULL;
	char told[5000] = "";
	size_t seen = 0;
	for (int page = 0; page < 4; page++) {
		const char *q =
			marker ? arena_printf(test_call()->arena, "limit=2&marker=%s", marker)
			       : "limit=2";
		const json_t *list = json_object_get(
			want(ask(VDC_A, "compute.server.list", q, NULL)), "servers");
		size_t n = json_array_size(list);
		for (size_t i = 0; i < n; i++) {
			marker = text_at(json_array_get(list, i), "id");
			assert_null(strstr(told, marker));
			strcat(told, marker);
		}
		seen += n;
	}
	assert_int_equal(seen, 6);
	const json_t *a = want(ask(VDC_A, "compute.server.detail", "name=^web", NULL));
	assert_int_equal(json_array_size(json_object_get(a, "servers")), 5);
	a = want(ask(VDC_A, "compute.server.detail", "sort_key=display_name&sort_dir=asc", NULL));
	assert_string_equal(text_at(json_array_get(json_object_get(a, "servers"), 0), "name"),
			    "db");
	want_refusal(ask(VDC_A, "compute.server.list", "name=a{9}{9}{9}", NULL), ST_BAD_INPUT,
		     "pattern");
	want_refusal(ask(VDC_A, "compute.server.list", "marker=none", NULL), ST_BAD_INPUT,
		     "marker");
	want_refusal(ask(VDC_A, "compute.server.list", "all_tenants=1", NULL), ST_FORBIDDEN,
		     "administrators");
}

TEST(each_microversion_has_its_own_shape)
{
	begin();
	add_flavor("1", 512);
	const char *id = add_server(VDC_A, "s", "");
	struct call *old = call_as(VDC_A, NOVA(2, 1)), *new = call_as(VDC_A, NOVA(2, 61));
	const json_t *a = want(ask_in(old, "compute.server.show", beside(id), NULL));
	const json_t *b = want(ask_in(new, "compute.server.show", beside(id), NULL));
	assert_null(json_object_get(json_object_get(a, "server"), "tags"));
	assert_non_null(json_object_get(json_object_get(b, "server"), "tags"));
	assert_string_equal(text_at(a, "server.flavor.id"), "1");
	assert_null(text_at(b, "server.flavor.id"));
	assert_string_equal(text_at(b, "server.flavor.original_name"), "f-1");
	want_refusal(ask_in(call_as(VDC_A, NOVA(2, 37)), "compute.server.create", "",
			    create_body(old, "x", "")),
		     ST_BAD_INPUT, "'networks' is a required property");
	want(ask_in(call_as(VDC_A, NOVA(2, 37)), "compute.server.create", "",
		    create_body(old, "x", ",\"networks\":\"none\"")));
	want_refusal(ask(VDC_A, "compute.server.create", "",
			 create_body(old, "x", ",\"networks\":\"none\"")),
		     ST_BAD_INPUT, "networks");
}

TEST(a_server_with_the_wrong_image_flavor_network_or_key_is_refused)
{
	begin();
	add_flavor("1", 512);
	struct call *c = test_call();
	want_refusal(ask(VDC_A, "compute.server.create", "",
			 "{\"server\":{\"name\":\"s\",\"imageRef\":\"none\",\"flavorRef\":\"1\"}}"),
		     ST_BAD_INPUT, "Image none");
	want_refusal(ask(VDC_A, "compute.server.create", "",
			 arena_printf(c->arena,
				      "{\"server\":{\"name\":\"s\",\"imageRef\":\"%s\","
				      "\"flavorRef\":\"9\"}}",
				      IMAGE)),
		     ST_BAD_INPUT, "Flavor 9");
	want_refusal(ask(VDC_A, "compute.server.create", "",
			 create_body(c, "s", ",\"key_name\":\"none\"")),
		     ST_BAD_INPUT, "key_name");
	want_refusal(ask(VDC_A, "compute.server.create", "",
			 create_body(c, "s",
				     ",\"networks\":[{\"uuid\":"
				     "\"0193a000-0000-7000-8000-000000000001\"}]")),
		     ST_BAD_INPUT, "0193a000");
	want_refusal(ask(VDC_A, "compute.server.create", "",
			 create_body(c, "s", ",\"user_data\":\"not base64!\"")),
		     ST_BAD_INPUT, "base64");
	expect_sound();
}

TEST(a_key_is_brought_and_reaches_the_server)
{
	begin();
	add_flavor("1", 512);
	want(ask(VDC_A, "compute.keypair.create", "",
		 "{\"keypair\":{\"name\":\"k\",\"public_key\":\"ssh-ed25519 "
		 "AAAAC3NzaC1lZDI1NTE5AAAAIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g me\"}}"));
	const json_t *k = want(ask(VDC_A, "compute.keypair.show", "name=k", NULL));
	assert_int_equal(strlen(text_at(k, "keypair.fingerprint")), 47);
	want_refusal(ask(VDC_A, "compute.keypair.create", "",
			 "{\"keypair\":{\"name\":\"l\",\"public_key\":\"ssh-rsa AAAA\"}}"),
		     ST_BAD_INPUT, "fingerprint");
	const char *id = add_server(VDC_A, "s", ",\"key_name\":\"k\"");
	wait_for(VDC_A, id, "ACTIVE");
	assert_string_equal(text_at(show(VDC_A, id), "server.key_name"), "k");
}

TEST(metadata_and_tags_are_kept)
{
	begin();
	add_flavor("1", 512);
	const char *id = add_server(VDC_A, "s", ",\"metadata\":{\"a\":\"1\"}");
	want(ask(VDC_A, "compute.server.metadata.add", beside(id),
		 "{\"metadata\":{\"a\":\"2\",\"b\":\"3\"}}"));
	const json_t *m = want(ask(VDC_A, "compute.server.metadata.show", beside(id), NULL));
	assert_string_equal(text_at(m, "metadata.a"), "2");
	assert_string_equal(text_at(m, "metadata.b"), "3");
	struct call *c = call_as(VDC_A, NOVA(2, 26));
	want(ask_in(c, "compute.server.tag.replace", beside(id), "{\"tags\":[\"x\",\"y\",\"x\"]}"));
	const json_t *t = want(ask_in(c, "compute.server.tag.list", beside(id), NULL));
	assert_int_equal(json_array_size(json_object_get(t, "tags")), 2);
	want_refusal(ask_in(c, "compute.server.tag.replace", beside(id), "{\"tags\":[\"a,b\"]}"),
		     ST_BAD_INPUT, "','");
}

/* --- killed at any moment --- */

/* Creates and deletes until it is killed. */
static void storm(const char *url, const char *data, const char *net)
{
	char why[512];
	struct arena *a = arena_new();
	struct call *c = call_new(a, NULL);
	unsigned n = (unsigned)getpid();
	struct db *db = db_open(url, 4, why);
	if (!db)
		_exit(1);
	open_house(c, data, db, false);
	jobs = jobs_open(c, &house, 4);
	for (const char *ids[8] = { NULL };; n = n * 1103515245 + 12345) {
		const char **at = &ids[n / 65536 % 8];
		struct answer r =
			*at ? ask(VDC_A, "compute.server.delete", beside(*at), NULL)
			    : ask(VDC_A, "compute.server.create", "",
				  create_body(c, "s",
					      arena_printf(c->arena,
							   ",\"networks\":[{\"uuid\":\"%s\"}]",
							   net)));
		*at = *at || r.st ? NULL : text_at(r.body, "server.id");
	}
}

static void wait_idle(void)
{
	for (int i = 0; i < 3000; i++) {
		const json_t *l = json_object_get(
			want(ask(VDC_A, "compute.server.detail", "", NULL)), "servers");
		size_t busy = 0, n = json_array_size(l);
		for (size_t k = 0; k < n; k++)
			busy += text_at(json_array_get(l, k), "OS-EXT-STS:task_state") != NULL;
		if (!busy)
			return;
		usleep(20000);
	}
	test_fail("after 60 s servers are still busy");
}

/* --- two processes want the last places --- */

enum { PLACES = 10, TRIES = 10 };

/* Asks TRIES times for a server and exits with how many it got. */
static void grab(const char *url, const char *data)
{
	char why[512];
	struct arena *a = arena_new();
	struct call *c = call_new(a, NULL);
	struct db *db = db_open(url, 4, why);
	int got = 0;
	if (!db)
		_exit(100);
	open_house(c, data, db, false);
	for (int i = 0; i < TRIES; i++) {
		struct answer r = ask(VDC_A, "compute.server.create", "", create_body(c, "s", ""));
		/* Who lost a race may be told to come again; who meets the bound may not. */
		if (r.st != ST_OK && r.st != ST_LIMIT && r.st != ST_RETRY)
			_exit(101);
		i -= r.st == ST_RETRY;
		got += r.st == ST_OK;
	}
	_exit(got);
}

TEST(two_processes_never_get_more_servers_than_the_quota)
{
	struct call *c = test_call();
	const char *data = test_folder(), *url = test_db_url();
	char why[512];
	pid_t pids[2];
	int got = 0;
	struct db *db = db_open(url, 4, why);
	assert_non_null(db);
	/* One process has an SQLite file at a time. */
	size_t processes = db_kind_of(db) == DB_POSTGRESQL ? 2 : 1;
	assert_int_equal(schema_apply(c, db, program_schema), ST_OK);
	open_house(c, data, db, true);
	add_flavor("1", 512);
	want(ask(NULL, "compute.quota.update", "project_id=0193a0000000700080000000000000aa",
		 arena_printf(c->arena, "{\"quota_set\":{\"instances\":%d}}",
			      processes == 2 ? PLACES : PLACES / 2)));
	close_house(NULL);
	db_close(db);
	for (size_t i = 0; i < processes; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			grab(url, data);
	}
	for (size_t i = 0; i < processes; i++) {
		int how = 0;
		assert_int_equal(waitpid(pids[i], &how, 0), pids[i]);
		assert_true(WIFEXITED(how) && WEXITSTATUS(how) <= TRIES);
		got += WEXITSTATUS(how);
	}
	assert_int_equal(got, processes == 2 ? PLACES : PLACES / 2);
	db = db_open(url, 4, why);
	assert_non_null(db);
	open_house(c, data, db, false);
	expect_sound();
	close_house(NULL);
	db_close(db);
}

TEST(killed_in_a_storm_nothing_is_left_behind)
{
	/* What a killed process had under way waits for its lease to run out: ten seconds. */
	enum { ROUNDS = 5 };
	struct call *c = test_call();
	const char *data = test_folder(), *url = test_db_url();
	char why[512];
	struct db *db = db_open(url, 4, why);
	assert_non_null(db);
	assert_int_equal(schema_apply(c, db, program_schema), ST_OK);
	open_house(c, data, db, true);
	add_flavor("1", 512);
	const char *net = add_network(VDC_A);
	close_house(NULL);
	db_close(db);
	for (int round = 0; round < ROUNDS; round++) {
		pid_t pid = fork();
		if (pid == 0)
			storm(url, data, net);
		usleep(200000 + (useconds_t)round * 37000);
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
		db = db_open(url, 4, why);
		assert_non_null(db);
		open_house(c, data, db, false);
		jobs = jobs_open(c, &house, 4);
		wait_idle();
		reconcile();
		wait_idle();
		expect_sound();
		close_house(NULL);
		db_close(db);
	}
}
