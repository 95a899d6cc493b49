// SPDX-License-Identifier: GPL-2.0-or-later
#include "registers.h"

#include <inttypes.h>

#include "facts.h"
#include "ktap.h"
#include "sizes.h"
#include "window.h"

/* Offsets of specification 3.1, with the names that NVIDIA published. */
#define BOOT_0        0x000000
#define BOOT_1        0x000004
#define BOOT_42       0x000a00
#define SCRATCH(i)    (0x001400 + 4 * (i))
#define C2C_STATUS    0x001498
#define BOOT_COMPLETE 0x0200bc
#define FRAMEBUFFER   0x1183a4
/* Chips have it in different places: it stands for the chip's. */
#define MEMORY_RANGE UINT64_MAX

/* What nvgrace-gpu waits for (STATUS_READY in its main.c). */
#define READY 0xff

/* Set if error correction takes a sixteenth (specification 1.9). */
#define MEMORY_RANGE_ECC (1u << 30)

static const struct named_register {
    const char *name;
    uint64_t offset;
} named_registers[] = {
    {"BOOT_0", BOOT_0},
    {"BOOT_1", BOOT_1},
    {"BOOT_42", BOOT_42},
    {"C2C_STATUS", C2C_STATUS},
    {"BOOT_COMPLETE", BOOT_COMPLETE},
    {"FRAMEBUFFER", FRAMEBUFFER},
    {"MEMORY_RANGE", MEMORY_RANGE},
};

#define NAMED_COUNT (sizeof(named_registers) / sizeof(named_registers[0]))

static uint64_t place(const struct register_access *access, uint64_t offset)
{
    return offset == MEMORY_RANGE ? access->chip->memory_range : offset;
}

static bool read_register(struct register_access *access, uint64_t offset,
                          uint64_t *value)
{
    return access->read(access->context, place(access, offset), 4, value);
}

static bool check_values(void *context)
{
    struct register_access *access = context;

    for (size_t i = 0; i < NAMED_COUNT; i++) {
        uint64_t value;

        if (!read_register(access, named_registers[i].offset, &value)) {
            return false;
        }
        fact_begin("register");
        fact_string("function", access->function->address);
        fact_string("name", named_registers[i].name);
        fact_uint("offset", place(access, named_registers[i].offset));
        fact_uint("value", value);
        fact_end();
        if (value == ones(4)) {
            return ktap_fail("%s reads all ones, as if nothing were there",
                             named_registers[i].name);
        }
    }
    return true;
}

static bool check_architecture(void *context)
{
    struct register_access *access = context;
    const struct chip *chip = access->chip;
    uint64_t boot_0, boot_42;

    if (!read_register(access, BOOT_0, &boot_0) ||
        !read_register(access, BOOT_42, &boot_42)) {
        return false;
    }
    return ((boot_0 >> 24 & 0x1f) == chip->architecture &&
            (boot_42 >> 24 & 0x3f) == chip->architecture &&
            (boot_0 >> 20 & 0xf) == chip->implementation &&
            (boot_42 >> 20 & 0xf) == chip->implementation) ||
           ktap_fail("BOOT_0 is 0x%08" PRIx64 " and BOOT_42 0x%08" PRIx64
                     ": not both name architecture 0x%02" PRIx64
                     ", implementation %" PRIu64,
                     boot_0, boot_42, chip->architecture, chip->implementation);
}

static bool check_boot_1(void *context)
{
    uint64_t value;

    return read_register(context, BOOT_1, &value) &&
           (value == 0 || ktap_fail("BOOT_1 is 0x%08" PRIx64, value));
}

bool registers_check_ready(struct register_access *access)
{
    uint64_t link, boot;

    if (!read_register(access, C2C_STATUS, &link) ||
        !read_register(access, BOOT_COMPLETE, &boot)) {
        return false;
    }
    return (link == READY && boot == READY) ||
           ktap_fail("C2C_STATUS is 0x%" PRIx64 " and BOOT_COMPLETE 0x%" PRIx64
                     ", not both 0x%x",
                     link, boot, READY);
}

static bool check_ready(void *context)
{
    return registers_check_ready(context);
}

static bool check_memory_range(void *context)
{
    struct register_access *access = context;
    uint64_t value, bytes;

    if (!read_register(access, MEMORY_RANGE, &value)) {
        return false;
    }
    bytes = (value >> 4 & 0xffffff) << ((value & 0xf) + 20);
    if (value & MEMORY_RANGE_ECC) {
        bytes = bytes / 16 * 15;
    }
    return bytes == access->memory ||
           ktap_fail("MEMORY_RANGE 0x%08" PRIx64 " decodes to %" PRIu64
                     " bytes, not %" PRIu64,
                     value, bytes, access->memory);
}

