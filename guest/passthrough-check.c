// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A GPU that a hypervisor passed through, in a guest of its own: what the
 * second stage of translation makes of the BARs, whatever the guest asks for.
 */
#include "passthrough-check.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>

#include "bar-map.h"
#include "files.h"
#include "guard.h"
#include "host.h"
#include "ktap.h"
#include "options.h"

static struct passthrough gpu;

struct mapping {
    int bar;
    bool write_combining;
};

static bool check_enable(void *context)
{
    (void)context;
    return write_text(pci_path(&gpu.function, "enable"), "1") ||
           ktap_fail("\"enable\" of %s cannot be written: %s",
                     gpu.function.address, strerror(errno));
}

static void read_unaligned(void *context)
{
    window_read(context, 2, 4);
}

/*
 * An access that is not aligned faults in Device memory alone (Arm ARM, B2.10).
 * Of two stages the stricter kind holds (D8.6): KVM's second stage leaves the
 * choice to the guest, so it is what the guest's own mapping says.
 */
static bool check_alignment(void *context)
{
    const struct mapping *mapping = context;
    struct window window;
    int number;

    if (!bar_map(&gpu.function, mapping->bar, mapping->write_combining, 0,
                 page_bytes(), &window)) {
        return false;
    }
    number = guard_run(read_unaligned, &window);
    if (mapping->write_combining) {
        return number == 0 ||
               ktap_fail("4 bytes at 2 cannot be read: %s", guard_describe());
    }
    return (number == SIGBUS && guard_last().code == BUS_ADRALN) ||
           ktap_fail("4 bytes at 2 of Device memory give signal %d with code "
                     "%d, not SIGBUS with BUS_ADRALN",
                     number, number ? guard_last().code : 0);
}

/*
 * The host looks at the tables of the second stage, which have an entry once
 * the place was used.
 */
static bool check_second_stage(void *context)
{
    const struct mapping *mapping = context;
    struct window window;

    if (!bar_map(&gpu.function, mapping->bar, false, 0, page_bytes(),
                 &window)) {
        return false;
    }
    window_read(&window, 0, 4);
    return host_ask("stage2 %d 0x%" PRIx64, mapping->bar,
                    gpu.function.bars[mapping->bar].start);
}

static void add_attribute_cases(struct passthrough *unused)
{
    static struct mapping mappings[] = {{0, false},
                                        {RESMEM_BAR, false},
                                        {RESMEM_BAR, true},
                                        {USEMEM_BAR, false},
                                        {USEMEM_BAR, true}};

    (void)unused;
    ktap_add(check_enable, NULL, "the function can be enabled");
    for (size_t i = 0; i < sizeof(mappings) / sizeof(mappings[0]); i++) {
        struct mapping *mapping = &mappings[i];

        if (gpu.function.bars[mapping->bar].bytes == 0) {
            continue;
        }
        if (!mapping->write_combining) {
            ktap_add(check_second_stage, mapping,
                     "the host finds BAR%d in the tables of the second stage",
                     mapping->bar);
        }
        ktap_add(check_alignment, mapping,
                 "BAR%d, mapped %s, %s an access that is not aligned",
                 mapping->bar,
                 mapping->write_combining ? "write-combining" : "as Device",
                 mapping->write_combining ? "takes" : "refuses");
    }
}

static const struct {
    const char *name;
    void (*add)(struct passthrough *gpu);
} scenarios[] = {
    {"attributes", add_attribute_cases}, {"poison", add_poison_cases},
    {"same-read", add_same_read_cases},  {"node", add_node_cases},
    {"reboot", add_reboot_cases},        {"unplug", add_unplug_cases},
};

static void (*chosen(const char *name))(struct passthrough *)
{
    for (size_t i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++) {
        if (!name || strcmp(name, scenarios[i].name) == 0) {
            return scenarios[i].add;
        }
    }
    return NULL;
}

int main(void)
{
    const struct options *options = options_get();
    void (*add)(struct passthrough *) = chosen(options->live);

    if (options->problem[0]) {
        ktap_line("# %s", options->problem);
        return 2;
    }
    if (!add || pci_find_gpus(&gpu.function, 1) == 0) {
        ktap_line(add ? "# there is no GPU"
                      : "# grace.live= names no scenario; see guest/README.md");
        return 2;
    }
    memory_layout(options->memory, options->divided,
                  options->chip->has_aperture, &gpu.layout);
    guard_install();
    add(&gpu);
    return ktap_run();
}
