/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of the image room. */
#include "cloud/image/image_private.h"

const char *const image_status_words[] = { "queued", "active", "deactivated", NULL };
const char *const image_visibility_words[] = { "private", "shared", "community", "public", NULL };
const char *const image_disk_formats[] = { "raw", "qcow2", "vmdk", "vhdx", "iso",   "ami",
					   "ari", "aki",   "vdi",  "vhd",  "ploop", NULL };
const char *const image_container_formats[] = { "bare", "ovf",    "ova",        "ami", "ari",
						"aki",  "docker", "compressed", NULL };

const struct field image_row[] = {
	F_STR(image, id, 0, 0),
	F_STR(image, name, 0, NULLABLE),
	F_WORD(image, status, image_status_words, 0),
	F_WORD(image, visibility, image_visibility_words, 0),
	F_STR(image, owner, 0, NULLABLE),
	F_STR(image, disk_format, 0, NULLABLE),
	F_STR(image, container_format, 0, NULLABLE),
	F_INT(image, min_disk, 0, 0, 0),
	F_INT(image, min_ram, 0, 0, 0),
	F_BOOL(image, protected, 0),
	F_BOOL(image, os_hidden, 0),
	F_INT(image, size, 0, 0, NULLABLE),
	F_INT(image, virtual_size, 0, 0, NULLABLE),
	F_STR(image, checksum, 0, NULLABLE),
	F_STR(image, sha256, 0, NULLABLE),
	F_STR(image, os_hash_value, 0, NULLABLE),
	F_STRS(image, tags, 0, 0),
	F_JSON(image, properties, 0, 0),
	F_TIME(image, created_at, 0),
	F_TIME(image, updated_at, 0),
	F_END,
};

#define COLUMNS                                                                                    \
	"id, name, status, visibility, owner, disk_format, container_format, min_disk, min_ram,"   \
	" protected, os_hidden, size, virtual_size, checksum, sha256, os_hash_value, tags,"        \
	" properties, created_at, updated_at"

DB_STMT(image_insert_sql,
	"insert into image (" COLUMNS ") values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,"
	" $13, $14, $15, $16, $17, $18, $19, $20)");

enum status image_row_insert(struct call *c, const struct image *in)
{
	return db_put(c, &image_insert_sql, image_row, in);
}

DB_STMT(image_read_sql, "select " COLUMNS " from image where id = $1");

enum status image_row_read(struct call *c, const char *id, struct image *out)
{
	return db_one(c, &image_read_sql, image_row, out, DB_ARGS(DB_STR(id)));
}

DB_STMT(image_update_sql,
	"update image set name = $2, status = $3, visibility = $4, disk_format = $5,"
	" container_format = $6, min_disk = $7, min_ram = $8, protected = $9, os_hidden = $10,"
	" size = $11, virtual_size = $12, checksum = $13, sha256 = $14, os_hash_value = $15,"
	" tags = $16, properties = $17, updated_at = $18, owner = $19 where id = $1");

static struct db_arg number_or_null(int64_t n)
{
	return n == INT_NULL ? DB_NULL : DB_INT(n);
}

enum status image_row_update(struct call *c, const struct image *in)
{
	return db_do(
		c, &image_update_sql, NULL,
		DB_ARGS(DB_STR(in->id), DB_STR(in->name), DB_STR(image_status_words[in->status]),
			DB_STR(image_visibility_words[in->visibility]), DB_STR(in->disk_format),
			DB_STR(in->container_format), DB_INT(in->min_disk), DB_INT(in->min_ram),
			DB_BOOL(in->protected), DB_BOOL(in->os_hidden), number_or_null(in->size),
			number_or_null(in->virtual_size), DB_STR(in->checksum), DB_STR(in->sha256),
			DB_STR(in->os_hash_value), DB_STR(words_to_json(c->arena, &in->tags)),
			DB_STR(in->properties), DB_INT(in->updated_at), DB_STR(in->owner)));
}

