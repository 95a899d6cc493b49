/*
 * What happens around a guest: resets, time, faults, saved state
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "steps.h"

#define MOST_SAVINGS 2

uint32_t savings;

void step_reset(Input *input)
{
    GraceResetKind kind = take8(input);

    step = "a reset";
    for_both(machine)
    {
        machine_reset(machine, kind & 0x80 ? kind : kind % 3);
    }
}

void step_advance(Input *input)
{
    uint64_t duration = take8(input);

    duration <<= take8(input) % 56;
    step = "some time";
    for_both(machine)
    {
        machine_advance(machine, duration);
    }
}

/* "At other times it does no harm". */
void step_early_clock(Input *input)
{
    (void)input;
    step = "a call of the clock that was not asked for";
    for_both(machine)
    {
        machine->permission = ASK_ALL;
        functions->clock(machine->device, machine->world.now);
        machine->permission = ASK_NOTHING;
    }
}

void step_refusals(Input *input)
{
    uint32_t refusals = (uint32_t)take(input, 4);

    step = "a change of what the host refuses";
    for_both(machine)
    {
        machine->world.refusals = refusals;
    }
}

void set_both(const char *name, const char *value)
{
    GraceOption option = {name, value};
    GraceStatus status[2];

    for_both(machine)
    {
        GraceError error = {.struct_size = sizeof(error)};
        uint64_t trace = machine->trace;

        machine->permission = ASK_ALL;
        status[machine - twins] =
            functions->set(machine->device, &option, &error);
        machine->permission = ASK_NOTHING;
        if (status[machine - twins]) {
            rule(status[machine - twins] == GRACE_E_OPTION,
                 "a setting is taken, or refused as such");
            rule(memchr(error.message, 0, sizeof(error.message)) &&
                     error.message[0],
                 "who refuses says why");
            rule(machine->trace == trace, "who refuses changes nothing");
        } else if (strcmp(name, "fault") == 0) {
            machine_note_fault(machine, value);
        }
    }
    rule(status[0] == status[1], "both devices take the same settings");
}

void step_fault(Input *input)
{
    static const char *const names[] = {"none",
                                        "link-down",
                                        "training-stuck",
                                        "none",
                                        "training-partial",
                                        "cxl-info-missing",
                                        "cxl-ones",
                                        "cxl-active-missing",
                                        "flr-hangs",
                                        "removed",
                                        "none",
                                        "fire"};

    step = "a fault";
    set_both("fault", names[take8(input) % COUNT(names)]);
}

void step_poison(Input *input)
{
    static const char *const lists[] = {
        "", "0", "0x1000", "0x1000+0x2fff+0+4096", "egm:0x1000+0", "1G+2G+0"};
    static const char letters[] = "0123456789abcdefx+egm:KMGT ";
    uint8_t form = take8(input);
    char text[128];

    step = "a list of bad pages";
    if (form < 0x80) {
        set_both("poison", lists[form % COUNT(lists)]);
        return;
    }
    form &= 0x7f;
    for (uint8_t i = 0; i < form; i++) {
        text[i] = letters[take8(input) % (sizeof(letters) - 1)];
    }
    text[form] = '\0';
    set_both("poison", text);
}

void step_migrate(Input *input)
{
    (void)input;
    /* Saving takes as long as a hundred other steps. */
    if (savings++ >= MOST_SAVINGS) {
        return;
    }
    step = "saving and loading";
    machine_migrate(&twins[1]);
    twins[1].trace = twins[0].trace;
}

void step_bad_state(Input *input)
{
    static uint8_t state[STATE_SIZE];
    static uint8_t again[STATE_SIZE];
    GraceError error = {.struct_size = sizeof(error)};
    uint32_t position = (uint32_t)take(input, 2);
    uint8_t flipped = take8(input);
    uint32_t length;
    uint32_t given;

    if (savings++ >= MOST_SAVINGS) {
        return;
    }
    step = "loading what is damaged";
    length = machine_save(&twins[1], state);
    given = length;
    if (flipped) {
        state[position % length] ^= flipped;
    } else {
        given = position % length;
    }
    rule(functions->snapshot_load(twins[1].device, state, given, &error) ==
                 GRACE_E_STATE &&
             error.message[0],
         "state that is damaged is refused");
    state[position % length] ^= flipped;
    rule(machine_save(&twins[1], again) == length &&
             memcmp(again, state, length) == 0,
         "state that is refused changes nothing");
}
