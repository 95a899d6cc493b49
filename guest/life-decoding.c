// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The cases of life-check on memory decoding, with the memory in no BAR. The
 * driver asks for it before it looks whether a GPU is ready again, and before
 * it maps a page (nvgrace_gpu_check_device_ready() and
 * vfio_pci_vmf_insert_pfn() in Linux 7.3), at no other time.
 */
#include "life-vfio.h"

#include <errno.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>
#include <signal.h>
#include <unistd.h>

#include "config-space.h"
#include "ktap.h"

/* The page of these cases. */
#define PAGE 10

static bool gives(const struct place *place, enum access access, int error,
                  int signal)
{
    struct outcome outcome = life_access(place, access);

    return (outcome.error == error && outcome.signal == signal) ||
           ktap_fail("a %s of region %u gave %s", access_name(access),
                     place->region->index, life_describe(outcome));
}

/* Whether the function itself, not just VFIO, has decoding as expected. */
static bool decodes(struct life *life, bool expected)
{
    uint32_t command;

    return config_read(life->test.function.address, PCI_COMMAND, 2, &command) &&
           (((command & PCI_COMMAND_MEMORY) != 0) == expected ||
            ktap_fail("the function's command register is 0x%04x", command));
}

static bool check_after_reset(void *context)
{
    struct life *life = context;
    struct moment reset;
    struct place places[2];
    size_t count = 0;
    bool passed = true;

    for (int i = 0; i < 2; i++) {
        const struct memory_region *region = &life->regions[i];

        if (memory_region_exists(region) && region->is_emulated &&
            !life_prepare(life, region, PAGE, &places[count++])) {
            return false;
        }
    }
    if (!life_reset_device(life, &reset) || !life_set_decoding(life, false) ||
        !decodes(life, false)) {
        return false;
    }
    for (size_t i = 0; i < count && passed; i++) {
        passed = gives(&places[i], ACCESS_READ, EIO, 0) &&
                 gives(&places[i], ACCESS_WRITE, EIO, 0) &&
                 gives(&places[i], ACCESS_LOAD, 0, SIGBUS) &&
                 gives(&places[i], ACCESS_STORE, 0, SIGBUS);
    }
    if (!life_set_decoding(life, true) || !passed || !decodes(life, true)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (!gives(&places[i], ACCESS_LOAD, 0, 0) ||
            !life_check_page(&places[i], false)) {
            return false;
        }
    }
    return true;
}

/* Region 0 is a BAR: VFIO refuses it while decoding is off. */
static bool registers_refused(struct life *life)
{
    struct vfio_region info;
    uint32_t value;
    ssize_t got;

    if (!test_region(&life->test, VFIO_PCI_BAR0_REGION_INDEX, &info)) {
        return false;
    }
    errno = 0;
    got = pread(life->test.device.device, &value, sizeof(value),
                (off_t)info.offset);
    return (got < 0 && errno == EIO) ||
           ktap_fail("a read of region 0 gave %zd", got);
}

static bool check_ready(void *context)
{
    struct life *life = context;
    struct place place;
    bool passed;

    if (!life_prepare(life, &life->regions[0], PAGE, &place) ||
        !life_set_decoding(life, false)) {
        return false;
    }
    passed = decodes(life, false) && registers_refused(life) &&
             gives(&place, ACCESS_READ, 0, 0) &&
             gives(&place, ACCESS_WRITE, 0, 0) &&
             gives(&place, ACCESS_LOAD, 0, SIGBUS);
    return life_set_decoding(life, true) && passed &&
           life_check_page(&place, true);
}

/* What is read while decoding is off, byte for byte. */
static bool check_contents(void *context)
{
    struct life *life = context;
    struct vfio_region info;
    uint8_t before[CHUNK_BYTES], during[CHUNK_BYTES];
    struct place place;
    bool passed;

    if (!life_prepare(life, &life->regions[0], PAGE, &place) ||
        !test_region(&life->test, USEMEM_BAR, &info) ||
        !vfio_read(&life->test.device, &info, place.offset, before,
                   CHUNK_BYTES) ||
        !life_set_decoding(life, false)) {
        return false;
    }
    passed =
        vfio_read(&life->test.device, &info, place.offset, during, CHUNK_BYTES);
    for (size_t i = 0; i < CHUNK_BYTES && passed; i++) {
        passed = before[i] == during[i] ||
                 ktap_fail("byte %zu is 0x%02x, and was 0x%02x", i, during[i],
                           before[i]);
    }
    return life_set_decoding(life, true) && passed;
}

void life_add_decoding_cases(struct life *life)
{
    ktap_add(check_after_reset, life,
             "with memory decoding off after a reset reads and writes give "
             "EIO, loads and stores SIGBUS; on again all work");
    ktap_add(check_ready, life,
             "with memory decoding off at another time region 0 gives EIO and "
             "loads of region 4 SIGBUS; reads and writes of region 4 work");
    ktap_add(check_contents, life,
             "memory at its fixed address does not depend on memory decoding");
}
