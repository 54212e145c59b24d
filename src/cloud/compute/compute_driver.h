/* SPDX-License-Identifier: Apache-2.0 */
/* What a host's engine does for servers: one small table of functions, behind which stand the real
 * driver (compute_host.c, a worker child that speaks to libvirt) and the named stand-in
 * (compute_fake.c). All of them wait for the engine, so they are called from jobs and timers only. */
#ifndef CLOUD_COMPUTE_COMPUTE_DRIVER_H
#define CLOUD_COMPUTE_COMPUTE_DRIVER_H

#include "base/call.h"
#include "base/shape.h"

enum guest_state { GUEST_ABSENT, GUEST_RUNNING, GUEST_STOPPED, GUEST_PAUSED, GUEST_CRASHED };
extern const char *const guest_states[];

/* Why a guest does not run, as far as the engine knows. */
enum guest_cause {
	CAUSE_NONE,
	CAUSE_INSIDE, /* its own system switched it off */
	CAUSE_ASKED,  /* it was switched off from outside */
	CAUSE_LOST,   /* its host or engine went away under it */
	CAUSE_CRASHED
};
extern const char *const guest_causes[];

struct guest_nic {
	const char *port_id; /* OVN's logical port */
	const char *mac_address;
	int64_t mtu; /* 0: the default */
};

/* A server as it is wanted on its host. */
struct guest {
	const char *id;         /* the server's */
	const char *house;      /* which cloud it belongs to: several may share a host */
	const char *project_id; /* in the domain's metadata, for people */
	const char *name;
	int64_t vcpus, memory_mb;
	int64_t disk_gb;               /* 0: as large as the image */
	int64_t ephemeral_gb, swap_mb; /* further disks, which begin empty; 0: none */
	const char *base;              /* path of the image's bytes, which are never written */
	const char *base_format;       /* "qcow2" or "raw" */
	/* It is rescued: it starts from these bytes, and its own disk is the second. NULL: it is not. */
	const char *rescue, *rescue_format;
	const char *accelerator;              /* "kvm" or "tcg" */
	const char *meta_data, *network_data; /* JSON texts of the configuration drive */
	const char *user_data;                /* base64 as it was given; NULL: none */
	struct guest_nic *nics;
	size_t nics_count;
	bool off; /* it shall not be started */
};

struct guest_status {
	const char *id;
	int state; /* enum guest_state */
	int cause; /* enum guest_cause, when it does not run */
};

struct guest_list {
	struct guest_status *guests;
	size_t guests_count;
};

/* What a host has and is. */
struct host_facts {
	const char *name;   /* as the host calls itself */
	const char *engine; /* "QEMU 7.2.22, libvirt 9.0.0" */
	int64_t version;    /* of the hypervisor, major * 1000000 + minor * 1000 + micro */
	const char *cpu;    /* its architecture */
	int64_t vcpus, memory_mb, disk_gb; /* all that there is */
	const char *boot_id;               /* changes when the host starts again */
	const char *accelerator;
	const char *accelerator_why; /* how it was found, in words */
};

/* What a guest has used since it was started. Counters that the engine does not tell are INT_NULL. */
struct guest_cpu {
	int64_t time; /* nanoseconds */
};
struct guest_card {
	const char *name; /* of the host's end: "vnet3" */
	const char *mac_address;
	int64_t rx_octets, rx_packets, rx_errors, rx_drop;
	int64_t tx_octets, tx_packets, tx_errors, tx_drop;
};
struct guest_drive {
	const char *name; /* "vda" */
	int64_t read_bytes, read_requests, write_bytes, write_requests, errors;
};
struct guest_report {
	int64_t memory_mb;      /* that it was given; INT_NULL: not told */
	int64_t memory_used_mb; /* that the host keeps for it; INT_NULL: not told */
	struct guest_cpu *cpus;
	size_t cpus_count;
	struct guest_card *cards;
	size_t cards_count;
	struct guest_drive *drives;
	size_t drives_count;
};

enum guest_power {
	POWER_START,
	POWER_STOP,
	POWER_KILL,
	POWER_REBOOT,
	POWER_PAUSE,
	POWER_UNPAUSE,
	POWER_SUSPEND, /* its memory goes to disk */
	POWER_RESUME
};
extern const char *const guest_powers[];

