/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of what instances say of themselves: tasks, timers, waits, jobs, incidents, variables,
 * and messages under way. */
#include "engine/process/process_private.h"

/* --- tasks --- */

#define TASK                                                                                       \
	"t.instance_id, t.execution, t.definition_id, t.domain_id, t.node, t.name, t.open,"        \
	" t.assignee, t.form, t.priority, t.due_at, t.created_at, t.claimed_at, t.phase"
static const struct field task_row[] = {
	F_INT(process_task_row, instance_id, 0, 0, 0),
	F_INT(process_task_row, execution, 0, 0, 0),
	F_INT(process_task_row, definition_id, 0, 0, 0),
	F_STR(process_task_row, domain_id, 0, EMPTY_OK),
	F_STR(process_task_row, node, 0, EMPTY_OK),
	F_STR(process_task_row, name, 0, EMPTY_OK),
	F_BOOL(process_task_row, open, 0),
	F_STR(process_task_row, assignee, 0, NULLABLE),
	F_STR(process_task_row, form, 0, NULLABLE),
	F_INT(process_task_row, priority, 0, 0, 0),
	F_TIME(process_task_row, due_at, NULLABLE),
	F_TIME(process_task_row, created_at, 0),
	F_TIME(process_task_row, claimed_at, NULLABLE),
	F_STR(process_task_row, phase, 0, 0),
	F_STR(process_task_row, key, 0, OPT),
	F_STR(process_task_row, business_key, 0, OPT | NULLABLE),
	F_END,
};

DB_STMT(task_put_sql,
	"insert into process_task (instance_id, execution, definition_id, domain_id, node, name,"
	" open, assignee, form, priority, due_at, created_at, claimed_at, phase)"
	" values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)");

enum status task_put(struct call *c, const struct process_task_row *t)
{
	return db_do(c, &task_put_sql, NULL,
		     DB_ARGS(DB_INT(t->instance_id), DB_INT(t->execution), DB_INT(t->definition_id),
			     DB_STR(t->domain_id), DB_STR(t->node), DB_STR(t->name),
			     DB_BOOL(t->open), DB_STR(t->assignee), DB_STR(t->form),
			     DB_INT(t->priority), DB_TIME(t->due_at), DB_TIME(t->created_at),
			     DB_TIME(t->claimed_at), DB_STR(t->phase)));
}

DB_STMT(task_drop_sql, "delete from process_task where instance_id = $1 and execution = $2");

enum status task_drop(struct call *c, int64_t instance_id, int64_t execution)
{
	return db_do(c, &task_drop_sql, NULL, DB_ARGS(DB_INT(instance_id), DB_INT(execution)));
}

DB_STMT(task_get_sql, "select " TASK ", d.key, i.business_key from process_task t"
		      " join process_definition d on d.id = t.definition_id"
		      " join process_instance i on i.id = t.instance_id"
		      " where t.instance_id = $1 and t.execution = $2");

enum status task_get(struct call *c, int64_t instance_id, int64_t execution,
		     struct process_task_row *out)
{
	return db_one(c, &task_get_sql, task_row, out,
		      DB_ARGS(DB_INT(instance_id), DB_INT(execution)));
}

DB_STMT(task_assign_sql, "update process_task set assignee = $3, claimed_at = $4"
			 " where instance_id = $1 and execution = $2");

enum status task_assign(struct call *c, int64_t instance_id, int64_t execution,
			const char *assignee)
{
	return db_do(c, &task_assign_sql, NULL,
		     DB_ARGS(DB_INT(instance_id), DB_INT(execution), DB_STR(assignee),
			     DB_TIME(assignee ? c->now_at : 0)));
}

DB_STMT(task_phase_sql, "update process_task set phase = $3"
			" where instance_id = $1 and execution = $2");

enum status task_phase(struct call *c, int64_t instance_id, int64_t execution, const char *phase)
{
	return db_do(c, &task_phase_sql, NULL,
		     DB_ARGS(DB_INT(instance_id), DB_INT(execution), DB_STR(phase)));
}

/* A page of tasks, the oldest first, behind the task ($1, $2). */
#define FROM_TASK                                                                                  \
	"select " TASK ", d.key, i.business_key from process_task t"                               \
	" join process_definition d on d.id = t.definition_id"                                     \
	" join process_instance i on i.id = t.instance_id"
