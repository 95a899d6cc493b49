// SPDX-License-Identifier: GPL-2.0-or-later
/* What cases of promise-check ask of the open device, and of the system. */
#include <linux/pci_regs.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "ktap.h"
#include "promise-check.h"

/* Room for the data of a feature. */
#define FEATURE_BYTES 64

bool promise_set_memory(struct promise *promise, bool on)
{
    uint16_t command;

    if (!promise_read(promise, VFIO_PCI_CONFIG_REGION_INDEX, PCI_COMMAND,
                      &command, sizeof(command))) {
        return false;
    }
    command &= ~PCI_COMMAND_MEMORY;
    command |= on ? PCI_COMMAND_MEMORY : 0;
    return promise_write(promise, VFIO_PCI_CONFIG_REGION_INDEX, PCI_COMMAND,
                         &command, sizeof(command));
}

uint8_t promise_capability(struct promise *promise, uint8_t id)
{
    uint8_t at = 0;

    if (!promise_read(promise, VFIO_PCI_CONFIG_REGION_INDEX,
                      PCI_CAPABILITY_LIST, &at, 1)) {
        return 0;
    }
    /* As many as fit: a list that runs in a circle ends too. */
    for (int i = 0; i < 48 && at >= PCI_STD_HEADER_SIZEOF; i++) {
        uint8_t header[2];

        if (!promise_read(promise, VFIO_PCI_CONFIG_REGION_INDEX, at, header,
                          sizeof(header))) {
            return 0;
        }
        if (header[0] == id) {
            return at;
        }
        at = header[1];
    }
    ktap_fail("there is no capability 0x%02x", id);
    return 0;
}

int promise_feature(struct promise *promise, uint32_t flags, void *data,
                    size_t bytes)
{
    union {
        struct vfio_device_feature header;
        uint8_t bytes[sizeof(struct vfio_device_feature) + FEATURE_BYTES];
    } request;
    int result;

    memset(&request, 0, sizeof(request));
    request.header.argsz = (uint32_t)(sizeof(request.header) + bytes);
    request.header.flags = flags;
    if (bytes > 0) {
        memcpy(request.bytes + sizeof(request.header), data, bytes);
    }
    result = ioctl(promise->device.device, VFIO_DEVICE_FEATURE, &request);
    if (bytes > 0) {
        memcpy(data, request.bytes + sizeof(request.header), bytes);
    }
    return result;
}

uint64_t promise_spot(const struct promise *promise, unsigned region)
{
    /* Apart in the two regions, which may show the same memory. */
    return promise_part(promise, region)->bytes -
           (region == USEMEM_BAR ? 4 : 6) * 4096;
}

bool promise_mark(struct promise *promise, uint64_t value)
{
    return promise_write(promise, USEMEM_BAR, promise_spot(promise, USEMEM_BAR),
                         &value, sizeof(value));
}

bool promise_marked(struct promise *promise, uint64_t value)
{
    uint64_t found;

    return promise_read(promise, USEMEM_BAR, promise_spot(promise, USEMEM_BAR),
                        &found, sizeof(found)) &&
           promise_equal(found, value, "the mark in region %d", USEMEM_BAR);
}

bool promise_has_line(const char *path, const char *text)
{
    FILE *file = fopen(path, "re");
    bool found = false;
    char line[512];

    while (file && !found && fgets(line, sizeof(line), file)) {
        found = strstr(line, text) != NULL;
    }
    if (file) {
        fclose(file);
    }
    return found;
}
