// SPDX-License-Identifier: GPL-2.0-or-later
#include "pci.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "facts.h"
#include "files.h"

#define NVIDIA_VENDOR_ID 0x10de
/* Display controller, 3D (PCI Code and ID Assignment, 1.4). */
#define CLASS_3D 0x0302

/* Flags of sysfs `resource` (include/linux/ioport.h of the kernel). */
#define IORESOURCE_MEM      0x00000200
#define IORESOURCE_PREFETCH 0x00002000
#define IORESOURCE_MEM_64   0x00100000

const char *pci_path(const struct pci_function *function, const char *name)
{
    return path_of("%s/%s/%s", PCI_DEVICES, function->address, name);
}

static bool read_attribute(const struct pci_function *function,
                           const char *name, uint64_t *value)
{
    return read_number(pci_path(function, name), value);
}

static bool read_bars(struct pci_function *function)
{
    size_t count;
    char *text = (char *)read_bytes(pci_path(function, "resource"), &count);
    char *rest = text;

    if (!text) {
        return false;
    }
    for (int i = 0; i < PCI_BAR_COUNT && rest; i++) {
        uint64_t start, end, flags;
        const char *row = strsep(&rest, "\n");
        struct pci_bar *bar = &function->bars[i];

        if (sscanf(row, "%" SCNx64 " %" SCNx64 " %" SCNx64, &start, &end,
                   &flags) != 3 ||
            flags == 0) {
            continue;
        }
        bar->start = start;
        bar->bytes = end - start + 1;
        bar->memory = flags & IORESOURCE_MEM;
        bar->prefetchable = flags & IORESOURCE_PREFETCH;
        bar->wide = flags & IORESOURCE_MEM_64;
    }
    free(text);
    return true;
}

bool pci_read(const char *address, struct pci_function *function)
{
    char node[16];

    memset(function, 0, sizeof(*function));
    snprintf(function->address, sizeof(function->address), "%s", address);
    if (sscanf(address, "%x:%x:%x.%x", &function->segment, &function->bus,
               &function->device, &function->function) != 4 ||
        !read_attribute(function, "vendor", &function->vendor_id) ||
        !read_attribute(function, "device", &function->device_id) ||
        !read_attribute(function, "subsystem_vendor",
                        &function->subsystem_vendor_id) ||
        !read_attribute(function, "subsystem_device",
                        &function->subsystem_device_id) ||
        !read_attribute(function, "class", &function->class_code) ||
        !read_attribute(function, "revision", &function->revision) ||
        !read_bars(function)) {
        return false;
    }
    function->numa_node = -1;
    if (read_line(pci_path(function, "numa_node"), node, sizeof(node))) {
        function->numa_node = atoi(node);
    }
    read_line(pci_path(function, "firmware_node/path"), function->companion,
              sizeof(function->companion));
    link_name(pci_path(function, "driver"), function->driver,
              sizeof(function->driver));
    read_line(pci_path(function, "reset_method"), function->reset_methods,
              sizeof(function->reset_methods));
    return true;
}

size_t pci_find_gpus(struct pci_function *functions, size_t capacity)
{
    struct dirent **entries;
    int entry_count = scandir(PCI_DEVICES, &entries, NULL, alphasort);
    size_t found = 0;

    for (int i = 0; i < entry_count; i++) {
        struct pci_function function;

        if (entries[i]->d_name[0] != '.' &&
            pci_read(entries[i]->d_name, &function) &&
            function.vendor_id == NVIDIA_VENDOR_ID &&
            function.class_code >> 8 == CLASS_3D) {
            if (found < capacity) {
                functions[found] = function;
            }
            found++;
        }
        free(entries[i]);
    }
    if (entry_count >= 0) {
        free(entries);
    }
    return found;
}

bool pci_find(uint64_t vendor, uint64_t device, struct pci_function *found)
{
    struct dirent **entries;
    int entry_count = scandir(PCI_DEVICES, &entries, NULL, alphasort);
    bool is_found = false;

    for (int i = 0; i < entry_count; i++) {
        is_found = is_found ||
                   (entries[i]->d_name[0] != '.' &&
                    pci_read(entries[i]->d_name, found) &&
                    found->vendor_id == vendor && found->device_id == device);
        free(entries[i]);
    }
    if (entry_count >= 0) {
        free(entries);
    }
    return is_found;
}

static void fact_id(const char *key, uint64_t value, int digits)
{
    char text[17];

    snprintf(text, sizeof(text), "%0*" PRIx64, digits, value);
    fact_string(key, text);
}

void pci_print_facts(const struct pci_function *function)
{
    fact_begin("function");
    fact_string("address", function->address);
    fact_id("vendor", function->vendor_id, 4);
    fact_id("device", function->device_id, 4);
    fact_id("subsystem_vendor", function->subsystem_vendor_id, 4);
    fact_id("subsystem_device", function->subsystem_device_id, 4);
    fact_id("class", function->class_code, 6);
    fact_id("revision", function->revision, 2);
    fact_int("numa_node", function->numa_node);
    fact_string("companion",
                function->companion[0] ? function->companion : NULL);
    fact_string("driver", function->driver[0] ? function->driver : NULL);
    fact_string("reset_methods", function->reset_methods);
    fact_end();
    for (int i = 0; i < PCI_BAR_COUNT; i++) {
        const struct pci_bar *bar = &function->bars[i];

        if (bar->bytes == 0) {
            continue;
        }
        fact_begin("bar");
        fact_string("function", function->address);
        fact_uint("index", (uint64_t)i);
        fact_uint("start", bar->start);
        fact_uint("bytes", bar->bytes);
        fact_bool("prefetchable", bar->prefetchable);
        fact_bool("wide", bar->wide);
        fact_end();
    }
}

bool pci_bind(struct pci_function *function, const char *driver, char *reason,
              size_t bytes)
{
    char address[sizeof(function->address)];

    snprintf(address, sizeof(address), "%s", function->address);
    pci_read(address, function);
    if (strcmp(function->driver, driver) == 0) {
        return true;
    }
    if (function->driver[0]) {
        write_text(pci_path(function, "driver/unbind"), address);
    }
    if (!write_text(pci_path(function, "driver_override"), driver)) {
        snprintf(reason, bytes, "driver_override of %s cannot be written: %s",
                 address, strerror(errno));
        return false;
    }
    if (!write_text("/sys/bus/pci/drivers_probe", address)) {
        snprintf(reason, bytes,
                 "%s cannot be probed: %s; see the kernel-log facts", address,
                 strerror(errno));
        return false;
    }
    pci_read(address, function);
    if (strcmp(function->driver, driver) != 0) {
        snprintf(reason, bytes,
                 "%s is bound to %s, not to %s; see the kernel-log facts",
                 address, function->driver[0] ? function->driver : "no driver",
                 driver);
        return false;
    }
    return true;
}

bool pci_bind_nvgrace(struct pci_function *function, char *reason, size_t bytes)
{
    return pci_bind(function, NVGRACE_DRIVER, reason, bytes);
}
