/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of ports, of the addresses they have, and of quotas. */
#include "cloud/network/network_security.h"

#define PORT_FIELDS                                                                                \
	F_STR(port, id, 36, 0), F_STR(port, network_id, 36, 0),                                    \
		F_STR(port, project_id, 64, EMPTY_OK), F_STR(port, domain_id, 64, NULLABLE),       \
		F_STR(port, name, 255, EMPTY_OK), F_STR(port, description, 255, EMPTY_OK),         \
		F_STR(port, mac_address, 17, 0), F_BOOL(port, admin_state_up, 0),                  \
		F_BOOL(port, port_security, 0), F_STR(port, device_id, 255, EMPTY_OK),             \
		F_STR(port, device_owner, 255, EMPTY_OK), F_STR(port, host_id, 255, EMPTY_OK),     \
		F_JSON(port, address_pairs, 0, 0), F_BOOL(port, made_for_device, 0),               \
		F_BOOL(port, bound, 0), F_STR(port, fault, 0, NULLABLE), F_STRS(port, tags, 0, 0), \
		F_INT(port, revision, 0, 0, 0), F_INT(port, applied, 0, 0, 0),                     \
		F_INT(port, created_at, 0, 0, 0), F_INT(port, updated_at, 0, 0, 0)
static const struct field port_row[] = { PORT_FIELDS, F_END };
static const struct field port_seen_row[] = { PORT_FIELDS, F_STR(port, network_project_id, 64, 0),
					      F_END };
#define PORT_COLUMNS                                                                               \
	"p.id, p.network_id, p.project_id, p.domain_id, p.name, p.description, p.mac_address, "    \
	"p.admin_state_up, p.port_security, p.device_id, p.device_owner, p.host_id, "              \
	"p.address_pairs, p.made_for_device, "                                                     \
	"p.bound, p.fault, p.tags, p.revision, p.applied, p.created_at, p.updated_at"
#define PORT_SEEN                                                                                  \
	"select " PORT_COLUMNS ", n.project_id as network_project_id from network_port p "         \
	"join network_network n on n.id = p.network_id "

DB_STMT(port_read_sql, PORT_SEEN "where p.id = $1");
DB_STMT(port_put_sql,
	"insert into network_port (id, network_id, project_id, domain_id, name, description, "
	"mac_address, admin_state_up, port_security, device_id, device_owner, host_id, "
	"address_pairs, made_for_device, bound, fault, tags, revision, applied, created_at, "
	"updated_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, "
	"$16, $17, $18, $19, $20, $21)");
DB_STMT(port_update_sql,
	"update network_port set network_id = $2, project_id = $3, domain_id = $4, name = $5, "
	"description = $6, mac_address = $7, admin_state_up = $8, port_security = $9, "
	"device_id = $10, device_owner = $11, host_id = $12, address_pairs = $13, "
	"made_for_device = $14, bound = $15, fault = $16, tags = $17, revision = $18, "
	"applied = $19, created_at = $20, updated_at = $21 "
	"where id = $1");
DB_STMT(port_delete_sql, "delete from network_port where id = $1");
DB_STMT(ports_all_sql, PORT_SEEN "where p.id > $1 order by p.id limit $2");
DB_STMT(ports_of_network_sql,
	PORT_SEEN "where p.network_id = $3 and p.id > $1 order by p.id limit $2");
DB_STMT(ports_of_device_sql,
	PORT_SEEN "where p.device_id = $3 and p.id > $1 order by p.id limit $2");
DB_STMT(ports_seen_sql,
	PORT_SEEN "where p.id > $1 and p.id in "
		  "(select id from network_port where project_id = $3 "
		  "union select x.id from network_network y join network_port x "
		  "on x.network_id = y.id where y.project_id = $3) order by p.id limit $2");
DB_STMT(port_of_network_sql, "select id from network_port where network_id = $1 "
			     "order by id limit 1");
DB_STMT(port_applied_sql,
	"update network_port set applied = $2, fault = null where id = $1 and revision = $2");
