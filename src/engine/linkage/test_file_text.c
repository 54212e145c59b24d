/* SPDX-License-Identifier: Apache-2.0 */
/* Files larger than the window of them that stays in memory, with characters across its edges. */
#include "engine/linkage/file_text.h"
#include <fcntl.h>
#include <unistd.h>
#include "harness.h"

#define WINDOW (16l << 20)

/* Zeroes with a text at 'at', which are characters too. */
static const char *sparse(off_t size, off_t at, const char *text)
{
	const char *path = arena_printf(test_call()->arena, "%s/sparse.txt", test_folder());
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, size), 0);
	assert_int_equal(pwrite(fd, text, strlen(text), at), strlen(text));
	close(fd);
	return path;
}

TEST(a_character_may_stand_across_the_edge_of_a_window)
{
	static const char *const characters[] = { "é", "宁", "𠮷" };

	for (size_t i = 0; i < sizeof characters / sizeof *characters; i++)
		for (off_t before = 0; before <= 4; before++)
			for (off_t behind = 0; behind <= 2 * WINDOW; behind += WINDOW) {
				struct call *c = test_call();
				struct file_text t;
				off_t at = WINDOW - before,
				      size = at + (off_t)strlen(characters[i]) + behind;
				if (file_text_open(c, sparse(size, at, characters[i]), INT64_MAX,
						   &t))
					test_fail("%s", c->problem);
				assert_false(t.gb18030);
				assert_int_equal(t.size, size);
				assert_memory_equal(t.data + at, characters[i],
						    strlen(characters[i]));
				file_text_close(&t);
			}
}

TEST(what_is_no_character_at_the_edge_of_a_window_is_told)
{
	/* Neither begins one of UTF-8 here, nor of GB 18030. */
	static const char *const wrong[] = { "\xFF", "\xE5\xFF", "\xE5\xAE\xFF" };

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct call *c = test_call();
		struct file_text t;
		off_t at = WINDOW - (off_t)strlen(wrong[i]) + 1;
		assert_int_equal(file_text_open(c, sparse(3 * WINDOW, at, wrong[i]), INT64_MAX, &t),
				 ST_BAD_INPUT);
		assert_non_null(
			strstr(c->problem, arena_printf(c->arena, "neither UTF-8 (byte %lld) nor",
							(long long)at)));
	}
}
