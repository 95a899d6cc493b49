// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How long an access to a register takes, against two devices of QEMU's that
 * are written in C, in the same boot and mapped alike.
 */
#include <stdio.h>
#include <string.h>

#include "bar-map.h"
#include "ktap.h"
#include "options.h"
#include "sizes.h"
#include "speed.h"

/* Enough for the clock, and few enough for an interrupt not to be in most. */
#define ACCESSES 4096

/* QEMU: docs/specs/edu.rst. The liveness check, and the source of its DMA. */
#define EDU_VENDOR   0x1234
#define EDU_DEVICE   0x11e8
#define EDU_BYTES    MIB
#define EDU_IDENTITY 0x00
#define EDU_LIVENESS 0x04
#define EDU_SOURCE   0x80

/* QEMU: docs/specs/pci-testdev.rst. It takes an access byte by byte. */
#define TEST_VENDOR 0x1b36
#define TEST_DEVICE 0x0005
#define TEST_OFFSET 0x04
/* A place that no test is about, so that a write changes nothing. */
#define TEST_NOTHING 0x40

/* docs/device.md: NV_PMC_BOOT_0, and a register for software's use. */
#define BOOT_0  0x000000
#define SCRATCH 0x001400

struct access {
    const struct window *window;
    size_t offset, width;
    bool write;
};

struct register_case {
    struct speed_case speed;
    struct access own, other;
    char name[96];
};

static struct window gpu, edu, test;

/* One loop for each width, so that it holds nothing but the access. */
#define LOOP(statement)                                                        \
    for (unsigned i = 0; i < ACCESSES; i += 8) {                               \
        statement;                                                             \
        statement;                                                             \
        statement;                                                             \
        statement;                                                             \
        statement;                                                             \
        statement;                                                             \
        statement;                                                             \
        statement;                                                             \
    }

static bool access_many(void *context)
{
    const struct access *access = context;
    volatile uint8_t *place = access->window->base + access->offset;
    volatile uint8_t *byte = place;
    volatile uint32_t *word = (volatile uint32_t *)place;
    volatile uint64_t *wide = (volatile uint64_t *)place;

    if (access->width == 1) {
        LOOP((void)*byte);
    } else if (access->width == 4 && access->write) {
        LOOP(*word = i);
    } else if (access->width == 4) {
        LOOP((void)*word);
    } else if (access->write) {
        LOOP(*wide = i);
    } else {
        LOOP((void)*wide);
    }
    return true;
}

static bool measure(void *context)
{
    return speed_measure(context);
}

static void add(struct access own, struct access other, const char *name,
                const char *baseline)
{
    static struct register_case cases[8];
    static size_t count;
    struct register_case *this = &cases[count++];

    this->own = own;
    this->other = other;
    snprintf(this->name, sizeof(this->name), "%s", name);
    this->speed = (struct speed_case){
        .name = this->name,
        .unit = "ns",
        .measured = {NULL, access_many, &this->own, ACCESSES},
        .baseline = {baseline, access_many, &this->other, ACCESSES},
    };
    ktap_add(measure, &this->speed, "%s", this->name);
}

static bool map_all(void)
{
    static struct pci_function functions[3];

    return speed_find_gpu(&functions[0]) &&
           speed_find(functions[0].vendor_id, functions[0].device_id,
                      &functions[0]) &&
           speed_find(EDU_VENDOR, EDU_DEVICE, &functions[1]) &&
           speed_find(TEST_VENDOR, TEST_DEVICE, &functions[2]) &&
           bar_map(&functions[0], 0, false, 0, REGISTER_BAR_BYTES, &gpu) &&
           bar_map(&functions[1], 0, false, 0, EDU_BYTES, &edu) &&
           bar_map(&functions[2], 0, false, 0, page_bytes(), &test);
}

int main(void)
{
    if (!speed_options() || !map_all()) {
        return speed_give_up();
    }
    add((struct access){&gpu, BOOT_0, 4, false},
        (struct access){&edu, EDU_IDENTITY, 4, false}, "read of 4 bytes",
        "edu");
    add((struct access){&gpu, SCRATCH, 4, true},
        (struct access){&edu, EDU_LIVENESS, 4, true}, "write of 4 bytes",
        "edu");
    add((struct access){&gpu, SCRATCH, 8, false},
        (struct access){&edu, EDU_SOURCE, 8, false}, "read of 8 bytes", "edu");
    add((struct access){&gpu, SCRATCH, 8, true},
        (struct access){&edu, EDU_SOURCE, 8, true}, "write of 8 bytes", "edu");
    add((struct access){&gpu, BOOT_0, 1, false},
        (struct access){&test, TEST_OFFSET, 1, false}, "read of 1 byte",
        "pci-testdev");
    add((struct access){&gpu, BOOT_0, 4, false},
        (struct access){&test, TEST_OFFSET, 4, false},
        "read of 4 bytes, which pci-testdev takes one by one", "pci-testdev");
    add((struct access){&gpu, SCRATCH, 4, true},
        (struct access){&test, TEST_NOTHING, 4, true},
        "write of 4 bytes, which pci-testdev takes one by one", "pci-testdev");
    add((struct access){&edu, EDU_LIVENESS, 4, false},
        (struct access){&edu, EDU_IDENTITY, 4, false},
        "read of 4 bytes of edu itself, for what the method can tell", "edu");
    return ktap_run();
}
