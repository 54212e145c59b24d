/* SPDX-License-Identifier: Apache-2.0 */
/* Gathers what a server may learn about itself. */
#include "cloud/compute/compute_metadata.h"
#include "cloud/compute/compute_private.h"
#include "cloud/network/network_metadata.h"

static void add_groups(struct call *c, const struct server *s, struct compute_told *t)
{
	t->groups.list = arena_array(c->arena, s->groups_count + 1, sizeof(char *));
	for (size_t i = 0; i < s->groups_count; i++)
		t->groups.list[t->groups.count++] = s->groups[i].name;
}

static const char *first_ipv4(const struct server *s)
{
	for (size_t i = 0; i < s->nics_count; i++)
		for (size_t k = 0; k < s->nics[i].fixed_ips_count; k++)
			if (!strchr(s->nics[i].fixed_ips[k].ip_address, ':'))
				return s->nics[i].fixed_ips[k].ip_address;
	return "";
}

static enum status add_floating(struct call *c, const struct server *s, struct compute_told *t)
{
	enum status st = ST_OK;

	t->public_ipv4 = "";
	for (size_t i = 0; !st && !*t->public_ipv4 && i < s->nics_count; i++)
		st = network_floating_of(c, s->nics[i].id, &t->public_ipv4);
	return st;
}

enum status compute_told(struct call *c, const char *server_id, struct compute_told *out)
{
	struct server s = { 0 };
	enum status st = server_read(c, server_id, &s);

	if (!st && s.task == TASK_DELETING)
		st = ST_NOT_FOUND;
	if (!st)
		st = servers_dress(c, &s, 1);
	if (st)
		return st;
	struct compute_told t = { .id = s.id,
				  .hostname = s.hostname,
				  .meta_data = drive_meta_data(c, &s),
				  .network_data = drive_network_data(c, &s),
				  .user_data = s.user_data,
				  .image_id = s.image_id,
				  .flavor_name = s.flavor.name,
				  .zone = s.zone,
				  .reservation_id = s.reservation_id,
				  .launch_index = s.launch_index,
				  .key_name = s.key_public ? s.key_name : NULL,
				  .key_public = s.key_public,
				  .local_ipv4 = first_ipv4(&s) };
	add_groups(c, &s, &t);
	st = add_floating(c, &s, &t);
	if (!st)
		*out = t;
	return st;
}
