/*
 * Saved state: of other plug-ins, and damaged
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../SavedStates/quiet-host.h"
#include "abi-test.h"
#include "tap.h"

#define STATE_SIZE 65536
/* What this plug-in writes and reads (docs/abi.md, "Saved state"). */
#define VERSION "4"

/* Bytes that are damaged most: all before the registers, and the checksum. */
#define HEAD_BYTES 0x160
#define TAIL_BYTES 8
#define BIT_STEP   37

static const GraceFunctions *functions;
static const char *old, *own;
/* What the device asked its host. */
static QuietHost asked;

/* A state, and what its file's name says: VERSION.PROFILE.REPRESENTATION. */
struct state {
    const char *name;
    char version[32], profile[32], representation[32];
    uint8_t bytes[STATE_SIZE];
    uint32_t length;
};

static int complain(const struct state *state, const char *what)
{
    printf("# %s: %s\n", state->name, what);
    return 0;
}

static int read_state(struct state *state, const char *path)
{
    FILE *file = fopen(path, "rb");

    state->name = strrchr(path, '/') + 1;
    state->length =
        file ? (uint32_t)fread(state->bytes, 1, STATE_SIZE, file) : 0;
    if (file) {
        fclose(file);
    }
    return (sscanf(state->name, "%31[^.].%31[^.].%31[^.].", state->version,
                   state->profile, state->representation) == 3 &&
            state->length > 0) ||
           complain(state, "is no state with a name of three parts");
}

/* A device that is not what was saved: ready at once, with nothing written. */
static GraceDevice *make(const struct state *state)
{
    static uint8_t config[4][4096];
    const GraceHost host = quiet_host();
    const GraceOption options[] = {{"profile", state->profile},
                                   {"representation", state->representation}};
    const GraceConfig space = {sizeof(space), 4096,      config[0],
                               config[1],     config[2], config[3]};
    GraceError error = {.struct_size = sizeof(error)};
    GraceDevice *device = functions->create(&host, &asked, options, 2, &error);

    if (!device) {
        complain(state, error.message);
        return NULL;
    }
    functions->config_attach(device, &space);
    functions->reset(device, GRACE_RESET_COLD);
    asked.changes = 0;
    return device;
}

static int saves(GraceDevice *device, const struct state *state)
{
    static uint8_t bytes[STATE_SIZE];
    uint32_t length = 0;

    return functions->snapshot_save(device, bytes, STATE_SIZE, &length) ==
               GRACE_OK &&
           length == state->length && memcmp(bytes, state->bytes, length) == 0;
}

/* A file beside the state has lines of an offset and a value. */
static int reads_as_saved(GraceDevice *device, const struct state *state,
                          const char *path)
{
    unsigned long long offset, value;
    unsigned lines = 0;
    char name[4096];
    FILE *file;

    snprintf(name, sizeof(name), "%.*sreads",
             (int)(strlen(path) - strlen("state")), path);
    file = fopen(name, "r");
    if (!file) {
        return complain(state, "has no file of reads");
    }
    while (fscanf(file, "%llx %llx", &offset, &value) == 2) {
        const uint64_t found = functions->region_read(device, 0, offset, 4);

        lines++;
        if (found != value) {
            printf("# %s, line %u: 0x%llx reads 0x%llx, not 0x%llx\n", name,
                   lines, offset, (unsigned long long)found, value);
            fclose(file);
            return 0;
        }
    }
    fclose(file);
    return lines > 64 || complain(state, "has hardly any reads");
}

/* The same, as a device has it that must stay as it is. */
static int refuses(GraceDevice *device, const struct state *state,
                   const uint8_t *bytes, uint32_t length, const char *part)
{
    GraceError error = {.struct_size = sizeof(error)};

    return (functions->snapshot_load(device, bytes, length, &error) ==
                GRACE_E_STATE &&
            asked.changes == 0 &&
            strncmp(error.message, "the saved state ", 16) == 0 &&
            strstr(error.message, part) != NULL &&
            strchr(error.message, '\n') == NULL) ||
           complain(state, error.message);
}

/*
 * Of this version the device then reads as the one that saved it, and saves the
 * same; of another one it is refused by its number, and changes nothing.
 */
