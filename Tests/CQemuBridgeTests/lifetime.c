/*
 * Lives of devices from create to destroy, a thousand of them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "abi-test.h"
#include "engine.h"
#include "lines.h"
#include "world.h"

#define LIVES 1000

static const GraceFunctions *functions;

static const char *const profiles[] = {"gh200-120gb", "gh200-480gb",
                                       "gh200-144gb", "gb200",
                                       "gb300",       "blackwell-next"};

/* A profile of a user's own, with the least that it takes. */
static const char text[] = "base = gh200-480gb\nname = mine\n";

/* Takes so many tables' bytes as its context says, and no more. */
static int32_t stopping_sink(void *context, const uint8_t *bytes,
                             uint32_t count)
{
    uint32_t *left = context;

    (void)bytes;
    if (*left < count) {
        return 0;
    }
    *left -= count;
    return 1;
}

static int set(GraceDevice *device, const char *name, const char *value)
{
    GraceError error = {.struct_size = sizeof(error)};
    GraceOption option = {name, value};

    return functions->set(device, &option, &error);
}

/* What is asked in vain: of each kind that create refuses. */
static int create_in_vain(void)
{
    static const GraceOption wrong[] = {
        {"profile", "gh300"},
        {"colour", "green"},
        {"representation", "both"},
        {"memory-size", "much"},
        {"memory-size", "18446744073709551616"},
        {"memory-size", "1048577"},
        {"memory-size", "1048576"},
        {"memory-base", "0x20000000"},
        {"numa-nodes", "65"},
        {"fault", "fire"},
        {"poison", "1+2+x"},
        {"poison", "0x1800000000"},
        {"egm-pxm", "1"},
        {"profile-text", "base = gh200\n"},
        {"profile-text", "name = mine\n"},
        {"profile-text", "base = gb200\nregister = 0x1 what\n"},
        {"firmware-quirk", "all"},
        {"mig-fix", "maybe"},
        {"hbm-ready-ms", "1/2/3"},
        {"", ""}};
    GraceError error = {.struct_size = sizeof(error)};
    GraceHost host = world_host();

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        error.code = GRACE_OK;
        must(!functions->create(&host, NULL, &wrong[i], 1, &error));
        must(error.code == GRACE_E_OPTION && error.message[0]);
    }
    host.struct_size = 8;
    must(!functions->create(&host, NULL, wrong, 1, &error));
    must(error.code == GRACE_E_ARGUMENT);
    return 0;
}

static int use_registers(GraceDevice *device)
{
    static const uint64_t offsets[] = {0,           0xa00,    0x1400,
                                       0x1498,      0x9400,   0x200bc,
                                       ENGINE_LOCK, DOORBELL, 0xfffffe};

    for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
        for (uint32_t size = 0; size <= 9; size++) {
            functions->region_read(device, 0, offsets[i], size);
            functions->region_write(device, 0, offsets[i], i, size);
            functions->config_will_read(device, (uint32_t)i, size);
            functions->config_did_write(device, (uint32_t)i, size);
        }
    }
    must(functions->region_read(device, 1, 0, 4) == UINT32_MAX);
    return 0;
}

static int use_state(GraceDevice *device)
{
    GraceError error = {.struct_size = sizeof(error)};
    static uint8_t state[32768];
    uint32_t length = 0;

    must(functions->snapshot_save(device, NULL, 0, &length) == GRACE_E_SPACE);
    must(functions->snapshot_save(device, state, length, &length) == GRACE_OK);
    must(functions->snapshot_load(device, state, length, &error) == GRACE_OK);
    must(functions->snapshot_load(device, state, length - 1, &error) ==
         GRACE_E_STATE);
    must(functions->snapshot_load(device, state, UINT32_MAX, &error) ==
         GRACE_E_STATE);
    state[length / 2] ^= 0x10;
    must(functions->snapshot_load(device, state, length, &error) ==
         GRACE_E_STATE);
    state[4]++;
    must(functions->snapshot_load(device, state, length, &error) ==
         GRACE_E_STATE);
    return 0;
}

