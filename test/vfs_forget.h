/* SPDX-License-Identifier: Apache-2.0 */
/* An SQLite VFS that forgets. It passes everything on to the real one and remembers beside it what a
 * disk would hold: synced bytes surely, others by chance. For one process that crashes and is looked at
 * by another, and for counting and refusing. */
#ifndef TEST_VFS_FORGET_H
#define TEST_VFS_FORGET_H

#include <stdbool.h>
#include <stdint.h>

/* Every file that SQLite opens from now on in this process goes through it. */
void vfs_forget_install(void);
/* Syncs of write-ahead logs so far. */
int64_t vfs_forget_log_syncs(void);

/* Loses power at the 'moment'th write, truncation, sync or removal from now: leaves in 'folder', which is
 * empty, what the disk might hold of the files that are opened from now on, decided by 'seed', and ends
 * the process with exit status 0. Their names differ from each other, whatever folder they are in. */
void vfs_forget_crash(int64_t moment, const char *folder, uint64_t seed);

/* Writes that would make files larger fail as on a full disk; false: there is room again. */
void vfs_forget_fill(bool full);
/* The next sync of a write-ahead log fails, as on a broken disk. */
void vfs_forget_break(void);

#endif
