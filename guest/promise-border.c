// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The cases of promise-check on accesses to configuration space that touch
 * more than one BAR, or leave the BARs or the space. Linux 7.3 serves the first
 * of the driver's BARs that an access touches, and leaves the other to
 * vfio-pci: it reads as 0. Without a BAR2 of the driver's, BAR4 is left so,
 * too, as soon as the access begins in BAR2 or BAR3.
 */
#include <errno.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>
#include <string.h>
#include <unistd.h>

#include "ktap.h"
#include "promise-check.h"

#define CONFIG VFIO_PCI_CONFIG_REGION_INDEX

#define BAR1 PCI_BASE_ADDRESS_1
#define BAR2 PCI_BASE_ADDRESS_2
#define BAR3 PCI_BASE_ADDRESS_3
#define BAR4 PCI_BASE_ADDRESS_4
#define BAR5 PCI_BASE_ADDRESS_5
#define END  PCI_CARDBUS_CIS /* behind the last BAR */

/* Addresses that both BARs hold in full, as their sizes are below 2^44. */
static const uint64_t FIRST = 0x0123f00000000000;
static const uint64_t SECOND = 0x0456e00000000000;

static bool set_bars(struct promise *promise)
{
    return (!promise->divided ||
            promise_write(promise, CONFIG, BAR2, &FIRST, sizeof(FIRST))) &&
           promise_write(promise, CONFIG, BAR4, &SECOND, sizeof(SECOND));
}

/* Reads `count` bytes at `from`, and compares with reads of single bytes. */
static bool check_read(struct promise *promise, uint64_t from, size_t count)
{
    bool touches_first = from < BAR4 && from + count > BAR2;
    uint8_t found[PCI_STD_HEADER_SIZEOF];

    if (!promise_read(promise, CONFIG, from, found, count)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        uint8_t expected;

        if (!promise_read(promise, CONFIG, from + i, &expected, 1)) {
            return false;
        }
        if (touches_first && from + i >= BAR4 && from + i < END) {
            expected = 0;
        }
        if (!promise_equal(found[i], expected,
                           "byte 0x%zx of %zu bytes at 0x%zx", (size_t)from + i,
                           count, (size_t)from)) {
            return false;
        }
    }
    return true;
}

static bool check_reads_before(struct promise *promise)
{
    return set_bars(promise) && check_read(promise, BAR1 + 3, 2) &&
           check_read(promise, BAR1 + 2, 4) && check_read(promise, BAR1, 8);
}

static bool check_reads_between(struct promise *promise)
{
    return set_bars(promise) && check_read(promise, BAR3 + 3, 2) &&
           check_read(promise, BAR3 + 2, 4) && check_read(promise, BAR3, 8) &&
           check_read(promise, BAR2, 16);
}

static bool check_reads_after(struct promise *promise)
{
    return set_bars(promise) && check_read(promise, BAR5 + 3, 2) &&
           check_read(promise, BAR5 + 2, 4) && check_read(promise, BAR5, 8);
}

static bool check_header(struct promise *promise)
{
    return set_bars(promise) && check_read(promise, 0, PCI_STD_HEADER_SIZEOF);
}

/* Writes over a border; `count` bytes count, and both BARs are then compared.
 */
static bool check_write(struct promise *promise, uint64_t from, size_t size,
                        size_t counted, const uint64_t bars[2])
{
    const uint64_t flags =
        PCI_BASE_ADDRESS_MEM_TYPE_64 | PCI_BASE_ADDRESS_MEM_PREFETCH;
    uint64_t found;
    uint8_t bytes[16];
    ssize_t put;

    memset(bytes, 0x77, sizeof(bytes));
    put = pwrite(promise->device.device, bytes, size, promise_at(CONFIG, from));
    return promise_expect(put, (long)counted, "pwrite of %zu bytes at 0x%zx",
                          size, (size_t)from) &&
           (!promise->divided ||
            (promise_read(promise, CONFIG, BAR2, &found, 8) &&
             promise_equal(found >> 32,
                           (bars[0] & ~(promise->region2.bar_bytes - 1)) >> 32,
                           "BAR3") &&
             promise_equal(found & flags, flags, "flags of BAR2"))) &&
           promise_read(promise, CONFIG, BAR4, &found, 8) &&
           promise_equal(found >> 32,
                         (bars[1] & ~(promise->usemem.bar_bytes - 1)) >> 32,
                         "BAR5");
}

