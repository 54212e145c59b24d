/* SPDX-License-Identifier: Apache-2.0 */
/* The job behind a server's task: what the task wants of the guest, and what is true once it is done.
 * Killed anywhere it runs again; a task that was recorded in the meantime is left alone. */
#include "base/log.h"
#include "base/text.h"
#include "cloud/compute/compute_change.h"

/* How long a guest has to switch itself off before the plug is pulled. */
#define PATIENCE (20 * CLOCK_SECOND)

enum { AS_BEFORE = -1, BY_POWER = -2 };

/* A task is a switch (power), with 'changes' a guest made anew, or with 'ensures' one that stands and runs. */
struct step {
	bool known, changes, ensures;
	bool starts; /* a guest that is made anew runs, also when it was off */
	enum guest_power power;
	enum guest_change change;
	int state;  /* enum server_state afterwards; BY_POWER: as the guest runs or not */
	int64_t is; /* enum server_power afterwards; AS_BEFORE: as it was */
};

static const struct step steps[] = {
	[TASK_POWERING_OFF] = { .known = true,
				.power = POWER_STOP,
				.state = VM_STOPPED,
				.is = SERVER_SHUTDOWN },
	[TASK_POWERING_ON] = { .known = true,
			       .power = POWER_START,
			       .state = VM_ACTIVE,
			       .is = SERVER_RUNNING },
	[TASK_REBOOTING] = { .known = true,
			     .power = POWER_REBOOT,
			     .state = VM_ACTIVE,
			     .is = SERVER_RUNNING },
	[TASK_REBOOTING_HARD] = { .known = true,
				  .changes = true,
				  .change = CHANGE_REMAKE,
				  .starts = true,
				  .state = VM_ACTIVE,
				  .is = SERVER_RUNNING },
	[TASK_PAUSING] = { .known = true,
			   .power = POWER_PAUSE,
			   .state = VM_PAUSED,
			   .is = SERVER_PAUSED },
	[TASK_UNPAUSING] = { .known = true,
			     .power = POWER_UNPAUSE,
			     .state = VM_ACTIVE,
			     .is = SERVER_RUNNING },
	[TASK_SUSPENDING] = { .known = true,
			      .power = POWER_SUSPEND,
			      .state = VM_SUSPENDED,
			      .is = SERVER_SHUTDOWN },
	[TASK_RESUMING] = { .known = true,
			    .power = POWER_RESUME,
			    .state = VM_ACTIVE,
			    .is = SERVER_RUNNING },
	[TASK_REBUILDING] = { .known = true,
			      .changes = true,
			      .change = CHANGE_REBUILD,
			      .state = BY_POWER,
			      .is = AS_BEFORE },
	[TASK_RESIZING] = { .known = true,
			    .changes = true,
			    .change = CHANGE_RESIZE,
			    .state = VM_RESIZED,
			    .is = AS_BEFORE },
	[TASK_CONFIRMING] = { .known = true,
			      .changes = true,
			      .change = CHANGE_CONFIRM,
			      .state = BY_POWER,
			      .is = AS_BEFORE },
	[TASK_RESCUING] = { .known = true,
			    .changes = true,
			    .change = CHANGE_RESCUE,
			    .starts = true,
			    .state = VM_RESCUED,
			    .is = SERVER_RUNNING },
	[TASK_UNRESCUING] = { .known = true,
			      .changes = true,
			      .change = CHANGE_REMAKE,
			      .starts = true,
			      .state = VM_ACTIVE,
			      .is = SERVER_RUNNING },
	/* Made where it was placed, or started where it still stands. */
	[TASK_UNSHELVING] = { .known = true,
			      .ensures = true,
			      .state = VM_ACTIVE,
			      .is = SERVER_RUNNING },
	[TASK_REVERTING] = { .known = true,
			     .changes = true,
			     .change = CHANGE_REVERT,
			     .state = BY_POWER,
			     .is = AS_BEFORE },
};

/* NULL: no task, or one of another job. */
static const struct step *step_of(int task)
{
	bool inside = task >= 0 && task < (int)(sizeof(steps) / sizeof(steps[0]));
	return inside && steps[task].known ? &steps[task] : NULL;
}

