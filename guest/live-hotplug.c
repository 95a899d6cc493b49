// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * GPUs that are plugged in and out, as somebody does who presses the button of
 * their slot (pciehp of the kernel).
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/vfio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "files.h"
#include "kernel-watch.h"
#include "ktap.h"
#include "live-check.h"
#include "pattern.h"

#define ROUNDS 20
/* pciehp waits 5 s for a second press of the button before it powers off. */
#define SLOT_LIMIT_MS 20000
/* It powers the slot off a second after the device is gone from the kernel. */
#define POWER_OFF_MS 1500
/* How much of the memory each round touches. */
#define TOUCHED_BYTES (64 * MIB)
#define CHUNK_BYTES   4096

struct round {
    struct live *live;
    uint64_t number;
};

/* Waits for a GPU, or for none. */
static bool await_gpu(struct live *live, bool present)
{
    uint64_t deadline = now_ms() + SLOT_LIMIT_MS;
    size_t count;

    do {
        sleep_ms(100);
        count = pci_find_gpus(&live->function, 1);
    } while ((count == 1) != present && now_ms() < deadline);
    return (count == 1) == present || ktap_fail("after %d s %zu GPUs are there",
                                                SLOT_LIMIT_MS / 1000, count);
}

static bool plug(struct live *live)
{
    return host_ask("plug") && await_gpu(live, true);
}

static bool unplug(struct live *live)
{
    if (!host_ask("unplug") || !await_gpu(live, false)) {
        return false;
    }
    sleep_ms(POWER_OFF_MS);
    return host_ask("gone");
}

static bool check_bar(const struct live *live, unsigned index, uint64_t bytes)
{
    const struct pci_bar *bar = &live->function.bars[index];

    return (bar->bytes == bytes && (bytes == 0 || bar->start != 0)) ||
           ktap_fail("BAR%u has %" PRIu64 " bytes at 0x%" PRIx64
                     ", and %" PRIu64 " bytes are expected",
                     index, bar->bytes, bar->start, bytes);
}

static bool check_bars(const struct live *live)
{
    return check_bar(live, 0, REGISTER_BAR_BYTES) &&
           check_bar(live, RESMEM_BAR,
                     bar2_part(&live->layout, true).bar_bytes) &&
           check_bar(live, USEMEM_BAR, live->layout.usemem.bar_bytes);
}

/* Maps the beginning of a BAR; the file is closed at once. */
static bool map_bar(const struct live *live, const char *name, size_t bytes,
                    struct window *window)
{
    int fd = open(pci_path(&live->function, name), O_RDWR | O_CLOEXEC);
    bool mapped = fd >= 0 && window_map(window, fd, 0, bytes, 0, name, 0);
    int reason = errno;

    if (fd >= 0) {
        close(fd);
    }
    return mapped ||
           ktap_fail("%s cannot be mapped: %s", name, strerror(reason));
}

/* Touches each page, after finding zeros in it: another's data are not here. */
static bool touch(const struct window *window, uint64_t seed)
{
    for (size_t i = 0; i < window->bytes; i += page_bytes()) {
        uint64_t value = window_read(window, i, 8);

        if (value != 0) {
            return ktap_fail("memory that was just plugged in holds 0x%" PRIx64
                             " at 0x%zx",
                             value, i);
        }
        window_write(window, i, 8, i + seed);
    }
    pattern_fill(window->base + 8, CHUNK_BYTES - 8, seed);
    for (size_t i = 0; i < window->bytes; i += page_bytes()) {
        if (window_read(window, i, 8) != i + seed) {
            return ktap_fail("the page at 0x%zx does not hold what was written",
                             i);
        }
    }
    return pattern_check(window->base + 8, CHUNK_BYTES - 8, seed, 8,
                         "resource4_wc");
}

static bool use_memory(struct live *live, uint64_t seed)
{
    struct window usemem, resmem;

    if (!write_text(pci_path(&live->function, "enable"), "1")) {
        return ktap_fail("it cannot be enabled: %s", strerror(errno));
    }
    if (!map_bar(live, "resource4_wc", TOUCHED_BYTES, &usemem) ||
        !map_bar(live, "resource2", page_bytes(), &resmem) ||
        !touch(&usemem, seed)) {
        return false;
    }
    pattern_fill(resmem.base, CHUNK_BYTES, seed + 1);
    return pattern_check(resmem.base, CHUNK_BYTES, seed + 1, 0, "resource2");
}

