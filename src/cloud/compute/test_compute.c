/* SPDX-License-Identifier: Apache-2.0 */
/* The house in which servers are tested, on the stand-in drivers, and the asking of its routes. */
#include <stdio.h>
#include <unistd.h>
#include "cloud/compute/test_compute.h"
#include "cloud/compute/compute_driver.h"
#include "door/audit/audit.h"
#include "door/module.h"

const char VDC_A[] = "0193a0000000700080000000000000aa";
const char VDC_B[] = "0193a0000000700080000000000000bb";
const char IMAGE[] = "0193a000-0000-7000-8000-0000000000ee";

static const struct module *const modules[] = { &pool_module, &network_module, &compute_module,
						NULL };
static struct config config;
struct house the_house;
struct jobs *jobs;

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
	const char *path = files_temporary(c, the_house.files);
	FILE *f = fopen(path, "w");
	fputs("bytes of an image", f);
	fclose(f);
	if (files_take(c, the_house.files, path, 0, &facts) ||
	    db_write(c, the_house.db, add_image, &facts, NULL, 0))
		test_fail("%s", c->problem);
}

/* Opens rows and rooms; 'fresh': with a schema, an image and a probed host. */
void open_house(struct call *c, const char *data, struct db *db, bool fresh)
{
	char why[512];
	config = (struct config){ .server.data = data,
				  .compute.driver = COMPUTE_FAKE,
				  .compute.uri = "test:///default",
				  .network.driver = NETWORK_FAKE };
	the_house = (struct house){ .config = &config, .modules = modules, .db = db };
	the_house.files = files_open(arena_printf(c->arena, "%s/files", data), why);
	c->house = &the_house;
	permissions_open(modules);
	if (!the_house.files)
		test_fail("%s", why);
	compute_fake_copies_in(0);
	if (network_module.start(c, &the_house) || compute_module.start(c, &the_house))
		test_fail("%s", c->problem);
	if (fresh)
		make_image(c);
	if (compute_reconcile(c))
		test_fail("%s", c->problem);
}

void close_house(void *none)
{
	(void)none;
	if (jobs)
		jobs_close(jobs, 10 * CLOCK_SECOND);
	jobs = NULL;
	compute_module.stop(&the_house);
	if (network_module.stop)
		network_module.stop(&the_house);
	files_close(the_house.files);
}

void compute_begin(void)
{
	struct call *c = test_call();
	const char *data = test_folder();
	struct db *db = test_db_with(program_schema);
	open_house(c, data, db, true);
	arena_defer(c->arena, close_house, NULL);
	jobs = jobs_open(c, &the_house, 4);
	assert_non_null(jobs);
}

/* --- asking: what the door does, without signing in --- */