/* What a task leaves besides the state. */
static enum status settle_books(struct call *c, struct server *s, int task)
{
	const char *why = NULL;
	if (task == TASK_REVERTING)
		return server_shrink_back(c, s);
	if (task == TASK_RESCUING)
		return server_next_over(c, s);
	if (task == TASK_UNSHELVING) {
		enum status over = server_next_over(c, s);
		return over ? over : server_drop_shelf(c, s);
	}
	if (task != TASK_CONFIRMING)
		return ST_OK;
	s->old_flavor = (struct flavor){ 0 };
	/* Until now the larger of both sizes was promised. */
	enum status st = pool_change(c, s->id, s->flavor.vcpus, s->flavor.ram,
				     flavor_room(&s->flavor), &why);
	return st || !why ? st : fail(c, ST_INTERNAL, NULL, "%s", why);
}

static enum status record(struct call *c, const void *job, void *out)
{
	struct server s;
	(void)out;
	enum status st = plan_reread(c, job, &s);
	const struct step *step = st || !s.id ? NULL : step_of(s.task);
	if (!step)
		return st;
	st = settle_books(c, &s, s.task);
	if (st)
		return st;
	if (step->is != AS_BEFORE)
		s.power = step->is;
	s.state = step->state != BY_POWER      ? step->state
		  : s.power == SERVER_SHUTDOWN ? VM_STOPPED
					       : VM_ACTIVE;
	s.power = s.state == VM_ACTIVE ? SERVER_RUNNING : s.power;
	s.launched_at = s.launched_at ? s.launched_at : c->now_at;
	s.task = TASK_NONE;
	s.fault = (struct server_fault){ 0 };
	return server_moved(c, &s);
}

/* What the guest is to be once the task is done. */
static enum status guest_after(struct call *c, const struct step *step, struct plan *p,
			       struct guest *g)
{
	if (p->server.task == TASK_REVERTING)
		p->server.flavor = p->server.old_flavor;
	enum status st = plan_guest(c, p, g);
	g->off = p->server.power == SERVER_SHUTDOWN && !step->starts;
	if (!st && step->change == CHANGE_RESCUE)
		plan_rescue(c, p, g);
	return st;
}

static enum status do_step(struct call *c, const struct step *step, struct plan *p)
{
	const struct compute_driver *d = driver_of(p->host.uri);
	struct guest g;
	if (step->changes) {
		enum status st = guest_after(c, step, p, &g);
		return st ? st : d->change(c, p->host.uri, &g, step->change);
	}
	if (step->ensures)
		return plan_ensure(c, p);
	enum status st = d->power(c, p->host.uri, p->server.id, step->power, PATIENCE);
	if (st != ST_NOT_FOUND || step->power == POWER_STOP)
		return st;
	/* Its domain was lost: it is made again around the disk that is still there. */
	call_forgive(c);
	log_warn("server-remade", c->request_id, "%s", p->server.id);
	return plan_ensure(c, p);
}

enum status compute_power(struct call *c, const struct job *j)
{
	struct db *db = house_of(c)->db;
	struct plan p;
	enum status st = db_read(c, db, plan_read, j->subject, &p, sizeof(p));
	const struct step *step = st || !p.server.id ? NULL : step_of(p.server.task);
	if (!step)
		return st;
	st = do_step(c, step, &p);
	return st ? st : db_write(c, db, record, j, NULL, 0);
}

enum status compute_power_give_up(struct call *c, const struct job *j, const char *why)
{
	struct server s;
	enum status st = server_read(c, j->subject, &s);
	if (st == ST_NOT_FOUND)
		return ST_OK;
	if (st || !step_of(s.task))
		return st;
	/* The guest may stand in either size; the next hard reboot describes it anew in the old one. */
	if (s.task == TASK_RESIZING)
		st = server_shrink_back(c, &s);
	if (!st)
		st = server_next_over(c, &s);
	return st ? st : server_failed(c, &s, 500, why);
}
