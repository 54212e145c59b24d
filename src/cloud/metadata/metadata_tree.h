/* SPDX-License-Identifier: Apache-2.0 */
/* What stands where below 169.254.169.254: OpenStack's documents and EC2's tree. */
#ifndef CLOUD_METADATA_TREE_H
#define CLOUD_METADATA_TREE_H

#include "cloud/compute/compute_metadata.h"

struct metadata_document {
	const char *type; /* of the content */
	const char *bytes;
	size_t size;
};
/* 'path' as metadata_head() leaves it. ST_NOT_FOUND: nothing stands there; no problem is told. */
enum status metadata_document(struct call *c, const struct compute_told *told, const char *path,
			      struct metadata_document *out) MUST_USE;

#endif
