/* SPDX-License-Identifier: Apache-2.0 */
/* Roles and catalogue, read once and shared by all calls until the number in identity_house changes.
 * The number is random, so what an undone transaction made here can never be taken for the truth. */
#include <pthread.h>
#include <stdlib.h>
#include "base/id.h"
#include "door/identity/identity_known.h"

struct kept {
	struct known known;
	struct arena *arena;
	int users; /* under the lock; the newest counts as one */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct kept *newest; /* under the lock */

static struct kept *take(int64_t number)
{
	pthread_mutex_lock(&lock);
	struct kept *k = newest && newest->known.number == number ? newest : NULL;
	if (k)
		k->users++;
	pthread_mutex_unlock(&lock);
	return k;
}

static void drop(void *kept)
{
	struct kept *k = kept;

	pthread_mutex_lock(&lock);
	bool last = --k->users == 0;
	pthread_mutex_unlock(&lock);
	if (last)
		arena_end(&k->arena);
}

static void publish(struct kept *k)
{
	pthread_mutex_lock(&lock);
	struct kept *old = newest;
	newest = k;
	k->users++;
	pthread_mutex_unlock(&lock);
	if (old)
		drop(old);
}

void known_forget(void)
{
	pthread_mutex_lock(&lock);
	struct kept *old = newest;
	newest = NULL;
	pthread_mutex_unlock(&lock);
	if (old)
		drop(old);
}

/* --- roles --- */

static const struct known_role *find_role(const struct known_role *roles, size_t count,
					  const char *id)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t mid = (low + high) / 2;
		int order = strcmp(id, roles[mid].id);
		if (!order)
			return &roles[mid];
		if (order < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

/* The roles that 'from' implies, itself first: a walk over the pairs. */
static void reach_from(struct arena *a, struct known_role *roles, size_t count, size_t from,
		       const struct known_pair *pairs, size_t pair_count)
{
	size_t *reach = arena_array(a, count, sizeof *reach), n = 0;
	bool *seen = arena_array(a, count, sizeof *seen);

	reach[n++] = from;
	seen[from] = true;
	for (size_t i = 0; i < n; i++) {
		for (size_t p = 0; p < pair_count; p++) {
			size_t to = pairs[p].to;
			if (pairs[p].from == reach[i] && !seen[to]) {
				seen[to] = true;
				reach[n++] = to;
			}
		}
		roles[from].reach_built_in |= roles[reach[i]].built_in;
	}
	roles[from].reach = reach;
	roles[from].reach_count = n;
}

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct known_role *)a)->id, ((const struct known_role *)b)->id);
}

static void build_roles(struct arena *a, const struct known_rows *rows, struct known *k)
{
	size_t n = rows->role_count;
	struct known_role *roles = arena_array(a, n + 1, sizeof *roles);
	struct known_pair *pairs = arena_array(a, rows->implied_count + 1, sizeof *pairs);

	for (size_t i = 0; i < n; i++)
		roles[i] =
			(struct known_role){ .id = arena_strdup(a, rows->roles[i].id),
					     .name = arena_strdup(a, rows->roles[i].name),
					     .domain_id = arena_strdup(a, rows->roles[i].domain_id),
					     .built_in = (unsigned)rows->roles[i].built_in };
	/* The database's order of texts may not be that of bytes. */
	qsort(roles, n, sizeof *roles, by_id);
	for (size_t i = 0; i < rows->implied_count; i++) {
		const struct known_role *from = find_role(roles, n, rows->implied[i].prior_id);
		const struct known_role *to = find_role(roles, n, rows->implied[i].implied_id);
		pairs[i] = (struct known_pair){ (size_t)(from - roles), (size_t)(to - roles) };
	}
	for (size_t i = 0; i < n; i++)
		reach_from(a, roles, n, i, pairs, rows->implied_count);
	k->roles = roles;
	k->role_count = n;
}

/* --- catalogue --- */

/* Copies a URL with each $(name)s or %(name)s replaced by its mark. An unknown name stays. */
static const char *mark_url(struct arena *a, const char *url)
{
	static const struct {
		const char *name;
		char mark;
	} names[] = { { "(base)s", MARK_BASE },
		      { "(project_id)s", MARK_PROJECT },
		      { "(tenant_id)s", MARK_PROJECT },
		      { "(user_id)s", MARK_USER } };
	struct buf b = { .arena = a };

	while (*url) {
		char mark = 0;
		for (size_t i = 0; (*url == '$' || *url == '%') && i < 4; i++)
			if (str_starts(url + 1, names[i].name)) {
				mark = names[i].mark;
				url += 1 + strlen(names[i].name);
				break;
			}
		buf_char(&b, mark ? mark : *url++);
	}
	return buf_text(&b);
}

