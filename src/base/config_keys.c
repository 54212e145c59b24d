/* SPDX-License-Identifier: Apache-2.0 */
/* Every key of the configuration, once; and the example file that follows from them. */
#include "base/config_private.h"
#include "base/shape.h"

static const char *const profiles[] = { "city", "openstack", NULL };
static const char *const placements[] = { "pack", "spread", NULL };
static const char *const computes[] = { "auto", "libvirt", "fake", NULL };
static const char *const accelerators[] = { "auto", "kvm", "tcg", NULL };
static const char *const networks[] = { "auto", "ovn", "fake", NULL };
static const char *const levels[] = { "debug", "info", "warn", "error", NULL };
static const char *const web_urls[] = { "http://", "https://", NULL };
static const char *const databases[] = { "sqlite:", "postgresql://", "postgres://", NULL };
/* Without a host: disks and ports of guests are made on this machine. */
static const char *const libvirts[] = { "qemu:///", "qemu+unix:///", "test:///", NULL };
static const char *const ovsdbs[] = { "unix:", "tcp:", "ssl:", NULL };

#define SECONDS(n) ((n)*CLOCK_SECOND)
#define HOURS(n) SECONDS((n)*INT64_C(3600))
#define MIB(n) ((n)*INT64_C(1048576))

#define KEY(s, m, kind_, t, preset_, help_, ...)                                                   \
	{                                                                                          \
		.section = #s, .name = #m, .kind = kind_, .at = FIELD_AT(config, s.m, t),          \
		.preset = preset_, .help = help_, ##__VA_ARGS__                                    \
	}
