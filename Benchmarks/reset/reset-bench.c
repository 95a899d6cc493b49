/*
 * What it costs to take the memory away and to give it back
 *
 * usage: reset-bench PLUGIN SAMPLES
 *
 * Prints a line for each case: its name, and for each sample nanoseconds with
 * 96 GiB and with 1.5 GiB of memory. A host maps and unmaps when it is told
 * so; here it does nothing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "grace-gpu-loader.h"
#include "host.h"

#define ROUNDS 2000u

typedef void Step(const GraceFunctions *functions, GraceDevice *device);

/* A reset makes it read as ones; when training is over it is memory again. */
static void reset_and_train(const GraceFunctions *functions,
                            GraceDevice *device)
{
    functions->reset(device, GRACE_RESET_FUNCTION);
    functions->clock(device, UINT64_MAX);
}

/* The same by a link that goes down and up. */
static void break_and_mend(const GraceFunctions *functions, GraceDevice *device)
{
    static const GraceOption down = {"fault", "link-down"};
    static const GraceOption up = {"fault", "none"};
    GraceError error = {.struct_size = sizeof(error)};

    if (functions->set(device, &down, &error) ||
        functions->set(device, &up, &error)) {
        fprintf(stderr, "%s\n", error.message);
        exit(1);
    }
}

static double nanoseconds(Step *step, const GraceFunctions *functions,
                          GraceDevice *device)
{
    struct timespec start, end;
    unsigned long before = bench_region_modes();

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
    for (uint32_t i = 0; i < ROUNDS; i++) {
        step(functions, device);
    }
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
    /* Both regions of memory, there and back. */
    if (bench_region_modes() - before != 4ul * ROUNDS) {
        fprintf(stderr, "the host was told %lu times what memory is\n",
                bench_region_modes() - before);
        exit(1);
    }
    return ((double)(end.tv_sec - start.tv_sec) * 1e9 +
            (double)(end.tv_nsec - start.tv_nsec)) /
           ROUNDS;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        Step *step;
    } cases[] = {{"reset and training", reset_and_train},
                 {"link down and up", break_and_mend}};
    static const GraceOption large = {"memory-size", "103079215104"};
    static const GraceOption small = {"memory-size", "1610612736"};
    GraceError error = {.struct_size = sizeof(error)};
    const GraceFunctions *functions;
    GraceDevice *devices[2];

    if (argc != 3) {
        fprintf(stderr, "usage: reset-bench PLUGIN SAMPLES\n");
        return 2;
    }
    functions = grace_gpu_load(argv[1], &error);
    if (!functions) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    devices[0] = bench_device(functions, &large, 1);
    devices[1] = bench_device(functions, &small, 1);
    for (int i = 0; i < 2; i++) {
        printf("%s", cases[i].name);
        for (int sample = 0; sample < atoi(argv[2]); sample++) {
            printf("\t%.1f", nanoseconds(cases[i].step, functions, devices[0]));
            printf(" %.1f", nanoseconds(cases[i].step, functions, devices[1]));
        }
        printf("\n");
    }
    functions->destroy(devices[0]);
    functions->destroy(devices[1]);
    return 0;
}
