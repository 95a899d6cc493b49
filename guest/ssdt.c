// SPDX-License-Identifier: GPL-2.0-or-later
#include "ssdt.h"

#include <stdio.h>
#include <string.h>

#include "acpi.h"
#include "aml-cursor.h"

/* Opcode and length of packages here: 0x5b 0x82 or 0x10, and two bytes. */
#define DEVICE_OPCODE 0x82

struct output {
    uint8_t *bytes;
    size_t count;
};

static void put(struct output *output, const void *bytes, size_t count)
{
    memcpy(output->bytes + output->count, bytes, count);
    output->count += count;
}

static void put_number(struct output *output, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        output->bytes[output->count++] = (uint8_t)(value >> (8 * i));
    }
}

/* Leaves room for a PkgLength of two bytes; end_body() fills it in. */
static size_t begin_body(struct output *output)
{
    size_t start = output->count;

    output->count += 2;
    return start;
}

static void end_body(struct output *output, size_t start)
{
    size_t length = output->count - start;

    /* ACPI 6.5, 20.2.4: four bits, and eight more in one following byte. */
    output->bytes[start] = (uint8_t)(0x40 | (length & 0xf));
    output->bytes[start + 1] = (uint8_t)(length >> 4);
}

static void put_named_number(struct output *output, const char *name,
                             uint32_t value)
{
    put_number(output, AML_NAME, 1);
    put(output, name, 4);
    put_number(output, AML_DWORD, 1);
    put_number(output, value, 4);
}

static void put_resources(struct output *output,
                          const struct memory_device *device)
{
    size_t start;

    put_number(output, AML_NAME, 1);
    put(output, "_CRS", 4);
    put_number(output, AML_BUFFER, 1);
    start = begin_body(output);
    put_number(output, AML_BYTE, 1);
    put_number(output, 48, 1);
    /* QWord address space descriptor (ACPI 6.5, 6.4.3.5.1), 46 bytes. */
    put_number(output, 0x8a, 1);
    put_number(output, 43, 2);
    put_number(output, 0, 1);    /* memory */
    put_number(output, 0x0c, 1); /* minimum and maximum are fixed */
    put_number(output, 0x03, 1); /* cacheable, writable */
    put_number(output, 0, 8);    /* granularity */
    put_number(output, device->base, 8);
    put_number(output, device->base + device->bytes - 1, 8);
    put_number(output, 0, 8); /* translation */
    put_number(output, device->bytes, 8);
    /* End tag, whose checksum 0 means that there is none. */
    put_number(output, 0x0079, 2);
    end_body(output, start);
}

static void put_device(struct output *output,
                       const struct memory_device *device)
{
    char name[8];
    size_t start;

    snprintf(name, sizeof(name), "GM%02X", device->id);
    put_number(output, AML_EXTENDED, 1);
    put_number(output, DEVICE_OPCODE, 1);
    start = begin_body(output);
    put(output, name, 4);
    /* EISAID("PNP0C80"), ACPI 6.5, 9.11: bytes 41 d0 0c 80. */
    put_named_number(output, "_HID", 0x800cd041);
    put_named_number(output, "_UID", device->id);
    /* Present, enabled, shown, functioning. */
    put_named_number(output, "_STA", 0x0f);
    if (device->has_domain) {
        put_named_number(output, "_PXM", device->domain);
    }
    put_resources(output, device);
    end_body(output, start);
}

size_t ssdt_build(const struct memory_device *device, uint8_t table[SSDT_BYTES])
{
    struct output output = {table, 0};
    uint8_t sum = 0;
    size_t start;

    memset(table, 0, SSDT_BYTES);
    put(&output, "SSDT", 4);
    put_number(&output, 0, 4); /* length, below */
    put_number(&output, 2, 1); /* revision: integers have 64 bits */
    put_number(&output, 0, 1); /* checksum, below */
    put(&output, "GRACE ", 6);
    put(&output, "GUESTMEM", 8);
    put_number(&output, 1, 4);
    put(&output, "GRCE", 4);
    put_number(&output, 1, 4);

    put_number(&output, AML_SCOPE, 1);
    start = begin_body(&output);
    put(&output, "\\_SB_", 5);
    put_device(&output, device);
    end_body(&output, start);

    table[4] = (uint8_t)output.count;
    table[5] = (uint8_t)(output.count >> 8);
    for (size_t i = 0; i < output.count; i++) {
        sum = (uint8_t)(sum + table[i]);
    }
    table[9] = (uint8_t)-sum;
    return output.count;
}