#define TEXT(s, m, preset, help, ...)                                                              \
	KEY(s, m, CONFIG_TEXT, const char *, preset, help, ##__VA_ARGS__)
#define PATH(s, m, preset, help) KEY(s, m, CONFIG_PATH, const char *, preset, help)
#define URL(s, m, preset, words_, help, ...)                                                       \
	KEY(s, m, CONFIG_URL, const char *, preset, help, .words = words_, ##__VA_ARGS__)
#define ADDRESS(s, m, preset, help) KEY(s, m, CONFIG_ADDRESS, const char *, preset, help)
#define NUMBER(s, m, kind, preset, lo, hi, help)                                                   \
	KEY(s, m, kind, int64_t, preset, help, .min = lo, .max = hi)
#define BOOL(s, m, preset, help) KEY(s, m, CONFIG_BOOL, bool, preset, help)
#define WORD(s, m, preset, words_, help) KEY(s, m, CONFIG_WORD, int, preset, help, .words = words_)

const struct config_key config_keys[] = {
	PATH(server, data, "./var",
	     "The folder of all that the program keeps; made when it is not there."),
	TEXT(server, city, "宁波市", "The city's name, as the portal and documents show it.",
	     .max = 64),
	WORD(server, profile, "city", profiles,
	     "city: three administrators who check each other; openstack: the one admin that "
	     "OpenStack's tools expect, for test clouds."),
	URL(server, public_url, NULL, web_urls,
	    "The address that users type, for links; without it, what each request was sent to."),
	NUMBER(server, workers, CONFIG_INT, "64", 1, 1024, "How many requests are served at once."),

	ADDRESS(http, listen, "127.0.0.1:8080", "Where nginx listens without TLS."),
	ADDRESS(http, listen_tls, NULL,
		"Where nginx listens with TLS 1.3 and HTTP/2; needs certificate and "
		"certificate_key."),
	PATH(http, certificate, NULL, "The certificate with its chain, PEM."),
	PATH(http, certificate_key, NULL, "The certificate's private key, PEM."),
	TEXT(http, user, NULL,
	     "The user that nginx's workers become when it is started by root; it must be able to "
	     "read the portal and the data folder. Without it they stay root: run the program as "
	     "a user of its own where it serves others.",
	     .max = 32),
	PATH(http, nginx, "/usr/sbin/nginx", "The nginx program."),
	BOOL(http, manage, "yes",
	     "Whether nginx is started and stopped with the program; no: an nginx of yours "
	     "includes the configuration that is written to the data folder."),
	PATH(http, socket, CONFIG_DATA "/run/yongyun.sock",
	     "The unix socket where this process takes requests from nginx."),
	TEXT(http, peers, NULL,
	     "Sockets of other yongyun processes on the same database, separated by spaces: nginx "
	     "shares requests among all.",
	     .max = 4096),
	PATH(http, web, "/usr/share/yongyun/web", "The folder of the portal's files."),
	NUMBER(http, body_max, CONFIG_SIZE, "1MiB", 4096, MIB(64),
	       "The largest body of a request that is not an upload."),
	NUMBER(http, upload_max, CONFIG_SIZE, "64GiB", MIB(1), MIB(16777216),
	       "The largest upload."),

	URL(database, url, "sqlite:" CONFIG_DATA "/yongyun.db", databases,
	    "The database: sqlite:PATH, or postgresql://USER@HOST/NAME.", .secret = true),
	NUMBER(database, readers, CONFIG_INT, "4", 1, 64,
	       "How many reading transactions run at once."),

	NUMBER(identity, token_life, CONFIG_DURATION, "1h", SECONDS(60), HOURS(24 * 30),
	       "How long a token is good, whatever is done with it."),
	NUMBER(identity, session_idle, CONFIG_DURATION, "30m", SECONDS(60), HOURS(24),
	       "After how long without a request a portal session ends."),
	NUMBER(identity, password_min_length, CONFIG_INT, "8", 8, 64,
	       "The fewest characters of a password."),
	NUMBER(identity, password_history, CONFIG_INT, "5", 0, 24,
	       "How many earlier passwords may not be used again."),
	NUMBER(identity, password_days, CONFIG_INT, "90", 0, 3650,
	       "After how many days a password must be changed; 0: never."),
	NUMBER(identity, lockout_attempts, CONFIG_INT, "5", 1, 100,
	       "After how many wrong passwords in a row a user is locked out."),
	NUMBER(identity, lockout_time, CONFIG_DURATION, "30m", SECONDS(1), HOURS(24 * 7),
	       "How long a user stays locked out."),

	NUMBER(audit, seal_every, CONFIG_DURATION, "100ms", SECONDS(1) / 100, SECONDS(60),
	       "How often committed audit entries are sealed."),

	WORD(pool, placement, "pack", placements,
	     "Where servers go; pack: so that the most still fit; spread: most memory left first."),

	WORD(compute, driver, "auto", computes,
	     "What runs servers; auto: libvirt where it answers, else the stand-in, which says so."),
	URL(compute, uri, "qemu:///system", libvirts,
	    "The libvirt of this machine: what servers need is made in its folders and its switch, so "
	    "none of another host can be named."),
	WORD(compute, accelerator, "auto", accelerators,
	     "How QEMU runs; auto: KVM where a tiny guest boots with it, else TCG."),

	WORD(network, driver, "auto", networks,
	     "What makes networks; auto: OVN where it answers, else the stand-in, which says so."),
	URL(network, northbound, "unix:/var/run/ovn/ovnnb_db.sock", ovsdbs,
	    "OVN's northbound database."),
	URL(network, southbound, "unix:/var/run/ovn/ovnsb_db.sock", ovsdbs,
	    "OVN's southbound database, where its hosts are listed: some lead out of the cloud."),
	BOOL(network, metadata, "yes",
	     "Whether guests can ask at 169.254.169.254 who they are; it takes OVN."),
	URL(network, openvswitch, "unix:/var/run/openvswitch/db.sock", ovsdbs,
	    "This machine's Open vSwitch, where its guests are plugged in."),

	PATH(intake, drop, NULL,
	     "A folder with a folder for each resource, named by its code with - for /: tables that "
	     "are put there are handed in. Without it nothing is taken from folders."),

	PATH(theme, store, CONFIG_DATA "/theme",
	     "The folder of the linked persons, legal entities and houses."),
	NUMBER(theme, memory, CONFIG_SIZE, "12GiB", MIB(256), MIB(1048576),
	       "How much memory the child process that links may have."),

	TEXT(process, hosts, NULL,
	     "Whom service tasks may ask by requests of their own, separated by spaces: "
	     "https://HOST, https://HOST:PORT, or http:// where the network is trusted. Without it "
	     "nobody.",
	     .max = 4096),
	PATH(process, credentials, NULL,
	     "A file that only its owner and group may read, with a line for each credential that "
	     "models name: NAME https://HOST Header: value. It goes to that host only."),
	PATH(process, authorities, NULL,
	     "The certificates, PEM, that sign those hosts'; without it, the system's."),

	WORD(log, level, "info", levels, "The lowest level that is logged."),
	{ 0 },
};

/* As a comment, broken between words. */
static void write_comment(struct buf *out, const char *text)
{
	enum { WIDTH = 96 };
	while (*text) {
		size_t length = strlen(text);
		if (length > WIDTH) {
			length = WIDTH;
			while (text[length] != ' ')
				length--;
		}
		buf_printf(out, "# %.*s\n", (int)length, text);
		text += length;
		text += *text == ' ';
	}
}

void config_document(struct buf *out)
{
	buf_str(out,
		"# The configuration of Yongyun. Lines are \"key = value\" in their section.\n"
		"# What is commented out shows the default. Unknown keys are errors. Paths start\n"
		"# where the program is started; " CONFIG_DATA
		" in paths and URLs stands for server.data.\n");
	const char *section = "";
	for (const struct config_key *k = config_keys; k->name; k++) {
		if (strcmp(k->section, section) != 0) {
			section = k->section;
			buf_printf(out, "\n[%s]\n", section);
		}
		buf_char(out, '\n');
		write_comment(out, k->help);
		struct buf kind = { .arena = out->arena };
		config_kind_words(k, &kind);
		write_comment(out, buf_text(&kind));
		buf_printf(out, "#%s =%s%s\n", k->name, k->preset ? " " : "",
			   k->preset ? k->preset : "");
		if (k->secret)
			buf_printf(out,
				   "# Secret: may instead stand alone in a file, readable by its "
				   "owner and group only.\n#%s_file =\n",
				   k->name);
	}
}
