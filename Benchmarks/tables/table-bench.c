/*
 * How long ACPI tables of many GPUs take, through the C ABI
 *
 * usage: table-bench time PLUGIN SAMPLES COUNT...
 *        table-bench write PLUGIN COUNT FOLDER
 *
 * `time` prints a line for each table and count: both, the bytes, and
 * microseconds for each sample; samples of all counts of a table are taken in
 * turn. `write` writes SRAT, SLIT and HMAT of that many GPUs, as files that
 * judges read.
 *
 * The machine has one domain with CPUs, and each GPU has one of its own, so
 * that there can be 4096: QEMU's limit is 128 domains.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "grace-gpu-loader.h"
#include "host.h"

#define LARGEST_COUNT 4096
#define MOST_COUNTS   16
#define MOST_SAMPLES  32
/* More than the HMAT of that many: 96 MiB. */
#define TABLE_ROOM    (256u << 20)
#define GPUS_OF_A_BUS 8 /* ports of a bridge, each with one */

static const char *const names[] = {"SRAT", "SSDT", "SLIT", "HMAT"};

typedef struct Bytes {
    uint8_t *start;
    size_t count;
} Bytes;

static int32_t keep(void *context, const uint8_t *bytes, uint32_t count)
{
    Bytes *kept = context;

    if (kept->start) {
        memcpy(kept->start + kept->count, bytes, count);
    }
    kept->count += count;
    return 1;
}

/* GPUs below root ports of as many host bridges as it takes. */
static GraceTopology machine(const GraceFunctions *functions, uint32_t count)
{
    static GracePlacement placements[LARGEST_COUNT];
    static uint8_t paths[LARGEST_COUNT][2];
    static char roots[LARGEST_COUNT][5];
    static GraceDevice *device;
    static const GraceOption options[] = {{"representation", "bare-metal"},
                                          {"numa-nodes", "1"}};

    if (!device) {
        device = bench_device(functions, options, 2);
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t bridge = i / GPUS_OF_A_BUS;
        uint32_t slot = i % GPUS_OF_A_BUS;

        snprintf(roots[i], sizeof(roots[i]), "P%03X", bridge & 0xfff);
        paths[i][0] = (uint8_t)((slot + 1) << 3);
        placements[i] = (GracePlacement){
            device,     (uint16_t)(i >> 7), (uint8_t)(1 + i % 128), 0, roots[i],
            UINT32_MAX, paths[i],           sizeof(paths[i])};
    }
    return (GraceTopology){
        sizeof(GraceTopology), 0, placements, count, 1, UINT16_MAX, NULL, NULL};
}

static Bytes table(const GraceFunctions *functions,
                   const GraceTopology *topology, GraceTable kind,
                   uint8_t *room)
{
    GraceError error = {.struct_size = sizeof(error)};
    Bytes kept = {room, 0};

    if (functions->firmware(topology, kind, keep, &kept, &error)) {
        fprintf(stderr, "%s\n", error.message);
        exit(1);
    }
    return kept;
}

static double microseconds(const GraceFunctions *functions, uint32_t count,
                           GraceTable kind)
{
    GraceTopology topology = machine(functions, count);
    struct timespec start, end;
    uint32_t rounds = 1 + 64 / count;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
    for (uint32_t i = 0; i < rounds; i++) {
        table(functions, &topology, kind, NULL);
    }
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
    return ((double)(end.tv_sec - start.tv_sec) * 1e6 +
            (double)(end.tv_nsec - start.tv_nsec) / 1e3) /
           rounds;
}

static void measure(const GraceFunctions *functions, int samples, char **counts)
{
    for (GraceTable kind = 0; kind < 4; kind++) {
        double times[MOST_COUNTS][MOST_SAMPLES];
        int sizes = 0;

        for (int sample = 0; sample < samples; sample++) {
            for (sizes = 0; counts[sizes]; sizes++) {
                times[sizes][sample] = microseconds(
                    functions, (uint32_t)atoi(counts[sizes]), kind);
            }
        }
        for (int i = 0; i < sizes; i++) {
            GraceTopology topology =
                machine(functions, (uint32_t)atoi(counts[i]));

            printf("%s\t%s\t%zu", names[kind], counts[i],
                   table(functions, &topology, kind, NULL).count);
            for (int sample = 0; sample < samples; sample++) {
                printf("\t%.2f", times[i][sample]);
            }
            printf("\n");
        }
    }
}

