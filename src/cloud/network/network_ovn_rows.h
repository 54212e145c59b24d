/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of OVN's northbound database: reading ours, and the operations that make them what is wanted.
 * Used by network_ovn.c alone; these two know that schema, and nothing else does. */
#ifndef CLOUD_NETWORK_OVN_ROWS_H
#define CLOUD_NETWORK_OVN_ROWS_H

#include "cloud/network/network_driver.h"
#include "cloud/network/ovsdb_value.h"

/* The key in external_ids by which a port's row is known as ours; its value is the port's id. */
#define OVN_PORT_KEY "yongyun:port"
/* The key by which rows of several clouds in one OVN are told apart. */
#define OVN_HOUSE_KEY "yongyun:house"
/* The key of the port at which a network's guests find the metadata service; its value is the network's
 * id. */
#define OVN_METADATA_KEY "yongyun:metadata"

/* What OVN has of ours: row by our id. 'spare' are rows that say they are one that we saw already. */
struct ovn_rows {
	const char *house; /* whose rows they are */
	json_t *switches, *dhcp, *ports;
	json_t *localnets;    /* by the network */
	json_t *metadata;     /* ports of the metadata service, by the network */
	json_t *groups;       /* Port_Group by its name */
	json_t *acls;         /* by the group's key: an array of rows */
	json_t *members;      /* by a port's uuid: an object with the names of its groups */
	json_t *routers;      /* by our id */
	json_t *router_ports; /* by the port's id */
	json_t *children;     /* by the router and table, see ovn_children(): an array of rows */
	json_t *names;        /* of gateway chassis: every row by its name */
	json_t *spare;        /* [table, uuid, id of the network] each */
	struct words chassis; /* hosts that may lead out of the cloud */
};
struct ovn_rows ovn_no_rows(struct call *c, const char *house);

/* A row that another refers to: "uuid" of one that is there, "named-uuid" of one that is inserted. */
struct ovn_ref {
	const char *kind, *id;
};
void ovn_put_refs(struct json_out *j, const char *column, const struct ovn_ref *refs, size_t n);

/* Reads switches, DHCP options and ports: of one network, and one port of it; NULL 'network_id':
 * everything that is ours. NULL 'port_id' with a network: no ports but the one to a site's network. */
enum status ovn_rows_read(struct call *c, struct ovsdb *db, const char *house,
			  const char *network_id, const char *port_id,
			  struct ovn_rows *out) MUST_USE;

/* For a port that is put: its groups' rows, and those that hold it ('uuid' NULL: it is not there yet). */
enum status ovn_port_groups_read(struct call *c, struct ovsdb *db, const struct wanted_port *want,
				 const char *uuid, struct ovn_rows *out) MUST_USE;
/* One group or router with all that belongs to it; 'id' NULL: all that are ours, into '*out'. */
enum status ovn_group_read(struct call *c, struct ovsdb *db, const char *id,
			   struct ovn_rows *out) MUST_USE;
enum status ovn_router_read(struct call *c, struct ovsdb *db, const char *id,
			    struct ovn_rows *out) MUST_USE;
/* The hosts that a southbound database lists as fit to lead out; all of them where none says so. */
enum status ovn_chassis_read(struct call *c, struct ovsdb *southbound, struct words *out) MUST_USE;

enum status ovn_columns_check(struct call *c, const json_t *schema, const char *table,
			      const char *const *wanted) MUST_USE;
enum status ovn_group_schema_check(struct call *c, const json_t *schema) MUST_USE;
enum status ovn_router_schema_check(struct call *c, const json_t *schema) MUST_USE;
const char *ovn_router_port_name(struct call *c, const char *port_id);
/* The name of a security group's Port_Group, and of the one whose ports drop what nothing lets through. */
const char *ovn_group_name(struct call *c, const char *id);
const char *ovn_drop_name(struct call *c, const char *house);
/* Whether all groups that the port wants are there. */
bool ovn_groups_there(struct call *c, const struct ovn_rows *rows, const struct wanted_port *want);

void ovn_group_ops(struct call *c, struct ovsdb_ops *t, const struct ovn_rows *rows,
		   const struct wanted_group *want, struct network_survey *found);
void ovn_drop_group_ops(struct call *c, struct ovsdb_ops *t, const struct ovn_rows *rows,
			struct network_survey *found);
void ovn_member_ops(struct call *c, struct ovsdb_ops *t, const struct ovn_rows *rows,
		    const struct wanted_port *want, const char *kind, const char *uuid,
		    struct network_survey *found);
/* Takes a port that is going out of its groups. */
void ovn_leave_groups_ops(struct call *c, struct ovsdb_ops *t, const struct ovn_rows *rows,
			  const char *uuid);
void ovn_router_ops(struct call *c, struct ovsdb_ops *t, const struct ovn_rows *rows,
		    const struct wanted_router *want, struct network_survey *found);
/* What the survey finds of ours that nobody wants. */
const char *ovn_group_id(const json_t *row);
void ovn_remove_group_ops(struct call *c, struct ovsdb_ops *t, const char *id);
void ovn_remove_router_ops(struct ovsdb_ops *t, const char *id);

/* Steps that all of them are made of. */
void ovn_wait_for_none(struct ovsdb_ops *t, const char *table, const char *key, const char *id);
void ovn_delete_row(struct ovsdb_ops *t, const char *table, const char *uuid);
void ovn_delete_ours(struct ovsdb_ops *t, const char *table, const char *key, const char *id);
struct json_out *ovn_open_row(struct ovsdb_ops *t, const char *table, const char *uuid);
void ovn_close_row(struct ovsdb_ops *t);
/* Closes the row of a port of the network's switch; one that is inserted, under the name 'as', is put into
 * it. NULL: it is there already. */
void ovn_close_port(struct ovsdb_ops *t, const char *network_id, const char *as);

/* ST_INTERNAL: the database lacks a table or column that is used here. */
enum status ovn_schema_check(struct call *c, const json_t *schema) MUST_USE;
/* The id of the network that a row of ours belongs to. */
const char *ovn_network_of(const json_t *row);

/* Each adds operations, or none when the rows are right, and counts in 'found'. */
void ovn_network_ops(struct call *c, struct ovsdb_ops *t, const struct ovn_rows *rows,
		     const struct wanted_network *want, struct network_survey *found);
void ovn_port_ops(struct call *c, struct ovsdb_ops *t, const struct ovn_rows *rows,
		  const struct wanted_port *want, struct network_survey *found);
/* The port of the metadata service, of a network that has one (network_ovn_metadata.c). */
void ovn_metadata_ops(struct call *c, struct ovsdb_ops *t, const struct ovn_rows *rows,
		      const struct wanted_network *want, struct network_survey *found);
/* Indexes selected ports: those of the metadata service, by their network. */
void ovn_metadata_index(struct ovn_rows *rows, const json_t *result);
/* The route to it, as DHCP tells it: NULL where a route of the subnet's own leads elsewhere. */
const char *ovn_metadata_route(const struct wanted_network *n, const struct wanted_subnet *s);
/* Rows that are there twice. */
void ovn_spare_ops(struct ovsdb_ops *t, const struct ovn_rows *rows, struct network_survey *found);
void ovn_drop_network_ops(struct ovsdb_ops *t, const char *id);
void ovn_drop_port_ops(struct ovsdb_ops *t, const char *uuid);
void ovn_drop_dhcp_ops(struct ovsdb_ops *t, const char *uuid);

#endif
