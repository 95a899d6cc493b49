/*
 * The plug-in below its C ABI, driven by bytes that a fuzzer makes up
 *
 * Two devices with the same options take the same steps. One of them stays
 * where it is, the other is now and then saved and loaded into a new one: so
 * the same input gives the same output, and saving shows nowhere. The format
 * of the input stands in README.md.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "options.h"
#include "steps.h"

#define MOST_STEPS 256

const GraceFunctions *functions;

Machine twins[2];

static void (*const steps[])(Input *) = {
    step_register_write, step_register_read, step_config_write,
    step_config_read,    step_reset,         step_advance,
    step_refusals,       step_fault,         step_poison,
    step_migrate,        step_bad_state,     step_message,
    step_transfer,       step_any_access,    step_early_clock,
    step_register_write, step_firmware,      step_any_options,
    step_wrong_call,     step_port,
};

static void check_twins(void)
{
    rule(memcmp(&twins[0].world, &twins[1].world, sizeof(World)) == 0,
         "both devices ask the same of their hosts");
    rule(twins[0].trace == twins[1].trace,
         "both devices ask for the same, in the same order");
    rule(memcmp(&twins[0].config, &twins[1].config, sizeof(ConfigSpace)) == 0,
         "both devices have the same configuration space");
}

/*
 * Memory that was freed stays out of use for a while, but not 256 MiB of it,
 * and stacks are not wanted whole: both are most of what an allocation costs.
 */
const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
    return "quarantine_size_mb=2:malloc_context_size=3";
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    static uint8_t states[2][STATE_SIZE];
    GraceError error = {.struct_size = sizeof(error)};
    Input input = {bytes, count};
    uint8_t setup = take8(&input) % setup_count;
    uint32_t length;

    functions = grace_gpu_plugin(GRACE_ABI_VERSION, GRACE_ABI_VERSION, &error);
    step = "the start";
    savings = 0;
    rule(functions != NULL, "the plug-in has the version of the header");
    for_both(machine)
    {
        machine_start(machine, setups[setup].options, setups[setup].count);
    }
    for (int i = 0; i < MOST_STEPS && input.count; i++) {
        uint32_t was_present = twins[0].world.present;

        steps[take8(&input) % COUNT(steps)](&input);
        for_both(machine)
        {
            machine_settle(machine, was_present);
            machine_check(machine);
        }
        check_twins();
    }
    /* Without saving, what they read and asked for has told enough. */
    if (savings) {
        step = "the last step";
        length = machine_save(&twins[0], states[0]);
        rule(machine_save(&twins[1], states[1]) == length &&
                 memcmp(states[0], states[1], length) == 0,
             "both devices have the same state");
        read_everywhere();
    }
    for_both(machine)
    {
        machine_end(machine);
    }
    return 0;
}
