// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How fast the DMA engine moves bytes on the way of the kernel's selftest
 * driver nv_falcon, through VFIO and the SMMU, against the DMA of QEMU's edu on
 * the same way, and against the register accesses that a transfer needs.
 */
#include <errno.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "clock.h"
#include "engine-check.h"
#include "ktap.h"
#include "options.h"
#include "promise-check.h"
#include "speed.h"

/* Transfers in a sample. */
#define TRANSFERS 256
/* edu takes 100 ms for each transfer, whatever its size (hw/misc/edu.c). */
#define EDU_SAMPLES 9

/* QEMU: docs/specs/edu.rst. */
#define EDU_VENDOR      0x1234
#define EDU_DEVICE      0x11e8
#define EDU_BYTES       MIB
#define EDU_SOURCE      0x80
#define EDU_DESTINATION 0x88
#define EDU_COUNT       0x90
#define EDU_COMMAND     0x98
#define EDU_START       1
#define EDU_TO_RAM      2
#define EDU_BUFFER      0x40000
#define EDU_LIMIT       4096
#define EDU_WAIT_MS     2000

struct job {
    struct engine *engine;
    struct engine *edu;
    struct transfer transfer;
};

static bool move_many(void *context)
{
    struct job *job = context;
    uint32_t command = engine_command(&job->transfer);

    for (unsigned i = 0; i < TRANSFERS; i++) {
        if (engine_start(job->engine, &job->transfer, command) != RESULT_DONE) {
            return ktap_fail("a transfer failed");
        }
    }
    return true;
}

/* As many accesses as engine_start() has, that move nothing. */
static bool access_many(void *context)
{
    const struct engine *engine = ((struct job *)context)->engine;

    for (unsigned i = 0; i < TRANSFERS; i++) {
        for (unsigned write = 0; write < 7; write++) {
            engine_write(engine, SCRATCH, i);
        }
        engine_read(engine, SCRATCH);
    }
    return true;
}

static bool move_with_edu(void *context)
{
    const struct job *job = context;
    const struct window *registers = &job->edu->registers;
    uint64_t end = clock_ns() + EDU_WAIT_MS * NS_PER_MS;
    bool to_ram = job->transfer.out;

    window_write(registers, EDU_SOURCE, 8, to_ram ? EDU_BUFFER : BUFFER_IOVA);
    window_write(registers, EDU_DESTINATION, 8,
                 to_ram ? BUFFER_IOVA : EDU_BUFFER);
    window_write(registers, EDU_COUNT, 8, job->transfer.size);
    window_write(registers, EDU_COMMAND, 8,
                 EDU_START | (to_ram ? EDU_TO_RAM : 0));
    while (window_read(registers, EDU_COMMAND, 8) & EDU_START) {
        if (clock_ns() > end) {
            return ktap_fail("edu has not moved anything in %d ms",
                             EDU_WAIT_MS);
        }
    }
    return true;
}

/* Opens edu as the GPU is open, and shows it the same buffer. */
static bool open_edu(struct engine *edu)
{
    struct vfio_region info;

    edu->device = (struct vfio_device){&edu->function, -1, -1, -1, -1};
    return vfio_open_group(&edu->device) && engine_set_bus_master(edu, true) &&
           vfio_region_get(&edu->device, VFIO_PCI_BAR0_REGION_INDEX, &info) &&
           window_map(&edu->registers, edu->device.device, info.offset,
                      EDU_BYTES, 0, "region 0 of edu", 0) &&
           engine_show_buffer(edu);
}

static bool measure_against_edu(struct job *job, const char *name,
                                const char *unit, uint64_t moved_by_edu)
{
    struct job other = *job;
    bool counts_bytes = strcmp(unit, "MB/s") == 0;
    struct speed_case speed = {
        .name = name,
        .unit = unit,
        .measured = {NULL, move_many, job,
                     counts_bytes ? (uint64_t)TRANSFERS * job->transfer.size
                                  : TRANSFERS},
        .baseline = {"edu", move_with_edu, &other,
                     counts_bytes ? moved_by_edu : 1},
        .limit = EDU_SAMPLES,
    };

    other.transfer.size = (uint32_t)moved_by_edu;
    return speed_measure(&speed);
}

/* Closed also if it was never opened. */
static struct engine edu = {.device = {NULL, -1, -1, -1, -1}};

static bool check_against_edu(struct engine *engine)
{
    struct job in = {engine, &edu, {.address = BUFFER_IOVA, .size = MAX_SIZE}};
    struct job out = in;
    bool done;

    out.transfer.out = true;
    done =
        engine_prepare(engine) && open_edu(&edu) &&
        measure_against_edu(&in, "transfers of 256 bytes from RAM",
                            "transfers/s", MAX_SIZE) &&
        measure_against_edu(&out, "transfers of 256 bytes to RAM",
                            "transfers/s", MAX_SIZE) &&
        measure_against_edu(&in, "bytes from RAM, 256 against 4096 at a time",
                            "MB/s", EDU_LIMIT) &&
        measure_against_edu(&out, "bytes to RAM, 256 against 4096 at a time",
                            "MB/s", EDU_LIMIT);
    vfio_close(&edu.device);
    return done;
}

static bool measure_against_accesses(struct engine *engine, const char *name,
                                     struct transfer transfer)
{
    struct job job = {engine, NULL, transfer};
    struct speed_case speed = {
        .name = name,
        .unit = "ns",
        .measured = {NULL, move_many, &job, TRANSFERS},
        .baseline = {"its register accesses alone", access_many, &job,
                     TRANSFERS},
    };

    return speed_measure(&speed);
}

static bool check_against_accesses(struct engine *engine)
{
    struct transfer own = {.size = MAX_SIZE, .own = true};
    struct transfer one = {.address = BUFFER_IOVA, .size = 4};
    struct transfer most = {.address = BUFFER_IOVA, .size = MAX_SIZE};

    return engine_prepare(engine) &&
           measure_against_accesses(engine, "one transfer of 4 bytes", one) &&
           measure_against_accesses(engine, "one transfer of 256 bytes",
                                    most) &&
           measure_against_accesses(
               engine, "one transfer of 256 bytes of the GPU's memory", own);
}

int main(void)
{
    static struct engine engine;
    const struct options *options = options_get();
    char reason[256];

    if (!speed_options() || !speed_find_gpu(&engine.function)) {
        return speed_give_up();
    }
    if (!pci_find(EDU_VENDOR, EDU_DEVICE, &edu.function)) {
        ktap_line("# there is no edu; scripts/bench starts QEMU with it");
        return 2;
    }
    if (!pci_bind_nvgrace(&engine.function, reason, sizeof(reason)) ||
        !pci_bind(&edu.function, "vfio-pci", reason, sizeof(reason))) {
        ktap_line("# %s", reason);
        return 2;
    }
    engine.buffer = aligned_alloc(BUFFER_BYTES, BUFFER_BYTES);
    if (!engine.buffer) {
        ktap_line("# out of memory; give the guest more with -m");
        return 2;
    }
    memset(engine.buffer, 1, BUFFER_BYTES);
    engine.bus = BUFFER_IOVA;
    engine.extent = BUFFER_BYTES;
    engine.device = (struct vfio_device){&engine.function, -1, -1, -1, -1};
    engine.chip = options->chip;
    engine.memory = options->memory;
    edu.buffer = engine.buffer;
    engine_add(&engine, 0, check_against_accesses,
               "transfers against register accesses");
    engine_add(&engine, 0, check_against_edu, "transfers against edu");
    return ktap_run();
}
