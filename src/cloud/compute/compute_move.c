/* SPDX-License-Identifier: Apache-2.0 */
/* Moving servers to other hosts: the configuration names one host, so there is never another that could
 * take a server, and what is asked is refused as Nova refuses it then. */
#include "base/text.h"
#include "cloud/compute/compute_change.h"

#define NO_OTHER "No valid host was found. There is no other host that could take instance %s."

/* What is said of how to move: it is checked, and there is nowhere to move to. */
static enum status check_host(struct call *c, const char *host, const struct server *s)
{
	struct pool_host *list;
	size_t n, at = 0;
	if (!host)
		return ST_OK;
	enum status st = pool_hosts(c, &list, &n);
	while (!st && at < n && !str_eq(list[at].name, host))
		at++;
	if (!st && at == n)
		return fail(c, ST_BAD_INPUT, "host", "Compute host %.64s could not be found.",
			    host);
	if (!st && str_eq(list[at].id, s->host_id))
		return fail(c, ST_BAD_INPUT, "host",
			    "Instance %s stands on host %.64s: it cannot be moved to the same "
			    "host.",
			    s->id, host);
	return st;
}

static enum status move(struct call *c, const struct server_move *in, const char *verb,
			unsigned states)
{
	struct server s;
	enum status st = server_may(c, in->server_id, verb, states, &s);
	if (!st)
		st = check_host(c, in->host, &s);
	return st ? st : fail(c, ST_BAD_INPUT, NULL, NO_OTHER, s.id);
}

enum status server_migrate(struct call *c, const struct server_move *in, void *out)
{
	(void)out;
	return move(c, in, "migrate", 1U << VM_ACTIVE | 1U << VM_STOPPED);
}

enum status server_migrate_live(struct call *c, const struct server_move *in, void *out)
{
	(void)out;
	return move(c, in, "live migrate", 1U << VM_ACTIVE | 1U << VM_PAUSED);
}

/* Only what stands on a host that is lost is built again elsewhere. */
enum status server_evacuate(struct call *c, const struct server_move *in, void *out)
{
	struct server s;
	(void)out;
	enum status st = server_may(c, in->server_id, "evacuate",
				    1U << VM_ACTIVE | 1U << VM_STOPPED | 1U << VM_ERROR, &s);
	if (!st)
		st = servers_dress(c, &s, 1);
	if (!st && !s.host_down)
		return fail(c, ST_BAD_INPUT, NULL, "Compute service of %s is still in use.",
			    s.host_name);
	if (!st)
		st = check_host(c, in->host, &s);
	return st ? st : fail(c, ST_BAD_INPUT, NULL, NO_OTHER, s.id);
}
