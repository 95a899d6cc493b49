// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What NVIDIA's variant driver promises to a VMM, one by one. Where Linux 7.3
 * surprises, the case checks what Linux does, and its name says so;
 * docs/promises.md has the places in Linux. Binding, sizes and plain use are
 * vfio-check's.
 */
#include "promise-check.h"

#include <string.h>

#include "ktap.h"

static bool check_bind(struct promise *promise)
{
    char reason[256];

    return pci_bind_nvgrace(&promise->function, reason, sizeof(reason)) ||
           ktap_fail("%s", reason);
}

int main(int argc, char **argv)
{
    static struct promise promise;
    const struct options *options = options_get();
    struct memory_layout layout;

    if (argc == 3 && strcmp(argv[1], "unbind") == 0) {
        return promise_unbind(argv[2]);
    }
    if (argc != 2) {
        ktap_line("# promise-check needs one argument, the address of a "
                  "function");
        return 2;
    }
    if (!pci_read(argv[1], &promise.function)) {
        ktap_line("# there is no PCI function %s in " PCI_DEVICES, argv[1]);
        return 2;
    }
    if (options->problem[0]) {
        ktap_line("# %s", options->problem);
        return 2;
    }
    memory_layout(options->memory, options->divided,
                  options->chip->has_aperture, &layout);
    promise.device = (struct vfio_device){&promise.function, -1, -1, -1, -1};
    promise.chip = options->chip;
    promise.divided = options->divided;
    promise.usemem = layout.usemem;
    promise.region2 = region2_part(&layout);

    promise_add(&promise, WAY_CLOSED, check_bind,
                NVGRACE_DRIVER " binds the function");
    add_region_promises(&promise);
    add_config_promises(&promise);
    add_border_promises(&promise);
    add_access_promises(&promise);
    add_end_promises(&promise);
    add_register_promises(&promise);
    add_mapping_promises(&promise);
    add_mapping_life_promises(&promise);
    add_fault_promises(&promise);
    add_enable_promises(&promise);
    add_reset_promises(&promise);
    add_feature_promises(&promise);
    add_buffer_promises(&promise);
    add_iommufd_promises(&promise);
    add_container_promises(&promise);
    add_interrupt_promises(&promise);
    add_power_promises(&promise);
    add_open_promises(&promise);
    add_unbind_promises(&promise);
    return ktap_run();
}
