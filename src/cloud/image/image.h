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

/* All images that a list shows to the asker, the newest first; hidden ones and those that were offered
 * and not accepted are none. */
enum status image_listed(struct call *c, struct image **list, size_t *n) MUST_USE;
/* Deletes it. ST_FORBIDDEN: it is protected, or another VDC's. */
enum status image_remove(struct call *c, const char *id) MUST_USE;
/* Its properties are from now on these. ST_FORBIDDEN: it is another VDC's, or one is no property. */
enum status image_set_properties(struct call *c, const char *id, const struct map *properties,
				 struct image *out) MUST_USE;

/* An image that the cloud itself makes, of a server's disk: first its row, which is queued, then, once
 * there are bytes in the file store, what they are. */
struct image_new {
	const char *name, *project_id, *disk_format;
	int64_t min_disk, min_ram;
	struct map properties;
};
struct file_facts;
enum status image_begin(struct call *c, const struct image_new *in, struct image *out) MUST_USE;
/* ST_NOT_FOUND: it was deleted in the meantime. ST_CONFLICT: it has bytes already. */
enum status image_finish(struct call *c, const char *id, const struct file_facts *facts,
			 int64_t virtual_size) MUST_USE;
/* There will be no bytes: the row goes. One that is not there, or that has its bytes, is left alone. */
enum status image_abandon(struct call *c, const char *id) MUST_USE;

/* Of the images of 'project_id' that have each of these properties the newest 'keep' stay; the older
 * ones are deleted, whoever asks, unless they are protected. */
enum status image_keep_newest(struct call *c, const char *project_id, const struct map *properties,
			      int64_t keep) MUST_USE;

extern const struct module image_module;

#endif
