/* SPDX-License-Identifier: Apache-2.0 */
/* Nova v2.1 for operators: the list of migrations, and the log of usage audits. */
#include <time.h>
#include "base/text.h"
#include "cloud/compute/compute_http.h"
#include "cloud/compute/compute_migration.h"
#include "cloud/compute/compute_more.h"

/* --- migrations --- */

static void put_null(struct json_out *j, const char *name)
{
	json_put_str(j, name, NULL);
}

static void put_migration(struct call *c, struct json_out *j, const struct migration *m)
{
	json_object_begin(j);
	json_put_int(j, "id", compute_number_of(m->id));
	if (c->version >= NOVA(2, 59))
		json_put_str(j, "uuid", m->id);
	json_put_str(j, "status", m->status);
	json_put_str(j, "instance_uuid", m->server_id);
	/* A resize stays where it is. */
	json_put_str(j, "source_compute", m->host);
	json_put_str(j, "source_node", m->host);
	json_put_str(j, "dest_compute", m->host);
	json_put_str(j, "dest_node", m->host);
	put_null(j, "dest_host");
	/* Flavors have no numbers here. */
	put_null(j, "old_instance_type_id");
	put_null(j, "new_instance_type_id");
	if (c->version >= NOVA(2, 23))
		json_put_str(j, "migration_type", "resize");
	compute_put_time(j, "created_at", m->created_at, TIME_BARE);
	compute_put_time(j, "updated_at", m->updated_at, TIME_BARE);
	json_object_end(j);
}

static void write_migrations(struct call *c, struct json_out *j, const void *obj)
{
	const struct migration_page *p = obj;
	json_array_begin(j);
	for (size_t i = 0; i < p->migrations_count; i++)
		put_migration(c, j, &p->migrations[i]);
	json_array_end(j);
}

static const struct field migration_page_wire[] = {
	F_VIEW("migrations", write_migrations),
	F_NEXT(migration_page, next),
	F_END,
};
static const struct field migration_list_wire[] = {
	F_STR(migration_list, host, 255, OPT | FROM_QUERY),
	F_STR(migration_list, source_compute, 255, OPT | FROM_QUERY),
	F_STR(migration_list, instance_uuid, 255, OPT | FROM_QUERY),
	F_STR(migration_list, status, 255, OPT | FROM_QUERY),
	F_STR(migration_list, migration_type, 255, OPT | FROM_QUERY),
	F_STR(migration_list, hidden, 255, OPT | FROM_QUERY),
	F_INT(migration_list, limit, 0, INT64_MAX, OPT | FROM_QUERY, TELLS(migration_list, limit),
	      SINCE(2, 59)),
	F_STR(migration_list, marker, 255, OPT | FROM_QUERY, SINCE(2, 59)),
	F_STR_AS("changes-since", migration_list, changes_since, 64, OPT | FROM_QUERY,
		 SINCE(2, 59)),
	F_STR_AS("changes-before", migration_list, changes_before, 64, OPT | FROM_QUERY,
		 SINCE(2, 66)),
	F_ANY("?", FIELD_MAP, FIELD_AT(migration_list, rest, struct map), OPT | FROM_QUERY,
	      UNTIL(2, 58)),
	F_END,
};

/* --- the log of usage audits --- */

/* Nova can have each host report the usage of its servers once a month, and logs who did. Here usage is
 * counted when it is asked for: no host runs such audits, and the log says so. */
struct usage_log_ask {
	const char *before;
};
struct usage_log {
	const char *from, *until;
	struct hypervisor_page hosts;
};

