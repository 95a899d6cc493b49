/*
 * What no host should do, and what a user may
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "steps.h"

/* Whoever refuses says why, in one line for the user. */
static void check_refusal(const GraceError *error, GraceStatus code)
{
    rule(error->code == code, "who refuses says which kind of error it is");
    rule(memchr(error->message, 0, sizeof(error->message)) &&
             error->message[0] && !strchr(error->message, '\n'),
         "who refuses says why, in one line");
}

/* Any options, for a device that takes no part in the rest. */
void step_any_options(Input *input)
{
    static AnyOptions any;
    static Machine machine;
    static uint8_t state[STATE_SIZE];
    GraceError error = {.struct_size = sizeof(error)};
    uint8_t form = take8(input);

    step = "a device of other options";
    take_options(input, &any);
    if (!machine_try(&machine, any.setup.options, any.setup.count, &error)) {
        check_refusal(&error, GRACE_E_OPTION);
        return;
    }
    machine_check(&machine);
    machine_advance(&machine, 1ull << 42);
    machine_check(&machine);
    if (form & 0x80) {
        machine_save(&machine, state);
    }
    check_table_of(machine.device, form);
    machine_end(&machine);
}

/* A structure that has less than the device writes stays as it was. */
static void check_small(const Machine *machine, uint32_t size)
{
    union {
        GraceDescription about;
        GraceRegion region;
        GraceCapability capability;
    } result, before;

    memset(&before, 0x3c, sizeof(before));
    before.about.struct_size = size % sizeof(GraceDescription);
    result = before;
    rule(functions->describe(machine->device, &result.about) ==
                 GRACE_E_ARGUMENT &&
             memcmp(&result, &before, sizeof(before)) == 0,
         "a description that is too small is refused");
    before.region.struct_size = size % sizeof(GraceRegion);
    result = before;
    rule(functions->region(machine->device, 0, &result.region) ==
                 GRACE_E_ARGUMENT &&
             memcmp(&result, &before, sizeof(before)) == 0,
         "a region that is too small is refused");
    before.capability.struct_size = size % sizeof(GraceCapability);
    result = before;
    rule(functions->capability(machine->device, 0, &result.capability) ==
                 GRACE_E_ARGUMENT &&
             memcmp(&result, &before, sizeof(before)) == 0,
         "a capability that is too small is refused");
}

/* Whatever happened to a device, it says of itself what it said at first. */
static void check_description(const Machine *machine)
{
    GraceDescription about = {.struct_size = sizeof(about)};

    rule(functions->describe(machine->device, &about) == GRACE_OK &&
             memcmp(&about, &machine->about, sizeof(about)) == 0,
         "a device describes itself as before");
    for (uint32_t i = 0; i < about.region_count; i++) {
        GraceRegion region = {.struct_size = sizeof(region)};

        rule(functions->region(machine->device, i, &region) == GRACE_OK &&
                 memcmp(&region, &machine->regions[i], sizeof(region)) == 0,
             "a region is described as before");
    }
    for (uint32_t i = 0; i < about.capability_count; i++) {
        GraceCapability capability = {.struct_size = sizeof(capability)};

        rule(functions->capability(machine->device, i, &capability) ==
                     GRACE_OK &&
                 memcmp(&capability, &machine->capabilities[i],
                        sizeof(capability)) == 0,
             "a capability is described as before");
    }
}

static void check_past_end(const Machine *machine, uint32_t index)
{
    GraceRegion region = {.struct_size = sizeof(region)};
    GraceCapability capability = {.struct_size = sizeof(capability)};
    uint32_t regions = machine->about.region_count;
    uint32_t capabilities = machine->about.capability_count;

    rule(functions->region(machine->device, regions + index % -regions,
                           &region) == GRACE_E_ARGUMENT &&
             functions->region(machine->device, UINT32_MAX, &region) ==
                 GRACE_E_ARGUMENT,
         "a region past the last one is refused");
    rule(functions->capability(machine->device,
                               capabilities + index % -capabilities,
                               &capability) == GRACE_E_ARGUMENT,
         "a capability past the last one is refused");
}

