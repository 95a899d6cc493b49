/*
 * Calls that ask for too much
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "abi-test.h"
#include "lines.h"
#include "world.h"

static const GraceFunctions *functions;

static int32_t count_bytes(void *context, const uint8_t *bytes, uint32_t count)
{
    (void)bytes;
    *(uint64_t *)context += count;
    return 1;
}

static int refuse(const GraceOption *options, uint32_t count, GraceStatus code,
                  const char *part)
{
    GraceError error = {.struct_size = sizeof(error)};
    GraceHost host = world_host();
    unsigned long heap = heap_bytes();

    must(!functions->create(&host, NULL, options, count, &error));
    if (error.code != code || !strstr(error.message, part)) {
        printf("# %d: %s\n", error.code, error.message);
    }
    must(error.code == code);
    must(strstr(error.message, part));
    must(memchr(error.message, '\0', sizeof(error.message)));
    must(!strchr(error.message, '\n'));
    must(heap_bytes() == heap);
    return 0;
}

static int ask_for_too_much(void)
{
    static const struct {
        const char *name;
        const char *value;
        const char *part;
    } sizes[] = {
        {"memory-size", "18446744073709551616", "use a smaller number"},
        {"memory-size", "18446744073709551615", "use at most"},
        {"memory-size", "0xffffffffffffffff", "use at most"},
        {"memory-size", "0", "too small"},
        {"memory-size", "-1", "not a number"},
    };
    GraceError error = {.struct_size = sizeof(error)};
    GracePlacement placement = {.path_count = UINT32_MAX};
    GraceTopology topology = {
        sizeof(topology), 0, &placement, UINT32_MAX, 0, 128, NULL, NULL};
    GraceHost host = world_host();
    size_t large = 8 << 20;
    char *text = malloc(large);
    GraceOption option = {"profile", text};
    const uint8_t path[1] = {0};
    uint64_t sum = 0;
    int line;

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        option = (GraceOption){sizes[i].name, sizes[i].value};
        line = refuse(&option, 1, GRACE_E_OPTION, sizes[i].part);
        pass(line);
    }
    memset(text, '1', large - 1);
    text[large - 1] = '\0';
    option = (GraceOption){"memory-size", text};
    line = refuse(&option, 1, GRACE_E_OPTION, "memory-size has a");
    pass(line);
    option = (GraceOption){"profile-text", text};
    line = refuse(&option, 1, GRACE_E_OPTION, "8388607 bytes");
    pass(line);
    option = (GraceOption){text, text};
    line = refuse(&option, 1, GRACE_E_OPTION, "1");
    pass(line);
    line = refuse(&option, UINT32_MAX, GRACE_E_ARGUMENT, "options");
    pass(line);
    free(text);

    must(functions->firmware(&topology, 0, count_bytes, &sum, &error) ==
         GRACE_E_ARGUMENT);
    placement =
        (GracePlacement){functions->create(&host, NULL, &option, 0, &error),
                         0,
                         1,
                         0,
                         "PCI0",
                         UINT32_MAX,
                         path,
                         UINT32_MAX};
    must(placement.device);
    topology.placement_count = 1;
    must(functions->firmware(&topology, 0, count_bytes, &sum, &error) ==
         GRACE_E_ARGUMENT);
    placement.path_count = 1;
    topology.first_free_domain = UINT32_MAX;
    topology.domain_limit = UINT32_MAX;
    for (GraceTable table = 0; table < 4; table++) {
        GraceStatus status =
            functions->firmware(&topology, table, count_bytes, &sum, &error);

        must(status == GRACE_E_MEMORY || status == GRACE_E_TOPOLOGY);
    }
    must(sum == 0);
    functions->destroy((GraceDevice *)placement.device);
    return 0;
}

static void test_too_much(void)
{
    expect_none(ask_for_too_much());
}

void test_absurdity(const GraceFunctions *table)
{
    functions = table;
    run("absurd sizes, lengths and counts are refused", test_too_much);
}
