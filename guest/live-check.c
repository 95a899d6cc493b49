// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Uses a GPU while the host does something to it: breaks it, has it report
 * errors, plugs it in and out. The driver is upstream's, where one is meant.
 */
#include "live-check.h"

#include <string.h>

#include "ktap.h"
#include "options.h"

static const struct scenario {
    const char *name;
    void (*add)(struct live *live);
    /* Whether the GPU is there when the guest starts. */
    bool has_gpu;
} scenarios[] = {
    {"faults", live_add_faults, true},
    {"hangs", live_add_hangs, true},
    {"removal", live_add_removal, true},
    {"errors", live_add_errors, true},
    {"poison", live_add_poison, true},
    {"records", live_add_records, true},
    {"bad-read", live_add_bad_read, true},
    {"hotplug", live_add_hotplug, false},
    {"core-hotplug", live_add_core_hotplug, false},
};

static const struct scenario *chosen(void)
{
    const char *name = options_get()->live;

    for (size_t i = 0; name && i < sizeof(scenarios) / sizeof(scenarios[0]);
         i++) {
        if (strcmp(name, scenarios[i].name) == 0) {
            return &scenarios[i];
        }
    }
    return NULL;
}

int main(void)
{
    static struct live live;
    const struct options *options = options_get();
    const struct scenario *scenario = chosen();

    if (options->problem[0]) {
        ktap_line("# %s", options->problem);
        return 2;
    }
    if (!scenario) {
        ktap_line("# grace.live=%s is no scenario; see guest/README.md",
                  options->live ? options->live : "");
        return 2;
    }
    if (scenario->has_gpu && pci_find_gpus(&live.function, 1) == 0) {
        ktap_line("# there is no GPU");
        return 2;
    }
    memory_layout(options->memory, options->divided,
                  options->chip->has_aperture, &live.layout);
    live.device = (struct vfio_device){&live.function, -1, -1, -1, -1};
    scenario->add(&live);
    return ktap_run();
}
