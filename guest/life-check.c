// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Resets, power states, memory decoding and time of a GPU. The machine is one
 * whose GPU takes seconds to be ready after each reset (grace.ready-ms says how
 * many), and whose waits cost nothing (QEMU's -icount): so that what a driver
 * or a program sees in between can be measured.
 */
#include "life-check.h"

#include "facts.h"
#include "clock.h"
#include "ktap.h"
#include "options.h"

void life_print_wait(const char *what, uint64_t nanoseconds)
{
    fact_begin("wait");
    fact_string("what", what);
    fact_uint("ms", nanoseconds / NS_PER_MS);
    fact_end();
}

static void add_vm_cases(const struct pci_function *function)
{
    static struct life_bars bars;

    bars.function = *function;
    life_add_bar_cases(&bars);
    life_add_timer_cases(&bars.registers);
    life_add_function_cases(&bars);
    life_add_fallback_cases(&bars);
}

int main(int argc, char **argv)
{
    static struct pci_function function;

    if (argc != 2) {
        ktap_line("# life-check needs one argument, the address of a function");
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
    if (options_get()->ready_ms == 0) {
        ktap_line("# life-check needs grace.ready-ms on the kernel's command "
                  "line: how long the GPU takes to be ready after a reset");
        return 2;
    }
    if (options_get()->representation == REPRESENTATION_VM) {
        add_vm_cases(&function);
#ifdef __aarch64__
    } else {
        life_add_vfio_cases(&function);
#endif
    }
    return ktap_run();
}
