/*
 * ACPI tables through the ABI
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "abi-test.h"
#include "tap.h"
#include "world.h"

static const GraceFunctions *functions;

static int32_t count_bytes(void *context, const uint8_t *bytes, uint32_t count)
{
    (void)bytes;
    *(uint32_t *)context += count;
    return 1;
}

static void test_firmware(void)
{
    GraceError error = {.struct_size = sizeof(error)};
    GraceDevice *device = world_device(functions, "numa-nodes", "8");
    const uint8_t path[] = {0x08, 0x00};
    GracePlacement placement = {device, 0, 1, 0, "PCI0", UINT32_MAX, path, 2};
    const uint8_t distances[] = {10, 33, 33, 10};
    const uint8_t flags[] = {GRACE_DOMAIN_HAS_PROCESSORS, 0};
    GraceTopology topology = {sizeof(topology), 0,    &placement, 1, 2, 128,
                              distances,        flags};
    uint32_t count = 0;

    expect(functions->firmware(&topology, GRACE_TABLE_SRAT, count_bytes, &count,
                               &error) == GRACE_OK);
    expect(count == 8 * 32 + 8 * 40);
    count = 0;
    expect(functions->firmware(&topology, GRACE_TABLE_SLIT, count_bytes, &count,
                               &error) == GRACE_OK);
    expect(count == 8 + 10 * 10);
    count = 0;
    // Nine domains have an initiator, ten are targets.
    expect(functions->firmware(&topology, GRACE_TABLE_HMAT, count_bytes, &count,
                               &error) == GRACE_OK);
    expect(count == 3 * (32 + 4 * (9 + 10) + 2 * 9 * 10));
    count = 0;
    topology.struct_size = 8;
    expect(functions->firmware(&topology, GRACE_TABLE_SRAT, count_bytes, &count,
                               &error) == GRACE_E_ARGUMENT);
    topology.struct_size = sizeof(topology);
    expect(functions->firmware(&topology, 77, count_bytes, &count, &error) ==
           GRACE_E_ARGUMENT);
    placement.root_name = "not a name";
    expect(functions->firmware(&topology, GRACE_TABLE_SSDT, count_bytes, &count,
                               &error) == GRACE_E_TOPOLOGY);
    placement.root_name = "PCI0";
    placement.path_count = 0;
    expect(functions->firmware(&topology, GRACE_TABLE_SSDT, count_bytes, &count,
                               &error) == GRACE_E_TOPOLOGY);
    expect(count == 0);
    topology.placement_count = 0;
    expect(functions->firmware(&topology, GRACE_TABLE_SSDT, count_bytes, &count,
                               &error) == GRACE_OK);
    expect(count == 0);
    functions->destroy(device);
}

void test_tables(const GraceFunctions *table)
{
    functions = table;
    run("tables reach the sink, errors do not", test_firmware);
}
