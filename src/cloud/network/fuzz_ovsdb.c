/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes from a database that may say anything: where messages end must not depend on how the bytes
 * arrive, and reading values out of them must not trip. */
#include <assert.h>
#include "base/call.h"
#include "cloud/network/ovsdb_value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Feeds all at once, or byte by byte, and tells where the first message ended. */
static enum ovsdb_step first_end(const char *bytes, size_t size, size_t piece, size_t *end)
{
	struct ovsdb_frame f = { 0 };
	size_t at = 0;

	while (at < size) {
		size_t n = size - at < piece ? size - at : piece, used = 0;
		enum ovsdb_step s = ovsdb_frame_feed(&f, bytes + at, n, &used);
		assert(used <= n);
		at += used;
		if (s != OVSDB_MORE) {
			*end = at;
			return s;
		}
	}
	*end = at;
	return OVSDB_MORE;
}

static void read_values(const json_t *row)
{
	const char *list[] = { "a", "b" };
	struct map_pair pairs[] = { { "a", "b" } };
	struct words words = { list, 2 };
	struct map map = { pairs, 1 };

	(void)ovsdb_row_uuid(row);
	(void)ovsdb_uuid(row, "u");
	(void)ovsdb_map_value(row, "m", "a");
	(void)ovsdb_set_same(row, "s", &words);
	(void)ovsdb_map_same(row, "m", &map);
	(void)ovsdb_bool(row, "b", true);
	(void)ovsdb_text(row, "t");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;
	size_t whole, single;
	enum ovsdb_step a = first_end(bytes, size, size + 1, &whole);
	enum ovsdb_step b = first_end(bytes, size, 1, &single);

	assert(a == b && (a != OVSDB_WHOLE || whole == single));
	if (a != OVSDB_WHOLE)
		return 0;
	json_t *message = json_loadb(bytes, whole, JSON_REJECT_DUPLICATES, NULL);
	if (message)
		read_values(message);
	json_decref(message);
	return 0;
}
