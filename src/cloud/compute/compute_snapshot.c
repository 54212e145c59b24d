/* SPDX-License-Identifier: Apache-2.0 */
/* Images of servers: the act makes the image's row and the task, a job has the disk copied, takes the
 * copy into the file store and gives it to the image. Killed anywhere it copies again; whatever ends it
 * for good takes the row away. */
#include <jansson.h>
#include "base/log.h"
#include "base/text.h"
#include "cloud/compute/compute_snapshot.h"
#include "cloud/image/image.h"
#include "door/audit/audit.h"

#define MAY_COPY (1U << VM_ACTIVE | 1U << VM_STOPPED | 1U << VM_PAUSED | 1U << VM_SUSPENDED)

/* --- what is asked --- */

static struct map with_one(struct arena *a, const struct map *m, const char *name,
			   const char *value)
{
	struct map_pair pair = { name, value };
	return server_notes_with(a, m, &(struct map){ &pair, 1 });
}

/* What is said of the image: the owner's words stand before ours, but for what the rotation of backups
 * goes by. */
static struct map properties_of(struct call *c, const struct server *s,
				const struct snapshot_plan *plan)
{
	struct map m = { 0 };
	m = with_one(c->arena, &m, "image_type", plan->kind);
	m = with_one(c->arena, &m, "base_image_ref", s->image_id);
	m = with_one(c->arena, &m, "user_id", c->actor.user_id);
	m = server_notes_with(c->arena, &m, &plan->metadata);
	m = with_one(c->arena, &m, "instance_uuid", s->id);
	if (plan->backup_type)
		m = with_one(c->arena, &m, "image_type", plan->kind);
	if (plan->backup_type)
		m = with_one(c->arena, &m, "backup_type", plan->backup_type);
	if (plan->shelves)
		m = with_one(c->arena, &m, SHELF_PROPERTY, "true");
	return m;
}

/* What the job is told. */
static const char *order_text(struct call *c, const char *image_id,
			      const struct snapshot_plan *plan)
{
	struct buf b = { .arena = c->arena };
	struct json_out j = json_to(&b);
	json_object_begin(&j);
	json_put_str(&j, "image_id", image_id);
	json_put_str(&j, "backup_type", plan->backup_type);
	json_put_int(&j, "rotation", plan->rotation);
	json_object_end(&j);
	return buf_text(&b);
}

/* Nova's name of the image that a server is shelved as, within the bound of names. */
static const char *shelf_name(struct call *c, const struct server *s)
{
	size_t n = strlen(s->name);

	while (n > 247 || (n && !utf8_valid(s->name, n)))
		n--;
	return arena_printf(c->arena, "%.*s-shelved", (int)n, s->name);
}

enum status snapshot_begin(struct call *c, const char *id, const char *verb,
			   const struct snapshot_plan *plan, const char **image_id)
{
	struct server s, before;
	struct image image;
	enum status st = server_check_metadata(c, &plan->metadata);
	if (!st)
		st = server_may(c, id, verb, MAY_COPY, &s);
	if (st)
		return st;
	struct pool_host host;
	st = pool_host_read(c, s.host_id, &host);
	if (st)
		return st;
	const struct map properties = properties_of(c, &s, plan);
	const struct image_new ask = { .name = plan->name ? plan->name : shelf_name(c, &s),
				       .project_id = s.project_id,
				       .disk_format = driver_of(host.uri)->disk_format,
				       .min_disk = s.flavor.disk,
				       .properties = properties };
	st = image_begin(c, &ask, &image);
	if (st)
		return st;
	*image_id = image.id;
	before = s;
	s.task = plan->shelves       ? TASK_SHELVING
		 : plan->backup_type ? TASK_BACKING_UP
				     : TASK_SNAPSHOTTING;
	audit_subject(c, "server", s.id);
	audit_change(c, server_audit, &before, &s);
	st = action_begin(c, &s, verb);
	if (!st)
		st = server_moved(c, &s);
	return st ? st
		  : job_post(c, JOB_SNAPSHOT, s.id, order_text(c, image.id, plan), JOB_NORMAL, 0);
}

static void tell(struct call *c, const char *image_id, struct snapshot_made *out)
{
	if (c->version >= NOVA(2, 45))
		out->image_id = image_id;
	else
		out->location =
			arena_printf(c->arena, "%s/image/v2/images/%s", c->base_url, image_id);
}

enum status server_snapshot(struct call *c, const struct snapshot_ask *in,
			    struct snapshot_made *out)
{
	struct snapshot_plan plan = { .kind = "snapshot", .metadata = in->metadata };
	const char *image_id = NULL;
	enum status st = server_take_name(c, in->name, &plan.name);
	if (!st)
		st = snapshot_begin(c, in->server_id, "createImage", &plan, &image_id);
	if (!st)
		tell(c, image_id, out);
	return st;
}

