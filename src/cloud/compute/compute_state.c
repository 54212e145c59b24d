/* SPDX-License-Identifier: Apache-2.0 */
/* A server's life: each change of its state goes through server_moved(), which writes the row and
 * posts the event. The picture is in README.md. */
#include "base/text.h"
#include "cloud/compute/compute_change.h"
#include "door/jobs/events.h"

const char *server_status(const struct server *s)
{
	/* What is under way shows, where Nova has a word for it. */
	static const char *const doing[] = {
		[TASK_REBOOTING] = "REBOOT",        [TASK_REBOOTING_HARD] = "HARD_REBOOT",
		[TASK_REBUILDING] = "REBUILD",      [TASK_RESIZING] = "RESIZE",
		[TASK_REVERTING] = "REVERT_RESIZE", [TASK_DELETING] = NULL,
	};
	static const char *const being[] = {
		[VM_BUILDING] = "BUILD",
		[VM_ACTIVE] = "ACTIVE",
		[VM_PAUSED] = "PAUSED",
		[VM_SUSPENDED] = "SUSPENDED",
		[VM_STOPPED] = "SHUTOFF",
		[VM_RESCUED] = "RESCUE",
		[VM_RESIZED] = "VERIFY_RESIZE",
		[VM_SHELVED] = "SHELVED",
		[VM_OFFLOADED] = "SHELVED_OFFLOADED",
		[VM_ERROR] = "ERROR",
		[VM_DELETED] = "DELETED",
	};
	if (s->task >= 0 && doing[s->task])
		return doing[s->task];
	return being[s->state];
}

bool server_runs(const struct server *s)
{
	return s->state == VM_ACTIVE || s->state == VM_PAUSED ||
	       ((s->state == VM_RESIZED || s->state == VM_RESCUED) && s->power != SERVER_SHUTDOWN);
}

static enum status tell(struct call *c, const struct server *s)
{
	struct buf b = { .arena = c->arena };
	struct json_out j = json_to(&b);
	json_object_begin(&j);
	json_put_str(&j, "subject", "server");
	json_put_str(&j, "id", s->id);
	json_put_str(&j, "type", "state");
	json_put_str(&j, "state", server_status(s));
	json_put_str(&j, "task_state", s->task < 0 ? NULL : server_tasks[s->task]);
	json_put_int(&j, "power_state", s->power);
	json_object_end(&j);
	return event_post(c, "compute.server.state", s->id, s->domain_id, s->project_id,
			  buf_text(&b));
}

enum status server_moved(struct call *c, struct server *s)
{
	s->updated_at = c->now_at;
	enum status st = server_save(c, s);
	if (!st && s->task == TASK_NONE)
		st = action_end(c, s);
	return st ? st : tell(c, s);
}

enum status server_failed(struct call *c, struct server *s, int64_t code, const char *why)
{
	s->state = VM_ERROR;
	s->task = TASK_NONE;
	s->fault = (struct server_fault){ code, arena_strdup(c->arena, why), c->now_at };
	return server_moved(c, s);
}

/* Rows that many servers share are locked in the order in which make_one() locks them: the VDC's use,
 * the image's bytes, the host. In another order PostgreSQL lets two writers wait for each other for a
 * whole second before it ends one, and with them all who need the same rows. */
enum status server_gone(struct call *c, struct server *s)
{
	enum status st = quota_use(c, s, -1, -s->flavor.vcpus, -s->flavor.ram);
	if (!st)
		st = file_drop(c, s->image_sha256);
	if (!st)
		st = server_next_over(c, s);
	if (!st && (s->state == VM_SHELVED || s->state == VM_OFFLOADED))
		st = server_drop_shelf(c, s);
	if (!st)
		st = pool_release(c, s->id);
	if (!st)
		st = network_detach_all(c, s->id);
	if (st)
		return st;
	s->state = VM_DELETED;
	s->task = TASK_NONE;
	s->power = SERVER_NOSTATE;
	s->deleted_at = c->now_at;
	return server_moved(c, s);
}
