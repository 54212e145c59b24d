/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the configuration file: sections, keys, values, and what keys demand of one another. Values are
 * read in config_value.c; the keys are in config_keys.c. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/config_private.h"
#include "base/lines.h"

enum { FILE_MAX = 256 << 10, LINE_MAX_BYTES = 4096 };

struct parser {
	struct call *c;
	const char *name;    /* of the file, for messages */
	int line;            /* from 1 */
	const char *section; /* NULL before the first */
	uint64_t seen;       /* a bit a key */
	uint64_t sections;   /* the bits of all keys of the sections so far */
	struct config config;
};

/* Fails with "name:line: words". */
static enum status wrong(struct parser *p, const char *at, const char *words)
{
	return fail(p->c, ST_BAD_INPUT, at, "%s:%d: %s", p->name, p->line, words);
}

static enum status wrong_value(struct parser *p, const struct config_key *k, const char *rule)
{
	const char *at = arena_printf(p->c->arena, "%s.%s", k->section, k->name);
	return wrong(p, at, arena_printf(p->c->arena, "%s %s", at, rule));
}

/* Reads a small regular file as text with a NUL behind it. */
static enum status read_file(struct call *c, const char *path, size_t most, bool secret,
			     char **text, size_t *size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return fail(c, ST_NOT_FOUND, NULL, "%s cannot be opened: %s", path,
			    strerror(errno));
	enum status st = ST_OK;
	struct stat about;
	char *bytes = arena_secret(c->arena, most + 1);
	size_t n = 0;
	if (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode)) {
		st = fail(c, ST_BAD_INPUT, NULL, "%s is not a regular file", path);
		goto out;
	}
	if (secret && (about.st_mode & S_IROTH)) {
		st = fail(c, ST_BAD_INPUT, NULL,
			  "%s holds a secret but everyone may read it: chmod o-r", path);
		goto out;
	}
	for (;;) {
		ssize_t got = read(fd, bytes + n, most + 1 - n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			st = fail(c, ST_BAD_INPUT, NULL, "%s cannot be read: %s", path,
				  strerror(errno));
			goto out;
		}
		if (got == 0)
			break;
		n += (size_t)got;
		if (n > most) {
			st = fail(c, ST_BAD_INPUT, NULL, "%s is longer than %zu bytes", path, most);
			goto out;
		}
	}
	bytes[n] = '\0';
	*text = bytes;
	*size = n;
out:
	close(fd);
	return st;
}

/* What may stand behind a secret in its file. */
static bool is_space(char ch)
{
	return ch == ' ' || ch == '\t' || ch == '\r';
}

static bool has_control(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7F)
			return true;
	return false;
}

static enum status read_section(struct parser *p, char *line)
{
	size_t length = strlen(line);
	if (line[length - 1] != ']')
		return wrong(p, NULL, "a section is written [section]");
	line[length - 1] = '\0';
	const char *name = line_trim(line + 1);
	uint64_t bit = 1, here = 0;
	const struct config_key *found = NULL;
	for (const struct config_key *k = config_keys; k->name; k++, bit <<= 1)
		if (strcmp(k->section, name) == 0) {
			found = k;
			here |= bit;
		}
	if (!found)
		return wrong(p, name, arena_printf(p->c->arena, "there is no section [%s]", name));
	if (p->sections & here)
		return wrong(p, name,
			     arena_printf(p->c->arena, "section [%s] stands there twice", name));
	p->section = found->section;
	p->sections |= here;
	return ST_OK;
}

/* The key of this name in the current section, or NULL; '*by_file' tells of NAME_file. */
static const struct config_key *find_key(const struct parser *p, const char *name, bool *by_file)
{
	for (const struct config_key *k = config_keys; k->name; k++) {
		if (strcmp(k->section, p->section) != 0)
			continue;
		size_t length = strlen(k->name);
		*by_file = k->secret && strncmp(name, k->name, length) == 0 &&
			   strcmp(name + length, "_file") == 0;
		if (*by_file || strcmp(name, k->name) == 0)
			return k;
	}
	return NULL;
}

static enum status read_secret(struct parser *p, const struct config_key *k, const char *path,
			       const char **value)
{
	char *text;
	size_t size;
	enum status st = read_file(p->c, path, LINE_MAX_BYTES, true, &text, &size);
	if (st) {
		/* Told again with the line that names the file. */
		const char *why = arena_strdup(p->c->arena, p->c->problem);
		call_forgive(p->c);
		return wrong_value(p, k, arena_printf(p->c->arena, "(by file): %s", why));
	}
	if (!utf8_valid(text, size))
		return wrong_value(p, k, "(by file) is not UTF-8");
	while (size > 0 && (text[size - 1] == '\n' || is_space(text[size - 1])))
		text[--size] = '\0';
	if (size == 0 || has_control(text))
		return wrong_value(p, k, "(by file) is not one line of text");
	*value = text;
	return ST_OK;
}

