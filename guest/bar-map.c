// SPDX-License-Identifier: GPL-2.0-or-later
#include "bar-map.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ktap.h"

bool bar_map(const struct pci_function *function, int index,
             bool write_combining, uint64_t offset, size_t bytes,
             struct window *window)
{
    char name[16], file[24];
    bool mapped = false;
    int fd;

    snprintf(name, sizeof(name), "BAR%d", index);
    snprintf(file, sizeof(file), "resource%d%s", index,
             write_combining ? "_wc" : "");
    fd = open(pci_path(function, file), O_RDWR | O_CLOEXEC);
    if (fd >= 0) {
        mapped = window_map(window, fd, offset, bytes, 0, name, offset);
    }
    if (!mapped) {
        ktap_fail("%s of %s cannot be %s at 0x%" PRIx64 ": %s", file,
                  function->address, fd < 0 ? "opened" : "mapped", offset,
                  strerror(errno));
    }
    if (fd >= 0) {
        close(fd);
    }
    return mapped;
}
