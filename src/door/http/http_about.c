/* SPDX-License-Identifier: Apache-2.0 */
/* What the house says of itself to everybody, before anyone signs in: version, city, profile, and on which
 * engines its rooms stand. A stand-in is told as one. */
#include "base/config.h"
#include "door/http/http_private.h"
#include "version.h"

struct about {
	const char *version, *profile, *city;
	struct house *house;
};

static void write_engine(struct json_out *j, const char *room, const struct engine *e)
{
	json_key(j, room);
	json_object_begin(j);
	json_put_str(j, "driver", e->driver);
	json_put_bool(j, "real", e->real);
	json_put_str(j, "says", e->says);
	json_object_end(j);
}

static void write_engines(struct call *c, struct json_out *j, const void *obj)
{
	const struct about *o = obj;

	json_object_begin(j);
	for (const struct module *const *m = o->house->modules; *m; m++) {
		struct engine e = { 0 };
		if ((*m)->engine)
			(*m)->engine(c, &e);
		if (e.driver)
			write_engine(j, (*m)->name, &e);
	}
	json_object_end(j);
}

static const struct field about_wire[] = {
	F_STR(about, version, 0, 0),
	F_STR(about, profile, 0, 0),
	F_STR(about, city, 0, 0),
	F_VIEW("engines", write_engines),
	F_END,
};

static enum status about_tell(struct call *c, const struct nothing *in, struct about *out)
{
	struct house *h = house_of(c);

	(void)in;
	*out = (struct about){
		.version = YONGYUN_VERSION,
		.profile = h->config->server.profile == PROFILE_OPENSTACK ? "openstack" : "city",
		.city = h->config->server.city,
		.house = h,
	};
	return ST_OK;
}

ACT(about_tell, nothing, about)

const struct route about_routes[] = {
	ROUTE("GET", "/v1/about", MAY_ANYONE, 0, about_tell, nothing, about,
	      .name = "http.about.show", .flags = ROUTE_READS, .success = 200,
	      .help = "Version, city, profile, and the engines that the cloud stands on"),
	{ 0 },
};
