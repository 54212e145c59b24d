/* SPDX-License-Identifier: Apache-2.0 */
/* Images 镜像: what a server's disk begins as. Speaks Glance v2.
 *
 * An image is registered (queued), its bytes are uploaded once and checked (active), and then only what
 * is said of it can change. Bytes stand in the file store and are shared by images that have the same.
 * Owns table image. Uses db/files, audit, jobs. Posts image.image.created, .active,
 * .updated and .deleted. */
#ifndef CLOUD_IMAGE_IMAGE_H
#define CLOUD_IMAGE_IMAGE_H

#include "base/shape.h"

enum image_status { IMAGE_QUEUED, IMAGE_ACTIVE, IMAGE_DEACTIVATED };
enum image_visibility { IMAGE_PRIVATE, IMAGE_SHARED, IMAGE_COMMUNITY, IMAGE_PUBLIC };

struct image {
	const char *id, *name;
	int status;     /* enum image_status */
	int visibility; /* enum image_visibility */
	const char *owner;
	const char *disk_format, *container_format; /* NULL while not said */
	int64_t min_disk, min_ram;                  /* GiB, MiB */
	bool protected, os_hidden;
	int64_t size, virtual_size; /* bytes; INT_NULL while queued */
	const char *checksum, *sha256, *os_hash_value;
	struct words tags;
	const char *properties; /* a JSON object of texts */
	int64_t created_at, updated_at;
};

/* In a transaction, for rooms that use images: the image 'id' if the asker may see it, else
 * ST_NOT_FOUND with a problem that names 'at', the asker's field. */
enum status image_visible(struct call *c, const char *id, const char *at,
			  struct image *out) MUST_USE;

extern const struct module image_module;

#endif
