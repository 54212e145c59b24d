/* SPDX-License-Identifier: Apache-2.0 */
/* Applications 办件 to the hall: drafts for an item that is published, handed in by the applicant or a window
 * clerk, and received by the item's office.
 *
 *     draft ──submit──► received ──accept, or five working days of silence──► accepted
 *                          │  ▲                                                  │
 *                   correct│  │submit (once)            withdraw, of all three   │
 *                          ▼  │                     ┌───────────────────────────►▼
 *                       correcting          received┴─refuse──► refused      withdrawn
 *
 * What follows on acceptance (examining, deciding, certificates) is not offered yet.
 *
 * Owns tables cases_*. Uses db, audit, engine/calendar, engine/form, the check of a 公民身份号码 in
 * engine/linkage, that of a 统一社会信用代码 in data/catalogue, masks of data/intake, and service/hall. */
#ifndef SERVICE_CASES_CASES_H
#define SERVICE_CASES_CASES_H

struct module;
extern const struct module cases_module;

#endif