static enum status read_key(struct parser *p, char *line)
{
	char *equals = strchr(line, '=');
	if (!equals)
		return wrong(p, NULL, "a line is [section], key = value or # comment");
	*equals = '\0';
	const char *name = line_trim(line), *value = line_trim(equals + 1);
	if (!p->section)
		return wrong(p, name, "a key stands before the first section");

	bool by_file;
	const struct config_key *k = find_key(p, name, &by_file);
	if (!k)
		return wrong(p, name,
			     arena_printf(p->c->arena, "there is no key %s.%s", p->section, name));
	uint64_t bit = UINT64_C(1) << (k - config_keys);
	if (p->seen & bit)
		return wrong_value(p, k, "is given twice");
	p->seen |= bit;
	if (!*value)
		return wrong_value(p, k, "has no value");
	if (has_control(value))
		return wrong_value(p, k, "holds a control character");
	if (by_file) {
		enum status st = read_secret(p, k, value, &value);
		if (st)
			return st;
	}
	const char *rule = config_value(p->c->arena, k, value, &p->config);
	return rule ? wrong_value(p, k, rule) : ST_OK;
}

static enum status read_line(struct parser *p, char *line)
{
	line = line_trim(line);
	if (!*line || *line == '#')
		return ST_OK;
	return *line == '[' ? read_section(p, line) : read_key(p, line);
}

static enum status read_lines(struct parser *p, const char *text, size_t size)
{
	if (size > FILE_MAX)
		return fail(p->c, ST_BAD_INPUT, NULL, "%s is longer than %d bytes", p->name,
			    FILE_MAX);
	const char *end = text + size;
	while (text < end) {
		p->line++;
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		size_t length = (size_t)((stop ? stop : end) - text);
		if (length > LINE_MAX_BYTES)
			return wrong(p, NULL, "the line is too long");
		if (!utf8_valid(text, length))
			return wrong(p, NULL, "the line is not UTF-8");
		char *line = arena_secret(p->c->arena, length + 1);
		memcpy(line, text, length);
		enum status st = read_line(p, line);
		if (st)
			return st;
		text = stop ? stop + 1 : end;
	}
	return ST_OK;
}

static void set_defaults(struct parser *p)
{
	for (const struct config_key *k = config_keys; k->name; k++) {
		assert(k - config_keys < CONFIG_KEYS_MAX);
		const char *rule = k->preset ? config_value(p->c->arena, k, k->preset, &p->config)
					     : NULL;
		assert(!rule);
	}
}

/* {data} becomes the data folder. */
static void fill_in_data(struct parser *p)
{
	for (const struct config_key *k = config_keys; k->name; k++) {
		if (k->kind != CONFIG_PATH && k->kind != CONFIG_URL)
			continue;
		const char **value = (const char **)((char *)&p->config + k->at);
		const char *mark = *value ? strstr(*value, CONFIG_DATA) : NULL;
		if (!mark || value == &p->config.server.data)
			continue;
		*value = arena_printf(p->c->arena, "%.*s%s%s", (int)(mark - *value), *value,
				      p->config.server.data, mark + strlen(CONFIG_DATA));
	}
}

static enum status check_together(struct parser *p)
{
	const struct config *f = &p->config;
	bool pair = f->http.certificate && f->http.certificate_key;
	if (f->http.listen_tls && !pair)
		return fail(p->c, ST_BAD_INPUT, "http.listen_tls",
			    "%s: http.listen_tls needs http.certificate and http.certificate_key",
			    p->name);
	if (!f->http.listen_tls && (f->http.certificate || f->http.certificate_key))
		return fail(p->c, ST_BAD_INPUT, "http.certificate",
			    "%s: a certificate is of no use without http.listen_tls", p->name);
	return ST_OK;
}

enum status config_parse(struct call *c, const char *name, const char *text, size_t size,
			 struct config *out)
{
	struct parser p = { .c = c, .name = name };
	set_defaults(&p);
	enum status st = read_lines(&p, text, size);
	if (st)
		return st;
	fill_in_data(&p);
	st = check_together(&p);
	if (st)
		return st;
	*out = p.config;
	return ST_OK;
}

enum status config_read(struct call *c, const char *path, struct config *out)
{
	char *text = NULL;
	size_t size = 0;
	enum status st = path ? read_file(c, path, FILE_MAX, false, &text, &size) : ST_OK;
	if (st)
		return st;
	return config_parse(c, path ? path : "the defaults", text ? text : "", size, out);
}