#define BEHIND                                                                                     \
	" and (t.instance_id, t.execution) > ($1, $2) order by t.instance_id, t.execution limit $3"
DB_STMT(task_of_person_sql, FROM_TASK " where t.assignee = $4 and ($5 = '' or d.key = $5)" BEHIND);
DB_STMT(task_open_sql,
	FROM_TASK " where t.domain_id = $4 and t.assignee is null and t.open = 1" BEHIND);
DB_STMT(task_of_candidate_sql,
	"select " TASK ", d.key, i.business_key from process_candidate k"
	" join process_task t on t.instance_id = k.instance_id and t.execution = k.execution"
	" join process_definition d on d.id = t.definition_id"
	" join process_instance i on i.id = t.instance_id"
	" where k.kind = $4 and k.who = $5 and k.domain_id = $6 and t.assignee is null"
	" and ($7 = '' or d.key = $7) and (k.instance_id, k.execution) > ($1, $2)"
	" order by k.instance_id, k.execution limit $3");
DB_STMT(task_of_instance_sql, FROM_TASK " where t.instance_id = $1 order by t.execution");

enum status task_of_person(struct call *c, const char *user, const char *key, int64_t after,
			   int64_t after_execution, int64_t limit, struct process_task_row **out,
			   size_t *n)
{
	return DB_ALL(c, &task_of_person_sql, task_row, out, n,
		      DB_ARGS(DB_INT(after), DB_INT(after_execution), DB_INT(limit), DB_STR(user),
			      DB_STR(key ? key : "")));
}

enum status task_open(struct call *c, const char *domain_id, int64_t after, int64_t after_execution,
		      int64_t limit, struct process_task_row **out, size_t *n)
{
	return DB_ALL(c, &task_open_sql, task_row, out, n,
		      DB_ARGS(DB_INT(after), DB_INT(after_execution), DB_INT(limit),
			      DB_STR(domain_id)));
}

enum status task_of_candidate(struct call *c, const char *kind, const char *who,
			      const char *domain_id, const char *key, int64_t after,
			      int64_t after_execution, int64_t limit, struct process_task_row **out,
			      size_t *n)
{
	return DB_ALL(c, &task_of_candidate_sql, task_row, out, n,
		      DB_ARGS(DB_INT(after), DB_INT(after_execution), DB_INT(limit), DB_STR(kind),
			      DB_STR(who), DB_STR(domain_id), DB_STR(key ? key : "")));
}

enum status task_of_instance(struct call *c, int64_t instance_id, struct process_task_row **out,
			     size_t *n)
{
	return DB_ALL(c, &task_of_instance_sql, task_row, out, n, DB_ARGS(DB_INT(instance_id)));
}

DB_STMT(candidate_put_sql,
	"insert into process_candidate (kind, who, domain_id, instance_id, execution)"
	" values ($1, $2, $3, $4, $5)");
DB_STMT(candidate_drop_sql,
	"delete from process_candidate where instance_id = $1 and execution = $2");
DB_STMT(candidate_list_sql, "select kind, who from process_candidate where instance_id = $1"
			    " and execution = $2 order by kind, who");

enum status candidate_put(struct call *c, const struct process_task_row *t, const char *kind,
			  const char *who)
{
	return db_do(c, &candidate_put_sql, NULL,
		     DB_ARGS(DB_STR(kind), DB_STR(who), DB_STR(t->domain_id),
			     DB_INT(t->instance_id), DB_INT(t->execution)));
}

enum status candidate_drop(struct call *c, int64_t instance_id, int64_t execution)
{
	return db_do(c, &candidate_drop_sql, NULL, DB_ARGS(DB_INT(instance_id), DB_INT(execution)));
}

enum status candidate_list(struct call *c, int64_t instance_id, int64_t execution,
			   struct candidate_row **out, size_t *n)
{
	static const struct field row[] = {
		F_STR(candidate_row, kind, 0, 0),
		F_STR(candidate_row, who, 0, 0),
		F_END,
	};
	return DB_ALL(c, &candidate_list_sql, row, out, n,
		      DB_ARGS(DB_INT(instance_id), DB_INT(execution)));
}

/* --- timers and waits --- */

