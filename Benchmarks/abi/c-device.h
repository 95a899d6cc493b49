/*
 * The same registers as a device written in C
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef C_DEVICE_H
#define C_DEVICE_H

#include "grace-gpu-abi.h"

/*
 * The functions that a guest's accesses end in, of a GH100 as somebody would
 * write it by hand: the map is code, there is no other chip, and the masks are
 * constants. The DMA engine, the security processor and the doorbell have
 * their registers and nothing behind them. The rest of the table is NULL but
 * for create, destroy and config_attach.
 */
extern const GraceFunctions c_device_functions;

#endif /* C_DEVICE_H */