static int check_load(const char *path)
{
    static struct state state, before;
    GraceError error = {.struct_size = sizeof(error)};
    GraceDevice *device;
    char number[64];
    int good;

    if (!read_state(&state, path) || !(device = make(&state))) {
        return 0;
    }
    if (strcmp(state.version, VERSION) != 0) {
        snprintf(number, sizeof(number), "has version %s, this plug-in reads",
                 state.version);
        functions->snapshot_save(device, before.bytes, STATE_SIZE,
                                 &before.length);
        good = (refuses(device, &state, state.bytes, state.length, number) &&
                saves(device, &before)) ||
               complain(&state, "is not refused as it should be");
    } else if (functions->snapshot_load(device, state.bytes, state.length,
                                        &error) != GRACE_OK) {
        good = complain(&state, error.message);
    } else {
        good = (saves(device, &state) ||
                complain(&state, "is saved as something else")) &&
               reads_as_saved(device, &state, path);
    }
    functions->destroy(device);
    return good;
}

/* Every length in a block of its own, so that what is past it is found. */
static int check_lengths(GraceDevice *device, const struct state *state)
{
    for (uint32_t length = 0; length <= state->length + 64; length++) {
        uint8_t *bytes = calloc(1, length ? length : 1);
        int good;

        if (length == state->length) {
            free(bytes);
            continue;
        }
        memcpy(bytes, state->bytes,
               length < state->length ? length : state->length);
        good =
            refuses(device, state, bytes, length, " bytes where this device");
        free(bytes);
        if (!good) {
            printf("# at %u bytes of %u\n", length, state->length);
            return 0;
        }
    }
    return refuses(device, state, state->bytes, UINT32_MAX, "has 4294967295 ");
}

static int check_bits(GraceDevice *device, struct state *state, int all)
{
    const uint32_t end = (state->length - TAIL_BYTES) * 8;

    for (uint32_t bit = 0; bit < state->length * 8; bit++) {
        uint8_t *byte = &state->bytes[bit / 8];
        const uint8_t mask = (uint8_t)(1u << bit % 8);
        int good;

        if (!all && bit >= HEAD_BYTES * 8 && bit < end && bit % BIT_STEP) {
            continue;
        }
        *byte ^= mask;
        good = refuses(device, state, state->bytes, state->length, "");
        *byte ^= mask;
        if (!good) {
            printf("# with bit %u flipped\n", bit);
            return 0;
        }
    }
    return 1;
}

static int check_damage(const char *path, int all)
{
    static struct state state, before;
    GraceError error = {.struct_size = sizeof(error)};
    GraceDevice *device;
    int good;

    if (!read_state(&state, path) || !(device = make(&state))) {
        return 0;
    }
    functions->snapshot_save(device, before.bytes, STATE_SIZE, &before.length);
    good = check_lengths(device, &state) && check_bits(device, &state, all) &&
           (saves(device, &before) || complain(&state, "changed the device")) &&
           /* And whole again it loads. */
           (functions->snapshot_load(device, state.bytes, state.length,
                                     &error) == GRACE_OK ||
            complain(&state, error.message));
    functions->destroy(device);
    return good;
}

/*
 * Each state of a folder (Tests/SavedStates/README.md), of which there is at
 * least one; damaged in any place, the first one at every bit, if `damage`.
 */
static int check_each(const char *folder, int damage)
{
    char pattern[4096];
    glob_t found;
    int good = 1;

    snprintf(pattern, sizeof(pattern), "%s/*.state", folder);
    if (glob(pattern, 0, NULL, &found) != 0) {
        printf("# there is no saved state in %s\n", folder);
        return 0;
    }
    for (size_t i = 0; i < found.gl_pathc; i++) {
        good &= damage ? check_damage(found.gl_pathv[i], i == 0)
                       : check_load(found.gl_pathv[i]);
    }
    globfree(&found);
    return good;
}

static void test_load(void)
{
    expect(check_each(old, 0));
    expect(check_each(own, 0));
}

static void test_damage(void)
{
    expect(check_each(own, 1));
}

void test_states(const GraceFunctions *table, const char *old_states,
                 const char *own_states)
{
    functions = table;
    old = old_states;
    own = own_states;
    run("state of another plug-in is loaded, or refused by its version",
        test_load);
    run("state damaged in any place is refused without effect", test_damage);
}