static int use_tables(GraceDevice *device)
{
    static const uint8_t path[] = {0x08, 0x00};
    GraceError error = {.struct_size = sizeof(error)};
    GracePlacement placement = {device, 0, 1, 0, "PCI0", UINT32_MAX, path, 2};
    GraceTopology topology = {
        sizeof(topology), 0, &placement, 1, 2, 128, NULL, NULL};
    uint32_t room;

    for (GraceTable table = 0; table < 4; table++) {
        room = UINT32_MAX;
        must(functions->firmware(&topology, table, stopping_sink, &room,
                                 &error) == GRACE_OK);
        must(room < UINT32_MAX);
        room = 0;
        must(functions->firmware(&topology, table, stopping_sink, &room,
                                 &error) == GRACE_OK);
    }
    must(functions->firmware(&topology, 4, stopping_sink, &room, &error) ==
         GRACE_E_ARGUMENT);
    topology.domain_limit = 3;
    must(functions->firmware(&topology, 0, stopping_sink, &room, &error) ==
         GRACE_E_TOPOLOGY);
    return 0;
}

/*
 * One life with everything in it that a host can ask for, wrong and right.
 * `number` picks profile and representation.
 */
static int live_once(unsigned number)
{
    int is_own = number % 7 == 6;
    GraceError error = {.struct_size = sizeof(error)};
    GraceHost host = world_host();
    GraceOption options[] = {
        {is_own ? "profile-text" : "profile",
         is_own ? text : profiles[number % 7]},
        {"representation", number / 7 % 2 ? "bare-metal" : "vm"},
        {"poison", "0x1000+0x200000"},
        {"egm-size", "0x40000000"},
        {"egm-retired-pages", "0x80000010000+0x80000020000"},
    };
    uint32_t count = number / 7 % 2 ? 5 : 3;
    static uint8_t bytes[4 * 4096];
    GraceConfig config = {sizeof(config), 4096,         bytes,
                          bytes + 4096,   bytes + 8192, bytes + 12288};
    GraceDescription about = {.struct_size = sizeof(about)};
    GraceRegion region = {.struct_size = sizeof(region)};
    GraceCapability capability = {.struct_size = sizeof(capability)};
    GraceDevice *device;
    int line;

    device = functions->create(&host, NULL, options, count, &error);
    must(device);
    must(functions->describe(device, &about) == GRACE_OK);
    for (uint32_t i = 0; i < about.region_count; i++) {
        must(functions->region(device, i, &region) == GRACE_OK);
    }
    for (uint32_t i = 0; i < about.capability_count; i++) {
        must(functions->capability(device, i, &capability) == GRACE_OK);
    }
    must(functions->config_attach(device, &config) == GRACE_OK);
    for (GraceResetKind kind = 0; kind <= 3; kind++) {
        functions->reset(device, kind);
        functions->clock(device, 1000000000);
    }
    line = use_registers(device);
    must(line == 0);
    if (about.msi_vector_count) { /* GH100, which has the engine */
        engine_open(functions, device, TARGET_SYSTEM);
        must(engine_move(functions, device, 0, 256, 0));
        must(!engine_move(functions, device, 1ull << 40, 256, 1));
        engine_open(functions, device, TARGET_MEMORY);
        must(engine_move(functions, device, 0, 256, 1));
    }
    must(set(device, "fault", "removed") == GRACE_OK);
    must(set(device, "fault", "none") == GRACE_OK);
    must(set(device, "fault", "fire") == GRACE_E_OPTION);
    must(set(device, "poison", "0x3000") == GRACE_OK);
    must(set(device, "poison", "x") == GRACE_E_OPTION);
    must(set(device, "profile", "gb200") == GRACE_E_OPTION);
    line = use_state(device);
    must(line == 0);
    line = use_tables(device);
    must(line == 0);
    functions->destroy(device);
    return 0;
}

unsigned long heap_bytes(void)
{
    struct mallinfo2 info = mallinfo2();

    return info.uordblks + info.hblkhd;
}

static int live_often(void)
{
    unsigned long first = 0;

    for (unsigned i = 0; i < LIVES; i++) {
        int line = live_once(i);

        if (line == 0 && i % 50 == 0) {
            line = create_in_vain();
        }
        if (line) {
            return line;
        }
        /* One life of each kind, and what stdio and others keep. */
        if (i == 13) {
            first = heap_bytes();
        }
    }
    must(heap_bytes() == first);
    return 0;
}

static void test_all_lives(void)
{
    expect_none(live_often());
}

void test_lives(const GraceFunctions *table)
{
    functions = table;
    run("a thousand lives lose nothing and grow nothing", test_all_lives);
}