/* How a guest that exists is made anew. Each may run again after it was killed anywhere. */
enum guest_change {
	CHANGE_REMAKE,  /* off, described anew, on: the hard reboot */
	CHANGE_REBUILD, /* with a fresh disk of the image that it names now */
	CHANGE_RESIZE,  /* in another size, so that it can go back */
	CHANGE_CONFIRM, /* it shall not go back */
	CHANGE_REVERT,  /* back to the disk and size before */
	CHANGE_RESCUE,  /* off, then on from g->rescue; CHANGE_REMAKE leads back */
	CHANGE_NICS     /* as it is, with other network cards: ST_NOT_FOUND without a guest */
};
extern const char *const guest_changes[];

struct compute_driver {
	const char *name;    /* "libvirt", "fake" */
	const char *apology; /* what a stand-in says of itself; NULL for the real one */
	/* What the host has. 'known' is the boot id for which 'accelerator' was found before; when the
	 * host still runs under it the accelerator is not probed again. */
	enum status (*probe)(struct call *c, const char *uri, const char *known,
			     const char *accelerator, struct host_facts *out);
	/* Brings the guest about and starts it: disk, configuration drive, domain. Again is harmless.
	 * ST_CONFLICT: it can never be (a damaged image, a disk that is too small). */
	enum status (*ensure)(struct call *c, const char *uri, const struct guest *g);
	/* Removes the guest, its disk and all that ensure() made. One that is not there is no failure. */
	enum status (*remove)(struct call *c, const char *uri, const char *house, const char *id);
	/* ST_NOT_FOUND: there is no such guest. POWER_STOP and POWER_REBOOT press the button and wait
	 * until the guest is off, at most 'patience' microseconds; then they pull the plug. */
	enum status (*power)(struct call *c, const char *uri, const char *id, enum guest_power p,
			     int64_t patience);
	/* ST_CONFLICT: the image is damaged or larger than the disk. Without such a guest one is made. */
	enum status (*change)(struct call *c, const char *uri, const struct guest *g,
			      enum guest_change how);
	/* All guests of 'house' on the host. */
	enum status (*list)(struct call *c, const char *uri, const char *house,
			    struct guest_list *out);
	/* The last 'size' bytes at most of what the guest wrote to its serial port, as UTF-8. */
	enum status (*console)(struct call *c, const char *uri, const char *id, int64_t size,
			       const char **text);
	/* Where the guest's screen can be reached from this machine, by RFB in a websocket: "ADDRESS:PORT".
	 * ST_CONFLICT: it does not run, or was started without a screen. ST_NOT_OFFERED: it has none. */
	enum status (*screen)(struct call *c, const char *uri, const char *id,
			      const char **address);
	/* What a running guest has used. ST_NOT_FOUND: there is none; ST_CONFLICT: it does not run. */
	enum status (*report)(struct call *c, const char *uri, const char *id,
			      struct guest_report *out);
	/* What uptime(1) says on the host. ST_NOT_OFFERED: the host is not this machine. */
	enum status (*uptime)(struct call *c, const char *uri, const char **text);
	/* Writes what the guest's disk holds in one moment, whole and by itself, to 'path' (a file that is
	 * there) as a 'disk_format' image; the guest goes on meanwhile. '*virtual_size' gets the bytes that
	 * a guest would see. May take minutes, in which other asks are answered. ST_NOT_FOUND: it has no
	 * disk. */
	enum status (*snapshot)(struct call *c, const char *uri, const char *id, const char *path,
				int64_t *virtual_size);
	const char *disk_format; /* of snapshots: "qcow2", "raw" */
	/* Lets go of all hosts: children end. */
	void (*close)(void);
};

/* 'folder' is where disks live, one folder a server; 'program' is what runs as worker, NULL: this
 * program itself. Both are kept until close(). */
const struct compute_driver *compute_libvirt(const char *folder, const char *program);
const struct compute_driver *compute_fake(const char *folder);
/* How long the stand-in takes to copy a disk, a second unless it is said; for tests. */
void compute_fake_copies_in(int64_t time);

/* This machine's, as uptime(1) writes it. */
const char *machine_uptime(struct arena *a);

/* What both drivers know of a server's folder. */
/* FOLDER/ID; NULL unless 'id' is a UUID, so that no path leads out of 'folder'. */
const char *guest_folder(struct arena *a, const char *folder, const char *id);
/* Removes FOLDER/ID and what is in it; absent is no failure. */
enum status guest_folder_remove(struct call *c, const char *folder, const char *id) MUST_USE;
/* The last 'size' bytes of the file, from the start of a line, with what is not UTF-8 replaced; ""
 * when there is no such file. */
const char *guest_log_tail(struct arena *a, const char *path, int64_t size);

#endif
