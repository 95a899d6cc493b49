/*
 * Where something is in BAR0 (docs/device.md), so that a byte of input finds it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef PLACES_H
#define PLACES_H

#include <stdint.h>

/* So many dwords from an offset on. */
typedef struct Place {
    uint32_t offset;
    uint32_t count;
} Place;

static const Place places[] = {
    {0x000000, 2},  /* NV_PMC_BOOT */
    {0x000a00, 1},  /* NV_PMC_BOOT_42 */
    {0x001400, 64}, /* NV_PBUS_SW_SCRATCH */
    {0x001498, 1},  /* link */
    {0x009400, 5},  /* NV_PTIMER_TIME */
    {0x0200bc, 1},  /* training */
    {0x030080, 2},  /* NV_VIRTUAL_FUNCTION_TIME */
    {0x100b20, 1},  /* memory clear */
    {0x100ce0, 1},  /* LOCAL_MEMORY_RANGE of Hopper */
    {0x1fa3e0, 1},  /* and of Blackwell */
    {0x100f04, 1},  /* DMA address, top bits */
    {0x118234, 1},  /* boot is complete */
    {0x1183a4, 1},  /* usable framebuffer size */
    {0x844108, 6},  /* DMA engine: DMACTL to DMATRFFBOFFS */
    {0x844118, 1},  /* DMATRFCMD */
    {0x844128, 1},  /* DMATRFBASE1 */
    {0x8441c0, 8},  /* DMEMC and DMEMD */
    {0x8443c0, 1},  /* FALCON_ENGINE */
    {0x844400, 10}, /* FBIF_TRANSCFG and FBIF_CTL */
    {0x844484, 1},  /* FBIF_CTL2 */
    {0x8f2ac0, 16}, /* EMEMC and EMEMD */
    {0x8f2c00, 16}, /* command queues */
    {0x8f2c80, 16}, /* message queues */
    {0xb90000, 36}, /* MSI-X table, which is the host's */
    {0xba0000, 2},  /* and its pending bits */
    {0xfff000, 2},  /* doorbell and result */
    {0xfffff8, 4},  /* the end, and what is past it */
};

#define PLACE_COUNT (sizeof(places) / sizeof(places[0]))

#endif /* PLACES_H */
