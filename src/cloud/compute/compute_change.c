/* SPDX-License-Identifier: Apache-2.0 */
/* Changes of a server that exists: the rules. What its guest has to do for it is a task, which a job
 * brings about (compute_task.c). */
#include <arpa/inet.h>
#include "base/text.h"
#include "cloud/compute/compute_change.h"
#include "cloud/image/image.h"
#include "door/audit/audit.h"

#define IN(state) (1U << (state))

enum status server_check_open(struct call *c, const struct server *s)
{
	if (s->locked == LOCK_NONE || c->actor.is_admin)
		return ST_OK;
	return fail(c, ST_CONFLICT, NULL, "Instance %s is locked", s->id);
}

enum status server_find_open(struct call *c, const char *id, struct server *s)
{
	enum status st = server_find(c, id, s);
	return st ? st : server_check_open(c, s);
}

enum status server_acted(struct call *c, const struct server *s, const char *action)
{
	audit_subject(c, "server", s->id);
	enum status st = action_begin(c, s, action);
	/* Another task has its own end. */
	return st || s->task != TASK_NONE ? st : action_end(c, s);
}

enum status server_may_be(struct call *c, const char *id, const char *verb, unsigned states,
			  struct server *s)
{
	enum status st = server_find_open(c, id, s);
	if (st)
		return st;
	if (s->task != TASK_NONE)
		return fail(c, ST_CONFLICT, NULL,
			    "Cannot '%s' instance %s while it is in task_state %s", verb, s->id,
			    server_tasks[s->task]);
	if (!(states >> s->state & 1))
		return fail(c, ST_CONFLICT, NULL,
			    "Cannot '%s' instance %s while it is in vm_state %s", verb, s->id,
			    server_states[s->state]);
	return ST_OK;
}

enum status server_may(struct call *c, const char *id, const char *verb, unsigned states,
		       struct server *s)
{
	enum status st = server_may_be(c, id, verb, states, s);
	if (!st && !s->host_id)
		return fail(c, ST_CONFLICT, NULL, "Instance %s is on no host.", s->id);
	return st;
}

enum status server_begin(struct call *c, const struct server *before, struct server *s,
			 const char *action, enum server_task task)
{
	s->task = (int)task;
	audit_subject(c, "server", s->id);
	audit_change(c, server_audit, before, s);
	enum status st = action_begin(c, s, action);
	if (!st)
		st = server_moved(c, s);
	return st ? st : job_post(c, JOB_POWER, s->id, "{}", JOB_SOON, 0);
}

static enum status begin_task(struct call *c, const char *id, const char *verb, unsigned states,
			      enum server_task task)
{
	struct server s, before;
	enum status st = server_may(c, id, verb, states, &s);
	if (st)
		return st;
	before = s;
	return server_begin(c, &before, &s, verb, task);
}

enum status server_start(struct call *c, const struct server_key *in, void *out)
{
	(void)out;
	return begin_task(c, in->server_id, "start", IN(VM_STOPPED), TASK_POWERING_ON);
}

enum status server_stop(struct call *c, const struct server_key *in, void *out)
{
	(void)out;
	return begin_task(c, in->server_id, "stop", IN(VM_ACTIVE) | IN(VM_ERROR),
			  TASK_POWERING_OFF);
}

enum status server_reboot(struct call *c, const struct server_reboot *in, void *out)
{
	const unsigned hard = IN(VM_ACTIVE) | IN(VM_STOPPED) | IN(VM_PAUSED) | IN(VM_SUSPENDED) |
			      IN(VM_ERROR);
	(void)out;
	return begin_task(c, in->server_id, "reboot", in->type ? hard : IN(VM_ACTIVE),
			  in->type ? TASK_REBOOTING_HARD : TASK_REBOOTING);
}

enum status server_pause(struct call *c, const struct server_key *in, void *out)
{
	(void)out;
	return begin_task(c, in->server_id, "pause", IN(VM_ACTIVE), TASK_PAUSING);
}

enum status server_unpause(struct call *c, const struct server_key *in, void *out)
{
	(void)out;
	return begin_task(c, in->server_id, "unpause", IN(VM_PAUSED), TASK_UNPAUSING);
}

enum status server_suspend(struct call *c, const struct server_key *in, void *out)
{
	(void)out;
	return begin_task(c, in->server_id, "suspend", IN(VM_ACTIVE), TASK_SUSPENDING);
}

enum status server_resume(struct call *c, const struct server_key *in, void *out)
{
	(void)out;
	return begin_task(c, in->server_id, "resume", IN(VM_SUSPENDED), TASK_RESUMING);
}

/* --- what needs no guest --- */

static enum status put_down(struct call *c, const struct server *before, struct server *s)
{
	s->updated_at = c->now_at;
	audit_subject(c, "server", s->id);
	audit_change(c, server_audit, before, s);
	return server_save(c, s);
}

enum status server_update(struct call *c, const struct server_update *in, struct server *out)
{
	struct server s, before;
	enum status st = server_find(c, in->server_id, &s);
	if (st)
		return st;
	before = s;
	if (in->name_given)
		st = server_take_name(c, in->name, &s.name);
	if (!st && in->access_v4_given)
		st = server_take_address(c, "accessIPv4", in->access_v4, AF_INET, &s.access_v4);
	if (!st && in->access_v6_given)
		st = server_take_address(c, "accessIPv6", in->access_v6, AF_INET6, &s.access_v6);
	if (in->description_given)
		s.description = in->description;
	if (in->disk_config_given)
		s.disk_config = in->disk_config;
	if (!st)
		st = put_down(c, &before, &s);
	if (!st)
		st = servers_dress(c, &s, 1);
	if (!st)
		*out = s;
	return st;
}

