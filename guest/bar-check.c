// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Checks the BARs of a GPU by using them: the registers in BAR0, and in the vm
 * representation the memory behind BAR2 and BAR4, and where it ends.
 */
#include "bar-check.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "hotplug.h"
#include "ktap.h"
#include "options.h"
#include "registers.h"

/* The command register of PCI configuration space, and its bits. */
#define COMMAND        4
#define COMMAND_MEMORY 0x0002
#define COMMAND_MASTER 0x0004

struct register_window {
    const struct pci_function *function;
    struct window window;
};

bool memory_bar_map(const struct memory_bar *bar, uint64_t offset, size_t bytes,
                    struct window *window)
{
    return bar_map(bar->function, bar->index, true, offset, bytes, window);
}

/* Maps BAR0 when the first register is accessed: the function is on then. */
static bool map_registers(struct register_window *registers)
{
    return registers->window.base ||
           bar_map(registers->function, 0, false, 0, (size_t)REGISTER_BAR_BYTES,
                   &registers->window);
}

static bool read_mapped(void *context, uint64_t offset, size_t width,
                        uint64_t *value)
{
    struct register_window *registers = context;

    if (!map_registers(registers)) {
        return false;
    }
    *value = window_read(&registers->window, (size_t)offset, width);
    return true;
}

static bool write_mapped(void *context, uint64_t offset, size_t width,
                         uint64_t value)
{
    struct register_window *registers = context;

    if (!map_registers(registers)) {
        return false;
    }
    window_write(&registers->window, (size_t)offset, width, value);
    return true;
}

static bool check_enable(void *context)
{
    const struct pci_function *function = context;
    uint8_t command[2];
    int fd;
    bool done;

    if (!write_text(pci_path(function, "enable"), "1")) {
        return ktap_fail("\"enable\" of %s cannot be written: %s",
                         function->address, strerror(errno));
    }
    fd = open(pci_path(function, "config"), O_RDWR | O_CLOEXEC);
    done = fd >= 0 && pread(fd, command, 2, COMMAND) == 2;
    command[0] |= COMMAND_MEMORY | COMMAND_MASTER;
    done = done && pwrite(fd, command, 2, COMMAND) == 2;
    if (!done) {
        ktap_fail("the command register of %s cannot be written: %s",
                  function->address, strerror(errno));
    }
    if (fd >= 0) {
        close(fd);
    }
    return done;
}

static bool check_bar_bytes(void *context)
{
    const struct memory_bar *bar = context;
    uint64_t bytes = bar->function->bars[bar->index].bytes;

    return bytes == bar->expected.bar_bytes ||
           ktap_fail("BAR%d has %" PRIu64 " bytes, not %" PRIu64, bar->index,
                     bytes, bar->expected.bar_bytes);
}

static void add_cases(struct pci_function *function)
{
    static struct memory_bar bars[2];
    static struct register_window registers;
    static struct register_access access;
    const struct options *options = options_get();
    bool in_vm = options->representation == REPRESENTATION_VM;
    struct memory_layout layout;

    memory_layout(options->memory, options->divided,
                  options->chip->has_aperture, &layout);
    bars[0] = (struct memory_bar){.function = function, .index = USEMEM_BAR};
    bars[1] = (struct memory_bar){.function = function, .index = RESMEM_BAR};
    if (in_vm) {
        bars[0].expected = layout.usemem;
    }
    bars[1].expected = bar2_part(&layout, in_vm);
    registers.function = function;
    access = (struct register_access){
        .function = function,
        .chip = options->chip,
        .memory = options->memory,
        .context = &registers,
        .read = read_mapped,
        .write = write_mapped,
    };

    ktap_add(check_enable, function, "the function can be enabled");
    registers_add_cases(&access);
    for (int i = 0; i < 2; i++) {
        if (bars[i].expected.bytes == 0) {
            continue;
        }
        ktap_add(check_bar_bytes, &bars[i],
                 "BAR%d has the size that the memory's split gives",
                 bars[i].index);
        add_memory_cases(&bars[i]);
    }
    if (!in_vm) {
        return;
    }
    if (layout.aperture.bytes > 0) {
        add_same_memory_case(bars);
    } else if (layout.resmem.bytes > 0) {
        add_alias_case(bars);
    }
    add_plain_memory_cases(&bars[0]);
    /*
     * Last: it gives a part of BAR4 to the kernel for good. node-check does
     * more of that; and a hypervisor's guest may have a kernel that does not.
     */
    if (!options_name("node-check") && !options->passed_through) {
        hotplug_add_cases(function, layout.usemem.bytes);
    }
}

int main(int argc, char **argv)
{
    static struct pci_function function;

    if (argc != 2) {
        ktap_line("# bar-check needs one argument, the address of a function");
        return 2;
    }
    if (!pci_read(argv[1], &function)) {
        ktap_line("# there is no PCI function %s in " PCI_DEVICES, argv[1]);
        return 2;
    }
    if (options_get()->problem[0]) {
        ktap_line("# %s", options_get()->problem);
        return 2;
    }
    add_cases(&function);
    return ktap_run();
}
