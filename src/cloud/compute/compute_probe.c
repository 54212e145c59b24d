/* SPDX-License-Identifier: Apache-2.0 */
/* Whether hardware virtualisation works here, found by booting a tiny guest with it. /dev/kvm alone
 * proves nothing: inside some virtual machines it opens, enters 64-bit mode, and then hangs for ever
 * in the first longer piece of work. So the guest below is one disk sector that goes to 64-bit mode
 * with paging, works for a tenth of a second (a timer interrupt falls into it), and says so. */
#include <fcntl.h>
#include <unistd.h>
#include "base/text.h"
#include "cloud/compute/compute_tool.h"

#define KVM_DEADLINE (5 * CLOCK_SECOND)
#define TCG_DEADLINE (30 * CLOCK_SECOND)
#define WORD "YONGYUN-RUNS"
#define EXIT_CODE 33 /* QEMU's debug exit: what the guest wrote, times two, plus one */

__asm__("	.pushsection .rodata\n"
	"	.globl compute_probe_sector\n"
	"compute_probe_sector:\n"
	"	.code16\n"
	"	cli\n"
	"	xor %ax, %ax\n"
	"	mov %ax, %ds\n"
	"	mov %ax, %es\n"
	"	mov %ax, %ss\n"
	"	mov $0x7c00, %sp\n"
	/* Three page tables from 0x1000: the first 2 MiB as they are. */
	"	mov $0x1000, %edi\n"
	"	mov %edi, %cr3\n"
	"	xor %eax, %eax\n"
	"	mov $0x0c00, %ecx\n"
	"	rep stosl\n"
	"	movl $0x2003, 0x1000\n"
	"	movl $0x3003, 0x2000\n"
	"	movl $0x0083, 0x3000\n"
	"	lgdtl (7f - compute_probe_sector + 0x7c00)\n"
	"	mov $0x20, %eax\n" /* CR4.PAE */
	"	mov %eax, %cr4\n"
	"	mov $0xc0000080, %ecx\n" /* EFER.LME */
	"	rdmsr\n"
	"	or $0x100, %eax\n"
	"	wrmsr\n"
	"	mov %cr0, %eax\n"
	"	or $0x80000001, %eax\n"
	"	mov %eax, %cr0\n"
	"	ljmpl $8, $(1f - compute_probe_sector + 0x7c00)\n"
	"	.code64\n"
	"1:	mov $0x10, %eax\n"
	"	mov %eax, %ds\n"
	"	mov %eax, %ss\n"
	"	mov $100000000, %ebp\n" /* the work */
	"2:	dec %ebp\n"
	"	jnz 2b\n"
	"	lea 8f(%rip), %rsi\n"
	"3:	lodsb\n"
	"	test %al, %al\n"
	"	jz 4f\n"
	"	mov $0x3f8, %edx\n" /* the serial port */
	"	out %al, %dx\n"
	"	jmp 3b\n"
	"4:	mov $0xf4, %edx\n" /* isa-debug-exit */
	"	mov $0x10, %al\n"
	"	out %al, %dx\n"
	"5:	hlt\n"
	"	jmp 5b\n"
	"	.balign 8\n"
	"6:	.quad 0, 0x00209a0000000000, 0x0000920000000000\n"
	"7:	.word 23\n"
	"	.long 6b - compute_probe_sector + 0x7c00\n"
	"8:	.asciz \"" WORD "\\n\"\n"
	"	.org compute_probe_sector + 510\n"
	"	.word 0xaa55\n"
	"	.popsection\n");
extern const unsigned char compute_probe_sector[512];

static enum status write_sector(struct call *c, const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	ssize_t n = fd < 0 ? -1 : write(fd, compute_probe_sector, sizeof(compute_probe_sector));
	if (fd >= 0)
		close(fd);
	if (n != (ssize_t)sizeof(compute_probe_sector))
		return fail(c, ST_AWAY, NULL, "%s cannot be written", path);
	return ST_OK;
}

/* ST_OK: the guest said its word. */
static enum status boot(struct call *c, const char *emulator, const char *accelerator,
			const char *drive, int64_t deadline, int64_t *took)
{
	const char *const argv[] = {
		emulator,
		"-accel",
		accelerator,
		"-machine",
		"pc",
		"-m",
		"32",
		"-nodefaults",
		"-no-user-config",
		"-display",
		"none",
		"-monitor",
		"none",
		"-serial",
		"stdio",
		"-no-reboot",
		"-drive",
		drive,
		"-device",
		"isa-debug-exit,iobase=0xf4,iosize=1",
		NULL,
	};
	const char *said = "";
	int code = 0;
	int64_t start = clock_steady();
	enum status st = tool_run(c, argv, deadline, &code, &said);
	if (st)
		return st;
	*took = (clock_steady() - start) / 1000;
	if (code != EXIT_CODE || !strstr(said, WORD))
		return fail(c, ST_AWAY, NULL, "a guest did not boot with %s: %.200s", accelerator,
			    said);
	return ST_OK;
}

enum status accelerator_probe(struct call *c, const char *emulator, const char *folder,
			      const char **accelerator, const char **why)
{
	const char *path = arena_printf(c->arena, "%s/probe.img", folder);
	enum status st = write_sector(c, path);
	if (st)
		return st;
	const char *drive = arena_printf(c->arena, "file=%s,format=raw,if=ide", path);
	const char *reason = "there is no /dev/kvm";
	int64_t took = 0;
	if (access("/dev/kvm", R_OK | W_OK) == 0) {
		st = boot(c, emulator, "kvm", drive, KVM_DEADLINE, &took);
		if (!st) {
			*accelerator = "kvm";
			*why = arena_printf(c->arena, "a guest booted with KVM in %lld ms",
					    (long long)took);
			unlink(path);
			return ST_OK;
		}
		reason = st == ST_TIMEOUT ? "/dev/kvm is there, but a guest hangs with it"
					  : "/dev/kvm is there, but no guest boots with it";
		call_forgive(c);
	}
	st = boot(c, emulator, "tcg", drive, TCG_DEADLINE, &took);
	unlink(path);
	if (st)
		return st;
	*accelerator = "tcg";
	*why = arena_printf(c->arena, "%s; a guest booted by emulation in %lld ms", reason,
			    (long long)took);
	return ST_OK;
}