/* Of 8 bytes from BAR1 on, the last four reach BAR2, and only they count. */
static bool check_write_before(struct promise *promise)
{
    const uint32_t taken = 0xc0000000, low = 0x77777777;
    const uint32_t words[2] = {low, taken};
    uint32_t before, after, found;

    if (!promise->divided) {
        return ktap_skip("region 2 is the function's own BAR");
    }
    if (!set_bars(promise) ||
        !promise_read(promise, CONFIG, BAR1, &before, 4) ||
        !promise_expect(pwrite(promise->device.device, words, sizeof(words),
                               promise_at(CONFIG, BAR1)),
                        4, "pwrite of 8 bytes at BAR1") ||
        !promise_read(promise, CONFIG, BAR1, &after, 4) ||
        !promise_read(promise, CONFIG, BAR2, &found, 4)) {
        return false;
    }
    return promise_equal(after, before, "BAR1") &&
           promise_equal(found & ~0xfU,
                         taken & ~(promise->region2.bar_bytes - 1), "BAR2");
}

static bool check_write_between(struct promise *promise)
{
    const uint64_t both[2] = {0x7777777700000000, SECOND};
    const uint64_t last[2] = {(FIRST & ~(0xffULL << 56)) | 0x77ULL << 56,
                              SECOND};

    /* Without a BAR2 of the driver's, vfio-pci takes all, and BAR4 none. */
    return set_bars(promise) &&
           check_write(promise, BAR3, 8, promise->divided ? 4 : 8, both) &&
           set_bars(promise) &&
           check_write(promise, BAR3 + 3, 2, promise->divided ? 1 : 2, last);
}

static bool check_write_both(struct promise *promise)
{
    const uint64_t bars[2] = {0x7777777777777777, SECOND};

    return set_bars(promise) &&
           check_write(promise, BAR2, 16, promise->divided ? 8 : 16, bars);
}

static bool check_write_after(struct promise *promise)
{
    const uint64_t whole[2] = {FIRST, 0x7777777700000000};
    const uint64_t last[2] = {FIRST,
                              (SECOND & ~(0xffULL << 56)) | 0x77ULL << 56};

    return set_bars(promise) && check_write(promise, BAR5, 8, 4, whole) &&
           set_bars(promise) && check_write(promise, BAR5 + 3, 2, 1, last);
}

static bool check_end(struct promise *promise)
{
    int device = promise->device.device;
    uint8_t bytes[8];

    for (int past = 0; past < 8; past++) {
        off_t at = promise_at(CONFIG, CONFIG_BYTES - 8 + past);
        ssize_t got = pread(device, bytes, sizeof(bytes), at);

        if (past == 0
                ? !promise_expect(got, 8, "pread of the last 8 bytes")
                : !promise_expect_error(got, EFAULT, "pread %d over", past)) {
            return false;
        }
    }
    return promise_expect_error(
               pread(device, bytes, 1, promise_at(CONFIG, CONFIG_BYTES)),
               EFAULT, "pread past the end") &&
           promise_expect_error(
               pwrite(device, bytes, 1, promise_at(CONFIG, CONFIG_BYTES)),
               EFAULT, "pwrite past the end");
}

void add_border_promises(struct promise *promise)
{
    promise_add(promise, WAY_GROUP, check_reads_before,
                "reads over the border of BAR1 and BAR2 give both");
    promise_add(promise, WAY_GROUP, check_reads_between,
                "reads over the border of BAR3 and BAR4 show BAR4 as 0 "
                "(Linux 7.3)");
    promise_add(promise, WAY_GROUP, check_reads_after,
                "reads over the end of BAR5 give both sides");
    promise_add(promise, WAY_GROUP, check_header,
                "the header read at once shows BAR4 as 0 (Linux 7.3)");
    promise_add(promise, WAY_GROUP, check_write_before,
                "a write from BAR1 into BAR2 counts its second half alone "
                "(Linux 7.3)");
    promise_add(promise, WAY_GROUP, check_write_between,
                "a write from BAR3 into BAR4 does not reach BAR4 (Linux 7.3)");
    promise_add(promise, WAY_GROUP, check_write_both,
                "a write of all emulated BARs does not reach BAR4 (Linux 7.3)");
    promise_add(promise, WAY_GROUP, check_write_after,
                "a write over the end of BAR5 is cut short there");
    promise_add(promise, WAY_GROUP, check_end,
                "accesses over the end of configuration space are EFAULT");
}
