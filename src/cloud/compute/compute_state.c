/* SPDX-License-Identifier: Apache-2.0 */
/* A server's life: each change of its state goes through server_moved(), which writes the row and
 * posts the event. The picture is in README.md. */
#include "base/text.h"
#include "cloud/compute/compute_private.h"
#include "door/jobs/events.h"

static const char *const statuses[] = { "BUILD", "ACTIVE", "SHUTOFF", "ERROR", "DELETED" };

const char *server_status(const struct server *s)
{
	if (s->state == VM_ACTIVE && s->task == TASK_REBOOTING)
		return "REBOOT";
	if (s->state == VM_ACTIVE && s->task == TASK_REBOOTING_HARD)
		return "HARD_REBOOT";
	return statuses[s->state];
}

int64_t power_of(int guest_state)
{
	switch ((enum guest_state)guest_state) {
	case GUEST_RUNNING: return SERVER_RUNNING;
	case GUEST_PAUSED: return 3;
	case GUEST_STOPPED: return SERVER_SHUTDOWN;
	case GUEST_CRASHED: return SERVER_CRASHED;
	case GUEST_ABSENT: break;
	}
	return SERVER_NOSTATE;
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
	return st ? st : tell(c, s);
}

enum status server_failed(struct call *c, struct server *s, int64_t code, const char *why)
{
	s->state = VM_ERROR;
	s->task = TASK_NONE;
	s->fault = (struct server_fault){ code, arena_strdup(c->arena, why), c->now_at };
	return server_moved(c, s);
}

enum status server_gone(struct call *c, struct server *s)
{
	enum status st = network_detach_all(c, s->id);
	if (!st)
		st = pool_release(c, s->id);
	if (!st)
		st = file_drop(c, s->image_sha256);
	if (!st)
		st = quota_use(c, s->project_id, -1, -s->flavor.vcpus, -s->flavor.ram);
	if (st)
		return st;
	s->state = VM_DELETED;
	s->task = TASK_NONE;
	s->power = SERVER_NOSTATE;
	s->deleted_at = c->now_at;
	return server_moved(c, s);
}
