/* SPDX-License-Identifier: Apache-2.0 */
/* The rooms of the house, in start order; they stop the other way round. */
#include "cloud/compute/compute.h"
#include "cloud/image/image.h"
#include "cloud/metadata/metadata.h"
#include "cloud/network/network.h"
#include "cloud/pool/pool.h"
#include "cloud/system/system.h"
#include "command.h"
#include "data/catalogue/catalogue.h"
#include "data/intake/intake.h"
#include "data/theme/theme.h"
#include "door/audit/audit.h"
#include "door/http/http.h"
#include "door/identity/identity.h"
#include "door/jobs/jobs.h"
#include "engine/calendar/calendar.h"
#include "engine/process/process.h"
#include "service/cases/cases.h"
#include "service/hall/hall.h"

const struct module *const all_modules[] = {
	&jobs_module,      &audit_module,    &identity_module,
	&http_module,      &calendar_module, &process_module,
	&pool_module,      &system_module,   &image_module,
	&network_module,   &compute_module,  &metadata_module,
	&catalogue_module, &intake_module,   &theme_module,
	&hall_module,      &cases_module,    NULL,
};