static struct known_endpoint build_endpoint(struct arena *a, const struct known_endpoint_row *r)
{
	const char *url = mark_url(a, r->url);
	const char marks[] = { MARK_BASE, MARK_PROJECT, MARK_USER, '\0' };
	struct buf b = { .arena = a };
	struct json_out j = json_to(&b);

	json_object_begin(&j);
	json_put_str(&j, "id", r->id);
	json_put_str(&j, "interface", r->interface);
	json_put_str(&j, "region_id", r->region_id);
	/* The marks are control characters, which JSON would escape: the URL goes in by hand, in parts. */
	json_key(&j, "url");
	struct buf quoted = { .arena = a };
	buf_char(&quoted, '"');
	for (const char *p = url; *p;) {
		size_t n = strcspn(p, marks);
		struct buf part = { .arena = a };
		struct json_out jp = json_to(&part);
		json_str(&jp, arena_strndup(a, p, n));
		buf_add(&quoted, part.data + 1, part.size - 2);
		p += n;
		if (*p)
			buf_char(&quoted, *p++);
	}
	buf_char(&quoted, '"');
	json_raw(&j, buf_text(&quoted));
	json_put_str(&j, "region", r->region_id);
	json_object_end(&j);
	return (struct known_endpoint){ .id = arena_strdup(a, r->id),
					.region_id = arena_strdup(a, r->region_id),
					.interface = arena_strdup(a, r->interface),
					.service_id = arena_strdup(a, r->service_id),
					.text = buf_text(&b),
					.wants_project = strchr(url, MARK_PROJECT) != NULL };
}

static const char *service_text(struct arena *a, const struct known_service_row *r)
{
	struct buf b = { .arena = a };
	struct json_out j = json_to(&b);

	json_object_begin(&j);
	json_put_str(&j, "id", r->id);
	json_put_str(&j, "type", r->type);
	json_put_str(&j, "name", r->name ? r->name : "");
	json_object_end(&j);
	return buf_text(&b);
}

static void build_catalog(struct arena *a, const struct known_rows *rows, struct known *k)
{
	struct known_service *services = arena_array(a, rows->service_count + 1, sizeof *services);
	struct known_endpoint *endpoints =
		arena_array(a, rows->endpoint_count + 1, sizeof *endpoints);
	size_t n = 0;

	for (size_t i = 0; i < rows->service_count; i++) {
		const struct known_service_row *r = &rows->services[i];
		services[i] = (struct known_service){ .id = arena_strdup(a, r->id),
						      .type = arena_strdup(a, r->type),
						      .text = service_text(a, r),
						      .first = n };
		for (size_t e = 0; e < rows->endpoint_count; e++)
			if (str_eq(rows->endpoints[e].service_id, r->id))
				endpoints[n++] = build_endpoint(a, &rows->endpoints[e]);
		services[i].count = n - services[i].first;
	}
	k->services = services;
	k->service_count = rows->service_count;
	k->endpoints = endpoints;
	k->endpoint_count = n;
	k->filtered = rows->filters > 0;
}

/* --- taking --- */

enum status known_take(struct call *c, const struct known **out)
{
	struct known_rows rows = { 0 };
	struct known_house house;
	struct kept *k;
	enum status st = known_read_house(c, &house);

	if (st)
		return st == ST_NOT_FOUND ? fail(c, ST_AWAY, NULL, "run yongyun init first") : st;
	k = take(house.number);
	if (!k) {
		st = known_read_rows(c, &rows);
		if (st)
			return st;
		struct arena *a = arena_new();
		k = arena_alloc(a, sizeof *k);
		*k = (struct kept){ .arena = a, .users = 1 };
		k->known.number = house.number;
		k->known.openstack = str_eq(house.profile, "openstack");
		build_roles(a, &rows, &k->known);
		build_catalog(a, &rows, &k->known);
		publish(k);
	}
	arena_defer(c->arena, drop, k);
	*out = &k->known;
	return ST_OK;
}

enum status known_stale(struct call *c)
{
	int64_t number;

	random_bytes(&number, sizeof number);
	return known_write_number(c, number & INT64_MAX);
}

const struct known_role *known_role(const struct known *k, const char *id)
{
	return id ? find_role(k->roles, k->role_count, id) : NULL;
}

const struct known_role *known_role_named(const struct known *k, const char *name)
{
	for (size_t i = 0; i < k->role_count; i++)
		if (!k->roles[i].domain_id && str_eq(k->roles[i].name, name))
			return &k->roles[i];
	return NULL;
}
