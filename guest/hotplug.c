// SPDX-License-Identifier: GPL-2.0-or-later
#include "hotplug.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bar-check.h"
#include "bound-memory.h"
#include "files.h"
#include "gpu-domain.h"
#include "ktap.h"
#include "memory-ops.h"
#include "node-access.h"
#include "nodes.h"
#include "options.h"
#include "pattern.h"
#include "ssdt.h"

#define CONFIGFS "/sys/kernel/config"
#define MEMORY   "/sys/devices/system/memory"

/* The kernel looks at a loaded table from a work queue. */
#define WAIT_STEP_US 10000
#define WAIT_STEPS   1000

struct hotplug {
    const struct pci_function *function;
    uint64_t usable_bytes;
    uint64_t block_base;  /* physical address */
    uint64_t block_bytes; /* 0 until the block is online */
    unsigned node;
};

static bool read_block_bytes(uint64_t *bytes)
{
    char text[32];

    if (!read_line(MEMORY "/block_size_bytes", text, sizeof(text))) {
        return ktap_fail(MEMORY "/block_size_bytes cannot be read; enable "
                                "CONFIG_MEMORY_HOTPLUG");
    }
    *bytes = strtoull(text, NULL, 16);
    return true;
}

static bool load_table(const uint8_t *table, size_t count, unsigned id)
{
    const char *folder;
    ssize_t written;
    int fd;

    if (mount("configfs", CONFIGFS, "configfs", 0, NULL) != 0 &&
        errno != EBUSY) {
        return ktap_fail("configfs cannot be mounted: %s; enable "
                         "CONFIG_ACPI_CONFIGFS and CONFIG_ACPI_HOTPLUG_MEMORY",
                         strerror(errno));
    }
    folder = path_of(CONFIGFS "/acpi/table/grace%u", id);
    if (mkdir(folder, 0755) != 0) {
        return ktap_fail("%s cannot be made: %s; enable CONFIG_ACPI_CONFIGFS",
                         folder, strerror(errno));
    }
    fd = open(path_of(CONFIGFS "/acpi/table/grace%u/aml", id),
              O_WRONLY | O_CLOEXEC);
    written = fd < 0 ? -1 : write(fd, table, count);
    /* The kernel loads the table when the file is closed. */
    if (fd < 0 || close(fd) != 0 || written != (ssize_t)count) {
        return ktap_fail("the SSDT cannot be written to configfs: %s",
                         strerror(errno));
    }
    return true;
}

static bool wait_until_online(uint64_t block)
{
    char state[32];

    for (int step = 0; step < WAIT_STEPS; step++) {
        if (read_line(path_of(MEMORY "/memory%" PRIu64 "/state", block), state,
                      sizeof(state)) &&
            strcmp(state, "online") == 0) {
            return true;
        }
        usleep(WAIT_STEP_US);
    }
    return ktap_fail("memory block %" PRIu64 " is %s; see the kernel-log "
                     "facts, and enable CONFIG_ACPI_HOTPLUG_MEMORY",
                     block, state[0] ? state : "not there");
}

static bool find_node(uint64_t block, unsigned *node)
{
    for (*node = 0; *node < MAX_NODES; (*node)++) {
        if (access(path_of(MEMORY "/memory%" PRIu64 "/node%u", block, *node),
                   F_OK) == 0) {
            return true;
        }
    }
    return ktap_fail("memory block %" PRIu64 " has no node", block);
}

static bool check_add(void *context)
{
    struct hotplug *hotplug = context;
    const struct pci_function *function = hotplug->function;
    struct memory_device device = {.id = (uint8_t)function->bus};
    uint8_t table[SSDT_BYTES];
    uint64_t block_bytes = 0;
    size_t count, place = 0;

    /* A BAR that is missing would make this an address of other memory. */
    if (function->bars[USEMEM_BAR].bytes < hotplug->usable_bytes) {
        return ktap_fail("BAR%d has fewer bytes than the memory", USEMEM_BAR);
    }
    if (!read_block_bytes(&block_bytes)) {
        return false;
    }
    device.base =
        function->bars[USEMEM_BAR].start + hotplug->usable_bytes - block_bytes;
    device.bytes = block_bytes;
    device.has_domain = gpu_domain_find(function, &device.domain, &place);
    count = ssdt_build(&device, table);
    if (!load_table(table, count, device.id) ||
        !wait_until_online(device.base / block_bytes) ||
        !find_node(device.base / block_bytes, &hotplug->node)) {
        return false;
    }
    if (device.has_domain && !gpu_domain_check_node(hotplug->node, place)) {
        return false;
    }
    if (node_memory(hotplug->node) == 0) {
        return ktap_fail("node %u has no memory", hotplug->node);
    }
    node_access_print_facts(hotplug->node);
    hotplug->block_base = device.base;
    hotplug->block_bytes = block_bytes;
    return true;
}

/* Memory of the block's node, with all pages there. */
static volatile uint8_t *allocate(const struct hotplug *hotplug, size_t pages)
{
    if (hotplug->block_bytes == 0) {
        ktap_fail("the block is not online");
        return NULL;
    }
    return bound_memory_map(hotplug->node, pages * page_bytes(), PROT_EXEC);
}

static bool check_pages(void *context)
{
    const struct hotplug *hotplug = context;
    const struct pci_function *function = hotplug->function;
    volatile uint8_t *page = allocate(hotplug, 1);
    struct window window;
    uint64_t physical = 0;

    if (!page || !bound_memory_physical(page, &physical)) {
        return false;
    }
    if (physical - hotplug->block_base >= hotplug->block_bytes) {
        return ktap_fail("the page is at 0x%" PRIx64 ", not in BAR%d", physical,
                         USEMEM_BAR);
    }
    if (!bar_map(function, USEMEM_BAR, true,
                 physical - function->bars[USEMEM_BAR].start, page_bytes(),
                 &window)) {
        return false;
    }
    pattern_fill(page, page_bytes(), 7);
    return pattern_compare(window.base, page_bytes(), 7) == page_bytes() ||
           ktap_fail("BAR%d does not show what the program wrote", USEMEM_BAR);
}

static bool check_code(void *context)
{
    volatile uint8_t *pages = allocate(context, 2);

    return pages && memory_check_code(pages);
}

static bool check_atomic_add(void *context)
{
    volatile uint8_t *page = allocate(context, 1);

    return page && memory_check_atomic_add(page);
}

static bool check_exclusives(void *context)
{
    volatile uint8_t *page = allocate(context, 1);

    return page && memory_check_exclusives(page);
}

void hotplug_add_cases(const struct pci_function *function,
                       uint64_t usable_bytes)
{
    static struct hotplug hotplug;

    hotplug.function = function;
    hotplug.usable_bytes = usable_bytes;
    ktap_add(check_add, &hotplug,
             "the kernel takes a block of BAR%d as memory of a GPU node",
             USEMEM_BAR);
    ktap_add(check_pages, &hotplug,
             "a program's cached pages of that node lie in BAR%d", USEMEM_BAR);
    ktap_add(check_code, &hotplug, "code copied into BAR%d runs", USEMEM_BAR);
    ktap_add(check_atomic_add, &hotplug,
             "BAR%d does atomic adds (" ATOMIC_ADD ") as cached memory",
             USEMEM_BAR);
    ktap_add(check_exclusives, &hotplug,
             "BAR%d does " EXCLUSIVES " as cached memory", USEMEM_BAR);
}
