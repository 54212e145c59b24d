/* SPDX-License-Identifier: Apache-2.0 */
/* What must always hold of servers: counters are sums, promises and ports belong to live servers, and,
 * when asked to look deep, the guests of all hosts and the rows agree. */
#include <dirent.h>
#include <stdlib.h>
#include "base/id.h"
#include "base/text.h"
#include "cloud/compute/compute_private.h"
#include "door/module.h"

struct books {
	struct server *live, *dead;
	struct usage *counted, *real;
	struct pool_reservation *kept;
	struct pool_host *hosts;
	struct network_made_port *ports;
	size_t ports_count;
	size_t live_count, dead_count, counted_count, real_count, kept_count, hosts_count;
};

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct server *)a)->id, ((const struct server *)b)->id);
}

static enum status read_books(struct call *c, const void *in, void *out)
{
	struct books *b = out;
	struct server_span all = { .before_at = INT64_MAX, .before_id = "", .limit = INT64_MAX };
	(void)in;
	enum status st = server_rows(c, &all, &b->live, &b->live_count);
	if (!st)
		st = server_rows_deleted(c, &b->dead, &b->dead_count);
	if (!st)
		st = servers_dress(c, b->dead, b->dead_count);
	if (!st)
		st = usage_rows(c, &b->counted, &b->counted_count);
	if (!st)
		st = usage_true(c, &b->real, &b->real_count);
	if (!st)
		st = pool_reservations(c, &b->kept, &b->kept_count);
	if (!st)
		st = network_made_ports(c, &b->ports, &b->ports_count);
	if (!st)
		st = pool_hosts(c, &b->hosts, &b->hosts_count);
	if (!st && b->live_count)
		qsort(b->live, b->live_count, sizeof(*b->live), by_id);
	return st;
}

static void breach(struct buf *report, int64_t *bad, const char *words, const char *id)
{
	buf_printf(report, "compute: %s: %s\n", words, id);
	++*bad;
}

static const struct server *live_named(const struct books *b, const char *id)
{
	const struct server key = { .id = id };
	return id && b->live_count ? bsearch(&key, b->live, b->live_count, sizeof(key), by_id)
				   : NULL;
}

static void check_usage(const struct books *b, struct buf *report, int64_t *bad)
{
	size_t i = 0;
	bool same = b->counted_count == b->real_count;
	for (; same && i < b->real_count; i++) {
		const struct usage *x = &b->counted[i], *y = &b->real[i];
		same = str_eq(x->project_id, y->project_id) && x->instances == y->instances &&
		       x->cores == y->cores && x->ram == y->ram;
	}
	if (!same)
		breach(report, bad, "what is used is counted wrongly for a VDC",
		       i && i <= b->real_count ? b->real[i - 1].project_id : "one of them");
}

/* While a resize waits to be confirmed the larger of both sizes is promised. */
static int64_t larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static bool promised_right(const struct server *s, const struct pool_reservation *r)
{
	const struct flavor *now = &s->flavor, *old = &s->old_flavor;
	if (!old->id)
		return r->vcpus == now->vcpus && r->memory_mb == now->ram &&
		       r->disk_gb == flavor_room(now);
	return r->vcpus == larger(now->vcpus, old->vcpus) &&
	       r->memory_mb == larger(now->ram, old->ram) &&
	       r->disk_gb == larger(flavor_room(now), flavor_room(old));
}

static void check_promises(const struct books *b, struct buf *report, int64_t *bad)
{
	/* Both lists are in the order of ids, and a server has one promise at most. */
	size_t k = 0;
	for (size_t i = 0; i < b->live_count; i++) {
		const struct server *s = &b->live[i];
		while (k < b->kept_count && strcmp(b->kept[k].subject, s->id) < 0)
			k++;
		if (s->host_id && (k == b->kept_count || !str_eq(b->kept[k].subject, s->id)))
			breach(report, bad, "a server stands on a host that promised nothing",
			       s->id);
	}
	for (size_t i = 0; i < b->kept_count; i++) {
		const struct server *s = live_named(b, b->kept[i].subject);
		if (!s || !str_eq(s->host_id, b->kept[i].host_id))
			breach(report, bad, "a promise of the pool is for no server of that host",
			       b->kept[i].subject);
		else if (!promised_right(s, &b->kept[i]))
			breach(report, bad, "a server is not promised what its flavor has", s->id);
	}
}

static void check_ports(const struct books *b, struct buf *report, int64_t *bad)
{
	for (size_t i = 0; i < b->ports_count; i++)
		if (!live_named(b, b->ports[i].device_id))
			breach(report, bad, "a port was made for a server that is not there",
			       b->ports[i].id);
	for (size_t i = 0; i < b->dead_count; i++)
		if (b->dead[i].nics_count)
			breach(report, bad, "a deleted server still has ports", b->dead[i].id);
}

static bool settled(const struct server *s)
{
	return s->task == TASK_NONE && s->state != VM_ERROR && s->state != VM_BUILDING;
}

static enum status check_host(struct call *c, const struct books *b, const struct pool_host *h,
			      struct buf *report, int64_t *bad)
{
	struct guest_list guests;
	enum status st = driver_of(h->uri)->list(c, h->uri, compute_house(), &guests);
	for (size_t i = 0; !st && i < guests.guests_count; i++)
		if (!live_named(b, guests.guests[i].id))
			breach(report, bad, "a guest belongs to no server", guests.guests[i].id);
	for (size_t i = 0; !st && i < b->live_count; i++) {
		const struct server *s = &b->live[i];
		size_t g = 0;
		if (!str_eq(s->host_id, h->id) || !settled(s))
			continue;
		while (g < guests.guests_count && !str_eq(guests.guests[g].id, s->id))
			g++;
		bool runs = g < guests.guests_count && (guests.guests[g].state == GUEST_RUNNING ||
							guests.guests[g].state == GUEST_PAUSED);
		if (runs != server_runs(s))
			breach(report, bad,
			       runs ? "a server that is off runs"
				    : "a server that is on does not run",
			       s->id);
	}
	return st;
}

static void check_folders(const struct books *b, struct buf *report, int64_t *bad)
{
	DIR *dir = opendir(compute_folder());
	if (!dir)
		return;
	for (struct dirent *e = readdir(dir); e; e = readdir(dir))
		if (id_valid(e->d_name) && !live_named(b, e->d_name))
			breach(report, bad, "a folder belongs to no server", e->d_name);
	closedir(dir);
}

static enum status look_deep(struct call *c, const struct books *b, struct buf *report,
			     int64_t *bad)
{
	enum status st = ST_OK;
	for (size_t i = 0; i < b->hosts_count && !st; i++)
		if (b->hosts[i].state == POOL_HOST_UP)
			st = check_host(c, b, &b->hosts[i], report, bad);
	if (!st)
		check_folders(b, report, bad);
	return st;
}

enum status compute_check(struct call *c, struct house *h, bool deep, struct buf *report,
			  int64_t *bad)
{
	struct books b;
	enum status st = db_read(c, h->db, read_books, NULL, &b, sizeof(b));
	if (st)
		return st;
	check_usage(&b, report, bad);
	check_promises(&b, report, bad);
	check_ports(&b, report, bad);
	if (!deep)
		return ST_OK;
	/* The command looks at rows without starting the rooms: the drivers are opened for the look. */
	bool open = compute_folder() != NULL;
	if (!open)
		st = compute_module.start(c, h);
	if (!st)
		st = look_deep(c, &b, report, bad);
	if (!open && compute_folder())
		compute_module.stop(h);
	return st;
}
