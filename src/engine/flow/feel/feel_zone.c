/* SPDX-License-Identifier: Apache-2.0 */
/* IANA time zones, read from the system's files (RFC 8536, /usr/share/zoneinfo or $TZDIR) once each and
 * kept for the life of the process: libc knows only one zone at a time. This is the one place where
 * FEEL touches a file; the names that can be opened are those of zones. */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "engine/flow/feel/feel_private.h"

#define ZONE_FILE_MAX (256 << 10)
#define ZONE_NAME_MAX 64

struct rule {      /* "M3.5.0/2": when an offset begins, in each year */
	char kind; /* M, J (no 29 February), 0 (days from 0) */
	int month, week, day;
	int32_t at; /* seconds of the day */
};

struct feel_zone {
	struct feel_zone *next;
	char name[ZONE_NAME_MAX + 1];
	size_t count;
	int64_t *at; /* when 'offset' of the same place begins, ascending */
	int32_t *offset;
	int32_t first; /* before all of them */
	bool has_rest; /* after the last: the footer's rule */
	bool has_summer;
	int32_t standard, summer;
	struct rule begin, end;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct feel_zone *zones;

static uint32_t be32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int64_t be64(const unsigned char *p)
{
	return (int64_t)((uint64_t)be32(p) << 32 | be32(p + 4));
}

/* "[+-]h[h][:mm[:ss]]" as seconds */
static const char *read_hms(const char *s, int32_t *out)
{
	int sign = 1;
	int32_t part[3] = { 0 };
	if (*s == '-' || *s == '+')
		sign = *s++ == '-' ? -1 : 1;
	for (int i = 0; i < 3; i++) {
		if (*s < '0' || *s > '9')
			return NULL;
		for (int n = 0; *s >= '0' && *s <= '9' && n < 3; n++)
			part[i] = part[i] * 10 + (*s++ - '0');
		if (*s != ':' || i == 2)
			break;
		s++;
	}
	*out = sign * (part[0] * 3600 + part[1] * 60 + part[2]);
	return s;
}

static const char *skip_name(const char *s)
{
	if (*s == '<') {
		const char *end = strchr(s, '>');
		return end ? end + 1 : NULL;
	}
	const char *t = s;
	while ((*t >= 'A' && *t <= 'Z') || (*t >= 'a' && *t <= 'z'))
		t++;
	return t > s ? t : NULL;
}

static const char *read_number(const char *s, int *out)
{
	if (*s < '0' || *s > '9')
		return NULL;
	*out = 0;
	for (int n = 0; *s >= '0' && *s <= '9' && n < 4; n++)
		*out = *out * 10 + (*s++ - '0');
	return s;
}

/* ",M3.2.0/2" */
static const char *read_rule(const char *s, struct rule *r)
{
	if (*s++ != ',')
		return NULL;
	r->at = 7200;
	r->kind = '0';
	if (*s == 'M') {
		r->kind = *s;
		s = read_number(s + 1, &r->month);
		s = s && *s == '.' ? read_number(s + 1, &r->week) : NULL;
		s = s && *s == '.' ? read_number(s + 1, &r->day) : NULL;
		if (!s || r->month < 1 || r->month > 12 || r->week < 1 || r->week > 5 || r->day > 6)
			return NULL;
	} else {
		if (*s == 'J')
			r->kind = *s++;
		s = read_number(s, &r->day);
	}
	if (s && *s == '/')
		s = read_hms(s + 1, &r->at);
	return s;
}

/* The footer, a POSIX TZ string: "CET-1CEST,M3.5.0,M10.5.0/3". Its offsets are west of UTC. */
static bool read_footer(const char *s, struct feel_zone *z)
{
	s = skip_name(s);
	if (!s || !(s = read_hms(s, &z->standard)))
		return false;
	z->standard = -z->standard;
	if (!*s)
		return true;
	s = skip_name(s);
	if (!s)
		return false;
	z->summer = z->standard + 3600;
	if (*s != ',') {
		if (!(s = read_hms(s, &z->summer)))
			return false;
		z->summer = -z->summer;
	}
	s = read_rule(s, &z->begin);
	s = s ? read_rule(s, &z->end) : NULL;
	z->has_summer = s != NULL;
	return s && !*s;
}

struct counts {
	size_t isut, isstd, leap, time, type, chars;
};

/* The bytes of a data block behind its header; 'wide': times of 8 bytes. */
static size_t read_counts(const unsigned char *h, size_t wide, struct counts *c)
{
	size_t *to[] = { &c->isut, &c->isstd, &c->leap, &c->time, &c->type, &c->chars };
	for (size_t i = 0; i < 6; i++) {
		*to[i] = be32(h + 20 + 4 * i);
		if (*to[i] > ZONE_FILE_MAX)
			return SIZE_MAX / 4;
	}
	return c->time * (wide + 1) + c->type * 6 + c->chars + c->leap * (wide + 4) + c->isstd +
	       c->isut;
}

static bool zone_parse(const unsigned char *p, size_t size, struct feel_zone *z)
{
	struct counts c = { 0 };
	if (size < 88 || memcmp(p, "TZif", 4) != 0 || p[4] < '2')
		return false;
	size_t skip = 44 + read_counts(p, 4, &c);
	if (skip > size || size - skip < 44 || memcmp(p + skip, "TZif", 4) != 0)
		return false;
	p += skip;
	size -= skip;
	size_t block = read_counts(p, 8, &c);
	if (block > size - 44 || c.type == 0)
		return false;
	const unsigned char *times = p + 44, *index = times + 8 * c.time, *types = index + c.time;
	z->count = c.time;
	z->at = calloc(c.time + 1, sizeof(*z->at));
	z->offset = calloc(c.time + 1, sizeof(*z->offset));
	if (!z->at || !z->offset)
		return false;
	z->first = (int32_t)be32(types);
	for (size_t i = 0; i < c.time; i++) {
		if (index[i] >= c.type)
			return false;
		z->at[i] = be64(times + 8 * i);
		z->offset[i] = (int32_t)be32(types + 6 * index[i]);
	}
	const char *footer = (const char *)p + 44 + block;
	size_t left = size - 44 - block;
	const char *end = left > 1 ? memchr(footer + 1, '\n', left - 1) : NULL;
	char text[128];
	if (end && footer[0] == '\n' && (size_t)(end - footer) < sizeof(text) && end > footer + 1) {
		memcpy(text, footer + 1, (size_t)(end - footer) - 1);
		text[end - footer - 1] = 0;
		z->has_rest = read_footer(text, z);
	}
	return true;
}

static void zone_end(struct feel_zone *z)
{
	free(z->at);
	free(z->offset);
	free(z);
}

static struct feel_zone *zone_load(const char *name)
{
	const char *folder = getenv("TZDIR");
	char path[512];
	snprintf(path, sizeof(path), "%s/%s", folder && *folder ? folder : "/usr/share/zoneinfo",
		 name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	struct stat st;
	struct feel_zone *z = NULL;
	unsigned char *bytes = NULL;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= ZONE_FILE_MAX) {
		size_t size = (size_t)st.st_size;
		bytes = malloc(size + 1);
		z = calloc(1, sizeof(*z));
		if (!bytes || !z || read(fd, bytes, size) != (ssize_t)size ||
		    !zone_parse(bytes, size, z)) {
			if (z)
				zone_end(z);
			z = NULL;
		} else {
			snprintf(z->name, sizeof(z->name), "%s", name);
		}
	}
	free(bytes);
	close(fd);
	return z;
}

static bool name_ok(const char *s, size_t size)
{
	if (size == 0 || size > ZONE_NAME_MAX || s[0] == '/' || s[0] == '.')
		return false;
	for (size_t i = 0; i < size; i++) {
		char c = s[i];
		bool ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			  (c >= '0' && c <= '9') || c == '_' || c == '+' || c == '-' || c == '/';
		if (!ok)
			return false;
	}
	return true;
}

const struct feel_zone *zone_find(const char *s, size_t size)
{
	if (!name_ok(s, size))
		return NULL;
	char name[ZONE_NAME_MAX + 1];
	memcpy(name, s, size);
	name[size] = 0;
	pthread_mutex_lock(&lock);
	struct feel_zone *z = zones;
	while (z && strcmp(z->name, name) != 0)
		z = z->next;
	if (!z && (z = zone_load(name))) {
		z->next = zones;
		zones = z;
	}
	pthread_mutex_unlock(&lock);
	return z;
}

const char *zone_name(const struct feel_zone *z)
{
	return z->name;
}

/* When the rule's day begins in the year, in the clock that was in force before it. */
static int64_t rule_at(const struct rule *r, int64_t year)
{
	int64_t day;
	if (r->kind == 'M') {
		int64_t first = days_from_civil(year, (unsigned)r->month, 1);
		int64_t weekday = (first + 4) % 7;
		if (weekday < 0)
			weekday += 7;
		day = first + (r->day - weekday + 7) % 7 + 7 * (r->week - 1);
		if (day >= first + month_days(year, (unsigned)r->month))
			day -= 7;
	} else {
		day = days_from_civil(year, 1, 1) + r->day;
		if (r->kind == 'J') {
			bool leap = month_days(year, 2) == 29;
			day += leap && r->day >= 60 ? 0 : -1;
		}
	}
	return day * 86400 + r->at;
}

static int32_t rest_offset(const struct feel_zone *z, int64_t utc)
{
	struct feel_moment m = { 0 };
	int64_t local = utc + z->standard;
	if (!z->has_summer || !civil_from_days(local / 86400 - (local % 86400 < 0), &m))
		return z->standard;
	int64_t begin = rule_at(&z->begin, m.year) - z->standard;
	int64_t end = rule_at(&z->end, m.year) - z->summer;
	bool summer = begin < end ? utc >= begin && utc < end : utc >= begin || utc < end;
	return summer ? z->summer : z->standard;
}

int32_t zone_offset_utc(const struct feel_zone *z, int64_t utc)
{
	if (z->count == 0 || utc < z->at[0])
		return z->count == 0 && z->has_rest ? rest_offset(z, utc) : z->first;
	if (utc >= z->at[z->count - 1] && z->has_rest)
		return rest_offset(z, utc);
	size_t low = 0, high = z->count;
	while (high - low > 1) {
		size_t mid = low + (high - low) / 2;
		if (z->at[mid] <= utc)
			low = mid;
		else
			high = mid;
	}
	return z->offset[low];
}

/* What the clock there shows may be no instant, or two: then the offset before the change counts. */
int32_t zone_offset_local(const struct feel_zone *z, int64_t local)
{
	int32_t before = zone_offset_utc(z, local - 86400),
		after = zone_offset_utc(z, local + 86400);
	if (before == after || zone_offset_utc(z, local - before) == before)
		return before;
	return zone_offset_utc(z, local - after) == after ? after : before;
}