static bool check_round(void *context)
{
    struct round *round = context;
    struct live *live = round->live;
    bool used;

    if (!plug(live) || !check_bars(live)) {
        return false;
    }
    used = use_memory(live, round->number * 1000) && host_ask("touched");
    window_unmap_all();
    write_text(pci_path(&live->function, "enable"), "0");
    return used && unplug(live);
}

void live_add_hotplug(struct live *live)
{
    static struct round rounds[ROUNDS];

    for (unsigned i = 0; i < ROUNDS; i++) {
        rounds[i] = (struct round){live, i + 1};
        ktap_add(check_round, &rounds[i],
                 "a GPU is plugged in, has its BARs and empty memory, is used "
                 "and leaves, time %u of %d",
                 i + 1, ROUNDS);
    }
}

/* Without _DSD the driver shows what the function has, and no memory. */
static bool check_core(void *context)
{
    struct live *live = context;
    struct vfio_region region;
    char reason[256];
    uint32_t value;

    if (!plug(live) || !check_bar(live, 0, REGISTER_BAR_BYTES) ||
        !check_bar(live, RESMEM_BAR,
                   bar2_part(&live->layout, false).bar_bytes) ||
        !check_bar(live, USEMEM_BAR, 0)) {
        return false;
    }
    if (live->function.companion[0]) {
        return ktap_fail("it has the companion %s", live->function.companion);
    }
    if (!pci_bind_nvgrace(&live->function, reason, sizeof(reason))) {
        return ktap_fail("%s", reason);
    }
    if (!vfio_open_group(&live->device) ||
        !vfio_region_get(&live->device, USEMEM_BAR, &region)) {
        return false;
    }
    if (region.bytes != 0) {
        return ktap_fail("region %u has %" PRIu64 " bytes", USEMEM_BAR,
                         region.bytes);
    }
    return live_register(live, 0x1498, &value) &&
           (value == 0xff ||
            ktap_fail("the link's register reads 0x%" PRIx32, value));
}

static bool check_core_leaves(void *context)
{
    struct live *live = context;

    return live_close(live) && unplug(live);
}

/*
 * The driver cannot let go of a device that is open: it asks the user, by an
 * eventfd.
 */
static bool check_request(void *context)
{
    struct live *live = context;
    union {
        struct vfio_irq_set set;
        uint8_t bytes[sizeof(struct vfio_irq_set) + sizeof(int32_t)];
    } irq = {
        .set = {
            .argsz = sizeof(irq),
            .flags = VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER,
            .index = VFIO_PCI_REQ_IRQ_INDEX,
            .count = 1,
        }};
    int32_t event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    uint64_t deadline, count = 0;
    uint32_t value;
    bool closed;

    if (!check_core(live)) {
        return false;
    }
    memcpy(irq.set.data, &event, sizeof(event));
    if (ioctl(live->device.device, VFIO_DEVICE_SET_IRQS, &irq) != 0) {
        return ktap_fail("VFIO_DEVICE_SET_IRQS: %s", strerror(errno));
    }
    if (!host_ask("unplug")) {
        return false;
    }
    deadline = now_ms() + SLOT_LIMIT_MS;
    while (read(event, &count, sizeof(count)) != sizeof(count) &&
           now_ms() < deadline) {
        sleep_ms(10);
    }
    if (count == 0) {
        return ktap_fail("nobody asked for the device");
    }
    sleep_ms(2000);
    if (!live_register(live, 0x1498, &value)) {
        return false;
    }
    if (value != 0xff) {
        return ktap_fail("the device is gone before it was let go");
    }
    closed = live_close(live);
    close(event);
    return closed && await_gpu(live, false) && host_ask("gone");
}

void live_add_core_hotplug(struct live *live)
{
    ktap_add(check_core, live,
             "a GPU without _DSD is plugged in: the driver binds, with its "
             "registers and no memory");
    ktap_add(check_core_leaves, live, "it leaves");
    ktap_add(check_request, live,
             "one that is open leaves once its user, who is asked, lets it go");
}
