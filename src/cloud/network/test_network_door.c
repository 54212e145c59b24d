/* SPDX-License-Identifier: Apache-2.0 */
/* What a client's question goes through here: the route, its shapes, its act in a transaction. Who asks
 * is made up, and what he may is not looked at: test_routes.c asks that of every route. */
#include "cloud/network/test_network_door.h"

struct config net_config;
struct house net_house;

void begin(void)
{
	net_config.network.southbound = "";
	net_config.network.metadata = false;
	net_house = (struct house){ .db = test_db_with(program_schema), .config = &net_config };
}

/* --- asking: what the door does, without signing in --- */

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

struct call *call_as(const char *project, bool admin)
{
	struct call *c = test_call();

	c->house = &net_house;
	c->now_at = 1700000000 * CLOCK_SECOND;
	c->time_style = network_routes[0].dialect->time_style;
	c->actor = (struct actor){ .user_id = "u",
				   .scope = SCOPE_PROJECT,
				   .project_id = project,
				   .domain_id = "d",
				   .is_admin = admin };
	return c;
}

struct answer ask_in(struct call *c, const char *name, const char *path, const char *query,
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
		a.st = db_read(c, net_house.db, r->act, in, out, r->out_size);
	else if (!a.st)
		a.st = db_write(c, net_house.db, r->act, in, out, r->out_size);
	a.type = c->problem_at ? c->problem_at : "";
	a.problem = c->problem;
	if (!a.st)
		a.body = answer_body(c, r, out);
	return a;
}

struct answer net_ask(const char *project, const char *name, const char *path, const char *query,
		      const char *body)
{
	return ask_in(call_as(project, false), name, path, query, body);
}

void expect_st(struct answer a, enum status st, const char *type)
{
	if (a.st != st || (type && !str_eq(a.type, type)))
		test_fail("%s %s: %s", status_word(a.st), a.type, a.problem);
}

const char *net_member(const json_t *object, const char *name)
{
	const char *s = json_string_value(json_object_get(object, name));

	return s ? s : "";
}

const json_t *made(struct answer a, const char *what)
{
	expect_st(a, ST_OK, NULL);
	return json_object_get(a.body, what);
}

const char *new_network(const char *project)
{
	return net_member(made(net_ask(project, "network.network.create", "", "",
				       "{\"network\":{\"name\":\"net\"}}"),
			       "network"),
			  "id");
}

struct answer ask_subnet(const char *network, const char *more)
{
	return net_ask(VDC_A, "network.subnet.create", "", "",
		       TEXT("{\"subnet\":{\"network_id\":\"%s\",\"ip_version\":4%s%s}}", network,
			    *more ? "," : "", more));
}

const char *new_subnet(const char *network, const char *cidr)
{
	return net_member(made(ask_subnet(network, TEXT("\"cidr\":\"%s\"", cidr)), "subnet"), "id");
}

struct answer ask_port(const char *project, const char *network, const char *more)
{
	return net_ask(project, "network.port.create", "", "",
		       TEXT("{\"port\":{\"network_id\":\"%s\"%s%s}}", network, *more ? "," : "",
			    more));
}

const char *address_of(const json_t *port, size_t i)
{
	return net_member(json_array_get(json_object_get(port, "fixed_ips"), i), "ip_address");
}

size_t list_length(const char *project, const char *what, const char *query)
{
	struct answer a = net_ask(project, TEXT("network.%s.list", what), "", query, NULL);

	return json_array_size(made(a, TEXT("%ss", what)));
}

struct answer ask_admin(const char *name, const char *path, const char *query, const char *body)
{
	return ask_in(call_as(VDC_B, true), name, path, query, body);
}

/* --- the engine --- */

static void stop_module(void *none)
{
	(void)none;
	network_module.stop(&net_house);
}

void start_module(const char *northbound, int driver)
{
	struct call *c = call_as(NULL, false);

	net_config.network.driver = driver;
	net_config.network.northbound = northbound;
	if (network_module.start(c, &net_house))
		test_fail("%s", c->problem);
	arena_defer(c->arena, stop_module, NULL);
}

const struct job_kind *kind_named(const char *name)
{
	for (const struct job_kind *k = network_module.jobs; k->name; k++)
		if (str_eq(k->name, name))
			return k;
	test_fail("there is no job %s", name);
	return NULL;
}

enum status run_job(const char *kind, const char *subject)
{
	struct job j = { .kind = kind, .subject = subject, .payload = "{}", .attempt = 1 };

	return kind_named(kind)->run(call_as(NULL, false), &j);
}

int64_t deep_check(void)
{
	int64_t bad = 0;
	struct call *c = call_as(NULL, false);
	struct buf report = { .arena = c->arena };

	if (network_module.check(c, &net_house, true, &report, &bad))
		test_fail("%s", c->problem);
	if (bad)
		print_message("%s", buf_text(&report));
	return bad;
}
