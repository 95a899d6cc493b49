/*
 * Saves the state of a GPU that a plug-in models, in the middle of its work
 *
 * usage: save-state PLUGIN PROFILE REPRESENTATION FILE
 *
 * Writes FILE.state, what the plug-in saved, and FILE.reads, what registers
 * read right after it, in this order: a line for each, with its offset in BAR0
 * and its value.
 *
 * It is compiled with the plug-in's own header, and does without what a later
 * one has, so that plug-ins of any age can be asked.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#include "quiet-host.h"

#define STATE_SIZE  65536
#define CONFIG_SIZE 4096

/* Guest time at which the boot is complete and the link is not up. */
#define MOMENT      3000000
#define SCRATCH     0x001400
#define ENGINE_DATA 0x8441c0 /* port of the data memory; data is 4 further */
#define MESSAGES    0x8f2ac0 /* port of channel 0's messages */
#define QUEUE       0x8f2c00 /* head of channel 0's commands; tail 4 further */
#define CHANNEL     8        /* from a channel's port and queue to the next */
#define DOORBELL    0xfff000
#define ADVANCE     0x03000000

#define REGISTERS_END 0x1000000

static const GraceFunctions *functions;
static GraceDevice *device;

static void quit(const char *what, const char *why)
{
    fprintf(stderr, "save-state: %s: %s\n", what, why);
    exit(1);
}

static void make(const char *profile, const char *representation)
{
    static uint8_t config[4][CONFIG_SIZE];
    const GraceHost host = quiet_host();
    const GraceOption options[] = {
        {"profile", profile},
        {"representation", representation},
        {"c2c-ready-ms", "5"},
        {"hbm-ready-ms", "3"},
    };
    const GraceConfig space = {sizeof(space), CONFIG_SIZE, config[0],
                               config[1],     config[2],   config[3]};
    GraceError error = {.struct_size = sizeof(error)};

    device = functions->create(&host, NULL, options,
                               sizeof(options) / sizeof(options[0]), &error);
    if (!device) {
        quit(profile, error.message);
    }
    if (functions->config_attach(device, &space) != GRACE_OK) {
        quit(profile, "configuration space is not filled");
    }
    functions->reset(device, GRACE_RESET_COLD);
    functions->clock(device, MOMENT);
}

static void write_register(uint64_t offset, uint32_t value)
{
    functions->region_write(device, 0, offset, value, 4);
}

/* Sends a packet to the security processor. */
static void send(uint32_t channel, uint32_t count, const uint32_t *words)
{
    const uint32_t base = channel * 1024;

    write_register(MESSAGES + channel * CHANNEL, base | ADVANCE);
    for (uint32_t i = 0; i < count; i++) {
        write_register(MESSAGES + channel * CHANNEL + 4, words[i]);
    }
    write_register(QUEUE + channel * CHANNEL + 4, base + 4 * (count - 1));
    write_register(QUEUE + channel * CHANNEL, base);
}

/*
 * The engine's registers and memories are there on GH100 alone; elsewhere the
 * writes are dropped, and the reads say so.
 */
static void make_busy(void)
{
    for (uint32_t i = 0; i < 64; i++) {
        write_register(SCRATCH + 4 * i, 0x5c000000 + i * 0x010203);
    }
    write_register(DOORBELL, 1);
    write_register(DOORBELL, 2);
    write_register(ENGINE_DATA, 0x100 | ADVANCE);
    for (uint32_t i = 0; i < 32; i++) {
        write_register(ENGINE_DATA + 4, 0xda7a0000 + i);
    }
    write_register(ENGINE_DATA, 0x110 | ADVANCE);
    /* Transfers are enabled; the answer that says so is not taken. */
    send(2, 3, (const uint32_t[]){0xc0000000, 0x2210de7e, 1});
    /* The first of several packets of a message, and its port on the way. */
    send(0, 2, (const uint32_t[]){0x80000000, 0x1410de7e});
    write_register(MESSAGES, ADVANCE);
#if GRACE_ABI_VERSION >= 3
    const GraceOption poison = {"poison", "0x3000+1M"};
    GraceError error = {.struct_size = sizeof(error)};

    if (functions->set(device, &poison, &error) != GRACE_OK) {
        quit("poison", error.message);
    }
#endif
}

static void save(FILE *file)
{
    static uint8_t state[STATE_SIZE];
    uint32_t length;

    if (functions->snapshot_save(device, state, sizeof(state), &length) !=
            GRACE_OK ||
        fwrite(state, 1, length, file) != length) {
        quit("the state", "cannot be saved");
    }
}

/* What is no register reads zero, and there are many of these. */
static void list(FILE *file, uint64_t first, uint64_t last, int with_zeros)
{
    for (uint64_t offset = first; offset <= last; offset += 4) {
        const uint64_t value = functions->region_read(device, 0, offset, 4);

        if (value != 0 || with_zeros) {
            fprintf(file, "%06llx %08llx\n", (unsigned long long)offset,
                    (unsigned long long)value);
        }
    }
}

static FILE *create(const char *name, const char *extension)
{
    char path[4096];
    FILE *file;

    snprintf(path, sizeof(path), "%s.%s", name, extension);
    file = fopen(path, "wb");
    if (!file) {
        quit(path, "cannot be written");
    }
    return file;
}

int main(int argc, char **argv)
{
    GraceError error = {.struct_size = sizeof(error)};
    void *library = argc == 5 ? dlopen(argv[1], RTLD_NOW) : NULL;
    void *symbol = library ? dlsym(library, GRACE_PLUGIN_SYMBOL) : NULL;
    FILE *state, *reads;

    if (!symbol) {
        quit("usage", "save-state PLUGIN PROFILE REPRESENTATION FILE");
    }
    functions = ((__typeof__(&grace_gpu_plugin))symbol)(
        GRACE_ABI_VERSION, GRACE_ABI_VERSION, &error);
    if (!functions) {
        quit(argv[1], error.message);
    }
    make(argv[2], argv[3]);
    make_busy();
    state = create(argv[4], "state");
    save(state);
    reads = create(argv[4], "reads");
    list(reads, 0, REGISTERS_END - 4, 0);
    /* These ports advance, so that what comes next is what is in there. */
    for (int i = 0; i < 32; i++) {
        list(reads, ENGINE_DATA, ENGINE_DATA + 4, 1);
        list(reads, MESSAGES, MESSAGES + 4, 1);
    }
    return fclose(state) || fclose(reads) ? 1 : 0;
}
