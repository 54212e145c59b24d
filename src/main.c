/* SPDX-License-Identifier: Apache-2.0 */
/* The command line. */
#include <stdio.h>
#include <string.h>
#include "cloud/compute/compute.h"
#include "command.h"
#include "data/city/city.h"
#include "version.h"

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
} commands[] = {
	{ "serve", command_serve, "run the cloud" },
	{ "init", command_init, "make the first accounts and print their one-time passwords" },
	{ "check", command_check,
	  "test configuration, engines and database; --deep: every invariant" },
	{ "audit", command_audit, "audit verify | audit export: the sealed trail" },
	{ "token", command_token, "token rotate: a new key for tokens" },
	{ "config", command_config, "print the configuration file with every key explained" },
	{ "link", command_link, "link the records of tables: the same person, company or house" },
	{ "city", city_main, "write a made-up city's registers, to try linkage on" },
	{ "intake", command_intake, "check a table against its rules; hand it in" },
	{ "theme", command_theme, "link tables to persons, legal entities, houses; look them up" },
	{ "worker", compute_worker_main, "drive one host's libvirt (started by serve)" },
};

static int usage(FILE *to)
{
	fprintf(to, "yongyun %s — a city's government cloud 甬云\n\n", YONGYUN_VERSION);
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		fprintf(to, "  yongyun %-8s %s\n", commands[i].name, commands[i].help);
	fprintf(to, "\nAll but config, link, city and worker take --config FILE.\n");
	return to == stdout ? 0 : 2;
}

int main(int argc, char **argv)
{
	if (argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "help")))
		return usage(stdout);
	if (argc > 1 && !strcmp(argv[1], "--version")) {
		printf("yongyun %s\n", YONGYUN_VERSION);
		return 0;
	}
	for (size_t i = 0; argc > 1 && i < sizeof commands / sizeof *commands; i++)
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].run(argc - 1, argv + 1);
	return usage(stderr);
}