DB_STMT(timer_put_sql, "insert into process_timer (instance_id, wait, node, due_at)"
		       " values ($1, $2, $3, $4)");
DB_STMT(timer_drop_sql, "delete from process_timer where instance_id = $1 and wait = $2");
DB_STMT(timer_due_sql, "select t.instance_id, t.wait, t.due_at from process_timer t"
		       " join process_instance i on i.id = t.instance_id"
		       " where t.due_at <= $1 and i.state = 'running'"
		       " order by t.due_at, t.instance_id, t.wait limit $2");

enum status timer_put(struct call *c, int64_t instance_id, int64_t wait, const char *node,
		      int64_t due_at)
{
	return db_do(c, &timer_put_sql, NULL,
		     DB_ARGS(DB_INT(instance_id), DB_INT(wait), DB_STR(node), DB_INT(due_at)));
}

enum status timer_drop(struct call *c, int64_t instance_id, int64_t wait)
{
	return db_do(c, &timer_drop_sql, NULL, DB_ARGS(DB_INT(instance_id), DB_INT(wait)));
}

enum status timer_due(struct call *c, int64_t now, int64_t limit, struct timer_row **out, size_t *n)
{
	static const struct field row[] = {
		F_INT(timer_row, instance_id, 0, 0, 0),
		F_INT(timer_row, wait, 0, 0, 0),
		F_INT(timer_row, due_at, 0, 0, 0),
		F_END,
	};
	return DB_ALL(c, &timer_due_sql, row, out, n, DB_ARGS(DB_INT(now), DB_INT(limit)));
}

DB_STMT(wait_put_sql, "insert into process_wait (instance_id, wait, execution, kind, node, name,"
		      " business_key, domain_id) values ($1, $2, $3, $4, $5, $6, $7, $8)");
DB_STMT(wait_drop_sql, "delete from process_wait where instance_id = $1 and wait = $2");
#define WAITS                                                                                      \
	"select w.instance_id, w.wait, w.execution from process_wait w"                            \
	" join process_instance i on i.id = w.instance_id where w.kind = $1 and w.name = $2"       \
	" and w.domain_id = $3 and i.state = 'running'"
DB_STMT(wait_find_sql, WAITS " order by w.instance_id, w.wait limit $4");
DB_STMT(wait_find_key_sql,
	WAITS " and w.business_key = $5 order by w.instance_id, w.wait limit $4");

enum status wait_put(struct call *c, int64_t instance_id, const struct fact *f,
		     const char *domain_id)
{
	return db_do(c, &wait_put_sql, NULL,
		     DB_ARGS(DB_INT(instance_id), DB_INT(f->number), DB_INT(f->execution),
			     DB_STR(f->word), DB_STR(f->node), DB_STR(f->text), DB_STR(f->key),
			     DB_STR(domain_id)));
}

enum status wait_drop(struct call *c, int64_t instance_id, int64_t wait)
{
	return db_do(c, &wait_drop_sql, NULL, DB_ARGS(DB_INT(instance_id), DB_INT(wait)));
}

enum status wait_find(struct call *c, const char *kind, const char *name, const char *domain_id,
		      const char *business_key, int64_t limit, struct wait_row **out, size_t *n)
{
	static const struct field row[] = {
		F_INT(wait_row, instance_id, 0, 0, 0),
		F_INT(wait_row, wait, 0, 0, 0),
		F_INT(wait_row, execution, 0, 0, 0),
		F_END,
	};
	if (business_key)
		return DB_ALL(c, &wait_find_key_sql, row, out, n,
			      DB_ARGS(DB_STR(kind), DB_STR(name), DB_STR(domain_id), DB_INT(limit),
				      DB_STR(business_key)));
	return DB_ALL(c, &wait_find_sql, row, out, n,
		      DB_ARGS(DB_STR(kind), DB_STR(name), DB_STR(domain_id), DB_INT(limit)));
}

/* --- jobs --- */

#define JOB                                                                                        \
	"j.instance_id, j.execution, j.kind, j.node, j.topic, j.domain_id, j.attempt, j.retries,"  \
	" j.pause, j.due_at, j.holder, j.why, j.created_at"
