// SPDX-License-Identifier: GPL-2.0-or-later
#include "dvsec.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "ktap.h"

/* Extended configuration space (PCI Express 6.0, 7.6, and 7.9.6 for DVSEC). */
#define EXTENDED_START 0x100
#define EXTENDED_BYTES 0x1000
#define DVSEC          0x23

#define NVIDIA_VENDOR_ID 0x10de
#define CXL_VENDOR_ID    0x1e98

/* NVIDIA's DVSEC, and the bit of it (nvgrace-gpu/main.c in Linux 7.3). */
#define GPU_DVSEC   3
#define GPU_MIG_FIX 0x0001
/* CXL 3.1, 8.1.3: DVSEC for CXL devices, and Range 1 Size Low in it. */
#define CXL_DEVICE 0
#define CXL_RANGE  0x1c
#define CXL_VALID  0x00000001
#define CXL_ACTIVE 0x00000002

struct space {
    uint8_t *bytes;
    size_t count;
};

static uint32_t dword(const struct space *space, size_t offset)
{
    uint32_t value;

    if (offset + sizeof(value) > space->count) {
        return UINT32_MAX;
    }
    memcpy(&value, space->bytes + offset, sizeof(value));
    return value;
}

/* Where the DVSEC starts, or 0. A list that runs in a circle ends too. */
static size_t find(const struct space *space, uint32_t vendor, uint32_t id)
{
    size_t offset = EXTENDED_START;

    for (int i = 0; i < EXTENDED_BYTES / 4 && offset != 0; i++) {
        uint32_t header = dword(space, offset);

        if ((header & 0xffff) == DVSEC &&
            (dword(space, offset + 4) & 0xffff) == vendor &&
            (dword(space, offset + 8) & 0xffff) == id) {
            return offset;
        }
        offset = header == UINT32_MAX ? 0 : header >> 20;
    }
    return 0;
}

static bool read_space(const struct pci_function *function, struct space *space)
{
    space->bytes = read_bytes(pci_path(function, "config"), &space->count);
    if (space->bytes && space->count == EXTENDED_BYTES) {
        return true;
    }
    free(space->bytes);
    return ktap_fail("the %d bytes of configuration space of %s cannot be "
                     "read",
                     EXTENDED_BYTES, function->address);
}

bool dvsec_check_mig_fix(const struct pci_function *function,
                         const struct options *options)
{
    struct space space;
    size_t offset;
    bool is_fixed;

    if (!read_space(function, &space)) {
        return false;
    }
    offset = find(&space, NVIDIA_VENDOR_ID, GPU_DVSEC);
    is_fixed = offset != 0 &&
               (dword(&space, offset + 8) >> 16 & GPU_MIG_FIX) == GPU_MIG_FIX;
    free(space.bytes);
    return is_fixed == !options->divided ||
           ktap_fail("%s, and the memory is configured to be %s",
                     offset == 0 ? "there is no such DVSEC"
                     : is_fixed  ? "it says that the bug is fixed"
                                 : "it says that the bug is there",
                     options->divided ? "divided" : "undivided");
}

bool dvsec_check_ready(const struct pci_function *function,
                       const struct chip *chip)
{
    const uint32_t ready = CXL_VALID | CXL_ACTIVE;
    struct space space;
    uint32_t range;
    size_t offset;

    if (!read_space(function, &space)) {
        return false;
    }
    offset = find(&space, CXL_VENDOR_ID, CXL_DEVICE);
    range = dword(&space, offset + CXL_RANGE);
    free(space.bytes);
    if (!chip->ready_in_config) {
        return offset == 0 || ktap_fail("there is one at 0x%zx", offset);
    }
    if (offset == 0) {
        return ktap_fail("there is no CXL device DVSEC");
    }
    return (range != UINT32_MAX && (range & ready) == ready) ||
           ktap_fail("Range 1 Size Low is 0x%08" PRIx32 ", without all of "
                     "0x%" PRIx32,
                     range, ready);
}