static const struct route *route_named(const struct call *c, const char *name)
{
	for (const struct module *const *m = modules; *m; m++)
		for (const struct route_group *g = (*m)->routes; g && g->dialect; g++)
			for (const struct route *r = g->routes; r->method; r++)
				if (str_eq(r->name, name) &&
				    (!r->since || c->version >= r->since) &&
				    (!r->until || c->version <= r->until))
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

struct call *compute_call_as(const char *project, int version)
{
	struct call *c = test_call();
	c->house = &the_house;
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

struct nova_answer nova_ask_in(struct call *c, const char *name, const char *beside,
			       const char *body)
{
	const struct route *r = route_named(c, name);
	void *in = arena_alloc(c->arena, r->in_size + 1);
	void *out = arena_alloc(c->arena, r->out_size + 1);
	if (r->preset)
		memcpy(in, r->preset, r->in_size);
	struct acting acting = { r, in };
	struct nova_answer a = { 0 };
	set_all(c, r, in, beside);
	if (body)
		a.st = shape_read_json(c, r->in, r->in_wrap, body, strlen(body), in);
	if (!a.st && r->prepare)
		a.st = r->prepare(c, in);
	if (!a.st && r->flags & ROUTE_READS)
		a.st = db_read(c, the_house.db, r->act, in, out, r->out_size);
	else if (!a.st)
		a.st = db_write(c, the_house.db, act_audited, &acting, out, r->out_size);
	a.problem = c->problem;
	if (!a.st)
		a.body = answer_body(c, r, out);
	return a;
}

struct nova_answer nova_ask(const char *project, const char *name, const char *beside,
			    const char *body)
{
	return nova_ask_in(compute_call_as(project, NOVA(2, 1)), name, beside, body);
}

const json_t *want(struct nova_answer a)
{
	if (a.st)
		test_fail("%s: %s", status_word(a.st), a.problem);
	return a.body;
}

void want_refusal(struct nova_answer a, enum status st, const char *words)
{
	if (a.st != st)
		test_fail("not %s but %s: %s", status_word(st), status_word(a.st), a.problem);
	if (!strstr(a.problem, words))
		test_fail("'%s' does not say '%s'", a.problem, words);
}

/* "server.status" of an answer. */
const char *text_at(const json_t *body, const char *path)
{
	struct words w = words_split(test_call()->arena, path, '.');
	for (size_t i = 0; i < w.count; i++)
		body = json_object_get(body, w.list[i]);
	return json_string_value(body);
}

/* --- what tests do again and again --- */

void add_flavor(const char *id, int ram)
{
	char body[200];
	snprintf(body, sizeof(body),
		 "{\"flavor\":{\"name\":\"f-%s\",\"id\":\"%s\",\"vcpus\":1,\"ram\":%d,\"disk\":1}}",
		 id, id, ram);
	want(nova_ask(NULL, "compute.flavor.create", "", body));
}

const char *add_network(const char *project)
{
	const json_t *n = want(nova_ask(project, "network.network.create", "",
					"{\"network\":{\"name\":\"net\"}}"));
	const char *id = text_at(n, "network.id");
	char body[300];
	snprintf(body, sizeof(body),
		 "{\"subnet\":{\"network_id\":\"%s\",\"cidr\":\"10.0.0.0/24\",\"ip_version\":4}}",
		 id);
	want(nova_ask(project, "network.subnet.create", "", body));
	return id;
}

const char *add_way_out(void)
{
	const json_t *n = want(nova_ask(NULL, "network.network.create", "",
					"{\"network\":{\"name\":\"out\",\"router:external\":true,"
					"\"project_id\":\"0193a0000000700080000000000000ee\"}}"));
	const char *id = text_at(n, "network.id");
	want(nova_ask(NULL, "network.subnet.create", "",
		      arena_printf(test_call()->arena,
				   "{\"subnet\":{\"network_id\":\"%s\",\"cidr\":\"172.24.4.0/24\","
				   "\"ip_version\":4,\"enable_dhcp\":false,"
				   "\"project_id\":\"0193a0000000700080000000000000ee\"}}",
				   id)));
	return id;
}

const char *create_body(struct call *c, const char *name, const char *more)
{
	return arena_printf(
		c->arena,
		"{\"server\":{\"name\":\"%s\",\"imageRef\":\"%s\",\"flavorRef\":\"1\"%s}}", name,
		IMAGE, more);
}

const char *add_server(const char *project, const char *name, const char *more)
{
	struct call *c = test_call();
	return text_at(
		want(nova_ask(project, "compute.server.create", "", create_body(c, name, more))),
		"server.id");
}

const char *beside(const char *id)
{
	return arena_printf(test_call()->arena, "server_id=%s", id);
}

const json_t *show(const char *project, const char *id)
{
	return want(nova_ask(project, "compute.server.show", beside(id), NULL));
}

void wait_for(const char *project, const char *id, const char *status)
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

void wait_gone(const char *project, const char *id)
{
	for (int i = 0; i < 3000; i++) {
		if (nova_ask(project, "compute.server.show", beside(id), NULL).st == ST_NOT_FOUND)
			return;
		usleep(10000);
	}
	test_fail("after 30 s server %s is still there", id);
}

void expect_sound(void)
{
	struct call *c = test_call();
	struct buf report = { .arena = c->arena };
	int64_t bad = 0;
	c->house = &the_house;
	for (const struct module *const *m = modules; *m; m++)
		if ((*m)->check && (*m)->check(c, &the_house, true, &report, &bad))
			test_fail("%s", c->problem);
	if (bad)
		test_fail("%s", buf_text(&report));
}

void reconcile(void)
{
	struct call *c = test_call();
	c->house = &the_house;
	if (compute_reconcile(c))
		test_fail("%s", c->problem);
}
