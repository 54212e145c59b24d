/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include "cloud/image/image_private.h"
#include "harness.h"

/* --- patches --- */

static struct image patched(const char *body, enum status wanted, const char *says)
{
	struct call *c = test_call();
	struct image i = {
		.id = "i",
		.name = "old",
		.visibility = IMAGE_SHARED,
		.disk_format = "qcow2",
		.container_format = "bare",
		.properties = "{\"os\":\"debian\"}",
	};

	assert_int_equal(image_patch_apply(c, body, &i), wanted);
	if (wanted)
		assert_non_null(strstr(c->problem, says));
	return i;
}

TEST(a_patch_replaces_what_the_owner_says)
{
	struct image i = patched("[{\"op\":\"replace\",\"path\":\"/name\",\"value\":\"新\"},"
				 "{\"op\":\"add\",\"path\":\"/use\",\"value\":\"test\"},"
				 "{\"op\":\"remove\",\"path\":\"/os\"},"
				 "{\"op\":\"replace\",\"path\":\"/min_ram\",\"value\":64}]",
				 ST_OK, "");

	assert_string_equal(i.name, "新");
	assert_string_equal(i.properties, "{\"use\":\"test\"}");
	assert_int_equal(i.min_ram, 64);
}

TEST(a_patch_may_be_written_as_the_first_clients_do)
{
	struct image i = patched("[{\"replace\":\"/name\",\"value\":\"new\"},"
				 "{\"add\":\"/use\",\"value\":\"test\"},{\"remove\":\"/os\"}]",
				 ST_OK, "");

	assert_string_equal(i.name, "new");
	assert_string_equal(i.properties, "{\"use\":\"test\"}");
}

TEST(a_patch_does_not_touch_what_the_cloud_keeps)
{
	patched("[{\"op\":\"replace\",\"path\":\"/status\",\"value\":\"active\"}]", ST_FORBIDDEN,
		"read-only");
	patched("[{\"op\":\"remove\",\"path\":\"/name\"}]", ST_FORBIDDEN, "may not be removed");
	patched("[{\"op\":\"replace\",\"path\":\"/none\",\"value\":\"x\"}]", ST_CONFLICT, "none");
	patched("[{\"op\":\"move\",\"path\":\"/name\"}]", ST_BAD_INPUT, "add, replace or remove");
	patched("[{\"op\":\"add\",\"path\":\"/a/b\",\"value\":\"x\"}]", ST_BAD_INPUT, "one member");
	patched("[{\"op\":\"add\",\"path\":\"/use\",\"value\":7}]", ST_BAD_INPUT, "text");
	patched("[{\"op\":\"replace\",\"path\":\"/disk_format\",\"value\":\"zip\"}]", ST_BAD_INPUT,
		"disk format");
	patched("{}", ST_BAD_INPUT, "list");
	patched("[", ST_BAD_INPUT, "not JSON");
}

TEST(a_patch_that_fails_midway_changes_nothing)
{
	struct image i = patched("[{\"op\":\"replace\",\"path\":\"/name\",\"value\":\"new\"},"
				 "{\"op\":\"replace\",\"path\":\"/none\",\"value\":\"x\"}]",
				 ST_CONFLICT, "none");

	assert_string_equal(i.name, "old");
}

/* --- what the bytes are --- */

static const char *disk(struct call *c, const char *command)
{
	char folder[] = "/tmp/yongyun-image-XXXXXX";
	const char *path;

	assert_non_null(mkdtemp(folder));
	path = arena_printf(c->arena, "%s/disk", folder);
	if (command)
		/* NOLINTNEXTLINE(cert-env33-c): a command of the test's own */
		assert_int_equal(system(arena_printf(c->arena, "cd %s && %s", folder, command)), 0);
	return path;
}

static void gone(struct call *c, const char *path)
{
	/* NOLINTNEXTLINE(cert-env33-c): a command of the test's own */
	assert_int_equal(system(arena_printf(c->arena, "rm -r $(dirname %s)", path)), 0);
}

#define QCOW2 "qemu-img create -q -f qcow2 "

