/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as CSV, against a reader that goes byte by byte; what was read is written and read again. */
#include <assert.h>
#include <stdlib.h>
#include "engine/linkage/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The end of the unquoted field at 'at', the slow way. */
static size_t bare_end(const char *s, size_t size, size_t at, char delimiter)
{
	while (at < size && s[at] != delimiter && s[at] != '\n')
		at++;
	return at;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	SCOPED_ARENA struct arena *a = arena_new();
	struct call *c = call_new(a, "fuzz");
	/* Of its own size, so that a look behind the end is seen. */
	char *text = malloc(size ? size : 1);
	static struct csv_field fields[CSV_FIELDS_MAX];
	unsigned count;
	int64_t line = 0;
	struct csv r;

	assert(text);
	memcpy(text, data, size);
	csv_init(&r, "fuzz", text, size, 0);
	while (!csv_next(c, &r, fields, &count) && count) {
		assert(r.line > line);
		line = r.line;
		for (unsigned i = 0; i < count; i++) {
			const struct csv_field *f = &fields[i];
			size_t at = (size_t)(f->at - text);
			assert(at + f->size <= size && f->size <= CSV_FIELD_SIZE_MAX);
			if (at == 0 || text[at - 1] == r.delimiter || text[at - 1] == '\n') {
				size_t end = bare_end(text, size, at, r.delimiter);
				assert(f->size == end - at ||
				       (f->size + 1 == end - at && text[end - 1] == '\r'));
			}
			char *plain = arena_alloc(a, f->size + 1ul);
			uint32_t n = csv_plain(f, plain);
			assert(n <= f->size);
			struct buf b = { .arena = a };
			csv_write(&b, plain, n);
			struct csv again;
			struct csv_field back[CSV_FIELDS_MAX];
			unsigned one;
			csv_init(&again, "again", buf_text(&b), b.size, ',');
			if (!n || memchr(plain, '\0', n) ||
			    (n >= 3 && !memcmp(plain, "\xEF\xBB\xBF", 3)))
				continue;
			assert(csv_next(c, &again, back, &one) == ST_OK && one == 1);
			char *same = arena_alloc(a, back[0].size + 1ul);
			assert(csv_plain(&back[0], same) == n && memcmp(same, plain, n) == 0);
		}
	}
	free(text);
	return 0;
}
