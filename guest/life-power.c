// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The cases of life-check on D3hot with the driver: by the control register
 * that VFIO shows, and by the kernel, which lets a function sleep that nobody
 * opened (runtime power management).
 */
#include "life-vfio.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "config-space.h"
#include "files.h"
#include "ktap.h"

#define PAGE 14
/* Software's own register, as in life-bars.c. */
#define SCRATCH       0x00140c
#define SCRATCH_VALUE 0x5ca7c4edU
#define D0            0
#define D3HOT         3

static bool control_offset(struct life *life, unsigned *offset)
{
    if (!config_find(life->test.function.address, PCI_CAP_ID_PM, offset)) {
        return false;
    }
    *offset += PCI_PM_CTRL;
    return true;
}

/* Through VFIO, which sets the function's state as the kernel does. */
static bool set_power(struct life *life, uint16_t state)
{
    struct vfio_region config;
    unsigned offset;

    return control_offset(life, &offset) &&
           test_region(&life->test, VFIO_PCI_CONFIG_REGION_INDEX, &config) &&
           vfio_write(&life->test.device, &config, offset, &state,
                      sizeof(state));
}

/* The function's own state, and that it answers configuration requests. */
static bool is_in(struct life *life, uint32_t state)
{
    const struct pci_function *function = &life->test.function;
    unsigned offset;
    uint32_t id, control;

    if (!control_offset(life, &offset) ||
        !config_read(function->address, PCI_VENDOR_ID, 4, &id) ||
        !config_read(function->address, offset, 2, &control)) {
        return false;
    }
    return (id == (function->device_id << 16 | function->vendor_id) &&
            (control & PCI_PM_CTRL_STATE_MASK) == state) ||
           ktap_fail("the ids are 0x%08" PRIx32 ", and Control/Status is "
                     "0x%04" PRIx32 ", which should say D%" PRIu32,
                     id, control, state);
}

static bool gives(const struct place *place, enum access access, int error,
                  int signal)
{
    struct outcome outcome = life_access(place, access);

    return (outcome.error == error && outcome.signal == signal) ||
           ktap_fail("a %s of region %u gave %s", access_name(access),
                     place->region->index, life_describe(outcome));
}

/* The driver lets reads and writes through; they find nobody. */
static bool memory_is_away(struct life *life, const struct place *place)
{
    struct vfio_region info;
    uint64_t value;

    if (!test_region(&life->test, USEMEM_BAR, &info) ||
        !vfio_read(&life->test.device, &info, place->offset, &value,
                   sizeof(value))) {
        return false;
    }
    return value == ones(8) ||
           ktap_fail("region %d reads 0x%016" PRIx64, USEMEM_BAR, value);
}

static bool registers_refused(struct life *life)
{
    struct vfio_region info;
    uint32_t value;

    if (!test_region(&life->test, VFIO_PCI_BAR0_REGION_INDEX, &info)) {
        return false;
    }
    errno = 0;
    return (pread(life->test.device.device, &value, sizeof(value),
                  (off_t)info.offset) < 0 &&
            errno == EIO) ||
           ktap_fail("region 0 can be read in D3hot");
}

static bool scratch(struct life *life, bool write)
{
    struct register_access *registers = &life->test.registers;
    uint64_t value;

    if (write) {
        return registers->write(registers->context, SCRATCH, 4, SCRATCH_VALUE);
    }
    if (!registers->read(registers->context, SCRATCH, 4, &value)) {
        return false;
    }
    return value == SCRATCH_VALUE ||
           ktap_fail("a scratch register is 0x%08" PRIx64
                     " after D3hot, which resets nothing",
                     value);
}

static bool check_d3hot(void *context)
{
    struct life *life = context;
    struct place place;
    uint64_t start;
    bool passed;

    if (!life_prepare(life, &life->regions[0], PAGE, &place) ||
        !scratch(life, true) || !is_in(life, D0) || !set_power(life, D3HOT)) {
        return false;
    }
    passed = is_in(life, D3HOT) && registers_refused(life) &&
             gives(&place, ACCESS_LOAD, 0, SIGBUS) &&
             gives(&place, ACCESS_STORE, 0, SIGBUS) &&
             memory_is_away(life, &place) && gives(&place, ACCESS_WRITE, 0, 0);
    start = clock_ns();
    if (!set_power(life, D0) || !passed || !is_in(life, D0) ||
        !gives(&place, ACCESS_LOAD, 0, 0) || !life_check_page(&place, false) ||
        !scratch(life, false)) {
        return false;
    }
    return clock_ns() - start < SLACK_MS * NS_PER_MS ||
           ktap_fail("waking took %" PRIu64 " ms",
                     (clock_ns() - start) / NS_PER_MS);
}

/* A reset of a function in D3hot leaves it in D0. */
static bool check_reset(void *context)
{
    struct life *life = context;
    struct moment reset;
    struct place place;

    return life_prepare(life, &life->regions[0], PAGE, &place) &&
           set_power(life, D3HOT) && life_reset_device(life, &reset) &&
           is_in(life, D0) && gives(&place, ACCESS_LOAD, 0, 0) &&
           life_check_page(&place, false);
}

static bool await_sleep(struct life *life)
{
    char status[32] = "";

    for (int i = 0; i < 100; i++) {
        if (read_line(pci_path(&life->test.function, "power/runtime_status"),
                      status, sizeof(status)) &&
            strcmp(status, "suspended") == 0) {
            return true;
        }
        clock_sleep_ms(20);
    }
    return ktap_fail("the kernel's state of the closed function is \"%s\"",
                     status);
}

/* BAR0 through sysfs, beside the driver that has closed it. */
static bool registers_are_away(struct life *life)
{
    struct window window;
    int fd =
        open(pci_path(&life->test.function, "resource0"), O_RDWR | O_CLOEXEC);
    bool mapped;

    if (fd < 0) {
        return ktap_fail("resource0 cannot be opened: %s", strerror(errno));
    }
    mapped = window_map(&window, fd, 0, page_bytes(), 0, "BAR0", 0);
    close(fd);
    if (!mapped) {
        return ktap_fail("resource0 cannot be mapped: %s", strerror(errno));
    }
    return window_read(&window, 0, 4) == ones(4) ||
           ktap_fail("BAR0 reads 0x%08" PRIx64 " in D3hot",
                     window_read(&window, 0, 4));
}

static bool check_runtime(void *context)
{
    struct life *life = context;
    struct place place;
    bool passed;

    if (!life_prepare(life, &life->regions[0], PAGE, &place)) {
        return false;
    }
    vfio_close(&life->test.device);
    passed = await_sleep(life) && is_in(life, D3HOT) &&
             registers_are_away(life) && is_in(life, D3HOT);
    window_unmap_all();
    return vfio_open_group(&life->test.device) && passed && is_in(life, D0) &&
           life_settle(life) &&
           test_map(&life->test, USEMEM_BAR, place.offset, CHUNK_BYTES, 0,
                    &place.window) &&
           life_check_page(&place, false);
}

void life_add_power_cases(struct life *life)
{
    ktap_add(check_d3hot, life,
             "in D3hot only configuration space answers; back in D0 nothing "
             "was reset, and the memory is as it was");
    ktap_add(check_reset, life, "a reset in D3hot leads to D0");
    ktap_add(check_runtime, life,
             "the kernel lets the closed function sleep in D3hot and wakes it, "
             "and the memory is as it was");
}