static const struct field job_row[] = {
	F_INT(process_job_row, instance_id, 0, 0, 0),
	F_INT(process_job_row, execution, 0, 0, 0),
	F_STR(process_job_row, kind, 0, 0),
	F_STR(process_job_row, node, 0, EMPTY_OK),
	F_STR(process_job_row, topic, 0, EMPTY_OK),
	F_STR(process_job_row, domain_id, 0, EMPTY_OK),
	F_INT(process_job_row, attempt, 0, 0, 0),
	F_INT(process_job_row, retries, 0, 0, 0),
	F_INT(process_job_row, pause, 0, 0, 0),
	F_TIME(process_job_row, due_at, 0),
	F_STR(process_job_row, holder, 0, NULLABLE),
	F_STR(process_job_row, why, 0, NULLABLE),
	F_TIME(process_job_row, created_at, 0),
	F_END,
};

DB_STMT(job_put_sql,
	"insert into process_job (instance_id, execution, kind, node, topic, domain_id, attempt,"
	" retries, pause, due_at, holder, why, created_at)"
	" values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)");

enum status job_put(struct call *c, const struct process_job_row *j)
{
	return db_put(c, &job_put_sql, job_row, j);
}

DB_STMT(job_drop_sql, "delete from process_job where instance_id = $1 and execution = $2");

enum status job_drop(struct call *c, int64_t instance_id, int64_t execution)
{
	return db_do(c, &job_drop_sql, NULL, DB_ARGS(DB_INT(instance_id), DB_INT(execution)));
}

DB_STMT(job_get_sql,
	"select " JOB " from process_job j where j.instance_id = $1 and j.execution = $2");

enum status job_read(struct call *c, int64_t instance_id, int64_t execution,
		     struct process_job_row *out)
{
	return db_one(c, &job_get_sql, job_row, out,
		      DB_ARGS(DB_INT(instance_id), DB_INT(execution)));
}

DB_STMT(job_due_sql, "select " JOB " from process_job j"
		     " join process_instance i on i.id = j.instance_id"
		     " where j.kind = $1 and j.due_at <= $2 and i.state = 'running'"
		     " order by j.due_at limit $3");

enum status job_due(struct call *c, const char *kind, int64_t now, int64_t limit,
		    struct process_job_row **out, size_t *n)
{
	return DB_ALL(c, &job_due_sql, job_row, out, n,
		      DB_ARGS(DB_STR(kind), DB_TIME(now), DB_INT(limit)));
}

DB_STMT(job_topic_due_sql,
	"select " JOB " from process_job j join process_instance i on i.id = j.instance_id"
	" where j.kind = 'worker' and j.topic = $1 and j.domain_id = $2 and j.due_at <= $3"
	" and i.state = 'running' order by j.due_at limit $4");

enum status job_topic_due(struct call *c, const char *topic, const char *domain_id, int64_t now,
			  int64_t limit, struct process_job_row **out, size_t *n)
{
	return DB_ALL(c, &job_topic_due_sql, job_row, out, n,
		      DB_ARGS(DB_STR(topic), DB_STR(domain_id), DB_TIME(now), DB_INT(limit)));
}

DB_STMT(job_hold_sql, "update process_job set holder = $3, due_at = $4, attempt = attempt + 1"
		      " where instance_id = $1 and execution = $2");

enum status job_hold(struct call *c, const struct process_job_row *j, const char *holder,
		     int64_t until)
{
	return db_do(c, &job_hold_sql, NULL,
		     DB_ARGS(DB_INT(j->instance_id), DB_INT(j->execution), DB_STR(holder),
			     DB_TIME(until)));
}

DB_STMT(job_postpone_sql, "update process_job set attempt = attempt - 1, due_at = $3, why = $4,"
			  " holder = null where instance_id = $1 and execution = $2");

enum status job_postpone(struct call *c, const struct process_job_row *j, int64_t due_at,
			 const char *why)
{
	return db_do(c, &job_postpone_sql, NULL,
		     DB_ARGS(DB_INT(j->instance_id), DB_INT(j->execution), DB_TIME(due_at),
			     DB_STR(why)));
}

DB_STMT(job_failed_sql, "update process_job set retries = $3, due_at = $4, why = $5,"
			" holder = null where instance_id = $1 and execution = $2");

