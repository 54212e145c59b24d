/* SPDX-License-Identifier: Apache-2.0 */
/* The jobs that bring a server about on its host, change its power, and remove it. Each reads what is
 * wanted, has the driver make it so, and records what is; killed anywhere, it runs again. */
#include "base/log.h"
#include "base/text.h"
#include "cloud/compute/compute_private.h"

/* How long a guest has to switch itself off before the plug is pulled. */
#define PATIENCE (20 * CLOCK_SECOND)

struct plan {
	struct server server; /* .id NULL: it is gone */
	struct pool_host host;
};

static enum status read_plan(struct call *c, const void *in, void *out)
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

/* In the transaction that records: the server as it is now, unless this job has lost its lease. */
static enum status reread(struct call *c, const struct job *j, struct server *s)
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
	enum status st = reread(c, job, &s);
	if (st || !s.id || s.state != VM_BUILDING || s.task != TASK_SCHEDULING)
		return st;
	s.task = TASK_SPAWNING;
	return server_moved(c, &s);
}

static enum status record_active(struct call *c, const void *job, void *out)
{
	struct server s;
	(void)out;
	enum status st = reread(c, job, &s);
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

static enum status ensure(struct call *c, const struct plan *p)
{
	enum status st = ST_OK;
	for (size_t i = 0; i < p->server.nics_count && !st; i++)
		if (!p->server.nics[i].applied)
			st = network_apply_port(c, p->server.nics[i].id);
	if (st)
		return st;
	const struct guest g = guest_of(c, p);
	return driver_of(p->host.uri)->ensure(c, p->host.uri, &g);
}

enum status compute_build(struct call *c, const struct job *j)
{
	struct db *db = house_of(c)->db;
	struct plan p;
	enum status st = db_read(c, db, read_plan, j->subject, &p, sizeof(p));
	bool wanted = !st && p.server.id && p.server.state == VM_BUILDING &&
		      p.server.task != TASK_DELETING;
	if (st || !wanted)
		return st;
	st = db_write(c, db, record_spawning, j, NULL, 0);
	if (!st)
		st = ensure(c, &p);
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
	enum status st = reread(c, job, &s);
	if (st || !s.id)
		return st;
	return server_gone(c, &s);
}

enum status compute_unbuild(struct call *c, const struct job *j)
{
	struct db *db = house_of(c)->db;
	struct plan p;
	enum status st = db_read(c, db, read_plan, j->subject, &p, sizeof(p));
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

/* --- power --- */

static enum guest_power power_for(int task)
{
	switch (task) {
	case TASK_POWERING_OFF: return POWER_STOP;
	case TASK_REBOOTING: return POWER_REBOOT;
	case TASK_REBOOTING_HARD: return POWER_RESET;
	default: return POWER_START;
	}
}

static bool is_power_task(int task)
{
	return task == TASK_POWERING_OFF || task == TASK_POWERING_ON || task == TASK_REBOOTING ||
	       task == TASK_REBOOTING_HARD;
}

static enum status record_power(struct call *c, const void *job, void *out)
{
	struct server s;
	(void)out;
	enum status st = reread(c, job, &s);
	if (st || !s.id || !is_power_task(s.task))
		return st;
	bool off = s.task == TASK_POWERING_OFF;
	s.state = off ? VM_STOPPED : VM_ACTIVE;
	s.power = off ? SERVER_SHUTDOWN : SERVER_RUNNING;
	s.task = TASK_NONE;
	s.fault = (struct server_fault){ 0 };
	return server_moved(c, &s);
}

enum status compute_power(struct call *c, const struct job *j)
{
	struct db *db = house_of(c)->db;
	struct plan p;
	enum status st = db_read(c, db, read_plan, j->subject, &p, sizeof(p));
	if (st || !p.server.id || !is_power_task(p.server.task))
		return st;
	const struct compute_driver *d = driver_of(p.host.uri);
	st = d->power(c, p.host.uri, p.server.id, power_for(p.server.task), PATIENCE);
	/* Its domain was lost: it is made again around the disk that is still there. */
	if (st == ST_NOT_FOUND && p.server.task != TASK_POWERING_OFF) {
		call_forgive(c);
		log_warn("server-remade", c->request_id, "%s", p.server.id);
		st = ensure(c, &p);
	}
	return st ? st : db_write(c, db, record_power, j, NULL, 0);
}

enum status compute_power_give_up(struct call *c, const struct job *j, const char *why)
{
	struct server s;
	enum status st = server_read(c, j->subject, &s);
	if (st == ST_NOT_FOUND)
		return ST_OK;
	if (st || !is_power_task(s.task))
		return st;
	return server_failed(c, &s, 500, why);
}
