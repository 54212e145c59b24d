/* SPDX-License-Identifier: Apache-2.0 */
/* Shelving: a server that is not needed for a while becomes an image, leaves its host and keeps its name,
 * addresses and quota.
 *
 *   ACTIVE… ──shelve: off, its disk copied──▶ SHELVED ──offload──▶ SHELVED_OFFLOADED
 *      ▲                                        │                        │ placed anew
 *      └────────────────── unshelve ────────────┴────────────────────────┘
 *
 * The offload follows by itself; a server stays SHELVED only when its host would not let go of it. The copy
 * belongs to an image, which its owner may delete: so the server holds the bytes too (next_sha256), and
 * stands on them once it has left its host. */
#include "base/text.h"
#include "cloud/compute/compute_snapshot.h"
#include "cloud/image/image.h"
#include "door/audit/audit.h"

enum status server_shelve(struct call *c, const struct server_key *in, void *out)
{
	struct snapshot_plan plan = { .kind = "snapshot", .shelves = true };
	const char *image_id;

	(void)out;
	return snapshot_begin(c, in->server_id, "shelve", &plan, &image_id);
}

static enum status begin_offload(struct call *c, struct server *s)
{
	s->task = TASK_OFFLOADING;
	enum status st = server_moved(c, s);
	return st ? st : job_post(c, JOB_OFFLOAD, s->id, "{}", JOB_NORMAL, 0);
}

enum status server_shelved(struct call *c, struct server *s, const struct file_facts *disk,
			   const char *format)
{
	enum status st = server_next_over(c, s);

	if (!st)
		st = file_ref(c, disk);
	if (st)
		return st;
	s->next_sha256 = disk->sha256;
	s->next_format = format;
	s->state = VM_SHELVED;
	s->power = SERVER_SHUTDOWN;
	return begin_offload(c, s);
}

enum status server_drop_shelf(struct call *c, const struct server *s)
{
	struct map_pair of_it[] = { { "instance_uuid", s->id }, { SHELF_PROPERTY, "true" } };

	return image_keep_newest(c, s->project_id, &(struct map){ of_it, 2 }, 0);
}

/* --- leaving the host --- */

enum status server_offload(struct call *c, const struct server_key *in, void *out)
{
	struct server s, before;
	(void)out;
	enum status st = server_may(c, in->server_id, "shelveOffload", 1U << VM_SHELVED, &s);
	if (st)
		return st;
	before = s;
	audit_subject(c, "server", s.id);
	st = action_begin(c, &s, "shelveOffload");
	if (!st)
		st = begin_offload(c, &s);
	if (!st)
		audit_change(c, server_audit, &before, &s);
	return st;
}

static enum status record_offloaded(struct call *c, const void *job, void *out)
{
	struct server s;
	(void)out;
	enum status st = plan_reread(c, job, &s);
	if (st || !s.id || s.task != TASK_OFFLOADING)
		return st;
	st = file_drop(c, s.image_sha256); /* before the host, as server_gone() says */
	if (!st)
		st = pool_release(c, s.id);
	if (st)
		return st;
	s.image_sha256 = s.next_sha256;
	s.image_format = s.next_format;
	s.next_sha256 = s.next_format = NULL;
	s.host_id = NULL;
	s.state = VM_OFFLOADED;
	s.task = TASK_NONE;
	s.power = SERVER_NOSTATE;
	return server_moved(c, &s);
}

enum status compute_offload(struct call *c, const struct job *j)
{
	struct db *db = house_of(c)->db;
	struct plan p;
	enum status st = db_read(c, db, plan_read, j->subject, &p, sizeof(p));
	if (st || !p.server.id || p.server.task != TASK_OFFLOADING)
		return st;
	st = driver_of(p.host.uri)->remove(c, p.host.uri, compute_house(), p.server.id);
	return st ? st : db_write(c, db, record_offloaded, j, NULL, 0);
}

enum status compute_offload_give_up(struct call *c, const struct job *j, const char *why)
{
	struct server s;
	enum status st = server_read(c, j->subject, &s);
	if (st == ST_NOT_FOUND)
		return ST_OK;
	if (st || s.task != TASK_OFFLOADING)
		return st;
	/* It is shelved all the same; an administrator may try again. */
	st = action_close(c, s.id, ACTION_ERROR, why);
	s.task = TASK_NONE;
	return st ? st : server_moved(c, &s);
}

/* --- coming back --- */

static enum status place_again(struct call *c, struct server *s)
{
	struct pool_place where = { 0 };
	struct pool_ask ask = { .subject = s->id,
				.project_id = s->project_id,
				.zone = s->zone,
				.vcpus = s->flavor.vcpus,
				.memory_mb = s->flavor.ram,
				.disk_gb = flavor_room(&s->flavor) };
	enum status st = server_group_wish(c, s->group_id, &ask);

	if (!st)
		st = pool_reserve(c, &ask, &where);
	if (!st && !where.host_id)
		return fail(c, ST_CONFLICT, NULL, "%s", where.why);
	s->host_id = where.host_id;
	return st;
}

enum status server_unshelve(struct call *c, const struct server_key *in, void *out)
{
	struct server s, before;
	(void)out;
	enum status st = server_may_be(c, in->server_id, "unshelve",
				       1U << VM_SHELVED | 1U << VM_OFFLOADED, &s);
	if (st)
		return st;
	before = s;
	if (s.state == VM_OFFLOADED)
		st = place_again(c, &s);
	return st ? st : server_begin(c, &before, &s, "unshelve", TASK_UNSHELVING);
}
