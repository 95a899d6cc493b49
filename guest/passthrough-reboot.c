// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A guest that starts again. What it left in the GPU's memory tells the second
 * start from the first.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/reboot.h>
#include <unistd.h>

#include "bar-map.h"
#include "facts.h"
#include "files.h"
#include "host.h"
#include "ktap.h"
#include "passthrough-check.h"
#include "pattern.h"

#define SEED   700
#define PLACES 3

static bool map_places(struct passthrough *gpu, int bar, uint64_t bytes,
                       struct window windows[PLACES])
{
    size_t page = page_bytes();
    const uint64_t offsets[PLACES] = {0, bytes / 2 / page * page, bytes - page};

    for (int i = 0; i < PLACES; i++) {
        if (!bar_map(&gpu->function, bar, true, offsets[i], page,
                     &windows[i])) {
            return false;
        }
    }
    return true;
}

/* Both at the first start and at the second; only then it comes back. */
static bool check_contents(void *context)
{
    struct passthrough *gpu = context;
    struct window windows[PLACES];
    uint64_t start_ms, ms;
    size_t same = 0;

    if (!write_text(pci_path(&gpu->function, "enable"), "1")) {
        return ktap_fail("it cannot be enabled: %s", strerror(errno));
    }
    if (!map_places(gpu, USEMEM_BAR, gpu->layout.usemem.bytes, windows)) {
        return false;
    }
    start_ms = now_ms();
    window_read(&windows[0], 0, 8);
    ms = now_ms() - start_ms;
    for (uint64_t i = 0; i < PLACES; i++) {
        same += pattern_compare(windows[i].base, page_bytes(), SEED + i) ==
                page_bytes();
    }
    fact_begin("start");
    fact_bool("again", same > 0);
    fact_uint("first_access_ms", ms);
    fact_end();
    if (same > 0) {
        return same == PLACES ||
               ktap_fail("%zu of %d places hold what was written", same,
                         PLACES);
    }
    for (uint64_t i = 0; i < PLACES; i++) {
        pattern_fill(windows[i].base, page_bytes(), SEED + i);
    }
    sync();
    reboot(RB_AUTOBOOT);
    return ktap_fail("it cannot be started again: %s", strerror(errno));
}

void add_reboot_cases(struct passthrough *gpu)
{
    ktap_add(check_contents, gpu,
             "what the GPU's memory held is there after a reboot");
}
