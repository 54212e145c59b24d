/* SPDX-License-Identifier: Apache-2.0 */
#include "placement_trace.h"
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/text.h"
#include "engine/linkage/csv.h"

enum { HOSTS_MAX = 100000, ASKS_MAX = 10000000, NUMBER_MAX_SIZE = 31 };
static const int64_t FILE_MAX = INT64_C(1) << 30;
static const int64_t AMOUNT_MAX = INT64_C(1) << 40;

struct column {
	const char *name;
	bool required;
	int at; /* in the file; -1: it has none */
};

/* One file being read. */
struct table {
	struct csv csv;
	struct csv_field fields[CSV_FIELDS_MAX];
	unsigned count;
	struct column *columns;
};

static enum status slurp(struct call *c, const char *path, char **data, size_t *size)
{
	struct stat facts;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &facts) || !S_ISREG(facts.st_mode)) {
		if (fd >= 0)
			close(fd);
		return fail(c, ST_NOT_FOUND, NULL, "%s: no such file can be read", path);
	}
	if (facts.st_size > FILE_MAX) {
		close(fd);
		return fail(c, ST_LIMIT, NULL, "%s: longer than 1 GiB", path);
	}
	*data = arena_alloc(c->arena, (size_t)facts.st_size + 1);
	*size = 0;
	for (ssize_t n = 1; n > 0 && *size < (size_t)facts.st_size; *size += (size_t)n) {
		n = read(fd, *data + *size, (size_t)facts.st_size - *size);
		if (n < 0)
			n = 0;
	}
	close(fd);
	return *size == (size_t)facts.st_size
		       ? ST_OK
		       : fail(c, ST_INTERNAL, NULL, "%s: it ended while it was read", path);
}

static bool is_named(const struct csv_field *f, const char *name)
{
	return f->size == strlen(name) && !memcmp(f->at, name, f->size);
}

/* The first record names the columns. */
static enum status head(struct call *c, struct table *t, const char *path)
{
	char *data = NULL;
	size_t size = 0;
	enum status st = slurp(c, path, &data, &size);
	if (st)
		return st;
	csv_init(&t->csv, path, data, size, ',');
	st = csv_next(c, &t->csv, t->fields, &t->count);
	for (struct column *k = t->columns; !st && k->name; k++) {
		k->at = -1;
		for (unsigned i = 0; i < t->count; i++)
			if (is_named(&t->fields[i], k->name))
				k->at = (int)i;
		if (k->at < 0 && k->required)
			return fail(c, ST_BAD_INPUT, NULL, "%s: there is no column '%s'", path,
				    k->name);
	}
	return st;
}

static const struct csv_field *field_of(const struct table *t, const struct column *k)
{
	return k->at >= 0 && (unsigned)k->at < t->count && t->fields[k->at].size ? &t->fields[k->at]
										 : NULL;
}

/* A number of the record that was read last; without one 'preset', or a failure where it is required. */
static enum status number(struct call *c, const struct table *t, const struct column *k,
			  double preset, double most, double *out)
{
	char text[NUMBER_MAX_SIZE + 1], *rest;
	const struct csv_field *f = field_of(t, k);
	*out = preset;
	if (!f && !k->required)
		return ST_OK;
	if (f && f->size <= NUMBER_MAX_SIZE) {
		memcpy(text, f->at, f->size);
		text[f->size] = 0;
		*out = strtod(text, &rest);
		if (!*rest && isfinite(*out) && *out >= 0 && *out <= most)
			return ST_OK;
	}
	return fail(c, ST_BAD_INPUT, NULL, "%s:%lld: '%s' is a number from 0 to %.0f", t->csv.name,
		    (long long)t->csv.line, k->name, most);
}

static enum status amount(struct call *c, const struct table *t, const struct column *k,
			  int64_t preset, int64_t *out)
{
	double d = 0;
	enum status st = number(c, t, k, (double)preset, (double)AMOUNT_MAX, &d);
	/* Traces give fractions of a GB: what is asked for is rounded up. */
	*out = (int64_t)ceil(d);
	return st;
}

static const char *text_of(struct call *c, const struct table *t, const struct column *k,
			   const char *preset)
{
	const struct csv_field *f = field_of(t, k);
	if (!f)
		return preset;
	char *s = arena_alloc(c->arena, f->size + 1);
	s[csv_plain(f, s)] = 0;
	return s;
}

/* --- hosts --- */

