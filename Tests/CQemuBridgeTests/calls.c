/*
 * Calls that are malformed
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "abi-test.h"
#include "tap.h"
#include "world.h"

static const GraceFunctions *functions;

static void test_create_errors(void)
{
    GraceError error = {.struct_size = sizeof(error)};
    GraceOption option = {"profile", "gh300"};
    GraceHost table = world_host();

    expect(functions->create(&table, NULL, &option, 1, &error) == NULL);
    expect(error.code == GRACE_E_OPTION);
    expect(strstr(error.message, "gh200-480gb") != NULL);
    option.value = "gh200-480gb";
    table.struct_size = sizeof(table) - 1;
    expect(functions->create(&table, NULL, &option, 1, &error) == NULL);
    expect(error.code == GRACE_E_ARGUMENT);
}

static void test_short_structures(void)
{
    GraceDevice *device = world_device(functions, "profile", "gh200-480gb");
    GraceDescription about = {.struct_size = sizeof(about) - 1};
    GraceRegion region = {.struct_size = sizeof(region) - 1};
    GraceCapability capability = {.struct_size = 0};
    GraceConfig config = {.struct_size = sizeof(config), .byte_count = 256};

    expect(functions->describe(device, &about) == GRACE_E_ARGUMENT);
    expect(functions->region(device, 0, &region) == GRACE_E_ARGUMENT);
    expect(functions->capability(device, 0, &capability) == GRACE_E_ARGUMENT);
    expect(functions->config_attach(device, &config) == GRACE_E_ARGUMENT);
    functions->destroy(device);
}

static void test_indexes(void)
{
    GraceDevice *device = world_device(functions, "profile", "gh200-480gb");
    GraceDescription about = {.struct_size = sizeof(about)};
    GraceRegion region = {.struct_size = sizeof(region)};
    GraceCapability capability = {.struct_size = sizeof(capability)};
    uint16_t end = 0;

    expect(functions->describe(device, &about) == GRACE_OK);
    expect(about.region_count == 3);
    expect(functions->region(device, 3, &region) == GRACE_E_ARGUMENT);
    expect(functions->region(device, UINT32_MAX, &region) == GRACE_E_ARGUMENT);
    for (uint32_t i = 0; i < about.capability_count; i++) {
        expect(functions->capability(device, i, &capability) == GRACE_OK);
        expect(capability.offset >= end);
        end = (uint16_t)(capability.offset + capability.byte_count);
    }
    expect(functions->capability(device, about.capability_count, &capability) ==
           GRACE_E_ARGUMENT);
    functions->destroy(device);
}

void test_calls(const GraceFunctions *table)
{
    functions = table;
    run("options and hosts that do not fit are refused", test_create_errors);
    run("structures that are too short are refused", test_short_structures);
    run("indexes out of range are refused", test_indexes);
}
