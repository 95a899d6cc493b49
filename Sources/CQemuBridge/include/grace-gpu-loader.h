/*
 * grace-gpu: loading the device model
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef GRACE_GPU_LOADER_H
#define GRACE_GPU_LOADER_H

#include "grace-gpu-abi.h"

/*
 * Loads the plug-in at `path` and returns its functions. Loading a path again
 * gives the same table. The library stays loaded for good: a Swift runtime
 * inside it may have registered what cannot be taken back.
 *
 * Returns NULL with GRACE_E_LOAD (no such file, not a plug-in) or
 * GRACE_E_VERSION (another ABI), and a sentence for the user. Call it from one
 * thread at a time. Since ABI 1.
 */
const GraceFunctions *GRACE_NULLABLE
grace_gpu_load(const char *GRACE_NONNULL path, GraceError *GRACE_NONNULL error);

#endif /* GRACE_GPU_LOADER_H */
