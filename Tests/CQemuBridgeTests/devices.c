/*
 * What becomes of a device: configuration space, time, faults, saved state
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "abi-test.h"
#include "engine.h"
#include "tap.h"
#include "world.h"

static const GraceFunctions *functions;

static void test_two_devices(void)
{
    GraceDevice *first = world_device(functions, "profile", "gh200-120gb");
    GraceDevice *second = world_device(functions, "profile", "gh200-144gb");

    functions->region_write(first, 0, 0x1400, 1, 4);
    functions->region_write(second, 0, 0x1400, 2, 4);
    expect(functions->region_read(first, 0, 0x1400, 4) == 1);
    expect(functions->region_read(second, 0, 0x1400, 4) == 2);
    functions->destroy(first);
    expect(functions->region_read(second, 0, 0x1400, 4) == 2);
    functions->destroy(second);
}

static void test_config(void)
{
    static uint8_t bytes[4 * 4096 + 1];
    GraceDevice *device = world_device(functions, "profile", "gh200-480gb");
    GraceConfig config = {sizeof(config), 4096,         bytes,
                          bytes + 4096,   bytes + 8192, bytes + 12288};

    memset(bytes, 0xcc, sizeof(bytes));
    expect(functions->config_attach(device, &config) == GRACE_OK);
    expect(bytes[0] == 0xde && bytes[1] == 0x10);
    expect(bytes[2] == 0x45 && bytes[3] == 0x23);
    for (int i = 0; i < 4096; i++) {
        expect((config.write_mask[i] & config.clear_mask[i]) == 0);
    }
    expect(bytes[sizeof(bytes) - 1] == 0xcc);
    functions->reset(device, GRACE_RESET_FUNCTION);
    functions->reset(device, 77);
    expect(bytes[sizeof(bytes) - 1] == 0xcc);
    functions->destroy(device);
}

static void test_clock(void)
{
    GraceDevice *device = world_device(functions, "hbm-ready-ms", "2");

    world.now = 5000000;
    functions->reset(device, GRACE_RESET_COLD);
    expect(world.deadline == 7000000);
    expect(world.modes[1] == GRACE_REGION_ONES);
    expect(functions->region_read(device, 0, 0x200bc, 4) == 0);
    functions->clock(device, 6999999);
    expect(functions->region_read(device, 0, 0x200bc, 4) == 0);
    functions->clock(device, 7000000);
    expect(functions->region_read(device, 0, 0x200bc, 4) == 0xff);
    expect(world.modes[1] == GRACE_REGION_MEMORY);
    expect(world.deadline == UINT64_MAX);
    functions->destroy(device);
}

static void test_faults(void)
{
    GraceError error = {.struct_size = sizeof(error)};
    GraceOption option = {"fault", "removed"};
    GraceDevice *device = world_device(functions, "reset-clears-memory", "on");

    world.present = 1;
    world.cleared = 0;
    functions->reset(device, GRACE_RESET_FUNCTION);
    expect(world.cleared == 96ull << 30);
    expect(functions->set(device, &option, &error) == GRACE_OK);
    expect(world.present == 0);
    option.value = "none";
    expect(functions->set(device, &option, &error) == GRACE_OK);
    expect(world.present == 1);
    option.value = "fire";
    expect(functions->set(device, &option, &error) == GRACE_E_OPTION);
    expect(strstr(error.message, "use one of: none, link-down") != NULL);
    option.name = "profile";
    expect(functions->set(device, &option, &error) == GRACE_E_OPTION);
    expect(strstr(error.message, "while the device runs") != NULL);
    functions->destroy(device);
}

static void test_snapshot(void)
{
    GraceError error = {.struct_size = sizeof(error)};
    GraceDevice *device = world_device(functions, "profile", "gh200-480gb");
    static uint8_t state[32768];
    uint32_t length = 0;

    functions->region_write(device, 0, 0x1400, 42, 4);
    engine_open(functions, device, TARGET_SYSTEM);
    functions->region_write(device, 0, ENGINE_PORT + 4, 43, 4);
    expect(functions->snapshot_save(device, NULL, 0, &length) == GRACE_E_SPACE);
    expect(length > 0 && length < sizeof(state));
    state[length - 1] = 0xcc;
    expect(functions->snapshot_save(device, state, length - 1, &length) ==
           GRACE_E_SPACE);
    expect(state[length - 1] == 0xcc);
    expect(functions->snapshot_save(device, state, sizeof(state), &length) ==
           GRACE_OK);
    functions->reset(device, GRACE_RESET_COLD);
    expect(functions->snapshot_load(device, NULL, 0, &error) == GRACE_E_STATE);
    expect(functions->snapshot_load(device, state, UINT32_MAX, &error) ==
           GRACE_E_STATE);
    expect(functions->snapshot_load(device, NULL, length, &error) ==
           GRACE_E_STATE);
    expect(functions->region_read(device, 0, 0x1400, 4) == 0);
    expect(functions->snapshot_load(device, state, length, &error) == GRACE_OK);
    expect(functions->region_read(device, 0, 0x1400, 4) == 42);
    expect(functions->region_read(device, 0, ENGINE_PORT + 4, 4) == 43);
    expect(functions->region_read(device, 0, ENGINE_LOCK, 4) == 0);
    functions->destroy(device);
}

void test_devices(const GraceFunctions *table)
{
    functions = table;
    run("two devices share nothing", test_two_devices);
    run("configuration space is filled, and nothing beside it", test_config);
    run("the clock brings up what is due", test_clock);
    run("a running device is broken and mended", test_faults);
    run("state is saved and loaded, or refused without effect", test_snapshot);
}
