/*
 * Calls for which there is no memory
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi-test.h"
#include "counters.h"
#include "lines.h"
#include "world.h"

#define TEXT_SIZE   65536
#define STATE_SIZE  32768
#define LARGE_COUNT 128

static const GraceFunctions *functions;

/* What is asked for again and again, with less and less memory. */
typedef struct Call {
    GraceDevice *device; /* NULL: the call is create */
    const GraceOption *options;
    uint32_t option_count;
    const GraceTopology *topology; /* NULL: another call */
    GraceTable table;
    int saves;
    uint8_t *state; /* of `length` bytes, to load */
    uint32_t length;
} Call;

/* What came of it. */
typedef struct Outcome {
    GraceStatus status;
    uint64_t sum; /* of the bytes that came out */
    char message[504];
} Outcome;

static int32_t add_bytes(void *context, const uint8_t *bytes, uint32_t count)
{
    Outcome *outcome = context;

    for (uint32_t i = 0; i < count; i++) {
        outcome->sum = (outcome->sum ^ bytes[i]) * 0x100000001b3u;
    }
    return 1;
}

static Outcome try(const Call *call)
{
    static uint8_t state[STATE_SIZE];
    GraceError error = {.struct_size = sizeof(error)};
    GraceHost host = world_host();
    Outcome outcome = {0};

    if (call->topology) {
        outcome.status = functions->firmware(call->topology, call->table,
                                             add_bytes, &outcome, &error);
    } else if (call->saves) {
        uint32_t length = 0;

        outcome.status =
            functions->snapshot_save(call->device, state, STATE_SIZE, &length);
        if (outcome.status == GRACE_OK) {
            add_bytes(&outcome, state, length);
        }
    } else if (call->state) {
        outcome.status = functions->snapshot_load(call->device, call->state,
                                                  call->length, &error);
    } else if (call->device) {
        outcome.status = functions->set(call->device, call->options, &error);
    } else {
        GraceDevice *device = functions->create(&host, NULL, call->options,
                                                call->option_count, &error);

        if (device) {
            outcome.sum = functions->region_read(device, 0, 0, 4);
            functions->destroy(device);
        } else {
            outcome.status = error.code;
        }
    }
    memcpy(outcome.message, error.message, sizeof(outcome.message));
    return outcome;
}

/*
 * Lets libc refuse the N-th request of a call, and then the N-th and all that
 * come after, for each N or, of calls with thousands, for some. The first
 * request is for the reserve; after it nothing may be different.
 */
static int try_all(const Call *call)
{
    unsigned long before = counted_allocations;
    unsigned long heap = heap_bytes();
    Outcome normal = try(call);
    unsigned long requests = counted_allocations - before;
    unsigned long step = 1;

    must(requests > 0);
    for (unsigned long n = 1; n <= requests; n += step) {
        for (int is_rest = 0; is_rest < 2; is_rest++) {
            Outcome outcome;

            refused_first = counted_allocations + n;
            refused_last = is_rest ? (unsigned long)-1 : refused_first;
            outcome = try(call);
            refused_last = 0;
            if (n == 1) {
                must(outcome.status == GRACE_E_MEMORY);
                must(outcome.sum == 0);
                must(call->saves || strstr(outcome.message, "no memory"));
            } else {
                must(outcome.status == normal.status);
                must(outcome.sum == normal.sum);
                must(strcmp(outcome.message, normal.message) == 0);
            }
            must(heap_bytes() == heap);
        }
        step = requests < 400 ? 1 : 1 + n / 8;
    }
    return 0;
}

static char *text_of(const char *start, const char *unit)
{
    char *text = malloc(TEXT_SIZE + 1);
    size_t length = strlen(start);

    memcpy(text, start, length);
    while (length + strlen(unit) <= TEXT_SIZE) {
        memcpy(text + length, unit, strlen(unit));
        length += strlen(unit);
    }
    text[length] = '\0';
    return text;
}

/* Longest texts, of the kinds that take the most memory. */
static int try_texts(void)
{
    static const char *const texts[][3] = {
        {"profile", "", "x"},
        {"profile", "", "\xff"},
        {"poison", "0", "+0"},
        {"poison", "egm:0", "+egm:0"},
        {"poison", "", "+"},
        {"egm-retired-pages", "0", "+0"},
        {"firmware-quirk", "", "+"},
        {"profile-text", "base = gh200-480gb\n", "\n"},
        {"profile-text", "base = gh200-480gb\n", "# a\n"},
        {"profile-text", "base = gh200-480gb\n", "a = b\n"},
        {"profile-text", "base = gh200-480gb\n", "name = b\n"},
        {"profile-text", "base = gh200-480gb\n", "=\n"},
        {"profile-text", "", "a=a\n"},
        {"profile-text", "", "\xff\n"},
        {"profile-text", "base = gh200-480gb\nname = ", "y"},
        {"profile-text", "base = gh200-480gb\n", "register = 0x4 a b c d\n"},
        {"profile-text", "base = gh200-480gb\n", "remove-register = 0x1400\n"},
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        char *text = text_of(texts[i][1], texts[i][2]);
        GraceOption options[] = {
            {"representation", "bare-metal"},
            {"egm-size", "0x40000000"},
            {texts[i][0], text},
        };
        Call call = {.options = options, .option_count = 3};
        int line;

        line = try_all(&call);
        free(text);
        if (line) {
            printf("# %s of %s\n", texts[i][0], texts[i][2]);
        }
        pass(line);
    }
    return 0;
}