static bool check_framebuffer(void *context)
{
    struct register_access *access = context;
    uint64_t value;

    return read_register(access, FRAMEBUFFER, &value) &&
           (value == access->memory / MIB ||
            ktap_fail("FRAMEBUFFER is %" PRIu64 " MiB, not %llu", value,
                      access->memory / MIB));
}

/* Compares the pieces of 8 bytes at an aligned offset with the whole. */
static bool check_widths_at(struct register_access *access, uint64_t offset)
{
    uint64_t whole;

    if (!access->read(access->context, offset, 8, &whole)) {
        return false;
    }
    for (size_t width = 1; width < 8; width *= 2) {
        for (size_t at = 0; at < 8; at += width) {
            uint64_t expected = whole >> (8 * at) & ones(width);
            uint64_t piece;

            if (!access->read(access->context, offset + at, width, &piece)) {
                return false;
            }
            if (piece != expected) {
                return ktap_fail("%zu bytes at 0x%" PRIx64 " read 0x%" PRIx64
                                 "; 8 bytes at 0x%" PRIx64
                                 " read 0x%016" PRIx64,
                                 width, offset + at, piece, offset, whole);
            }
        }
    }
    return true;
}

static bool check_widths(void *context)
{
    for (size_t i = 0; i < NAMED_COUNT; i++) {
        uint64_t offset = place(context, named_registers[i].offset);

        if (!check_widths_at(context, offset & ~7ULL)) {
            return false;
        }
    }
    return true;
}

static bool check_read_only(void *context)
{
    struct register_access *access = context;
    const uint64_t offsets[] = {BOOT_0, BOOT_1, BOOT_42, FRAMEBUFFER,
                                place(access, MEMORY_RANGE)};

    for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
        uint64_t before, after;

        if (!read_register(access, offsets[i], &before) ||
            !access->write(access->context, offsets[i], 4, before ^ ones(4)) ||
            !read_register(access, offsets[i], &after)) {
            return false;
        }
        if (before != after) {
            return ktap_fail("0x%" PRIx64 " was 0x%08" PRIx64
                             " and is 0x%08" PRIx64 " after a write",
                             offsets[i], before, after);
        }
    }
    return true;
}

/* Writes `value` at `at` inside scratch register 1, and compares all three. */
static bool write_lane(struct register_access *access, size_t at, size_t width,
                       uint64_t value, uint64_t expected)
{
    uint64_t before, written, after;

    if (!access->write(access->context, SCRATCH(1) + at, width, value) ||
        !read_register(access, SCRATCH(0), &before) ||
        !read_register(access, SCRATCH(1), &written) ||
        !read_register(access, SCRATCH(2), &after)) {
        return false;
    }
    return (before == 0 && written == expected && after == 0) ||
           ktap_fail("after %zu bytes 0x%" PRIx64 " at 0x%zx the scratch "
                     "registers are 0x%08" PRIx64 " 0x%08" PRIx64
                     " 0x%08" PRIx64 ", not 0 0x%08" PRIx64 " 0",
                     width, value, SCRATCH(1) + at, before, written, after,
                     expected);
}

static bool check_scratch(void *context)
{
    struct register_access *access = context;

    return write_lane(access, 0, 4, 0, 0) &&
           write_lane(access, 0, 1, 0x11, 0x00000011) &&
           write_lane(access, 1, 1, 0x22, 0x00002211) &&
           write_lane(access, 2, 1, 0x33, 0x00332211) &&
           write_lane(access, 3, 1, 0x44, 0x44332211) &&
           write_lane(access, 2, 2, 0xa5a6, 0xa5a62211) &&
           write_lane(access, 0, 2, 0xa7a8, 0xa5a6a7a8) &&
           write_lane(access, 0, 4, 0, 0);
}

static bool check_end(void *context)
{
    struct register_access *access = context;
    uint64_t value;

    return access->read(access->context, REGISTER_BAR_BYTES - 4, 4, &value);
}

void registers_add_cases(struct register_access *access)
{
    ktap_add(check_values, access,
             "registers read something else than all ones");
    ktap_add(check_architecture, access,
             "BOOT_0 and BOOT_42 name the chip of a %s", access->chip->product);
    ktap_add(check_boot_1, access,
             "BOOT_1 says physical function, real silicon");
    ktap_add(check_ready, access,
             "link status and boot-complete registers say ready");
    ktap_add(check_memory_range, access,
             "the memory range register decodes to the configured memory");
    ktap_add(check_framebuffer, access,
             "the framebuffer register has the configured memory in MiB");
    ktap_add(check_widths, access,
             "reads of 1, 2, 4 and 8 bytes agree with each other");
    ktap_add(check_read_only, access,
             "a write to a read-only register changes nothing");
    ktap_add(check_scratch, access,
             "a scratch register keeps each byte lane written to it");
    ktap_add(check_end, access, "the last 4 bytes of BAR0 can be read");
}
