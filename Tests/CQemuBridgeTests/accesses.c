/*
 * Accesses of registers, and what they set going
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "abi-test.h"
#include "counters.h"
#include "engine.h"
#include "tap.h"
#include "world.h"

static const GraceFunctions *functions;

static void test_places(void)
{
    GraceDevice *device = world_device(functions, "profile", "gh200-120gb");

    expect(functions->region_read(device, 0, 0, 4) == 0x180000a1);
    expect(functions->region_read(device, 0, 2, 2) == 0x1800);
    expect(functions->region_read(device, 0, 0xa00, 8) == 0x180a1000);
    expect(functions->region_read(device, 0, 16 << 20, 4) == 0xffffffff);
    expect(functions->region_read(device, 0, UINT64_MAX, 8) == UINT64_MAX);
    expect(functions->region_read(device, 9, 0, 1) == 0xff);
    expect(functions->region_read(device, UINT32_MAX, 0, 2) == 0xffff);
    expect(functions->region_read(device, 0, 0, UINT32_MAX) == UINT64_MAX);
    functions->region_write(device, 0, 0x1400, 0x1122334455667788, 8);
    functions->region_write(device, 0, 0x1401, 0xff, 1);
    functions->region_write(device, UINT32_MAX, UINT64_MAX, 0, 0);
    expect(functions->region_read(device, 0, 0x1400, 8) == 0x112233445566ff88);
    functions->config_will_read(device, UINT32_MAX, UINT32_MAX);
    functions->config_did_write(device, UINT32_MAX, 0);
    functions->destroy(device);
}

/*
 * A device that is copied for an access, or memory that is asked for, shows
 * nowhere but in the time that it takes.
 */
static void test_access_cost(void)
{
    static const uint64_t offsets[] = {0x0,    0xa00,   0x1400,   0x1498,
                                       0x9400, 0x200bc, 0x100ce0, 0xffffff};
    GraceDevice *device = world_device(functions, "profile", "gh200-480gb");
    unsigned long allocations = counted_allocations;
    unsigned long copies = counted_copies;

    expect(allocations > 0 && copies > 0);
    for (unsigned size = 1; size <= 8; size++) {
        for (unsigned i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
            functions->region_read(device, 0, offsets[i], size);
            functions->region_write(device, 0, offsets[i], 0, size);
            functions->config_will_read(device, (uint32_t)i * 4, size);
            functions->config_did_write(device, (uint32_t)i * 4, size);
        }
    }
    expect(counted_allocations == allocations);
    expect(counted_copies == copies);
    functions->destroy(device);
}

/* The same for what moves bytes, and for the registers around it. */
static void test_engine_cost(void)
{
    static const uint64_t offsets[] = {
        0x100b20,        0x118234,       ENGINE_LOCK, ENGINE_PORT,
        ENGINE_PORT + 4, ENGINE_COMMAND, 0x8f2ac0,    0x8f2ac4,
        0x8f2c00,        0x8f2c84,       DOORBELL,    ENGINE_RESULT};
    GraceDevice *device = world_device(functions, "profile", "gh200-480gb");
    unsigned long allocations = counted_allocations;
    unsigned long copies = counted_copies;

    engine_open(functions, device, TARGET_SYSTEM);
    for (uint32_t size = 4; size <= GRACE_DMA_SIZE; size *= 2) {
        expect(engine_move(functions, device, 512, size, 0));
        expect(engine_move(functions, device, 768, size, 1));
        expect(!engine_move(functions, device, 4096, size, 1));
    }
    engine_open(functions, device, TARGET_MEMORY);
    expect(engine_move(functions, device, 0, 256, 0));
    expect(engine_move(functions, device, 256, 256, 1));
    for (unsigned size = 1; size <= 8; size++) {
        for (unsigned i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
            functions->region_read(device, 0, offsets[i], size);
            functions->region_write(device, 0, offsets[i], i, size);
        }
    }
    expect(counted_allocations == allocations);
    expect(counted_copies == copies);
    functions->destroy(device);
}

static void test_engine(void)
{
    static const uint32_t targets[] = {TARGET_SYSTEM, TARGET_MEMORY};

    for (int i = 0; i < 2; i++) {
        GraceDevice *device = world_device(functions, "profile", "gh200-480gb");
        uint8_t *bytes = i == 0 ? world.bus : world.memory;

        for (int j = 0; j < 256; j++) {
            bytes[256 + j] = (uint8_t)(j ^ 0x5a);
        }
        functions->reset(device, GRACE_RESET_COLD);
        expect(functions->region_read(device, 0, ENGINE_LOCK, 4) >> 16 ==
               0xbadf);
        expect(!engine_move(functions, device, 256, 256, 0));
        engine_open(functions, device, targets[i]);
        expect(functions->region_read(device, 0, ENGINE_LOCK, 4) >> 16 !=
               0xbadf);
        expect(engine_move(functions, device, 256, 256, 0));
        expect(engine_move(functions, device, 512, 128, 1));
        expect(memcmp(bytes + 512, bytes + 256, 128) == 0);
        expect(bytes[511] == (0xff ^ 0x5a) && bytes[640] == 0);
        // Not an own address in either memory of this host.
        expect(!engine_move(functions, device, 1ull << 40, 4, 1));
        expect(functions->region_read(device, 0, ENGINE_RESULT, 4) != 0);
        expect(engine_move(functions, device, 768, 4, 1));
        expect(functions->region_read(device, 0, ENGINE_RESULT, 4) == 0);
        expect(memcmp(bytes + 768, bytes + 256, 4) == 0 && bytes[772] == 0);
        expect(engine_command(functions, device, 0x14, 0) == 0xa0);
        functions->destroy(device);
    }
}

static void test_doorbell(void)
{
    GraceDevice *device = world_device(functions, "profile", "gh200-480gb");

    functions->region_write(device, 0, DOORBELL, 8, 4);
    functions->region_write(device, 0, DOORBELL, 1, 1);
    functions->region_write(device, 0, DOORBELL, UINT32_MAX, 4);
    expect(world.interrupts == (1u << 8 | 1u << 1));
    expect(functions->region_read(device, 0, DOORBELL, 4) == 2);
    functions->destroy(device);
}

void test_accesses(const GraceFunctions *table)
{
    functions = table;
    run("an access of any place and size has a result", test_places);
    run("an access allocates and copies nothing", test_access_cost);
    run("an engine at work allocates and copies nothing", test_engine_cost);
    run("the engine moves bytes both ways, to both memories", test_engine);
    run("the doorbell sends messages, and only of own vectors", test_doorbell);
}
