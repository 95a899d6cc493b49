// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Writes to each page of a GiB of the GPU's memory, and has the host look at
 * QEMU before and after that.
 */
#include "bar-map.h"
#include "host.h"
#include "ktap.h"
#include "sizes.h"
#include "speed.h"

static struct pci_function gpu;

static bool check_touch(void *context)
{
    struct window window;

    (void)context;
    if (!bar_map(&gpu, USEMEM_BAR, true, 0, GIB, &window) ||
        !host_ask("untouched")) {
        return false;
    }
    for (size_t i = 0; i < GIB; i += page_bytes()) {
        window_write(&window, i, 8, ~(uint64_t)i);
    }
    return host_ask("touched");
}

int main(void)
{
    if (!speed_options() || !speed_find_gpu(&gpu) ||
        !speed_find(gpu.vendor_id, gpu.device_id, &gpu)) {
        return speed_give_up();
    }
    ktap_add(check_touch, NULL, "a GiB of the memory is written to");
    return ktap_run();
}