enum status server_lock(struct call *c, const struct server_lock *in, void *out)
{
	struct server s, before;
	(void)out;
	enum status st = server_find(c, in->server_id, &s);
	if (st)
		return st;
	before = s;
	if (s.locked != LOCK_ADMIN)
		s.locked = c->actor.is_admin ? LOCK_ADMIN : LOCK_OWNER;
	s.locked_reason = in->locked_reason;
	return put_down(c, &before, &s);
}

enum status server_unlock(struct call *c, const struct server_key *in, void *out)
{
	struct server s, before;
	(void)out;
	enum status st = server_find(c, in->server_id, &s);
	if (st)
		return st;
	if (s.locked == LOCK_ADMIN && !c->actor.is_admin)
		return fail(c, ST_FORBIDDEN, NULL, "an administrator has locked instance %s", s.id);
	before = s;
	s.locked = LOCK_NONE;
	s.locked_reason = NULL;
	return put_down(c, &before, &s);
}

/* For operators who know better. What the guest does is looked at by the next comparison. */
enum status server_reset(struct call *c, const struct server_reset *in, void *out)
{
	struct server s, before;
	(void)out;
	enum status st = server_find(c, in->server_id, &s);
	if (st)
		return st;
	if (!in->state && !s.host_id)
		return fail(c, ST_CONFLICT, NULL, "Instance %s is on no host.", s.id);
	before = s;
	st = server_next_over(c, &s);
	if (st)
		return st;
	/* The task's job finds nothing to do any more. A resize that was not confirmed stays so. */
	s.task = TASK_NONE;
	s.state = in->state ? VM_ERROR : s.old_flavor.id ? VM_RESIZED : VM_ACTIVE;
	if (!in->state) {
		s.power = SERVER_RUNNING;
		s.fault = (struct server_fault){ 0 };
	}
	audit_subject(c, "server", s.id);
	audit_change(c, server_audit, &before, &s);
	return server_moved(c, &s);
}

enum status server_delete(struct call *c, const struct server_key *in, void *out)
{
	struct server s, before;
	(void)out;
	enum status st = server_find_open(c, in->server_id, &s);
	if (st)
		return st;
	before = s;
	audit_subject(c, "server", s.id);
	st = action_begin(c, &s, "delete");
	if (st)
		return st;
	if (!s.host_id) {
		audit_change(c, server_audit, &before, NULL);
		return server_gone(c, &s);
	}
	/* Also when it is being deleted already: the job before may have been given up. */
	s.task = TASK_DELETING;
	audit_change(c, server_audit, &before, &s);
	st = server_moved(c, &s);
	if (!st)
		st = job_cancel(c, JOB_BUILD, s.id);
	if (!st)
		st = job_cancel(c, JOB_POWER, s.id);
	return st ? st : job_post(c, JOB_DELETE, s.id, "{}", JOB_NORMAL, 0);
}

/* Deleted servers are not kept for a change of mind, so there is none to bring back. */
enum status server_restore(struct call *c, const struct server_key *in, void *out)
{
	struct server s;
	(void)out;
	return server_may(c, in->server_id, "restore", 0, &s);
}

/* --- rebuilding --- */

/* The bytes of the image that it stands on are held; those of the one before are let go: the host has
 * its own copy until the job has run. */
static enum status change_image(struct call *c, const char *ref, struct server *s)
{
	struct image image = { 0 };
	enum status st = server_take_image(c, ref, &s->flavor, &image);
	if (!st)
		st = server_take_bytes(c, &image);
	if (!st)
		st = file_drop(c, s->image_sha256);
	if (st)
		return st;
	s->image_id = image.id;
	s->image_sha256 = image.sha256;
	s->image_format = image.disk_format;
	return ST_OK;
}

enum status server_rebuild(struct call *c, const struct server_rebuild *in,
			   struct server_rebuilt *out)
{
	struct server s, before;
	enum status st = server_may(c, in->server_id, "rebuild",
				    IN(VM_ACTIVE) | IN(VM_STOPPED) | IN(VM_ERROR), &s);
	if (st)
		return st;
	if (in->preserve_ephemeral && s.flavor.ephemeral)
		return fail(c, ST_NOT_OFFERED, "preserve_ephemeral",
			    "a server begins anew with all of its disks");
	before = s;
	st = change_image(c, in->imageRef, &s);
	if (!st && in->key_name_given) {
		s.key_name = s.key_public = NULL;
		st = server_take_key(c, in->key_name, &s);
	}
	if (!st && in->user_data_given)
		st = server_check_user_data(c, in->user_data);
	if (!st && in->name)
		st = server_take_name(c, in->name, &s.name);
	if (!st)
		st = server_check_metadata(c, &in->metadata);
	if (!st && in->access_v4_given)
		st = server_take_address(c, "accessIPv4", in->access_v4, AF_INET, &s.access_v4);
	if (!st && in->access_v6_given)
		st = server_take_address(c, "accessIPv6", in->access_v6, AF_INET6, &s.access_v6);
	if (st)
		return st;
	s.user_data = in->user_data_given ? in->user_data : s.user_data;
	s.description = in->description_given ? in->description : s.description;
	s.metadata = in->metadata_given ? in->metadata : s.metadata;
	s.disk_config = in->disk_config_given ? in->disk_config : s.disk_config;
	st = server_begin(c, &before, &s, "rebuild", TASK_REBUILDING);
	if (!st)
		st = servers_dress(c, &s, 1);
	out->server = s;
	out->location = arena_printf(c->arena, "%s/compute/v2.1/servers/%s", c->base_url, s.id);
	return st;
}
