/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold of the hall's rows, for `yongyun check`: entries and versions agree, and with --deep, every
 * version that was published is still what was sealed. */
#include "service/hall/hall_private.h"

enum status hall_check(struct call *c, struct house *h, bool deep, struct buf *report, int64_t *bad)
{
	enum status st = check_breaches(c, h, hall_breaches, report, bad);

	return st || !deep ? st : check_seals(c, h, hall_versions_sealed, "entry", report, bad);
}
