/* SPDX-License-Identifier: Apache-2.0 */
/* Makes a trace: bench-placement-make azure|huawei|city even|mixed|uneven HOSTS SEED HOSTS.csv ASKS.csv
 *
 * Sizes are those that clouds have published, and about their shares: 'azure' the VM buckets of the Azure
 * Public Dataset 2017 (Cortez et al., SOSP 2017: most have one or two cores and under 4 GB), 'huawei' the
 * 15 flavors of Huawei-East-1 (VMAgent: 1U1G, 1U2G, 2U4G and 4U8G the main body), 'city' what a
 * government cloud's departments ask for. Arrivals are a Poisson process; half live for about an hour,
 * some for a day, a fifth for weeks, so that the hosts fill over time. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "chance.h"

struct size {
	int share, vcpus, memory_mb, disk_gb; /* share: of a thousand */
};

static const struct size azure[] = {
	{ 200, 1, 768, 20 },   { 240, 1, 1792, 40 },   { 220, 2, 3584, 60 },  { 90, 2, 7168, 60 },
	{ 110, 4, 7168, 120 }, { 40, 4, 14336, 120 },  { 50, 8, 14336, 240 }, { 25, 8, 28672, 240 },
	{ 15, 8, 57344, 240 }, { 8, 16, 114688, 400 }, { 2, 16, 57344, 400 }, { 0 }
};
static const struct size huawei[] = {
	{ 230, 1, 1024, 40 },  { 200, 1, 2048, 40 },  { 40, 1, 4096, 40 },    { 190, 2, 4096, 40 },
	{ 70, 2, 8192, 40 },   { 140, 4, 8192, 80 },  { 40, 4, 16384, 80 },   { 20, 4, 32768, 80 },
	{ 30, 8, 16384, 80 },  { 15, 8, 32768, 80 },  { 5, 8, 65536, 80 },    { 8, 16, 32768, 200 },
	{ 8, 16, 65536, 200 }, { 2, 32, 65536, 200 }, { 2, 32, 131072, 200 }, { 0 }
};
static const struct size city[] = { { 300, 2, 4096, 100 },    { 300, 4, 8192, 200 },
				    { 200, 8, 16384, 300 },   { 100, 8, 32768, 500 },
				    { 60, 16, 32768, 500 },   { 30, 16, 65536, 1000 },
				    { 10, 32, 131072, 2000 }, { 0 } };

static const struct size *pick(const struct size *sizes)
{
	double x = part() * 1000;
	while (sizes[1].share && x >= sizes->share)
		x -= sizes++->share;
	return sizes;
}

/* Three generations of hosts: all alike, bought over years, or with much and with little memory. */
static void write_hosts(FILE *f, const char *kind, int count, double *vcpus)
{
	fputs("name,zone,vcpus,memory_mb,disk_gb\n", f);
	for (int i = 0; i < count; i++) {
		double x = part();
		int cpus = 64, gb = 256, disk = 4000;
		if (!strcmp(kind, "mixed")) {
			cpus = x < 0.4 ? 48 : x < 0.8 ? 64 : 128;
			gb = x < 0.4 ? 192 : 512;
			disk = x < 0.4 ? 4000 : 8000;
		} else if (!strcmp(kind, "uneven")) {
			gb = x < 0.5 ? 128 : 384;
		}
		fprintf(f, "host-%05d,nova,%d,%d,%d\n", i + 1, cpus, gb * 1024, disk);
		*vcpus += cpus;
	}
}

static double life(void)
{
	double x = part(), day = 86400;
	if (x < 0.5)
		return 600 + part() * 3600;
	return x < 0.8 ? 3600 + part() * day : -log(1 - part()) * 35 * day;
}

/* As many as fill the hosts, with those that leave left out. A tenth of a percent come as
 * groups of three that stand apart. */
static void write_asks(FILE *f, const struct size *sizes, double vcpus)
{
	double mean = 0, at = 0;
	for (const struct size *s = sizes; s->share; s++)
		mean += s->share * s->vcpus / 1000.0;
	/* Over 70 days: the fifth that stays for weeks fills the hosts. */
	double asks = vcpus / mean * 12, gap = 70 * 86400 / asks;
	fputs("start,end,vcpus,memory_mb,disk_gb,group,policy\n", f);
	for (int64_t i = 0; i < (int64_t)asks; i++) {
		const struct size *s = pick(sizes);
		int copies = part() < 0.001 ? 3 : 1;
		at += -log(1 - part()) * gap;
		for (int k = 0; k < copies; k++) {
			fprintf(f, "%.0f,%.0f,%d,%d,%d,", at, at + life(), s->vcpus, s->memory_mb,
				s->disk_gb);
			if (copies > 1)
				fprintf(f, "g%lld,anti-affinity", (long long)i);
			else
				fputc(',', f);
			fputc('\n', f);
		}
	}
}

int main(int argc, char **argv)
{
	const struct size *sizes = argc < 2                     ? NULL
				   : !strcmp(argv[1], "azure")  ? azure
				   : !strcmp(argv[1], "huawei") ? huawei
				   : !strcmp(argv[1], "city")   ? city
								: NULL;
	double vcpus = 0;
	FILE *hosts, *asks;
	if (argc != 7 || !sizes || atoi(argv[3]) < 1) {
		fprintf(stderr, "bench-placement-make azure|huawei|city even|mixed|uneven HOSTS "
				"SEED HOSTS.csv ASKS.csv\n");
		return 2;
	}
	state = strtoull(argv[4], NULL, 10);
	hosts = fopen(argv[5], "w");
	asks = fopen(argv[6], "w");
	if (!hosts || !asks) {
		fprintf(stderr, "bench-placement-make: the files cannot be written\n");
		return 1;
	}
	write_hosts(hosts, argv[2], atoi(argv[3]), &vcpus);
	write_asks(asks, sizes, vcpus);
	return fclose(hosts) || fclose(asks);
}