DB_STMT(image_delete_sql, "delete from image where id = $1");

enum status image_row_delete(struct call *c, const char *id)
{
	return db_do(c, &image_delete_sql, NULL, DB_ARGS(DB_STR(id)));
}

DB_STMT(image_all_sql, "select " COLUMNS " from image order by created_at desc, id desc");
DB_STMT(image_of_project_sql,
	"select " COLUMNS " from image where owner = $1 or visibility in ('public', 'community')"
	" or (visibility = 'shared'"
	" and id in (select image_id from image_member where member_id = $1))"
	" order by created_at desc, id desc");

enum status image_rows(struct call *c, const char *project, struct image **out, size_t *n)
{
	if (!project)
		return DB_ALL(c, &image_all_sql, image_row, out, n, DB_NO_ARGS);
	return DB_ALL(c, &image_of_project_sql, image_row, out, n, DB_ARGS(DB_STR(project)));
}

/* --- members --- */

const struct field image_member_row[] = {
	F_STR(image_member, image_id, 0, 0),
	F_STR(image_member, member_id, 0, 0),
	F_WORD(image_member, status, image_member_words, 0),
	F_TIME(image_member, created_at, 0),
	F_TIME(image_member, updated_at, 0),
	F_END,
};

#define MEMBER_COLUMNS "image_id, member_id, status, created_at, updated_at"

DB_STMT(image_member_insert_sql,
	"insert into image_member (" MEMBER_COLUMNS ") values ($1, $2, $3, $4, $5)");

enum status image_member_insert(struct call *c, const struct image_member *in)
{
	return db_put(c, &image_member_insert_sql, image_member_row, in);
}

DB_STMT(image_member_read_sql,
	"select " MEMBER_COLUMNS " from image_member where image_id = $1 and member_id = $2");

enum status image_member_read(struct call *c, const char *image_id, const char *member_id,
			      struct image_member *out)
{
	return db_one(c, &image_member_read_sql, image_member_row, out,
		      DB_ARGS(DB_STR(image_id), DB_STR(member_id)));
}

DB_STMT(image_member_update_sql, "update image_member set status = $3, updated_at = $4"
				 " where image_id = $1 and member_id = $2");

enum status image_member_update(struct call *c, const struct image_member *in)
{
	return db_do(c, &image_member_update_sql, NULL,
		     DB_ARGS(DB_STR(in->image_id), DB_STR(in->member_id),
			     DB_STR(image_member_words[in->status]), DB_INT(in->updated_at)));
}

DB_STMT(image_member_delete_sql, "delete from image_member where image_id = $1 and member_id = $2");

enum status image_member_delete(struct call *c, const char *image_id, const char *member_id)
{
	return db_do(c, &image_member_delete_sql, NULL,
		     DB_ARGS(DB_STR(image_id), DB_STR(member_id)));
}

DB_STMT(image_member_rows_sql,
	"select " MEMBER_COLUMNS
	" from image_member where image_id = $1 order by created_at, member_id");

enum status image_member_rows(struct call *c, const char *image_id, struct image_member **out,
			      size_t *n)
{
	return DB_ALL(c, &image_member_rows_sql, image_member_row, out, n,
		      DB_ARGS(DB_STR(image_id)));
}

DB_STMT(image_memberships_sql,
	"select " MEMBER_COLUMNS " from image_member where member_id = $1 order by image_id");

enum status image_memberships(struct call *c, const char *member_id, struct image_member **out,
			      size_t *n)
{
	return DB_ALL(c, &image_memberships_sql, image_member_row, out, n,
		      DB_ARGS(DB_STR(member_id)));
}

/* For the scrub of the file store: each image refers to its bytes once. */
const struct db_stmt image_file_refs = {
	"image_file_refs", "select sha256, count(*) as refs from image where sha256 > $1"
			   " and sha256 < $2 group by sha256"
};
static const struct db_stmt *const image_file_refs_listed
	__attribute__((used, section("db_stmts"))) = &image_file_refs;