static void write_usage_log(struct call *c, struct json_out *j, const void *obj)
{
	const struct usage_log *l = obj;
	int64_t hosts = (int64_t)l->hosts.hypervisors_count;
	json_object_begin(j);
	json_put_str(j, "period_beginning", l->from);
	json_put_str(j, "period_ending", l->until);
	json_put_int(j, "num_hosts", hosts);
	json_put_int(j, "num_hosts_done", 0);
	json_put_int(j, "num_hosts_running", 0);
	json_put_int(j, "num_hosts_not_run", hosts);
	json_key(j, "hosts_not_run");
	json_array_begin(j);
	for (size_t i = 0; i < l->hosts.hypervisors_count; i++)
		json_str(j, l->hosts.hypervisors[i].host.name);
	json_array_end(j);
	json_put_int(j, "total_instances", 0);
	json_put_int(j, "total_errors", 0);
	json_put_str(j, "overall_status",
		     hosts ? arena_printf(c->arena, "0 of %lld hosts done. 0 errors.",
					  (long long)hosts)
			   : "ALL hosts done. 0 errors.");
	json_key(j, "log");
	json_object_begin(j);
	json_object_end(j);
	json_object_end(j);
}

static const struct field usage_logs_wire[] = {
	F_VIEW("instance_usage_audit_logs", write_usage_log), F_END
};
static const struct field usage_log_wire[] = { F_VIEW("instance_usage_audit_log", write_usage_log),
					       F_END };
static const struct field usage_log_ask_wire[] = { F_STR(usage_log_ask, before, 64, FROM_PATH),
						   F_END };

/* The last calendar month (UTC) that had ended before 'at'. */
static void month_before(struct call *c, int64_t at, struct usage_log *out)
{
	const time_t second = (time_t)((at - 1) / CLOCK_SECOND);
	struct tm t = { 0 };
	gmtime_r(&second, &t);
	int year = t.tm_year + 1900, month = t.tm_mon + 1;
	out->until = arena_printf(c->arena, "%04d-%02d-01 00:00:00", year, month);
	year -= month == 1;
	month = month == 1 ? 12 : month - 1;
	out->from = arena_printf(c->arena, "%04d-%02d-01 00:00:00", year, month);
}

/* "2026-11-23 22:56:51", with or without a fraction, and nothing else. */
static bool is_bare_time(const char *s, int64_t *at)
{
	return strlen(s) >= 19 && s[10] == ' ' && !strpbrk(s, "Zz+") && !strchr(s + 11, '-') &&
	       time_read(s, at);
}

static enum status usage_log_show(struct call *c, const struct usage_log_ask *in,
				  struct usage_log *out)
{
	int64_t at = c->now_at;
	if (in->before && !is_bare_time(in->before, &at))
		return fail(c, ST_BAD_INPUT, "before", "Invalid timestamp for date %.64s",
			    in->before);
	month_before(c, at, out);
	return hypervisors_list(c, &(struct hypervisor_list){ 0 }, &out->hosts);
}

static enum status usage_log_list(struct call *c, const struct nothing *in, struct usage_log *out)
{
	(void)in;
	return usage_log_show(c, &(struct usage_log_ask){ NULL }, out);
}

/* --- routes --- */

ACT(migration_list, migration_list, migration_page)
ACT(usage_log_list, nothing, usage_log)
ACT(usage_log_show, usage_log_ask, usage_log)

#define V "/v2.1"

const struct route compute_migration_routes[] = {
	ROUTE("GET", V "/os-migrations", HOST_READ, 0, migration_list, migration_list,
	      migration_page, .name = "compute.migration.list", .flags = ROUTE_READS,
	      .success = 200, .help = "Resizes of servers; none moves to another host"),
	SHOW(V "/os-instance_usage_audit_log", HOST_READ, 0, usage_log_list, nothing, usage_log,
	     usage_logs_wire, "compute.usage.log.list",
	     "Which hosts audited the usage of last month: none does"),
	SHOW(V "/os-instance_usage_audit_log/{before}", HOST_READ, 0, usage_log_show, usage_log_ask,
	     usage_log, usage_log_wire, "compute.usage.log.show",
	     "Which hosts audited the usage of the month before a time: none does"),
	{ 0 },
};
