/*
 * grace-gpu: how the plug-in comes by memory
 *
 * Swift asks posix_memalign for memory, and traps without it. The plug-in is
 * linked with --wrap, so that these calls reach it first
 * (GracePlugin/Reserve.swift). Nothing of this is for a host.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef GRACE_GPU_MEMORY_H
#define GRACE_GPU_MEMORY_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

#ifndef GRACE_NONNULL
#define GRACE_NONNULL
#define GRACE_NULLABLE
#endif

/* Those of libc. */
int __real_posix_memalign(void *GRACE_NULLABLE *GRACE_NONNULL result,
                          size_t alignment, size_t size);
void __real_free(void *GRACE_NULLABLE pointer);

/* A number that no other running thread has; never 0. */
__attribute__((unused)) static inline uintptr_t grace_gpu_thread(void)
{
    return (uintptr_t)pthread_self();
}

#endif /* GRACE_GPU_MEMORY_H */
