/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the image room share. */
#ifndef CLOUD_IMAGE_IMAGE_PRIVATE_H
#define CLOUD_IMAGE_IMAGE_PRIVATE_H

#include "cloud/image/image.h"
#include "db/db.h"
#include "db/files.h"
#include "door/route.h"

extern const char *const image_status_words[];
extern const char *const image_visibility_words[];
extern const char *const image_disk_formats[];
extern const char *const image_container_formats[];
extern const char *const image_member_words[];
extern const struct field image_row[];        /* all columns of table image */
extern const struct field image_member_row[]; /* all columns of table image_member */
extern const struct field image_wire[], image_member_wire[];
extern const struct route image_more_routes[];

struct image_key {
	const char *image_id;
};
struct image_tag {
	const char *image_id, *tag;
};
struct image_create {
	const char *id, *name;
	int visibility, disk_format, container_format; /* -1: not said */
	const char *owner;                             /* NULL: the asker's VDC */
	int64_t min_disk, min_ram;
	bool protected, os_hidden;
	struct words tags;
	const char *properties;
};
struct image_upload {
	const char *image_id;
	struct upload upload;
	struct file_facts facts; /* once prepared */
	int64_t virtual_size;    /* once prepared: bytes */
};
struct image_patch {
	const char *image_id;
	const char *media_type;
	const char *body; /* JSON patch, RFC 6902 as Glance restricts it */
};
struct image_download {
	const char *location; /* inside of nginx */
	const char *media_type, *checksum;
	int status;
};
struct image_list {
	const char *name, *status, *visibility, *owner, *disk_format, *container_format;
	const char *id, *marker, *sort, *sort_key, *sort_dir, *os_hidden, *protected;
	int member_status; /* enum image_member_status, or IMAGE_MEMBER_ANY */
	int64_t size, size_min, size_max, limit;
	bool size_given, limit_given;
	struct words tag;
	struct map properties;
};
struct image_page {
	struct image *images;
	size_t images_count;
	const char *next;
};

enum image_member_status {
	IMAGE_MEMBER_PENDING,
	IMAGE_MEMBER_ACCEPTED,
	IMAGE_MEMBER_REJECTED,
	IMAGE_MEMBER_ANY /* in filters */
};
struct image_member {
	const char *image_id, *member_id;
	int status; /* enum image_member_status */
	int64_t created_at, updated_at;
};
struct image_member_list {
	struct image_member *members;
	size_t members_count;
};
struct image_member_ask {
	const char *image_id, *member;
};
struct image_member_key {
	const char *image_id, *member_id;
};
struct image_member_answer {
	const char *image_id, *member_id;
	int status;
};
struct image_schema_key {
	const char *schema;
};
struct image_document {
	const char *media_type, *body;
};

/* Acts. */
enum status image_create(struct call *c, const struct image_create *in, struct image *out) MUST_USE;
enum status image_show(struct call *c, const struct image_key *in, struct image *out) MUST_USE;
enum status image_list(struct call *c, const struct image_list *in,
		       struct image_page *out) MUST_USE;
enum status image_update(struct call *c, const struct image_patch *in, struct image *out) MUST_USE;
enum status image_delete(struct call *c, const struct image_key *in, struct nothing *out) MUST_USE;
enum status image_admit_upload(struct call *c, const void *in) MUST_USE;
enum status image_prepare_upload(struct call *c, void *in) MUST_USE;
enum status image_upload(struct call *c, const struct image_upload *in,
			 struct nothing *out) MUST_USE;
enum status image_download(struct call *c, const struct image_key *in,
			   struct image_download *out) MUST_USE;
enum status image_tag_add(struct call *c, const struct image_tag *in, struct nothing *out) MUST_USE;
enum status image_tag_drop(struct call *c, const struct image_tag *in,
			   struct nothing *out) MUST_USE;
enum status image_deactivate(struct call *c, const struct image_key *in,
			     struct nothing *out) MUST_USE;
enum status image_reactivate(struct call *c, const struct image_key *in,
			     struct nothing *out) MUST_USE;

