/* SPDX-License-Identifier: Apache-2.0 */
/* What a server may learn about itself, for the metadata service (cloud/metadata): the documents of its
 * configuration drive, and what else EC2's words name. */
#ifndef CLOUD_COMPUTE_METADATA_H
#define CLOUD_COMPUTE_METADATA_H

#include "base/call.h"
#include "base/shape.h"

struct compute_told {
	const char *id, *hostname;
	const char *meta_data, *network_data; /* JSON texts, as on the configuration drive */
	const char *user_data;                /* base64; NULL: none */
	const char *image_id, *flavor_name, *zone, *reservation_id;
	int64_t launch_index;
	const char *key_name, *key_public; /* NULL: none */
	struct words groups;               /* names of its security groups */
	const char *local_ipv4;            /* its first address; "": it has none */
	const char *public_ipv4;           /* the first floating one that leads to it; "": none */
};

/* In a reading transaction. ST_NOT_FOUND: there is no such server, or it is being deleted. */
enum status compute_told(struct call *c, const char *server_id, struct compute_told *out) MUST_USE;

#endif