enum {
	H_NAME,
	H_VCPUS,
	H_MEMORY,
	H_DISK,
	H_ZONE,
	H_CPU_PERCENT,
	H_MEMORY_PERCENT,
	H_DISK_PERCENT,
	H_KEPT
};

static enum status read_host(struct call *c, const struct table *t, size_t number_,
			     struct pool_host *h)
{
	const struct column *k = t->columns;
	h->name = text_of(c, t, &k[H_NAME], NULL);
	if (!h->name)
		h->name = arena_printf(c->arena, "host-%06zu", number_);
	h->zone = text_of(c, t, &k[H_ZONE], "nova");
	h->uri = arena_printf(c->arena, "test:///%s", h->name);
	h->engine = h->accelerator_why = "trace";
	h->cpu = "x86_64";
	h->accelerator = "tcg";
	h->boot_id = "trace";
	enum status st = amount(c, t, &k[H_VCPUS], 0, &h->vcpus);
	if (!st)
		st = amount(c, t, &k[H_MEMORY], 0, &h->memory_mb);
	if (!st)
		st = amount(c, t, &k[H_DISK], 0, &h->disk_gb);
	if (!st)
		st = amount(c, t, &k[H_CPU_PERCENT], 100, &h->cpu_percent);
	if (!st)
		st = amount(c, t, &k[H_MEMORY_PERCENT], 100, &h->memory_percent);
	if (!st)
		st = amount(c, t, &k[H_DISK_PERCENT], 100, &h->disk_percent);
	return st ? st : amount(c, t, &k[H_KEPT], 0, &h->memory_kept_mb);
}

static enum status read_hosts(struct call *c, const char *path, struct trace *out)
{
	struct column columns[] = { { "name", false, 0 },           { "vcpus", true, 0 },
				    { "memory_mb", true, 0 },       { "disk_gb", true, 0 },
				    { "zone", false, 0 },           { "cpu_percent", false, 0 },
				    { "memory_percent", false, 0 }, { "disk_percent", false, 0 },
				    { "memory_kept_mb", false, 0 }, { 0 } };
	struct table t = { .columns = columns };
	size_t room = 1024;
	enum status st = head(c, &t, path);
	out->hosts = arena_array(c->arena, room, sizeof(*out->hosts));
	while (!st && !(st = csv_next(c, &t.csv, t.fields, &t.count)) && t.count) {
		if (out->hosts_count == HOSTS_MAX)
			return fail(c, ST_LIMIT, NULL, "%s: more than %d hosts", path, HOSTS_MAX);
		if (out->hosts_count == room) {
			out->hosts = arena_grow(c->arena, out->hosts, room * sizeof(*out->hosts),
						2 * room * sizeof(*out->hosts));
			memset(out->hosts + room, 0, room * sizeof(*out->hosts));
			room *= 2;
		}
		st = read_host(c, &t, out->hosts_count + 1, &out->hosts[out->hosts_count]);
		out->hosts_count++;
	}
	if (!st && !out->hosts_count)
		return fail(c, ST_BAD_INPUT, NULL, "%s: it names no host", path);
	return st;
}

/* --- asks --- */

enum { A_START, A_END, A_VCPUS, A_MEMORY, A_DISK, A_ZONE, A_GROUP, A_POLICY };

static const char *const policies[] = { "", "affinity", "anti-affinity", "soft-affinity",
					"soft-anti-affinity" };

/* Groups by their names: open addressing, for a trace may hold hundred thousands. */
struct groups {
	const char **names;
	int64_t *numbers;
	size_t room, count;
};

static uint64_t hash(const char *s)
{
	uint64_t h = 0xcbf29ce484222325;
	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 0x100000001b3;
	return h;
}

static size_t slot_of(const struct groups *g, const char *name)
{
	size_t i = hash(name) & (g->room - 1);
	while (g->names[i] && strcmp(g->names[i], name))
		i = (i + 1) & (g->room - 1);
	return i;
}

static int64_t group_number(struct call *c, struct groups *g, const char *name)
{
	if (g->count * 2 >= g->room) {
		struct groups more = { .room = g->room ? g->room * 2 : 1024, .count = g->count };
		more.names = arena_array(c->arena, more.room, sizeof(*more.names));
		more.numbers = arena_array(c->arena, more.room, sizeof(*more.numbers));
		for (size_t i = 0; i < g->room; i++)
			if (g->names[i]) {
				size_t k = slot_of(&more, g->names[i]);
				more.names[k] = g->names[i];
				more.numbers[k] = g->numbers[i];
			}
		*g = more;
	}
	size_t i = slot_of(g, name);
	if (!g->names[i]) {
		g->names[i] = name;
		g->numbers[i] = (int64_t)g->count++;
	}
	return g->numbers[i];
}

