/*
 * grace-gpu: the headers as Swift imports them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef GRACE_GPU_SWIFT_H
#define GRACE_GPU_SWIFT_H

/* Clang tells Swift which pointers are optional. */
#define GRACE_NONNULL  _Nonnull
#define GRACE_NULLABLE _Nullable

#include "grace-gpu-abi.h"
#include "grace-gpu-loader.h"
#include "grace-gpu-memory.h"

#endif /* GRACE_GPU_SWIFT_H */
