/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Our kernel module that makes BAR4 a node's memory: guest/module. */
#ifndef GRACE_GPU_MODULE_H
#define GRACE_GPU_MODULE_H

#include <stdbool.h>

#define GPU_MODULE      "grace_gpu_memory"
#define GPU_MODULE_FILE "/lib/modules/" GPU_MODULE ".ko"

/* What the kernel shows the memory as. */
#define GPU_MODULE_RESOURCE "System RAM (" GPU_MODULE ")"

/* Each returns 0 or an error number; see gpu_module_sentence(). */
int gpu_module_load(const char *parameters);
int gpu_module_unload(void);
int gpu_module_remove(const char *address);

/* What the kernel has logged as an error since the last of these, or "". */
const char *gpu_module_sentence(void);

#endif