TEST(a_whole_qcow2_disk_is_taken_and_measured)
{
	struct call *c = test_call();
	const char *path = disk(c, QCOW2 "disk 64M");
	int64_t size = 0;

	assert_int_equal(image_inspect(c, path, "qcow2", INT64_C(1) << 40, &size), ST_OK);
	assert_int_equal(size, 64 << 20);
	gone(c, path);
}

TEST(a_disk_that_stands_on_another_file_is_refused)
{
	struct call *c = test_call();
	const char *path = disk(c, QCOW2 "base 1M && " QCOW2 "-b base -F qcow2 disk");
	int64_t size = 0;

	assert_int_equal(image_inspect(c, path, "qcow2", INT64_C(1) << 40, &size), ST_BAD_INPUT);
	assert_non_null(strstr(c->problem, "backing file"));
	gone(c, path);
}

TEST(a_disk_that_keeps_its_data_elsewhere_is_refused)
{
	struct call *c = test_call();
	const char *path = disk(c, QCOW2 "-o data_file=other.raw disk 1M");
	int64_t size = 0;

	assert_int_equal(image_inspect(c, path, "qcow2", INT64_C(1) << 40, &size), ST_BAD_INPUT);
	assert_non_null(strstr(c->problem, "another file"));
	gone(c, path);
}

TEST(a_disk_that_promises_too_much_is_refused)
{
	struct call *c = test_call();
	const char *path = disk(c, QCOW2 "disk 2T");
	int64_t size = 0;

	assert_int_equal(image_inspect(c, path, "qcow2", INT64_C(1) << 40, &size), ST_BAD_INPUT);
	assert_non_null(strstr(c->problem, "promises"));
	gone(c, path);
}

TEST(bytes_of_another_format_are_refused)
{
	struct call *c = test_call();
	const char *path = disk(c, "echo nothing of the kind > disk");
	int64_t size = 0;

	assert_int_equal(image_inspect(c, path, "qcow2", INT64_C(1) << 40, &size), ST_BAD_INPUT);
	gone(c, path);
}

TEST(a_vmdk_that_names_other_files_is_refused)
{
	struct call *c = test_call();
	const char *path = disk(c, "printf '# Disk DescriptorFile\\nversion=1\\n"
				   "createType=\"monolithicFlat\"\\n"
				   "RW 63 FLAT \"/etc/passwd\" 0\\n' > disk");
	int64_t size = 0;

	assert_int_equal(image_inspect(c, path, "vmdk", INT64_C(1) << 40, &size), ST_BAD_INPUT);
	assert_non_null(strstr(c->problem, "one sparse"));
	gone(c, path);
}

/* Glance's clients send what qemu-img writes. */
static void is_taken(const char *format, const char *options)
{
	struct call *c = test_call();
	const char *path = disk(c, arena_printf(c->arena, "qemu-img create -q -f %s %s disk 8M",
						format, options));
	int64_t size = 0;

	if (image_inspect(c, path, format, INT64_C(1) << 40, &size))
		test_fail("%s %s: %s", format, options, c->problem);
	assert_int_equal(size, 8 << 20);
	gone(c, path);
}

TEST(whole_disks_of_every_format_are_taken_and_measured)
{
	is_taken("raw", "");
	is_taken("qcow2", "-o compat=0.10");
	is_taken("vmdk", "-o subformat=monolithicSparse");
	is_taken("vmdk", "-o subformat=streamOptimized");
	is_taken("vhdx", "");
	is_taken("vdi", "");
}

TEST(a_disk_that_says_another_format_than_it_has_is_refused)
{
	static const char *const made[] = { "qcow2", "vhdx", "vmdk", "vdi" };
	struct call *c = test_call();
	int64_t size = 0;

	for (size_t i = 0; i < 4; i++) {
		const char *path = disk(
			c, arena_printf(c->arena, "qemu-img create -q -f %s disk 8M", made[i]));
		const char *said = made[(i + 1) % 4];
		if (image_inspect(c, path, said, INT64_C(1) << 40, &size) != ST_BAD_INPUT)
			test_fail("a disk of %s was taken as %s", made[i], said);
		call_forgive(c);
		gone(c, path);
	}
}