enum status server_backup(struct call *c, const struct backup_ask *in, struct snapshot_made *out)
{
	struct snapshot_plan plan = { .kind = "backup",
				      .backup_type = in->backup_type,
				      .rotation = in->rotation,
				      .metadata = in->metadata };
	const char *image_id = NULL;
	enum status st = server_take_name(c, in->name, &plan.name);
	if (!st)
		st = snapshot_begin(c, in->server_id, "createBackup", &plan, &image_id);
	if (!st && in->rotation)
		tell(c, image_id, out);
	return st;
}

/* --- the job --- */

struct copied {
	const struct job *job;
	const char *image_id, *backup_type, *format;
	int64_t rotation, virtual_size;
	struct file_facts facts;
};

static struct copied order_of(struct call *c, const struct job *j)
{
	json_t *said = json_loads(j->payload, 0, NULL);
	const char *id = json_string_value(json_object_get(said, "image_id"));
	const char *type = json_string_value(json_object_get(said, "backup_type"));
	const struct copied out = {
		.job = j,
		.image_id = id ? arena_strdup(c->arena, id) : "",
		.backup_type = type ? arena_strdup(c->arena, type) : NULL,
		.rotation = json_integer_value(json_object_get(said, "rotation")),
	};
	json_decref(said);
	return out;
}

static bool copying(const struct server *s)
{
	return s->id && (s->task == TASK_SNAPSHOTTING || s->task == TASK_BACKING_UP ||
			 s->task == TASK_SHELVING);
}

/* The backups of the same kind that are too many by now. */
static enum status rotate(struct call *c, const struct server *s, const struct copied *in)
{
	struct map_pair same[] = {
		{ "image_type", "backup" },
		{ "instance_uuid", s->id },
		{ "backup_type", in->backup_type },
	};
	return image_keep_newest(c, s->project_id, &(struct map){ same, 3 }, in->rotation);
}

static enum status record(struct call *c, const void *in_, void *out)
{
	const struct copied *in = in_;
	struct server s;
	(void)out;
	enum status st = plan_reread(c, in->job, &s);
	if (st)
		return st;
	if (!copying(&s))
		return image_abandon(c, in->image_id);
	st = image_finish(c, in->image_id, &in->facts, in->virtual_size);
	/* Its owner has deleted the image meanwhile: there is nothing to give the bytes to. */
	bool gone = st == ST_NOT_FOUND;
	if (gone)
		call_forgive(c);
	if (!gone && !st && s.task == TASK_BACKING_UP)
		st = rotate(c, &s, in);
	if (st && !gone)
		return st;
	if (s.task == TASK_SHELVING)
		return server_shelved(c, &s, &in->facts, in->format);
	s.task = TASK_NONE;
	return server_moved(c, &s);
}

static enum status abandon(struct call *c, const void *image_id, void *out)
{
	(void)out;
	return image_abandon(c, image_id);
}

/* What is shelved is off. A guest that was lost with its domain is off too. */
static enum status switch_off(struct call *c, const struct compute_driver *d, const struct plan *p)
{
	bool hears = p->server.state == VM_ACTIVE;
	enum status st = d->power(c, p->host.uri, p->server.id, hears ? POWER_STOP : POWER_KILL,
				  20 * CLOCK_SECOND);

	if (st == ST_NOT_FOUND)
		call_forgive(c);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

enum status compute_snapshot(struct call *c, const struct job *j)
{
	struct house *h = house_of(c);
	struct copied copied = order_of(c, j);
	struct plan p;
	enum status st = db_read(c, h->db, plan_read, j->subject, &p, sizeof(p));
	if (st)
		return st;
	if (!copying(&p.server))
		return db_write(c, h->db, abandon, copied.image_id, NULL, 0);
	const struct compute_driver *d = driver_of(p.host.uri);
	if (p.server.task == TASK_SHELVING)
		st = switch_off(c, d, &p);
	if (st)
		return st;
	copied.format = d->disk_format;
	const char *path = files_temporary(c, h->files);
	if (!path)
		return fail(c, ST_AWAY, NULL, "there is no room for a copy of the disk");
	st = d->snapshot(c, p.host.uri, p.server.id, path, &copied.virtual_size);
	if (!st)
		st = files_take(c, h->files, path, 0, &copied.facts);
	return st ? st : db_write(c, h->db, record, &copied, NULL, 0);
}

enum status compute_snapshot_give_up(struct call *c, const struct job *j, const char *why)
{
	struct server s;
	const struct copied order = order_of(c, j);
	enum status st = image_abandon(c, order.image_id);
	if (!st)
		st = server_read(c, j->subject, &s);
	if (st == ST_NOT_FOUND)
		return ST_OK;
	if (st || !copying(&s))
		return st;
	/* The server is as it was; its owner reads in its actions what failed. */
	st = action_close(c, s.id, ACTION_ERROR, why);
	/* One that was to be shelved is off by now; if it is not, the next comparison finds that out. */
	if (s.task == TASK_SHELVING && server_runs(&s)) {
		s.state = VM_STOPPED;
		s.power = SERVER_SHUTDOWN;
	}
	s.task = TASK_NONE;
	return st ? st : server_moved(c, &s);
}
