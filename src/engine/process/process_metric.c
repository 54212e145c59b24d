/* SPDX-License-Identifier: Apache-2.0 */
/* What of the engine an operator watches: what waits, for how long already, and what cannot go on. Counted in
 * the tables of what is open, which are small beside those of what was. */
#include "base/metric.h"
#include "engine/process/process_private.h"

struct count_row {
	const char *name;
	int64_t count, since; /* since: of the oldest, 0: there is none */
};
static const struct field count_shape[] = {
	F_STR(count_row, name, 0, 0),
	F_INT(count_row, count, 0, 0, 0),
	F_TIME(count_row, since, NULLABLE),
	F_END,
};

DB_STMT(metric_jobs_sql, "select kind as name, count(*) as count,"
			 " min(case when due_at <= $1 then due_at end) as since"
			 " from process_job group by kind");
DB_STMT(metric_messages_sql, "select kind as name, count(*) as count, min(created_at) as since"
			     " from process_message where state = 'waiting' group by kind");
DB_STMT(metric_others_sql,
	"select 'incidents' as name, count(*) as count, min(created_at) as since"
	" from process_incident union all"
	" select 'tasks', count(*), min(created_at) from process_task union all"
	" select 'timers', count(*), min(case when due_at <= $1 then due_at end) from process_timer"
	" union all select 'waits', count(*), null from process_wait");

static void head(struct buf *out, const char *name, const char *help)
{
	buf_printf(out, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

/* Seconds since then. */
static int64_t age(const struct call *c, int64_t since)
{
	return since && since < c->now_at ? (c->now_at - since) / CLOCK_SECOND : 0;
}

/* A gauge of how many there are and one of how long the oldest has been, for each name of 'words'. */
static void write_kinds(struct call *c, struct buf *out, const char *metric, const char *help,
			const char *age_metric, const char *age_help, const char *const *words,
			const struct count_row *rows, size_t n)
{
	int64_t oldest = 0;
	head(out, metric, help);
	for (; *words; words++) {
		int64_t count = 0;
		for (size_t i = 0; i < n; i++) {
			if (!str_eq(rows[i].name, *words))
				continue;
			count = rows[i].count;
			if (age(c, rows[i].since) > oldest)
				oldest = age(c, rows[i].since);
		}
		buf_printf(out, "%s{kind=\"%s\"} %lld\n", metric, *words, (long long)count);
	}
	head(out, age_metric, age_help);
	buf_printf(out, "%s %lld\n", age_metric, (long long)oldest);
}

static void write_others(struct call *c, struct buf *out, const struct count_row *rows, size_t n)
{
	static const struct {
		const char *row, *metric, *help, *age_metric, *age_help;
	} gauges[] = {
		{ "incidents", "yongyun_process_incidents", "Executions that cannot go on",
		  "yongyun_process_incident_age_seconds", "Age of the oldest incident" },
		{ "tasks", "yongyun_process_tasks", "Tasks of people that are open",
		  "yongyun_process_task_age_seconds", "Age of the oldest open task" },
		{ "timers", "yongyun_process_timers", "Timers that run",
		  "yongyun_process_timer_lag_seconds", "How late the oldest due timer is" },
		{ "waits", "yongyun_process_waits", "Waits for a message or signal", NULL, NULL },
	};
	for (size_t i = 0; i < n; i++) {
		size_t k = 0;
		while (!str_eq(gauges[k].row, rows[i].name))
			k++;
		head(out, gauges[k].metric, gauges[k].help);
		buf_printf(out, "%s %lld\n", gauges[k].metric, (long long)rows[i].count);
		if (!gauges[k].age_metric)
			continue;
		head(out, gauges[k].age_metric, gauges[k].age_help);
		buf_printf(out, "%s %lld\n", gauges[k].age_metric,
			   (long long)age(c, rows[i].since));
	}
}

enum status process_metrics(struct call *c, struct buf *out)
{
	static const char *const jobs[] = { "async", "act", "worker", "http", NULL };
	static const char *const messages[] = { "message", "signal", NULL };
	struct count_row *rows = NULL;
	size_t n = 0;
	enum status st =
		DB_ALL(c, &metric_jobs_sql, count_shape, &rows, &n, DB_ARGS(DB_TIME(c->now_at)));
	if (st)
		return st;
	write_kinds(c, out, "yongyun_process_jobs", "Jobs of service tasks that are not done",
		    "yongyun_process_job_lag_seconds", "How late the oldest due job is", jobs, rows,
		    n);
	st = DB_ALL(c, &metric_messages_sql, count_shape, &rows, &n, DB_NO_ARGS);
	if (st)
		return st;
	write_kinds(c, out, "yongyun_process_messages", "Messages and signals under way",
		    "yongyun_process_message_age_seconds", "Age of the oldest message under way",
		    messages, rows, n);
	st = DB_ALL(c, &metric_others_sql, count_shape, &rows, &n, DB_ARGS(DB_TIME(c->now_at)));
	if (!st)
		write_others(c, out, rows, n);
	return st;
}