DB_STMT(port_fault_sql, "update network_port set fault = $2 where id = $1");
DB_STMT(port_bound_sql, "update network_port set bound = $2 where id = $1 and bound <> $2");
DB_STMT(bound_ports_sql, "select id from network_port where bound = 1");
DB_STMT(mac_taken_sql,
	"select count(*) from network_port where network_id = $1 and mac_address = $2");

struct address {
	const char *port_id, *subnet_id, *ip_address;
};
static const struct field address_row[] = { F_STR(address, port_id, 36, 0),
					    F_STR(address, subnet_id, 36, 0),
					    F_STR(address, ip_address, 64, 0), F_END };
DB_STMT(addresses_sql,
	WANTED_IDS "select a.port_id, a.subnet_id, a.ip_address from wanted "
		   "join network_address a on a.port_id = wanted.id order by a.port_id, a.place");

struct id_row {
	const char *id;
};
static const struct field id_row[] = { F_STR(id_row, id, 36, 0), F_END };

static void complete(struct port *p)
{
	p->status = p->fault ? "ERROR" : p->bound && p->admin_state_up ? "ACTIVE" : "DOWN";
}

/* The addresses of many ports, in the order of the ports' ids, by one statement. */
static enum status read_addresses(struct call *c, const struct buf *ids, struct address **list,
				  size_t *count)
{
	return DB_ALL(c, &addresses_sql, address_row, list, count, DB_ARGS(DB_STR(buf_text(ids))));
}