enum status image_member_add(struct call *c, const struct image_member_ask *in,
			     struct image_member *out) MUST_USE;
enum status image_member_list(struct call *c, const struct image_key *in,
			      struct image_member_list *out) MUST_USE;
enum status image_member_show(struct call *c, const struct image_member_key *in,
			      struct image_member *out) MUST_USE;
enum status image_member_answer(struct call *c, const struct image_member_answer *in,
				struct image_member *out) MUST_USE;
enum status image_member_drop(struct call *c, const struct image_member_key *in,
			      struct nothing *out) MUST_USE;
enum status image_describe(struct call *c, const struct image_schema_key *in,
			   struct image_document *out) MUST_USE;

/* Whether it is the asker's, or the asker administers the cloud. */
bool image_owned(const struct call *c, const struct image *i);
/* Reads the image that the asker may see, and, for 'image_changeable', may change. Both name the image
 * in the problem. */
enum status image_seen(struct call *c, const char *id, struct image *out) MUST_USE;
enum status image_changeable(struct call *c, const char *id, struct image *out) MUST_USE;
/* Writes what has become of it, with the trail's entry, and tells 'event'. */
enum status image_save(struct call *c, const struct image *now, struct image *next,
		       const char *event) MUST_USE;
/* It gets its bytes, which are in the file store, and is active. */
enum status image_fill(struct call *c, const struct image *now, const struct file_facts *facts,
		       int64_t virtual_size) MUST_USE;
/* Its row goes and its bytes are let go, whoever asks; the trail's entry is the caller's. */
enum status image_expel(struct call *c, const struct image *i) MUST_USE;

/* Applies a JSON patch to 'image' in memory. ST_BAD_INPUT, ST_FORBIDDEN (a member that is not the
 * owner's), ST_CONFLICT (what the patch removes or replaces is not there). */
enum status image_patch_apply(struct call *c, const char *body, struct image *image) MUST_USE;
/* Whether 'name' is a member that the room itself keeps, so that no property can have it. */
bool image_base_member(const char *name);
/* Whether it is one of these that nobody changes. */
bool image_kept_member(const char *name);
/* ST_FORBIDDEN when a JSON object of properties has a name that is the room's own. */
enum status image_properties_allowed(struct call *c, const char *properties) MUST_USE;

/* Looks at the bytes of 'path' in a child that may do nothing else, bounded in time, memory and size of
 * output. ST_BAD_INPUT: they are not of 'disk_format', refer to other files, or promise a disk larger
 * than 'virtual_max' bytes. '*virtual_size' gets what a guest would see. */
enum status image_inspect(struct call *c, const char *path, const char *disk_format,
			  int64_t virtual_max, int64_t *virtual_size) MUST_USE;

/* Statements. */
enum status image_row_insert(struct call *c, const struct image *in) MUST_USE;
enum status image_row_read(struct call *c, const char *id, struct image *out) MUST_USE;
/* Every member but id and created_at. */
enum status image_row_update(struct call *c, const struct image *in) MUST_USE;
enum status image_row_delete(struct call *c, const char *id) MUST_USE;
/* What 'project' can see, newest first; NULL: everything. */
enum status image_rows(struct call *c, const char *project, struct image **out, size_t *n) MUST_USE;
enum status image_member_insert(struct call *c, const struct image_member *in) MUST_USE;
enum status image_member_read(struct call *c, const char *image_id, const char *member_id,
			      struct image_member *out) MUST_USE;
enum status image_member_update(struct call *c, const struct image_member *in) MUST_USE;
enum status image_member_delete(struct call *c, const char *image_id,
				const char *member_id) MUST_USE;
/* The members of an image, the oldest first; and what is shared with a VDC. */
enum status image_member_rows(struct call *c, const char *image_id, struct image_member **out,
			      size_t *n) MUST_USE;
enum status image_memberships(struct call *c, const char *member_id, struct image_member **out,
			      size_t *n) MUST_USE;

/* How the rows refer to files, see files_count_by(). */
extern const struct db_stmt image_file_refs;

#endif