enum status job_failed(struct call *c, const struct process_job_row *j, int64_t retries,
		       int64_t due_at, const char *why)
{
	return db_do(c, &job_failed_sql, NULL,
		     DB_ARGS(DB_INT(j->instance_id), DB_INT(j->execution), DB_INT(retries),
			     DB_TIME(due_at), DB_STR(why)));
}

/* --- incidents and variables --- */

static const struct field incident_shape[] = {
	F_INT(incident_row, instance_id, 0, 0, 0),
	F_INT(incident_row, execution, 0, 0, 0),
	F_STR(incident_row, node, 0, EMPTY_OK),
	F_STR(incident_row, why, 0, EMPTY_OK),
	F_STR(incident_row, domain_id, 0, EMPTY_OK),
	F_TIME(incident_row, created_at, 0),
	F_END,
};
#define INCIDENT "instance_id, execution, node, why, domain_id, created_at"
DB_STMT(incident_put_sql,
	"insert into process_incident (" INCIDENT ") values ($1, $2, $3, $4, $5, $6)");
DB_STMT(incident_drop_sql,
	"delete from process_incident where instance_id = $1 and execution = $2");
DB_STMT(incident_list_sql, "select " INCIDENT " from process_incident where domain_id = $1"
			   " and created_at < $2 order by created_at desc, instance_id limit $3");

enum status incident_put(struct call *c, const struct incident_row *i)
{
	return db_put(c, &incident_put_sql, incident_shape, i);
}

enum status incident_drop(struct call *c, int64_t instance_id, int64_t execution)
{
	return db_do(c, &incident_drop_sql, NULL, DB_ARGS(DB_INT(instance_id), DB_INT(execution)));
}

enum status incident_list(struct call *c, const char *domain_id, int64_t before, int64_t limit,
			  struct incident_row **out, size_t *n)
{
	return DB_ALL(c, &incident_list_sql, incident_shape, out, n,
		      DB_ARGS(DB_STR(domain_id), DB_INT(before), DB_INT(limit)));
}

DB_STMT(variable_list_sql, "select name, value from process_variable where instance_id = $1");
DB_STMT(variable_put_sql,
	"insert into process_variable (instance_id, name, value, domain_id)"
	" values ($1, $2, $3, $4) on conflict (instance_id, name) do update set value = $3");

enum status variable_list(struct call *c, int64_t instance_id, struct variable_row **out, size_t *n)
{
	static const struct field row[] = {
		F_STR(variable_row, name, 0, 0),
		F_STR(variable_row, value, 0, EMPTY_OK),
		F_END,
	};
	return DB_ALL(c, &variable_list_sql, row, out, n, DB_ARGS(DB_INT(instance_id)));
}

enum status variable_put(struct call *c, int64_t instance_id, const char *name, const char *value,
			 const char *domain_id)
{
	return db_do(c, &variable_put_sql, NULL,
		     DB_ARGS(DB_INT(instance_id), DB_STR(name), DB_STR(value), DB_STR(domain_id)));
}

/* --- messages --- */

#define MESSAGE                                                                                    \
	"m.id, m.domain_id, m.kind, m.name, m.business_key, m.message_id, m.body, m.state,"        \
	" m.thrown_by, m.due_at, m.expires_at, m.created_at"
static const struct field message_row[] = {
	F_INT(process_message_row, id, 0, 0, 0),
	F_STR(process_message_row, domain_id, 0, EMPTY_OK),
	F_STR(process_message_row, kind, 0, 0),
	F_STR(process_message_row, name, 0, EMPTY_OK),
	F_STR(process_message_row, business_key, 0, NULLABLE),
	F_STR(process_message_row, message_id, 0, NULLABLE),
	F_STR(process_message_row, body, 0, 0),
	F_STR(process_message_row, state, 0, 0),
	F_INT(process_message_row, thrown_by, 0, 0, OPT),
	F_TIME(process_message_row, due_at, NULLABLE),
	F_TIME(process_message_row, expires_at, 0),
	F_TIME(process_message_row, created_at, 0),
	F_END,
};

DB_STMT(message_put_sql,
	"insert into process_message (domain_id, kind, name, business_key, message_id, body, state,"
	" due_at, expires_at, created_at, thrown_by)"
	" values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) returning id");

