// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The cases of promise-check on the BARs that the driver makes up in
 * configuration space, within one BAR: nvgrace_gpu_read_config_emu() and
 * nvgrace_gpu_write_config_emu(). Across two, see promise-border.c.
 */
#include <errno.h>
#include <inttypes.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>
#include <string.h>
#include <unistd.h>

#include "ktap.h"
#include "promise-check.h"

#define CONFIG    VFIO_PCI_CONFIG_REGION_INDEX
#define BAR_FLAGS (PCI_BASE_ADDRESS_MEM_TYPE_64 | PCI_BASE_ADDRESS_MEM_PREFETCH)
#define BAR_BYTES 8

static uint64_t place(unsigned bar)
{
    return PCI_BASE_ADDRESS_0 + 4 * bar;
}

/* What a BAR shows that was set to `value`. */
static uint64_t shown(const struct promise *promise, unsigned bar,
                      uint64_t value)
{
    return (value & ~(promise_part(promise, bar)->bar_bytes - 1)) | BAR_FLAGS;
}

static bool check_bar(struct promise *promise, unsigned bar, uint64_t value)
{
    uint64_t found;

    return promise_read(promise, CONFIG, place(bar), &found, sizeof(found)) &&
           promise_equal(found, shown(promise, bar, value), "BAR%u", bar);
}

/* The other BAR of the driver keeps this meanwhile. */
static const uint64_t OTHER = 0x00123456789abcde;

static bool for_each_bar(struct promise *promise,
                         bool (*check)(struct promise *, unsigned bar))
{
    for (unsigned bar = RESMEM_BAR; bar <= USEMEM_BAR; bar += 2) {
        unsigned other = RESMEM_BAR + USEMEM_BAR - bar;

        if (!promise_is_drivers(promise, bar)) {
            continue;
        }
        if (promise->divided && !promise_write(promise, CONFIG, place(other),
                                               &OTHER, sizeof(OTHER))) {
            return false;
        }
        if (!check(promise, bar) ||
            (promise->divided && !check_bar(promise, other, OTHER))) {
            return false;
        }
    }
    return true;
}

/* Writes of one width at every place inside a BAR, aligned or not. */
static bool write_pieces(struct promise *promise, unsigned bar)
{
    unsigned width = promise->argument;
    uint64_t value = 0;

    if (!promise_write(promise, CONFIG, place(bar), &value, sizeof(value))) {
        return false;
    }
    for (unsigned at = 0; at + width <= BAR_BYTES; at++) {
        uint64_t piece = 0x8796a5b4c3d2e1f0 + 0x1111111111111111 * at;

        memcpy((uint8_t *)&value + at, &piece, width);
        if (!promise_write(promise, CONFIG, place(bar) + at, &piece, width) ||
            !check_bar(promise, bar, value)) {
            return false;
        }
    }
    return true;
}

static bool check_writes(struct promise *promise)
{
    return for_each_bar(promise, write_pieces);
}

static bool read_pieces(struct promise *promise, unsigned bar)
{
    const uint64_t value = 0x8796a5b4c3d2e1f0;
    const uint64_t whole = shown(promise, bar, value);
    unsigned width = promise->argument;

    if (!promise_write(promise, CONFIG, place(bar), &value, sizeof(value))) {
        return false;
    }
    for (unsigned at = 0; at + width <= BAR_BYTES; at++) {
        uint64_t piece = 0, expected = 0;

        memcpy(&expected, (const uint8_t *)&whole + at, width);
        if (!promise_read(promise, CONFIG, place(bar) + at, &piece, width) ||
            !promise_equal(piece, expected, "%u bytes at 0x%" PRIx64, width,
                           place(bar) + at)) {
            return false;
        }
    }
    return true;
}

static bool check_reads(struct promise *promise)
{
    return for_each_bar(promise, read_pieces);
}

/* Sizing by halves, as firmware does that knows a 64-bit BAR late. */
static bool size_half(struct promise *promise, unsigned bar)
{
    const uint64_t value = 0x0fedcba000000000 + 0x40000000;
    const uint32_t ones = UINT32_MAX;
    unsigned half = promise->argument;
    uint64_t expected = value;

    memcpy((uint8_t *)&expected + 4 * half, &ones, sizeof(ones));
    return promise_write(promise, CONFIG, place(bar), &value, sizeof(value)) &&
           promise_write(promise, CONFIG, place(bar) + 4 * half, &ones,
                         sizeof(ones)) &&
           check_bar(promise, bar, expected);
}

static bool check_half(struct promise *promise)
{
    return for_each_bar(promise, size_half);
}

static bool clear_flags(struct promise *promise, unsigned bar)
{
    const uint64_t zero = 0;
    uint32_t low;

    return promise_write(promise, CONFIG, place(bar), &zero, sizeof(zero)) &&
           promise_read(promise, CONFIG, place(bar), &low, sizeof(low)) &&
           promise_equal(low, BAR_FLAGS, "BAR%u after a write of 0", bar);
}

static bool check_flags(struct promise *promise)
{
    return for_each_bar(promise, clear_flags);
}

/* copy_from_user() clears what it could not fill: here, the BAR itself. */
static bool fail_to_copy(struct promise *promise, unsigned bar)
{
    const uint64_t value = 0x0000123000000000;
    int device = promise->device.device;
    off_t at = promise_at(CONFIG, place(bar));
    void *nowhere = promise_nowhere();

    return promise_write(promise, CONFIG, place(bar), &value, sizeof(value)) &&
           promise_expect_error(pwrite(device, nowhere, 8, at), EFAULT,
                                "pwrite from nowhere") &&
           promise_expect_error(pread(device, nowhere, 8, at), EFAULT,
                                "pread to nowhere") &&
           check_bar(promise, bar, 0);
}

static bool check_bad_pointer(struct promise *promise)
{
    return for_each_bar(promise, fail_to_copy);
}

static bool check_ids(struct promise *promise)
{
    const uint32_t zero = 0;
    uint32_t before, after;

    return promise_read(promise, CONFIG, PCI_VENDOR_ID, &before, 4) &&
           promise_write(promise, CONFIG, PCI_VENDOR_ID, &zero, 4) &&
           promise_read(promise, CONFIG, PCI_VENDOR_ID, &after, 4) &&
           promise_equal(before,
                         promise->function.device_id << 16 |
                             promise->function.vendor_id,
                         "the identification") &&
           promise_equal(after, before, "the identification after a write");
}

void add_config_promises(struct promise *promise)
{
    for (unsigned width = 1; width <= BAR_BYTES; width *= 2) {
        promise_add_with(promise, WAY_GROUP, width, check_writes,
                         "emulated BARs take writes of width %u at every "
                         "place inside",
                         width);
        promise_add_with(promise, WAY_GROUP, width, check_reads,
                         "emulated BARs give reads of width %u at every place "
                         "inside",
                         width);
    }
    promise_add_with(promise, WAY_GROUP, 0, check_half,
                     "ones in the low half of an emulated BAR leave the high");
    promise_add_with(promise, WAY_GROUP, 1, check_half,
                     "ones in the high half of an emulated BAR leave the low");
    promise_add(promise, WAY_GROUP, check_flags,
                "the flags of an emulated BAR cannot be cleared");
    promise_add(promise, WAY_GROUP, check_bad_pointer,
                "a write from bad memory is EFAULT, and clears an emulated BAR "
                "(Linux 7.3)");
    promise_add(promise, WAY_GROUP, check_ids,
                "vendor and device id drop writes");
}
