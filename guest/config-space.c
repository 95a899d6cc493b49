// SPDX-License-Identifier: GPL-2.0-or-later
#include "config-space.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/pci_regs.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "ktap.h"
#include "pci.h"

/* Capabilities that fit: a list that runs in a circle ends too. */
#define MAX_CAPABILITIES          ((256 - 64) / 4)
#define MAX_EXTENDED_CAPABILITIES ((4096 - 256) / 4)

static int open_config(const char *address, int flags)
{
    int fd =
        open(path_of(PCI_DEVICES "/%s/config", address), flags | O_CLOEXEC);

    if (fd < 0) {
        ktap_fail("configuration space of %s cannot be opened: %s", address,
                  strerror(errno));
    }
    return fd;
}

bool config_read(const char *address, unsigned offset, size_t width,
                 uint32_t *value)
{
    int fd = open_config(address, O_RDONLY);
    ssize_t got;

    *value = 0;
    if (fd < 0) {
        return false;
    }
    got = pread(fd, value, width, offset);
    close(fd);
    return got == (ssize_t)width ||
           ktap_fail("%zu bytes at 0x%x of configuration space of %s cannot "
                     "be read",
                     width, offset, address);
}

bool config_write(const char *address, unsigned offset, size_t width,
                  uint32_t value)
{
    int fd = open_config(address, O_WRONLY);
    ssize_t put;

    if (fd < 0) {
        return false;
    }
    put = pwrite(fd, &value, width, offset);
    close(fd);
    return put == (ssize_t)width ||
           ktap_fail("%zu bytes at 0x%x of configuration space of %s cannot "
                     "be written",
                     width, offset, address);
}

bool config_find(const char *address, uint8_t id, unsigned *offset)
{
    uint32_t header;

    if (!config_read(address, PCI_CAPABILITY_LIST, 1, &header)) {
        return false;
    }
    *offset = header & ~3u;
    for (int i = 0; i < MAX_CAPABILITIES && *offset != 0; i++) {
        if (!config_read(address, *offset, 2, &header)) {
            return false;
        }
        if ((header & 0xff) == id) {
            return true;
        }
        *offset = header >> 8 & ~3u;
    }
    return ktap_fail("%s has no capability 0x%02x", address, id);
}

bool config_find_extended(const char *address, uint16_t id, unsigned *offset)
{
    uint32_t header;

    *offset = PCI_CFG_SPACE_SIZE;
    for (int i = 0; i < MAX_EXTENDED_CAPABILITIES && *offset != 0; i++) {
        if (!config_read(address, *offset, 4, &header)) {
            return false;
        }
        if (PCI_EXT_CAP_ID(header) == id) {
            return true;
        }
        *offset = header == UINT32_MAX ? 0 : PCI_EXT_CAP_NEXT(header);
    }
    return ktap_fail("%s has no extended capability 0x%04x", address, id);
}