/* A header (ACPI 6.5, 5.2.6), what the host puts behind it, and the body. */
static void write_table(const char *folder, const char *name, uint8_t revision,
                        const uint8_t *start, uint32_t start_count, Bytes body)
{
    uint32_t length = 36 + start_count + (uint32_t)body.count;
    uint8_t header[36] = {0};
    uint8_t sum = 0;
    char path[4096];
    FILE *file;

    memcpy(header, name, 4);
    memcpy(header + 4, &length, 4);
    header[8] = revision;
    memcpy(header + 10, "GRACE TABLES   ", 14);
    for (size_t i = 0; i < sizeof(header); i++) {
        sum = (uint8_t)(sum + header[i]);
    }
    for (uint32_t i = 0; i < start_count; i++) {
        sum = (uint8_t)(sum + start[i]);
    }
    for (size_t i = 0; i < body.count; i++) {
        sum = (uint8_t)(sum + body.start[i]);
    }
    header[9] = (uint8_t)-sum;
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    file = fopen(path, "w");
    if (!file || fwrite(header, 1, 36, file) != 36 ||
        fwrite(start, 1, start_count, file) != start_count ||
        fwrite(body.start, 1, body.count, file) != body.count || fclose(file)) {
        perror(path);
        exit(1);
    }
}

static void write_all(const GraceFunctions *functions, uint32_t count,
                      const char *folder)
{
    /* Of the SRAT: fixed part, a CPU (5.2.16.1), 1 GiB at 1 GiB (5.2.16.2). */
    static const uint8_t affinity[12 + 16 + 40] = {
        [0] = 1,   [12] = 0,         [13] = 16,        [16] = 1,     [28] = 1,
        [29] = 40, [28 + 11] = 0x40, [28 + 19] = 0x40, [28 + 28] = 1};
    static const uint8_t zeros[4];
    GraceTopology topology = machine(functions, count);
    uint8_t *room = malloc(TABLE_ROOM);

    if (!room) {
        perror("room for a table");
        exit(1);
    }
    write_table(folder, "SRAT", 3, affinity, sizeof(affinity),
                table(functions, &topology, GRACE_TABLE_SRAT, room));
    write_table(folder, "SLIT", 1, zeros, 0,
                table(functions, &topology, GRACE_TABLE_SLIT, room));
    write_table(folder, "HMAT", 2, zeros, 4,
                table(functions, &topology, GRACE_TABLE_HMAT, room));
    free(room);
}

/* What there is room for. */
static int are_counts(char **texts, int count)
{
    for (int i = 0; i < count; i++) {
        if (atoi(texts[i]) < 1 || atoi(texts[i]) > LARGEST_COUNT) {
            return 0;
        }
    }
    return 1;
}

int main(int argc, char **argv)
{
    GraceError error = {.struct_size = sizeof(error)};
    const GraceFunctions *functions;
    int is_write = argc == 5 && strcmp(argv[1], "write") == 0;
    int is_time = argc >= 5 && argc <= 4 + MOST_COUNTS &&
                  strcmp(argv[1], "time") == 0 && atoi(argv[3]) <= MOST_SAMPLES;

    if (!(is_write && are_counts(argv + 3, 1)) &&
        !(is_time && are_counts(argv + 4, argc - 4))) {
        fprintf(stderr, "usage: table-bench time PLUGIN SAMPLES COUNT...\n"
                        "       table-bench write PLUGIN COUNT FOLDER\n");
        return 2;
    }
    functions = grace_gpu_load(argv[2], &error);
    if (!functions) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    if (is_write) {
        write_all(functions, (uint32_t)atoi(argv[3]), argv[4]);
    } else {
        measure(functions, atoi(argv[3]), argv + 4);
    }
    return 0;
}