/* Without room for all, nothing is written. */
static void check_no_room(const Machine *machine, uint32_t room)
{
    static uint8_t state[STATE_SIZE];
    uint32_t needed = 0;
    uint32_t length = 0;

    rule(functions->snapshot_save(machine->device, NULL, 0, &needed) ==
                 GRACE_E_SPACE &&
             needed > 0,
         "who has no room is told how much is needed");
    room %= needed;
    memset(state, 0x3c, room + 1);
    rule(functions->snapshot_save(machine->device, state, room, &length) ==
                 GRACE_E_SPACE &&
             length == needed && state[0] == 0x3c && state[room] == 0x3c,
         "without room for all nothing is written");
}

static void check_versions(uint32_t oldest, uint32_t newest)
{
    GraceError error = {.struct_size = sizeof(error)};
    int is_common = oldest <= GRACE_ABI_VERSION && newest >= GRACE_ABI_VERSION;

    if (grace_gpu_plugin(oldest, newest, &error)) {
        rule(is_common, "a host gets a version that it can use");
    } else {
        rule(!is_common, "a host gets the version that it can use");
        check_refusal(&error, GRACE_E_VERSION);
    }
}

/* Tables of functions and arrays that are too small, of a device apart. */
static void check_small_host(uint32_t size)
{
    static uint8_t bytes[CONFIG_SIZE];
    GraceError error = {.struct_size = sizeof(error)};
    GraceHost host = machine_host;
    GraceConfig config = {
        sizeof(config), size % CONFIG_SIZE, bytes, bytes, bytes, bytes};
    GraceOption none = {"", ""};
    GraceDevice *device = functions->create(&host, NULL, &none, 0, &error);

    rule(device != NULL, "a device needs no options");
    rule(functions->config_attach(device, &config) == GRACE_E_ARGUMENT,
         "configuration space that is too small is refused");
    config.byte_count = CONFIG_SIZE;
    config.struct_size = size % sizeof(config);
    rule(functions->config_attach(device, &config) == GRACE_E_ARGUMENT,
         "a structure that is too small is refused");
    functions->destroy(device);
    host.struct_size = size % sizeof(host);
    rule(!functions->create(&host, NULL, &none, 0, &error),
         "a host that is too small is refused");
    check_refusal(&error, GRACE_E_ARGUMENT);
}

/* Settings at run time, of which only two can be changed. */
static void set_any(Input *input)
{
    char text[MAX_TEXT];
    GraceOption option = take_option(input, text);

    set_both(option.name, option.value);
}

/* State of any bytes is refused; nobody knows its checksum. */
static void load_any(Input *input, uint32_t length)
{
    static uint8_t state[STATE_SIZE];
    GraceError error = {.struct_size = sizeof(error)};
    uint8_t count = take8(input);

    memset(state, 0, sizeof(state));
    memcpy(state, "GRSS", 4);
    for (uint8_t i = 0; i < count; i++) {
        state[i] = take8(input);
    }
    rule(functions->snapshot_load(twins[1].device, state, length % STATE_SIZE,
                                  &error) == GRACE_E_STATE,
         "state that nobody saved is refused");
    check_refusal(&error, GRACE_E_STATE);
}

void step_wrong_call(Input *input)
{
    uint8_t form = take8(input);
    uint32_t number = (uint32_t)take(input, 4);

    step = "a call that no host should make";
    switch (form % 7) {
    case 0:
        check_small(&twins[0], number);
        break;
    case 1:
        check_past_end(&twins[0], number);
        check_description(&twins[1]);
        break;
    case 2:
        check_no_room(&twins[0], number);
        break;
    case 3:
        check_versions(number, (uint32_t)take(input, 4));
        check_versions(number & 7, number >> 4 & 7);
        break;
    case 4:
        check_small_host(number);
        break;
    case 5:
        set_any(input);
        break;
    case 6:
        load_any(input, number);
        break;
    }
}
