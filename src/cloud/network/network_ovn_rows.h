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

/* What OVN has of ours: row by our id. 'spare' are rows that say they are one that we saw already. */
struct ovn_rows {
	const char *house; /* whose rows they are */
	json_t *switches, *dhcp, *ports;
	json_t *spare; /* [table, uuid, id of the network] each */
};

/* Reads what belongs to one network, and one port of it; NULL 'network_id': everything that is ours.
 * NULL 'port_id' with a network: no ports. */
enum status ovn_rows_read(struct call *c, struct ovsdb *db, const char *house,
			  const char *network_id, const char *port_id,
			  struct ovn_rows *out) MUST_USE;

/* ST_INTERNAL: the database lacks a table or column that is used here. */
enum status ovn_schema_check(struct call *c, const json_t *schema) MUST_USE;
/* The id of the network that a row of ours belongs to. */
const char *ovn_network_of(const json_t *row);

/* Each adds operations, or none when the rows are right, and counts in 'found'. */
void ovn_network_ops(struct call *c, struct ovsdb_ops *t, const struct ovn_rows *rows,
		     const struct wanted_network *want, struct network_survey *found);
void ovn_port_ops(struct call *c, struct ovsdb_ops *t, const struct ovn_rows *rows,
		  const struct wanted_port *want, struct network_survey *found);
/* Rows that are there twice. */
void ovn_spare_ops(struct ovsdb_ops *t, const struct ovn_rows *rows, struct network_survey *found);
void ovn_drop_network_ops(struct ovsdb_ops *t, const char *id);
void ovn_drop_port_ops(struct ovsdb_ops *t, const char *uuid);
void ovn_drop_dhcp_ops(struct ovsdb_ops *t, const char *uuid);

#endif
