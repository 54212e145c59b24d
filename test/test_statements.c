/* SPDX-License-Identifier: Apache-2.0 */
/* Every statement of the program against the schema of all rooms, on the database of this run. */
#include "base/text.h"
#include "harness.h"

TEST(every_statement_of_the_program_is_accepted)
{
	struct db *db = test_db_with(program_schema);
	struct call *c = test_call();
	struct buf report = { .arena = c->arena };
	int bad = -1;

	assert_int_equal(db_check_statements(c, db, &report, &bad), ST_OK);
	if (bad)
		test_fail("%s", buf_text(&report));
}
