/* SPDX-License-Identifier: Apache-2.0 */
/* Taking files into the content-addressed store, and counting who refers to them. How the folder looks
 * is in files_private.h; what looks after it later is files_check.c. */
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include "base/id.h"
#include "base/text.h"
#include "db/files_private.h"

#define CHUNK (256 * 1024)

DB_STMT(file_ref_sql,
	"insert into file_blob (sha256, sha512, md5, size, refs) values ($1, $2, $3, $4, 1)"
	" on conflict (sha256) do update set refs = file_blob.refs + 1");
DB_STMT(file_unref_sql, "update file_blob set refs = refs - 1 where sha256 = $1 and refs > 1");
DB_STMT(file_forget_sql, "delete from file_blob where sha256 = $1 and refs = 1");

/* The folder and its parts, once for all, so that taking a file never makes one. */
static bool make_folders(const struct files *f)
{
	if (mkdirat(f->dir, "new", 0700) && errno != EEXIST)
		return false;
	for (int i = 0; i < 256; i++) {
		char name[8];
		snprintf(name, sizeof(name), "%02x", (unsigned)i);
		if (mkdirat(f->dir, name, 0750) && errno != EEXIST)
			return false;
	}
	SCOPED_FD int lock = openat(f->dir, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	return lock >= 0 && fsync(f->dir) == 0;
}

struct files *files_open(const char *folder, char *why)
{
	struct files *f = calloc(1, sizeof(*f));
	if (!f)
		abort();
	f->folder = strdup(folder);
	f->dir = -1;
	if (mkdir(folder, 0750) == 0 || errno == EEXIST)
		f->dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	struct stat st;
	if (f->dir < 0 || fstat(f->dir, &st) || !make_folders(f)) {
		snprintf(why, 512, "the file store %s: %s", folder, strerror(errno));
		files_close(f);
		return NULL;
	}
	f->device = st.st_dev;
	return f;
}

void files_close(struct files *f)
{
	if (!f)
		return;
	close_fd(&f->dir);
	free(f->folder);
	free(f);
}

void files_count_by(struct files *f, const struct db_stmt *rule)
{
	if (f->rule_count == FILES_RULES_MAX)
		abort();
	f->rules[f->rule_count++] = rule;
}

const char *files_inside(struct call *c, const char *sha256)
{
	return arena_printf(c->arena, "%.2s/%s", sha256, sha256);
}

const char *files_path(struct call *c, const struct files *f, const char *sha256)
{
	return arena_printf(c->arena, "%s/%.2s/%s", f->folder, sha256, sha256);
}

static const char *fresh_name(struct call *c)
{
	return arena_printf(c->arena, "new/%s", id_new(c->arena));
}

const char *files_temporary(struct call *c, struct files *f)
{
	const char *name = fresh_name(c);
	SCOPED_FD int fd = openat(f->dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	return fd < 0 ? NULL : arena_printf(c->arena, "%s/%s", f->folder, name);
}

int files_lock(const struct files *f, int how)
{
	int fd = openat(f->dir, "lock", O_RDWR | O_CLOEXEC);

	while (fd >= 0 && flock(fd, how) != 0) {
		if (errno != EINTR) {
			close(fd);
			return -1;
		}
	}
	return fd;
}

static enum status trouble(struct call *c, const char *what)
{
	if (errno == ENOSPC || errno == EDQUOT)
		return fail(c, ST_AWAY, NULL, "the file store has no room left");
	return fail(c, ST_AWAY, NULL, "the file store: %s: %s", what, strerror(errno));
}

static bool write_all(int fd, const char *p, size_t size)
{
	while (size > 0) {
		ssize_t n = write(fd, p, size);
		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0) {
			p += n;
			size -= (size_t)n;
		}
	}
	return true;
}

static void free_digest(void *ptr)
{
	EVP_MD_CTX_free(ptr);
}

enum status files_digest(struct call *c, int from, int to, int64_t max_size, struct file_facts *out)
{
	enum { SHA256, SHA512, MD5, KINDS };
	const EVP_MD *const kind[KINDS] = { EVP_sha256(), EVP_sha512(), EVP_md5() };
	EVP_MD_CTX *ctx[KINDS];
	char *chunk = arena_alloc(c->arena, CHUNK);
	int64_t size = 0;
	ssize_t n;

	for (int i = 0; i < KINDS; i++) {
		ctx[i] = EVP_MD_CTX_new();
		if (!ctx[i] || !EVP_DigestInit_ex(ctx[i], kind[i], NULL))
			abort();
		arena_defer(c->arena, free_digest, ctx[i]);
	}
	while ((n = read(from, chunk, CHUNK)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return trouble(c, "reading");
		size += n;
		if (max_size && size > max_size)
			return fail(c, ST_TOO_LARGE, NULL, "the file has more than %lld bytes",
				    (long long)max_size);
		for (int i = 0; i < KINDS; i++)
			EVP_DigestUpdate(ctx[i], chunk, (size_t)n);
		if (to >= 0 && !write_all(to, chunk, (size_t)n))
			return trouble(c, "writing");
	}

	const char *hex[KINDS];
	for (int i = 0; i < KINDS; i++) {
		unsigned char digest[EVP_MAX_MD_SIZE];
		unsigned length;
		EVP_DigestFinal_ex(ctx[i], digest, &length);
		char *text = arena_alloc(c->arena, 2 * length + 1);
		hex_encode(digest, length, text);
		hex[i] = text;
	}
	*out = (struct file_facts){ hex[SHA256], hex[SHA512], hex[MD5], size };
	return ST_OK;
}

/* Gives the synced file at 'from' its name. When the bytes stand there already they are made young, so
 * that the sweep leaves them to whoever will refer to them. */
static enum status settle(struct call *c, const struct files *f, int from_dir, const char *from,
			  const struct file_facts *facts)
{
	const char *name = files_inside(c, facts->sha256);
	SCOPED_FD int lock = files_lock(f, LOCK_SH);
	SCOPED_FD int part = openat(f->dir, arena_strndup(c->arena, name, 2),
				    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	if (lock < 0 || part < 0)
		return trouble(c, "opening its folder");
	bool stands = fstatat(f->dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
	/* A size that differs is damage: the good bytes take its place. */
	if (stands && S_ISREG(st.st_mode) && st.st_size == facts->size) {
		if (utimensat(f->dir, name, NULL, 0))
			return trouble(c, "making a file young");
		unlinkat(from_dir, from, 0);
	} else if (renameat(from_dir, from, f->dir, name)) {
		return trouble(c, "renaming");
	}
	/* Also when it stood there: whoever renamed it may not have come to this line. */
	if (fsync(part))
		return trouble(c, "syncing its folder");
	return ST_OK;
}

/* From another file system: copied to a file of ours while it is read. */
static enum status take_copy(struct call *c, struct files *f, int from, int64_t max_size,
			     struct file_facts *out)
{
	const char *name = fresh_name(c);
	SCOPED_FD int to = openat(f->dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	if (to < 0)
		return trouble(c, "making a file");

	enum status st = files_digest(c, from, to, max_size, out);
	if (!st && fsync(to))
		st = trouble(c, "syncing");
	if (!st)
		st = settle(c, f, f->dir, name, out);
	if (st)
		unlinkat(f->dir, name, 0);
	return st;
}

static enum status take(struct call *c, struct files *f, const char *path, int64_t max_size,
			struct file_facts *out)
{
	/* Not blocking, or a pipe in the file's place would hold us up. */
	SCOPED_FD int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode))
		return fail(c, ST_BAD_INPUT, NULL, "there is no regular file to take");
	if (st.st_dev != f->device)
		return take_copy(c, f, fd, max_size, out);

	enum status status = files_digest(c, fd, -1, max_size, out);
	if (status)
		return status;
	fchmod(fd, 0640);
	if (fsync(fd))
		return trouble(c, "syncing");
	return settle(c, f, AT_FDCWD, path, out);
}

enum status files_take(struct call *c, struct files *f, const char *path, int64_t max_size,
		       struct file_facts *out)
{
	struct file_facts facts = { 0 };
	enum status st = take(c, f, path, max_size, &facts);

	unlink(path);
	if (!st)
		*out = facts;
	return st;
}

enum status file_ref(struct call *c, const struct file_facts *facts)
{
	return db_do(c, &file_ref_sql, NULL,
		     DB_ARGS(DB_STR(facts->sha256), DB_STR(facts->sha512), DB_STR(facts->md5),
			     DB_INT(facts->size)));
}

enum status file_drop(struct call *c, const char *sha256)
{
	int64_t changed = 0;

	enum status st = db_do(c, &file_unref_sql, &changed, DB_ARGS(DB_STR(sha256)));
	if (!st && !changed)
		st = db_do(c, &file_forget_sql, &changed, DB_ARGS(DB_STR(sha256)));
	return !st && !changed ? ST_NOT_FOUND : st;
}
