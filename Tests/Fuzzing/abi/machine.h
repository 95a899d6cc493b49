/*
 * A device and the host around it, which watches what the device does
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MACHINE_H
#define MACHINE_H

#include <stddef.h>

#include "grace-gpu-abi.h"

#define CONFIG_SIZE      4096u
#define BUS_SIZE         8192u
#define KEPT_SIZE        8192u
#define STATE_SIZE       65536u
#define GUARD_SIZE       64u
#define MAX_REGIONS      8u
#define MAX_CAPABILITIES 64u

/* What a call of the device may ask of its host: the header's comments. */
typedef enum Permission { ASK_NOTHING, ASK_TIME, ASK_ALL } Permission;

/* The arrays that a device gets, with bytes around them that are not its. */
typedef struct ConfigSpace {
    uint8_t guard_0[GUARD_SIZE];
    uint8_t bytes[CONFIG_SIZE];
    uint8_t guard_1[GUARD_SIZE];
    uint8_t write_mask[CONFIG_SIZE];
    uint8_t guard_2[GUARD_SIZE];
    uint8_t clear_mask[CONFIG_SIZE];
    uint8_t guard_3[GUARD_SIZE];
    uint8_t check_mask[CONFIG_SIZE];
    uint8_t guard_4[GUARD_SIZE];
} ConfigSpace;

/*
 * What a host keeps for a device, configuration space excepted. Two devices to
 * which the same happens have the same here, byte for byte.
 */
typedef struct World {
    uint64_t now;
    uint64_t deadline;
    uint64_t bad[GRACE_MAX_BAD]; /* ascending; UINT64_MAX: none */
    uint32_t modes[MAX_REGIONS];
    uint32_t present;
    uint32_t refusals; /* a bit for each of the next transfers */
    uint8_t bus[BUS_SIZE];
    uint8_t memory[KEPT_SIZE]; /* the first bytes of the device's memory */
} World;

typedef struct Machine {
    GraceDevice *device;
    const GraceOption *options;
    uint32_t option_count;
    Permission permission;
    uint64_t trace;          /* a hash of all that the device asked for */
    uint32_t is_memory_away; /* by the fault that was set last */
    uint32_t readiness;      /* the dword of CXL's device DVSEC, or 0: none */
    ConfigSpace config;
    ConfigSpace first;   /* as the device filled it */
    ConfigSpace checked; /* of which the rules are known to hold */
    World world;
    GraceDescription about;
    GraceRegion regions[MAX_REGIONS];
    GraceCapability capabilities[MAX_CAPABILITIES];
} Machine;

extern const GraceFunctions *functions;

/* What is under way, for messages. */
extern const char *step;

/* Says which rule does not hold, and ends the program. */
void __attribute__((noreturn)) broken(const char *rule);

#define rule(condition, text)                                                  \
    do {                                                                       \
        if (!(condition)) {                                                    \
            broken(text);                                                      \
        }                                                                      \
    } while (0)

/* Makes a device with these options, and starts it as a VMM does: 1, or 0. */
int machine_try(Machine *machine, const GraceOption *options,
                uint32_t option_count, GraceError *error);

/* The same with options that are right. */
void machine_start(Machine *machine, const GraceOption *options,
                   uint32_t option_count);
void machine_end(Machine *machine);

/* The guest writes to configuration space. */
void machine_config_write(Machine *machine, uint32_t offset, uint32_t value,
                          uint32_t size);

/* What the core of a VMM resets, and then the device. */
void machine_reset(Machine *machine, GraceResetKind kind);

/* Time goes on; the timer is called if it is due. */
void machine_advance(Machine *machine, uint64_t duration);

/* What a host does after a call: a function that is back is reset. */
void machine_settle(Machine *machine, uint32_t was_present);

/* State of the device: the number of bytes. */
uint32_t machine_save(Machine *machine, uint8_t state[STATE_SIZE]);

/*
 * Saves all, ends the device, and loads it into a new one with the same
 * options. Nothing of it may be seen.
 */
void machine_migrate(Machine *machine);

/* A fault was set: what it does to the memory is known by its name. */
void machine_note_fault(Machine *machine, const char *name);

/* What its options and its capabilities say of its memory. */
void machine_know_memory(Machine *machine);

/* Its memory is there when it should be. */
void machine_check_memory(Machine *machine);

/* What holds after each step. */
void machine_check(Machine *machine);

/* What a guest reads of BAR0. */
uint32_t machine_register(Machine *machine, uint64_t offset);

/* The dword at `offset` of configuration space. */
uint32_t config_dword(const Machine *machine, uint32_t offset);

/* Where the capability lies, or 0. */
uint32_t capability_offset(const Machine *machine, uint16_t id);

/* The host's functions. */
extern const GraceHost machine_host;

#endif /* MACHINE_H */