enum status message_put(struct call *c, struct process_message_row *m)
{
	c->posted = true;
	return db_number(c, &message_put_sql, &m->id,
			 DB_ARGS(DB_STR(m->domain_id), DB_STR(m->kind), DB_STR(m->name),
				 DB_STR(m->business_key), DB_STR(m->message_id), DB_STR(m->body),
				 DB_STR(m->state), DB_TIME(m->due_at), DB_TIME(m->expires_at),
				 DB_TIME(m->created_at), DB_TIME(m->thrown_by)));
}

DB_STMT(message_find_sql, "select " MESSAGE " from process_message m where m.domain_id = $1"
			  " and m.name = $2 and m.message_id = $3");

enum status message_find(struct call *c, const char *domain_id, const char *name,
			 const char *message_id, struct process_message_row *out)
{
	return db_one(c, &message_find_sql, message_row, out,
		      DB_ARGS(DB_STR(domain_id), DB_STR(name), DB_STR(message_id)));
}

DB_STMT(message_due_sql, "select " MESSAGE " from process_message m where m.due_at <= $1"
			 " order by m.due_at, m.id limit $2");

enum status message_due(struct call *c, int64_t now, int64_t limit,
			struct process_message_row **out, size_t *n)
{
	return DB_ALL(c, &message_due_sql, message_row, out, n,
		      DB_ARGS(DB_TIME(now), DB_INT(limit)));
}

DB_STMT(message_state_sql, "update process_message set state = $2, due_at = $3 where id = $1");

enum status message_state(struct call *c, int64_t id, const char *state, int64_t due_at)
{
	return db_do(c, &message_state_sql, NULL,
		     DB_ARGS(DB_INT(id), DB_STR(state), DB_TIME(due_at)));
}

DB_STMT(message_drop_sql, "delete from process_message where id = $1");

enum status message_drop(struct call *c, int64_t id)
{
	return db_do(c, &message_drop_sql, NULL, DB_ARGS(DB_INT(id)));
}

DB_STMT(message_wake_sql,
	"update process_message set due_at = $3 where name = $1 and domain_id = $2"
	" and state = 'waiting' and kind = 'message' and due_at is null and expires_at > $3");

enum status message_wake(struct call *c, const char *name, const char *domain_id)
{
	int64_t changed = 0;
	enum status st = db_do(c, &message_wake_sql, &changed,
			       DB_ARGS(DB_STR(name), DB_STR(domain_id), DB_TIME(c->now_at)));
	if (changed)
		c->posted = true;
	return st;
}

DB_STMT(message_purge_sql, "delete from process_message where expires_at <= $1");

enum status message_purge(struct call *c, int64_t now)
{
	return db_do(c, &message_purge_sql, NULL, DB_ARGS(DB_TIME(now)));
}

/* --- what must hold of rows whatever the bodies say --- */

DB_STMT(orphans_sql,
	"select (select count(*) from process_task t join process_instance i on i.id ="
	" t.instance_id where i.ended_at is not null)"
	" + (select count(*) from process_timer t join process_instance i on i.id = t.instance_id"
	" where i.ended_at is not null)"
	" + (select count(*) from process_wait t join process_instance i on i.id = t.instance_id"
	" where i.ended_at is not null)"
	" + (select count(*) from process_job t join process_instance i on i.id = t.instance_id"
	" where i.ended_at is not null)"
	" + (select count(*) from process_incident t join process_instance i on i.id ="
	" t.instance_id where i.ended_at is not null)"
	" + (select count(*) from process_candidate k left join process_task t on t.instance_id ="
	" k.instance_id and t.execution = k.execution where t.instance_id is null)");

enum status rows_orphaned(struct call *c, int64_t *out)
{
	return db_number(c, &orphans_sql, out, DB_NO_ARGS);
}

DB_STMT(rows_count_sql, "select (select count(*) from process_task where instance_id = $1)"
			" + (select count(*) from process_timer where instance_id = $1)"
			" + (select count(*) from process_wait where instance_id = $1)"
			" + (select count(*) from process_job where instance_id = $1)"
			" + (select count(*) from process_incident where instance_id = $1)");

enum status rows_of_instance(struct call *c, int64_t instance_id, int64_t *out)
{
	return db_number(c, &rows_count_sql, out, DB_ARGS(DB_INT(instance_id)));
}