static enum status read_group(struct call *c, const struct table *t, struct groups *g,
			      struct trace_ask *a)
{
	const char *name = text_of(c, t, &t->columns[A_GROUP], NULL);
	const char *policy = text_of(c, t, &t->columns[A_POLICY], name ? "anti-affinity" : "");
	a->group = name ? group_number(c, g, name) : -1;
	for (a->policy = ASK_SOFT_ANTI; a->policy >= ASK_ALONE; a->policy--)
		if (!strcmp(policies[a->policy], policy))
			break;
	if (a->policy < 0 || (a->policy > 0 && !name))
		return fail(c, ST_BAD_INPUT, NULL,
			    "%s:%lld: 'policy' is affinity, anti-affinity, soft-affinity or "
			    "soft-anti-affinity, of a 'group'",
			    t->csv.name, (long long)t->csv.line);
	return ST_OK;
}

static enum status read_ask(struct call *c, const struct table *t, struct groups *g,
			    struct trace_ask *a)
{
	const struct column *k = t->columns;
	const double latest = 1e15;
	enum status st = number(c, t, &k[A_START], 0, latest, &a->start);
	if (!st)
		st = number(c, t, &k[A_END], INFINITY, latest, &a->end);
	if (!st)
		st = amount(c, t, &k[A_VCPUS], 0, &a->vcpus);
	if (!st)
		st = amount(c, t, &k[A_MEMORY], 0, &a->memory_mb);
	if (!st)
		st = amount(c, t, &k[A_DISK], 0, &a->disk_gb);
	if (!st && a->end < a->start)
		return fail(c, ST_BAD_INPUT, NULL, "%s:%lld: 'end' is before 'start'", t->csv.name,
			    (long long)t->csv.line);
	a->zone = text_of(c, t, &k[A_ZONE], NULL);
	return st ? st : read_group(c, t, g, a);
}

/* Stable, without a place in the struct for it: merge sort by start. */
static void sort_asks(struct trace_ask *list, struct trace_ask *spare, size_t count)
{
	size_t half = count / 2, i = 0, k = half;
	if (count < 2)
		return;
	sort_asks(list, spare, half);
	sort_asks(list + half, spare, count - half);
	for (size_t n = 0; n < count; n++)
		spare[n] = k == count || (i < half && list[i].start <= list[k].start) ? list[i++]
										      : list[k++];
	memcpy(list, spare, count * sizeof(*list));
}

static enum status read_asks(struct call *c, const char *path, struct trace *out)
{
	struct column columns[] = {
		{ "start", true, 0 },     { "end", false, 0 },     { "vcpus", true, 0 },
		{ "memory_mb", true, 0 }, { "disk_gb", false, 0 }, { "zone", false, 0 },
		{ "group", false, 0 },    { "policy", false, 0 },  { 0 }
	};
	struct table t = { .columns = columns };
	struct groups groups = { 0 };
	size_t room = 4096;
	enum status st = head(c, &t, path);
	out->asks = arena_array(c->arena, room, sizeof(*out->asks));
	while (!st && !(st = csv_next(c, &t.csv, t.fields, &t.count)) && t.count) {
		if (out->asks_count == ASKS_MAX)
			return fail(c, ST_LIMIT, NULL, "%s: more than %d asks", path, ASKS_MAX);
		if (out->asks_count == room) {
			out->asks = arena_grow(c->arena, out->asks, room * sizeof(*out->asks),
					       2 * room * sizeof(*out->asks));
			room *= 2;
		}
		st = read_ask(c, &t, &groups, &out->asks[out->asks_count]);
		out->asks_count++;
	}
	out->groups_count = groups.count;
	if (!st && !out->asks_count)
		return fail(c, ST_BAD_INPUT, NULL, "%s: it asks for nothing", path);
	if (!st)
		sort_asks(out->asks, arena_array(c->arena, out->asks_count, sizeof(*out->asks)),
			  out->asks_count);
	return st;
}

enum status trace_read(struct call *c, const char *hosts, const char *asks, struct trace *out)
{
	*out = (struct trace){ 0 };
	enum status st = read_hosts(c, hosts, out);
	return st ? st : read_asks(c, asks, out);
}