static struct network_fixed_ip *ips_of(struct call *c, const char *port_id,
				       const struct address *all, size_t count, size_t *n)
{
	size_t lo = 0, hi = count;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		if (strcmp(all[mid].port_id, port_id) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (*n = 0; lo + *n < count && str_eq(all[lo + *n].port_id, port_id); ++*n)
		;
	struct network_fixed_ip *ips = arena_array(c->arena, *n + 1, sizeof *ips);
	for (size_t i = 0; i < *n; i++)
		ips[i] = (struct network_fixed_ip){ all[lo + i].subnet_id, all[lo + i].ip_address };
	return ips;
}

static struct words groups_of(struct call *c, const char *port_id, const struct port_group *all,
			      size_t count)
{
	struct words ids = { NULL, 0 };
	size_t lo = 0, hi = count;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		if (strcmp(all[mid].port_id, port_id) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (hi = lo; hi < count && str_eq(all[hi].port_id, port_id); hi++)
		;
	ids.list = arena_array(c->arena, hi - lo + 1, sizeof(char *));
	for (; lo < hi; lo++)
		ids.list[ids.count++] = all[lo].group_id;
	return ids;
}

static enum status complete_all(struct call *c, struct port *list, size_t n)
{
	struct buf ids = { .arena = c->arena };
	struct address *addresses;
	struct port_group *groups;
	size_t count, groups_count;

	if (!n)
		return ST_OK;
	for (size_t i = 0; i < n; i++)
		buf_str(&ids, list[i].id);
	enum status st = read_addresses(c, &ids, &addresses, &count);
	if (!st)
		st = security_store_port_groups(c, &ids, &groups, &groups_count);
	for (size_t i = 0; !st && i < n; i++) {
		complete(&list[i]);
		list[i].fixed_ips =
			ips_of(c, list[i].id, addresses, count, &list[i].fixed_ips_count);
		list[i].security_groups = groups_of(c, list[i].id, groups, groups_count);
	}
	return st;
}

enum status network_store_port(struct call *c, const char *id, struct port *out)
{
	struct port p = { 0 };
	enum status st = db_one(c, &port_read_sql, port_seen_row, &p, DB_ARGS(DB_STR(id)));

	if (!st)
		st = complete_all(c, &p, 1);
	if (!st)
		*out = p;
	return st;
}

enum status network_store_port_put(struct call *c, const struct port *p)
{
	return db_put(c, &port_put_sql, port_row, p);
}

enum status network_store_port_update(struct call *c, const struct port *p)
{
	return db_put(c, &port_update_sql, port_row, p);
}

enum status network_store_port_delete(struct call *c, const char *id)
{
	enum status st = network_store_addresses_drop(c, id);

	if (!st)
		st = security_store_port_groups_put(c, id, &(struct words){ 0 });
	return st ? st : db_do(c, &port_delete_sql, NULL, DB_ARGS(DB_STR(id)));
}

enum status network_store_ports(struct call *c, const struct port_select *s, const char *after,
				int64_t most, struct port **list, size_t *n)
{
	const struct db_stmt *sql = s->device_id    ? &ports_of_device_sql
				    : s->network_id ? &ports_of_network_sql
				    : s->project_id ? &ports_seen_sql
						    : &ports_all_sql;
	const char *key = s->device_id    ? s->device_id
			  : s->network_id ? s->network_id
					  : s->project_id;
	const struct db_arg args[] = { DB_STR(after), DB_INT(most), DB_STR(key) };
	enum status st = DB_ALL(c, sql, port_seen_row, list, n, args, key ? 3 : 2);

	return st ? st : complete_all(c, *list, *n);
}

enum status network_store_port_of_network(struct call *c, const char *network_id,
					  const char **port_id)
{
	struct id_row row;
	enum status st = db_one(c, &port_of_network_sql, id_row, &row, DB_ARGS(DB_STR(network_id)));

	if (!st)
		*port_id = row.id;
	return st;
}

enum status network_store_port_applied(struct call *c, const char *id, int64_t revision,
				       bool *recorded)
{
	int64_t changed = 0;
	enum status st =
		db_do(c, &port_applied_sql, &changed, DB_ARGS(DB_STR(id), DB_INT(revision)));

	*recorded = changed > 0;
	return st;
}

enum status network_store_port_fault(struct call *c, const char *id, const char *why)
{
	return db_do(c, &port_fault_sql, NULL, DB_ARGS(DB_STR(id), DB_STR(why)));
}

enum status network_store_port_bound(struct call *c, const char *id, bool bound, bool *changed)
{
	int64_t n = 0;
	enum status st = db_do(c, &port_bound_sql, &n, DB_ARGS(DB_STR(id), DB_BOOL(bound)));

	*changed = n > 0;
	return st;
}

static enum status read_ids(struct call *c, const struct db_stmt *sql, struct words *ids)
{
	struct id_row *rows;
	size_t n;
	enum status st = DB_ALL(c, sql, id_row, &rows, &n, DB_NO_ARGS);

	if (st)
		return st;
	ids->list = arena_array(c->arena, n + 1, sizeof(char *));
	for (ids->count = 0; ids->count < n; ids->count++)
		ids->list[ids->count] = rows[ids->count].id;
	return ST_OK;
}

enum status network_store_bound_ports(struct call *c, struct words *ids)
{
	return read_ids(c, &bound_ports_sql, ids);
}

enum status network_store_mac_taken(struct call *c, const char *network_id, const char *mac,
				    bool *taken)
{
	int64_t n = 0;
	enum status st = db_number(c, &mac_taken_sql, &n, DB_ARGS(DB_STR(network_id), DB_STR(mac)));

	*taken = n > 0;
	return st;
}

/* --- what servers see --- */

/* A port for each of its addresses; one without any comes once. */
struct seen {
	struct network_interface i;
	bool bound, admin_state_up;
	const char *fault;
	struct network_fixed_ip ip;
};
#define SEEN_AT(m, t) FIELD_AT(seen, i.m, t)
static const struct field seen_row[] = {
	F_ANY("id", FIELD_STR, SEEN_AT(id, const char *), 0),
	F_ANY("device_id", FIELD_STR, SEEN_AT(device_id, const char *), 0),
	F_ANY("network_id", FIELD_STR, SEEN_AT(network_id, const char *), 0),
	F_ANY("network_name", FIELD_STR, SEEN_AT(network_name, const char *), EMPTY_OK),
	F_ANY("mac_address", FIELD_STR, SEEN_AT(mac_address, const char *), 0),
	F_ANY("mtu", FIELD_INT, SEEN_AT(mtu, int64_t), 0),
	F_ANY("applied", FIELD_BOOL, SEEN_AT(applied, bool), 0),
	F_BOOL(seen, bound, 0),
	F_BOOL(seen, admin_state_up, 0),
	F_STR(seen, fault, 0, NULLABLE),
	F_ANY("subnet_id", FIELD_STR, FIELD_AT(seen, ip.subnet_id, const char *), NULLABLE),
	F_ANY("ip_address", FIELD_STR, FIELD_AT(seen, ip.ip_address, const char *), NULLABLE),
	F_END
};
DB_STMT(interfaces_sql, WANTED_IDS
	"select p.id, p.device_id, p.network_id, n.name as network_name, p.mac_address, n.mtu, "
	"case when p.applied >= p.revision then 1 else 0 end as applied, p.bound, "
	"p.admin_state_up, p.fault, a.subnet_id, a.ip_address "
	"from wanted join network_port p on p.device_id = wanted.id "
	"join network_network n on n.id = p.network_id "
	"left join network_address a on a.port_id = p.id order by p.device_id, p.id, a.place");

enum status network_store_interfaces(struct call *c, const char *const *device_ids, size_t count,
				     struct network_interface **list, size_t *n)
{
	struct buf devices = { .arena = c->arena };
	struct seen *seen;
	size_t m;

	for (size_t i = 0; i < count; i++)
		buf_str(&devices, device_ids[i]);
	enum status st = DB_ALL(c, &interfaces_sql, seen_row, &seen, &m,
				DB_ARGS(DB_STR(buf_text(&devices))));
	if (st)
		return st;
	*list = arena_array(c->arena, m + 1, sizeof **list);
	*n = 0;
	for (size_t i = 0, end; i < m; i = end) {
		struct network_interface *is = &(*list)[(*n)++];
		struct port p = { .fault = seen[i].fault,
				  .bound = seen[i].bound,
				  .admin_state_up = seen[i].admin_state_up };
		complete(&p);
		*is = seen[i].i;
		is->status = p.status;
		for (end = i; end < m && str_eq(seen[end].i.id, is->id);)
			end++;
		is->fixed_ips = arena_array(c->arena, end - i, sizeof *is->fixed_ips);
		for (size_t k = i; k < end; k++)
			if (seen[k].ip.ip_address)
				is->fixed_ips[is->fixed_ips_count++] = seen[k].ip;
	}
	return ST_OK;
}

static const struct field made_row[] = { F_STR(network_made_port, id, 36, 0),
					 F_STR(network_made_port, device_id, 255, EMPTY_OK),
					 F_END };
DB_STMT(made_sql, "select id, device_id from network_port where made_for_device = 1"
		  " and device_owner like 'compute:%' order by id");

enum status network_made_ports(struct call *c, struct network_made_port **list, size_t *count)
{
	return DB_ALL(c, &made_sql, made_row, list, count, DB_NO_ARGS);
}

/* --- addresses --- */

DB_STMT(address_put_sql,
	"insert into network_address (subnet_id, host, port_id, ip_address, place) "
	"values ($1, $2, $3, $4, $5)");
DB_STMT(addresses_drop_sql, "delete from network_address where port_id = $1");
DB_STMT(address_taken_sql,
	"select count(*) from network_address where subnet_id = $1 and host = $2");
/* The first host after a taken one that is not taken itself; the index gives them in order, so that the
 * search ends at the first gap. */
DB_STMT(free_host_sql,
	"select a.host + 1 from network_address a where a.subnet_id = $1 and a.host >= $2 "
	"and a.host < $3 and not exists (select 1 from network_address b "
	"where b.subnet_id = $1 and b.host = a.host + 1) order by a.host limit 1");

enum status network_store_address_put(struct call *c, const char *subnet_id, int64_t host,
				      const char *port_id, const char *ip, int64_t place)
{
	return db_do(c, &address_put_sql, NULL,
		     DB_ARGS(DB_STR(subnet_id), DB_INT(host), DB_STR(port_id), DB_STR(ip),
			     DB_INT(place)));
}

enum status network_store_addresses_drop(struct call *c, const char *port_id)
{
	return db_do(c, &addresses_drop_sql, NULL, DB_ARGS(DB_STR(port_id)));
}

enum status network_store_address_taken(struct call *c, const char *subnet_id, int64_t host,
					bool *taken)
{
	int64_t n = 0;
	enum status st =
		db_number(c, &address_taken_sql, &n, DB_ARGS(DB_STR(subnet_id), DB_INT(host)));

	*taken = n > 0;
	return st;
}

enum status network_store_free_host(struct call *c, const char *subnet_id, int64_t from,
				    int64_t last, int64_t *host)
{
	bool taken = false;
	enum status st = network_store_address_taken(c, subnet_id, from, &taken);

	if (st || !taken) {
		*host = from;
		return st;
	}
	return db_number(c, &free_host_sql, host,
			 DB_ARGS(DB_STR(subnet_id), DB_INT(from), DB_INT(last)));
}

/* --- quotas --- */

DB_STMT(quota_sql, "select most from network_quota where project_id = $1 and resource = $2");
DB_STMT(quota_set_sql, "insert into network_quota (project_id, resource, most) values ($1, $2, $3) "
		       "on conflict (project_id, resource) do update set most = excluded.most");
DB_STMT(quota_reset_sql, "delete from network_quota where project_id = $1");
DB_STMT(quota_projects_sql,
	"select distinct project_id as id from network_quota order by project_id");
DB_STMT(networks_used_sql, "select count(*) from network_network where project_id = $1");
DB_STMT(subnets_used_sql, "select count(*) from network_subnet where project_id = $1");
DB_STMT(ports_used_sql, "select count(*) from network_port where project_id = $1");
DB_STMT(routers_used_sql, "select count(*) from network_router where project_id = $1");
DB_STMT(floatingips_used_sql, "select count(*) from network_floatingip where project_id = $1");
DB_STMT(groups_used_sql, "select count(*) from network_security_group where project_id = $1");
DB_STMT(rules_used_sql, "select count(*) from network_security_rule where project_id = $1");
DB_STMT(subnetpools_used_sql, "select count(*) from network_subnetpool where project_id = $1");

enum status network_store_quota(struct call *c, const char *project_id, const char *resource,
				int64_t *most)
{
	return db_number(c, &quota_sql, most, DB_ARGS(DB_STR(project_id), DB_STR(resource)));
}

enum status network_store_quota_set(struct call *c, const char *project_id, const char *resource,
				    int64_t most)
{
	return db_do(c, &quota_set_sql, NULL,
		     DB_ARGS(DB_STR(project_id), DB_STR(resource), DB_INT(most)));
}

enum status network_store_quota_reset(struct call *c, const char *project_id)
{
	return db_do(c, &quota_reset_sql, NULL, DB_ARGS(DB_STR(project_id)));
}

enum status network_store_quota_projects(struct call *c, struct words *ids)
{
	return read_ids(c, &quota_projects_sql, ids);
}

enum status network_store_used(struct call *c, const char *project_id, const char *resource,
			       int64_t *used)
{
	static const struct {
		const char *resource;
		const struct db_stmt *sql;
	} counts[] = { { "network", &networks_used_sql },
		       { "subnet", &subnets_used_sql },
		       { "port", &ports_used_sql },
		       { "router", &routers_used_sql },
		       { "floatingip", &floatingips_used_sql },
		       { "security_group", &groups_used_sql },
		       { "security_group_rule", &rules_used_sql },
		       { "subnetpool", &subnetpools_used_sql } };
	size_t i = 0;

	while (!str_eq(counts[i].resource, resource))
		i++;
	return db_number(c, counts[i].sql, used, DB_ARGS(DB_STR(project_id)));
}

DB_STMT(house_sql, "select id from network_house where one = 1");
DB_STMT(house_put_sql, "insert into network_house (one, id) values (1, $1)");

enum status network_store_house(struct call *c, const char **id)
{
	struct id_row row;
	enum status st = db_one(c, &house_sql, id_row, &row, DB_NO_ARGS);

	if (!st)
		*id = row.id;
	return st;
}

enum status network_store_house_put(struct call *c, const char *id)
{
	return db_do(c, &house_put_sql, NULL, DB_ARGS(DB_STR(id)));
}
