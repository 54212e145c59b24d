/* SPDX-License-Identifier: Apache-2.0 */
/* Quotas of VDCs. What is used is one row of counters, changed in the transaction that makes or removes
 * the server: two askers at once can never both take the last place. */
#include "cloud/compute/compute_private.h"

/* As many as Nova gives. */
const struct quota quota_default = { 10, 20, 51200 };

enum status quota_of(struct call *c, const char *project_id, struct quota *limit,
		     struct quota *used)
{
	struct quota own = quota_default, have = { 0 };
	enum status st = quota_read(c, project_id, &own);
	if (!st || st == ST_NOT_FOUND)
		st = usage_read(c, project_id, &have);
	if (st && st != ST_NOT_FOUND)
		return st;
	*limit = own;
	*used = have;
	return ST_OK;
}

static enum status within(struct call *c, const char *what, int64_t limit, int64_t used,
			  int64_t asked)
{
	if (limit < 0 || used <= limit || asked <= 0)
		return ST_OK;
	return fail(c, ST_LIMIT, NULL,
		    "Quota exceeded for %s: Requested %lld, but already used %lld of %lld %s", what,
		    (long long)asked, (long long)(used - asked), (long long)limit, what);
}

enum status quota_use(struct call *c, const char *project_id, int64_t instances, int64_t cores,
		      int64_t ram)
{
	struct quota limit, used;
	enum status st = usage_add(c, project_id, &(struct quota){ instances, cores, ram });
	if (st || instances < 0)
		return st;
	st = quota_of(c, project_id, &limit, &used);
	if (!st)
		st = within(c, "instances", limit.instances, used.instances, instances);
	if (!st)
		st = within(c, "cores", limit.cores, used.cores, cores);
	if (!st)
		st = within(c, "ram", limit.ram, used.ram, ram);
	return st;
}
