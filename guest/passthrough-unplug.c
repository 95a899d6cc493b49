// SPDX-License-Identifier: GPL-2.0-or-later
/* A GPU that the VMM takes out of a guest, as pciehp lets it go. */
#include "host.h"
#include "ktap.h"
#include "passthrough-check.h"

/* pciehp waits 5 s for a second press of the button before it powers off. */
#define SLOT_LIMIT_MS 30000

static bool check_unplug(void *context)
{
    struct pci_function function;
    uint64_t deadline = now_ms() + SLOT_LIMIT_MS;

    (void)context;
    if (!host_ask("unplug")) {
        return false;
    }
    while (pci_find_gpus(&function, 1) > 0 && now_ms() < deadline) {
        sleep_ms(100);
    }
    return pci_find_gpus(&function, 1) == 0 ||
           ktap_fail("it is still there after %d s", SLOT_LIMIT_MS / 1000);
}

/* pciehp powers the slot off a second after the kernel has let the GPU go. */
static bool check_gone(void *context)
{
    (void)context;
    sleep_ms(1500);
    return host_ask("gone");
}

void add_unplug_cases(struct passthrough *gpu)
{
    ktap_add(check_unplug, gpu, "the kernel lets the GPU go");
    ktap_add(check_gone, gpu, "the VMM lets the GPU go");
}
