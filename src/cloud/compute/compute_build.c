/* SPDX-License-Identifier: Apache-2.0 */
/* The jobs that bring a server about on its host and remove it. Each reads what is
 * wanted, has the driver make it so, and records what is; killed anywhere, it runs again. */
#include "base/text.h"
#include "cloud/compute/compute_private.h"

enum status plan_read(struct call *c, const void *in, void *out)
{
	struct plan *p = out;
	enum status st = server_read(c, in, &p->server);
	if (st == ST_NOT_FOUND) {
		p->server.id = NULL;
		return ST_OK;
	}
	if (!st && p->server.host_id)
		st = pool_host_read(c, p->server.host_id, &p->host);
	return st ? st : servers_dress(c, &p->server, 1);
}

enum status plan_reread(struct call *c, const struct job *j, struct server *s)
{
	enum status st = job_still_mine(c, j);
	if (st)
		return st;
	st = server_read(c, j->subject, s);
	if (st == ST_NOT_FOUND)
		*s = (struct server){ 0 };
	return st == ST_NOT_FOUND ? ST_OK : st;
}

/* --- build --- */

static enum status record_spawning(struct call *c, const void *job, void *out)
{
	struct server s;
	(void)out;
	enum status st = plan_reread(c, job, &s);
	if (st || !s.id || s.state != VM_BUILDING || s.task != TASK_SCHEDULING)
		return st;
	s.task = TASK_SPAWNING;
	return server_moved(c, &s);
}

static enum status record_active(struct call *c, const void *job, void *out)
{
	struct server s;
	(void)out;
	enum status st = plan_reread(c, job, &s);
	/* Asked to be deleted in the meantime: the next job removes what this one made. */
	if (st || !s.id || s.state != VM_BUILDING || s.task == TASK_DELETING)
		return st;
	s.state = VM_ACTIVE;
	s.task = TASK_NONE;
	s.power = SERVER_RUNNING;
	s.launched_at = c->now_at;
	return server_moved(c, &s);
}

static struct guest guest_of(struct call *c, const struct plan *p)
{
	const struct server *s = &p->server;
	struct guest_nic *nics = arena_array(c->arena, s->nics_count + 1, sizeof(*nics));
	for (size_t i = 0; i < s->nics_count; i++)
		nics[i] =
			(struct guest_nic){ s->nics[i].id, s->nics[i].mac_address, s->nics[i].mtu };
	return (struct guest){
		.id = s->id,
		.house = compute_house(),
		.project_id = s->project_id,
		.name = s->name,
		.vcpus = s->flavor.vcpus,
		.memory_mb = s->flavor.ram,
		.disk_gb = s->flavor.disk,
		.ephemeral_gb = s->flavor.ephemeral,
		.swap_mb = s->flavor.swap,
		.base = files_path(c, house_of(c)->files, s->image_sha256),
		.base_format = s->image_format,
		.accelerator = compute_insists() ? compute_insists() : p->host.accelerator,
		.meta_data = drive_meta_data(c, s),
		.network_data = drive_network_data(c, s),
		.user_data = s->user_data,
		.nics = nics,
		.nics_count = s->nics_count,
	};
}

enum status plan_guest(struct call *c, const struct plan *p, struct guest *out)
{
	enum status st = ST_OK;
	for (size_t i = 0; i < p->server.nics_count && !st; i++)
		if (!p->server.nics[i].applied)
			st = network_apply_port(c, p->server.nics[i].id);
	if (!st)
		*out = guest_of(c, p);
	return st;
}

enum status plan_ensure(struct call *c, const struct plan *p)
{
	struct guest g;
	enum status st = plan_guest(c, p, &g);
	return st ? st : driver_of(p->host.uri)->ensure(c, p->host.uri, &g);
}

enum status compute_build(struct call *c, const struct job *j)
{
	struct db *db = house_of(c)->db;
	struct plan p;
	enum status st = db_read(c, db, plan_read, j->subject, &p, sizeof(p));
	bool wanted = !st && p.server.id && p.server.state == VM_BUILDING &&
		      p.server.task != TASK_DELETING;
	if (st || !wanted)
		return st;
	st = db_write(c, db, record_spawning, j, NULL, 0);
	if (!st)
		st = plan_ensure(c, &p);
	return st ? st : db_write(c, db, record_active, j, NULL, 0);
}

enum status compute_build_give_up(struct call *c, const struct job *j, const char *why)
{
	struct server s;
	enum status st = server_read(c, j->subject, &s);
	if (st == ST_NOT_FOUND)
		return ST_OK;
	if (st || s.state != VM_BUILDING || s.task == TASK_DELETING)
		return st;
	return server_failed(c, &s, 500, why);
}

/* --- delete --- */

static enum status record_gone(struct call *c, const void *job, void *out)
{
	struct server s;
	(void)out;
	enum status st = plan_reread(c, job, &s);
	if (st || !s.id)
		return st;
	return server_gone(c, &s);
}

enum status compute_unbuild(struct call *c, const struct job *j)
{
	struct db *db = house_of(c)->db;
	struct plan p;
	enum status st = db_read(c, db, plan_read, j->subject, &p, sizeof(p));
	if (st || !p.server.id)
		return st;
	if (p.server.host_id)
		st = driver_of(p.host.uri)->remove(c, p.host.uri, compute_house(), p.server.id);
	return st ? st : db_write(c, db, record_gone, j, NULL, 0);
}

enum status compute_unbuild_give_up(struct call *c, const struct job *j, const char *why)
{
	struct server s;
	enum status st = server_read(c, j->subject, &s);
	if (st == ST_NOT_FOUND)
		return ST_OK;
	if (st)
		return st;
	return server_failed(c, &s, 500,
			     arena_printf(c->arena, "It could not be deleted: %s", why));
}
