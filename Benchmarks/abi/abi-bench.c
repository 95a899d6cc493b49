/*
 * What an access costs, through a table of functions
 *
 * usage: abi-bench count PLUGIN   (below callgrind)
 *        abi-bench time PLUGIN SAMPLES
 *
 * Each case runs on the plug-in, on the same registers in C, and, to know what
 * the loop takes, on functions that do nothing. `count` makes callgrind write
 * down the instructions of each under CASE/DEVICE; `time` prints nanoseconds,
 * one line for each case: its name, and then for each sample those of the
 * plug-in and of C, the loop around them included.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <valgrind/callgrind.h>

#include "c-device.h"
#include "grace-gpu-loader.h"
#include "host.h"

#define COUNT_ROUNDS 1000u
#define TIME_ROUNDS  2000000u

enum kind {
    READ,
    WRITE,
    CONFIG_READ,
    CONFIG_WRITE,
};

typedef struct Case {
    const char *name;
    enum kind kind;
    uint32_t region;
    uint32_t size;
    uint64_t offset;
} Case;

/* The files cases and budgets have the same names. */
static const Case cases[] = {
    {"BOOT_0, read", READ, 0, 4, 0x0},
    {"scratch register, read", READ, 0, 4, 0x1450},
    {"scratch register, write", WRITE, 0, 4, 0x1450},
    {"memory size, read", READ, 0, 4, 0x100ce0},
    {"link status, read", READ, 0, 4, 0x1498},
    {"boot status, read", READ, 0, 4, 0x200bc},
    {"time, read", READ, 0, 4, 0x9400},
    {"read-only register, write", WRITE, 0, 4, 0x0},
    {"masked register, write", WRITE, 0, 4, 0x100f04},
    {"no register, read", READ, 0, 4, 0x700000},
    {"no register, write", WRITE, 0, 4, 0x700000},
    {"1 byte, read", READ, 0, 1, 0x1451},
    {"1 byte, write", WRITE, 0, 1, 0x1451},
    {"2 bytes, read", READ, 0, 2, 0x1452},
    {"8 bytes, read", READ, 0, 8, 0x1450},
    {"8 bytes, write", WRITE, 0, 8, 0x1450},
    {"4 bytes over two registers, read", READ, 0, 4, 0x1452},
    {"4 bytes over two registers, write", WRITE, 0, 4, 0x1452},
    {"past the end, read", READ, 0, 4, 16 << 20},
    {"memory past its end, read", READ, 2, 4, 96ull << 30},
    {"configuration space, read", CONFIG_READ, 0, 4, 0x0},
    {"configuration space, write", CONFIG_WRITE, 0, 2, 0x4},
    {"power state, write", CONFIG_WRITE, 0, 2, 0x44},
};

#define CASE_COUNT (sizeof(cases) / sizeof(cases[0]))

static uint64_t nothing_read(GraceDevice *device, uint32_t index,
                             uint64_t offset, uint32_t size)
{
    (void)device;
    (void)index;
    (void)size;
    return offset;
}

static void nothing_write(GraceDevice *device, uint32_t index, uint64_t offset,
                          uint64_t value, uint32_t size)
{
    (void)device;
    (void)index;
    (void)offset;
    (void)value;
    (void)size;
}

static void nothing_config(GraceDevice *device, uint32_t offset, uint32_t size)
{
    (void)device;
    (void)offset;
    (void)size;
}

static const GraceFunctions nothing = {
    .config_will_read = nothing_config,
    .config_did_write = nothing_config,
    .region_read = nothing_read,
    .region_write = nothing_write,
};

/* One access after another, as a host makes them. */
static __attribute__((noinline)) uint64_t
repeat(const GraceFunctions *functions, GraceDevice *device, const Case *one,
       uint32_t rounds)
{
    const volatile Case access = *one;
    uint64_t sum = 0;

    for (uint32_t i = 0; i < rounds; i++) {
        switch (access.kind) {
        case READ:
            sum += functions->region_read(device, access.region, access.offset,
                                          access.size);
            break;
        case WRITE:
            functions->region_write(device, access.region, access.offset, i,
                                    access.size);
            break;
        case CONFIG_READ:
            functions->config_will_read(device, (uint32_t)access.offset,
                                        access.size);
            break;
        case CONFIG_WRITE:
            functions->config_did_write(device, (uint32_t)access.offset,
                                        access.size);
            break;
        }
    }
    return sum;
}

/* Both devices have to say the same, or there is nothing to compare. */
static void compare(const Case *one, const GraceFunctions *functions,
                    GraceDevice *device, GraceDevice *c_device)
{
    uint64_t ours = repeat(functions, device, one, 3);
    uint64_t theirs = repeat(&c_device_functions, c_device, one, 3);

    if (ours != theirs) {
        fprintf(stderr, "%s: the plug-in has 0x%llx and C 0x%llx\n", one->name,
                (unsigned long long)ours, (unsigned long long)theirs);
        exit(1);
    }
}

static void count(const Case *one, const char *which,
                  const GraceFunctions *functions, GraceDevice *device)
{
    char label[128];

    snprintf(label, sizeof(label), "%s/%s", one->name, which);
    repeat(functions, device, one, 1);
    CALLGRIND_ZERO_STATS;
    repeat(functions, device, one, COUNT_ROUNDS);
    CALLGRIND_DUMP_STATS_AT(label);
}

static double nanoseconds(const GraceFunctions *functions, GraceDevice *device,
                          const Case *one)
{
    struct timespec start, end;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
    repeat(functions, device, one, TIME_ROUNDS);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
    return ((double)(end.tv_sec - start.tv_sec) * 1e9 +
            (double)(end.tv_nsec - start.tv_nsec)) /
           TIME_ROUNDS;
}

int main(int argc, char **argv)
{
    GraceError error = {.struct_size = sizeof(error)};
    int is_count = argc == 3 && strcmp(argv[1], "count") == 0;
    const GraceFunctions *functions;
    static const GraceOption profile = {"profile", "gh200-480gb"};
    GraceDevice *device, *c_device;

    if (!is_count && (argc != 4 || strcmp(argv[1], "time"))) {
        fprintf(stderr, "usage: abi-bench count PLUGIN\n"
                        "       abi-bench time PLUGIN SAMPLES\n");
        return 2;
    }
    functions = grace_gpu_load(argv[2], &error);
    if (!functions) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    device = bench_device(functions, &profile, 1);
    c_device = bench_device(&c_device_functions, &profile, 1);
    for (size_t i = 0; i < CASE_COUNT; i++) {
        compare(&cases[i], functions, device, c_device);
        if (is_count) {
            count(&cases[i], "plug-in", functions, device);
            count(&cases[i], "C", &c_device_functions, c_device);
            count(&cases[i], "nothing", &nothing, device);
            continue;
        }
        printf("%s", cases[i].name);
        for (int sample = 0; sample < atoi(argv[3]); sample++) {
            double ours = nanoseconds(functions, device, &cases[i]);
            double theirs =
                nanoseconds(&c_device_functions, c_device, &cases[i]);

            printf("\t%.3f %.3f", ours, theirs);
        }
        printf("\n");
    }
    functions->destroy(device);
    c_device_functions.destroy(c_device);
    return 0;
}