static int try_tables(const char *nodes, uint32_t count)
{
    static const uint8_t path[] = {0x08, 0x00};
    GraceError error = {.struct_size = sizeof(error)};
    GraceHost host = world_host();
    GraceDevice *devices[LARGE_COUNT];
    GracePlacement placements[LARGE_COUNT];
    GraceTopology topology = {
        sizeof(topology), 0, placements, count, 2, 65536, NULL, NULL};
    char instance[16];
    int line;

    for (uint32_t i = 0; i < count; i++) {
        GraceOption options[] = {{"representation", "bare-metal"},
                                 {"instance", instance},
                                 {"numa-nodes", nodes},
                                 {"egm-size", "0x40000000"}};

        snprintf(instance, sizeof(instance), "%u", i % 64);
        devices[i] = functions->create(&host, NULL, options, 4, &error);
        must(devices[i]);
        placements[i] =
            (GracePlacement){devices[i], 0,    (uint8_t)(i + 1), 0, "PCI0",
                             UINT32_MAX, path, sizeof(path)};
    }
    for (GraceTable table = 0; table < 4; table++) {
        Call call = {.topology = &topology, .table = table};

        line = try_all(&call);
        pass(line);
    }
    /* A table that there is not, and one that cannot be. */
    topology.domain_limit = 4;
    for (GraceTable table = 0; table < 5; table += 4) {
        Call call = {.topology = &topology, .table = table};

        line = try_all(&call);
        pass(line);
    }
    for (uint32_t i = 0; i < count; i++) {
        functions->destroy(devices[i]);
    }
    return 0;
}

static int try_device(void)
{
    static const GraceOption settings[] = {{"fault", "removed"},
                                           {"fault", "fire"},
                                           {"poison", "0x1000+0x2000"},
                                           {"poison", "0x1000+x"},
                                           {"profile", "gb200"}};
    static uint8_t state[STATE_SIZE];
    GraceError error = {.struct_size = sizeof(error)};
    GraceHost host = world_host();
    uint32_t length = 0;
    GraceDevice *device = functions->create(&host, NULL, settings, 0, &error);
    Call call = {.device = device};
    int line;

    must(device);
    for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
        call.options = &settings[i];
        line = try_all(&call);
        pass(line);
    }
    call.saves = 1;
    line = try_all(&call);
    pass(line);
    call.saves = 0;
    must(functions->snapshot_save(device, state, STATE_SIZE, &length) ==
         GRACE_OK);
    call.state = state;
    for (call.length = length - 2; call.length <= length + 2; call.length++) {
        line = try_all(&call);
        pass(line);
    }
    call.length = length;
    state[length / 2] ^= 1;
    line = try_all(&call);
    pass(line);
    functions->destroy(device);
    return 0;
}

/* A device that was made of the reserve alone lives on in it. */
static int live_in_reserve(void)
{
    GraceOption options[] = {{"profile", "gb200"}, {"poison", "0x1000"}};
    GraceError error = {.struct_size = sizeof(error)};
    GraceHost host = world_host();
    unsigned long heap = heap_bytes();
    GraceDevice *devices[3];
    uint32_t boot;

    devices[0] = functions->create(&host, NULL, options, 2, &error);
    must(devices[0]);
    boot = (uint32_t)functions->region_read(devices[0], 0, 0, 4);
    functions->destroy(devices[0]);
    for (int i = 0; i < 3; i++) {
        refused_first = counted_allocations + 2;
        refused_last = (unsigned long)-1;
        devices[i] = functions->create(&host, NULL, options, 2, &error);
        refused_last = 0;
        must(devices[i]);
    }
    for (int i = 0; i < 3; i++) {
        static const int order[] = {1, 2, 0};
        static uint8_t bytes[4 * 4096];
        GraceConfig config = {sizeof(config), 4096,         bytes,
                              bytes + 4096,   bytes + 8192, bytes + 12288};
        GraceDevice *device = devices[order[i]];

        must(functions->config_attach(device, &config) == GRACE_OK);
        functions->reset(device, GRACE_RESET_COLD);
        must(functions->region_read(device, 0, 0, 4) == boot);
        functions->destroy(device);
    }
    must(heap_bytes() == heap);
    return 0;
}

static int try_everything(void)
{
    static const GraceOption good[] = {{"profile", "blackwell-next"},
                                       {"representation", "bare-metal"},
                                       {"poison", "0x1000"}};
    static const GraceOption bad[] = {{"profile", "gh300"},
                                      {"memory-size", "17"},
                                      {"memory-base", "1"},
                                      {"profile-text", "base = x\n"}};
    Call call = {.options = good, .option_count = 3};
    int line = try_all(&call);

    pass(line);
    call.option_count = 1;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        call.options = &bad[i];
        line = try_all(&call);
        pass(line);
    }
    line = try_texts();
    pass(line);
    line = try_device();
    pass(line);
    line = try_tables("8", 1);
    pass(line);
    line = try_tables("64", 4);
    pass(line);
    line = try_tables("2", LARGE_COUNT);
    pass(line);
    return live_in_reserve();
}

static void test_no_memory(void)
{
    expect_none(try_everything());
}

void test_scarcity(const GraceFunctions *table)
{
    functions = table;
    run("without memory a call fails, or does all of its work", test_no_memory);
}
