// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Errors that the function reports (Advanced Error Reporting): what the kernel
 * counts and logs, and whether the driver hands them to its user. The kernel
 * gets them from the root port, as _OSC gave it error reporting.
 */
#include <errno.h>
#include <inttypes.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "files.h"
#include "kernel-watch.h"
#include "ktap.h"
#include "live-check.h"

/* How long the kernel may take from the message to the end of its recovery. */
#define REPORT_LIMIT_MS 10000

#define LINK_STATUS 0x1498
#define SEED        500

enum severity { CORRECTABLE, NONFATAL, FATAL };

struct error {
    /* As QEMU's monitor calls it (pcie_aer_error_list). */
    const char *name;
    /* As the kernel calls it, in its counters and messages. */
    const char *kernel_name;
    enum severity severity;
    /* Bit of the status, mask and severity registers (PCIe 6.0, 7.8.4). */
    uint32_t bit;
    enum { NOT_MASKED, MASKED, MAYBE_MASKED } mask;
};

/*
 * Severities and masks as PCI Express gives them after a reset. Linux 7.3 takes
 * the mask from advisory errors; older ones leave it.
 */
static const struct error errors[] = {
    {"RCVR", "RxErr", CORRECTABLE, PCI_ERR_COR_RCVR, NOT_MASKED},
    {"BAD_TLP", "BadTLP", CORRECTABLE, PCI_ERR_COR_BAD_TLP, NOT_MASKED},
    {"BAD_DLLP", "BadDLLP", CORRECTABLE, PCI_ERR_COR_BAD_DLLP, NOT_MASKED},
    {"REP_ROLL", "Rollover", CORRECTABLE, PCI_ERR_COR_REP_ROLL, NOT_MASKED},
    {"REP_TIMER", "Timeout", CORRECTABLE, PCI_ERR_COR_REP_TIMER, NOT_MASKED},
    {"ADV_NONFATAL", "NonFatalErr", CORRECTABLE, PCI_ERR_COR_ADV_NFAT,
     MAYBE_MASKED},
    {"INTERNAL", "CorrIntErr", CORRECTABLE, PCI_ERR_COR_INTERNAL, MASKED},
    {"HL_OVERFLOW", "HeaderOF", CORRECTABLE, PCI_ERR_COR_LOG_OVER, MASKED},

    {"POISON_TLP", "TLP", NONFATAL, PCI_ERR_UNC_POISON_TLP, NOT_MASKED},
    {"COMP_TIME", "CmpltTO", NONFATAL, PCI_ERR_UNC_COMP_TIME, NOT_MASKED},
    {"COMP_ABORT", "CmpltAbrt", NONFATAL, PCI_ERR_UNC_COMP_ABORT, NOT_MASKED},
    {"UNX_COMP", "UnxCmplt", NONFATAL, PCI_ERR_UNC_UNX_COMP, NOT_MASKED},
    {"ECRC", "ECRC", NONFATAL, PCI_ERR_UNC_ECRC, NOT_MASKED},
    {"UNSUP", "UnsupReq", NONFATAL, PCI_ERR_UNC_UNSUP, NOT_MASKED},
    {"ACSV", "ACSViol", NONFATAL, PCI_ERR_UNC_ACSV, NOT_MASKED},
    {"MCBTLP", "BlockedTLP", NONFATAL, PCI_ERR_UNC_MCBTLP, NOT_MASKED},
    {"ATOP_EBLOCKED", "AtomicOpBlocked", NONFATAL, PCI_ERR_UNC_ATOMEG,
     NOT_MASKED},
    {"TLP_PRF_BLOCKED", "TLPBlockedErr", NONFATAL, PCI_ERR_UNC_TLPPRE,
     NOT_MASKED},

    {"DLP", "DLP", FATAL, PCI_ERR_UNC_DLP, NOT_MASKED},
    {"SDN", "SDES", FATAL, PCI_ERR_UNC_SURPDN, NOT_MASKED},
    {"FCP", "FCP", FATAL, PCI_ERR_UNC_FCP, NOT_MASKED},
    {"RX_OVER", "RxOF", FATAL, PCI_ERR_UNC_RX_OVER, NOT_MASKED},
    {"MALF_TLP", "MalfTLP", FATAL, PCI_ERR_UNC_MALF_TLP, NOT_MASKED},
    {"INTN", "UncorrIntErr", FATAL, PCI_ERR_UNC_INTN, MASKED},
};

/* The same with a severity that software gave them (PCIe 6.0, 7.8.4.4). */
static const struct error moved_errors[] = {
    {"DLP", "DLP", NONFATAL, PCI_ERR_UNC_DLP, NOT_MASKED},
    {"COMP_TIME", "CmpltTO", FATAL, PCI_ERR_UNC_COMP_TIME, NOT_MASKED},
};

#define ERROR_COUNT (sizeof(errors) / sizeof(errors[0]))
#define MOVED_COUNT (sizeof(moved_errors) / sizeof(moved_errors[0]))

static const struct severity_words {
    const char *counters, *total, *message;
} words[] = {
    [CORRECTABLE] = {"aer_dev_correctable", "TOTAL_ERR_COR", "Correctable"},
    [NONFATAL] = {"aer_dev_nonfatal", "TOTAL_ERR_NONFATAL",
                  "Uncorrectable (Non-Fatal)"},
    [FATAL] = {"aer_dev_fatal", "TOTAL_ERR_FATAL", "Uncorrectable (Fatal)"},
};

struct error_test {
    struct live *live;
    const struct error *error;
    int32_t *eventfd;
};

static uint64_t counter(const struct error_test *test, const char *name)
{
    const struct severity_words *severity = &words[test->error->severity];
    size_t count;
    char *text = (char *)read_bytes(
        pci_path(&test->live->function, severity->counters), &count);
    char *rest = text, *line;
    uint64_t value = UINT64_MAX;

    while (rest && (line = strsep(&rest, "\n")) != NULL) {
        size_t length = strlen(name);

        if (strncmp(line, name, length) == 0 && line[length] == ' ') {
            value = strtoull(line + length, NULL, 10);
        }
    }
    free(text);
    return value;
}

/* Configuration space as the kernel lets root use it. */
static size_t error_capability(const struct live *live)
{
    size_t count;
    uint8_t *bytes = read_bytes(pci_path(&live->function, "config"), &count);
    size_t offset = 0x100;

    for (int i = 0; bytes && i < 1024 && offset; i++) {
        uint32_t header = 0;

        if (offset + 4 <= count) {
            memcpy(&header, bytes + offset, 4);
        }
        if (PCI_EXT_CAP_ID(header) == PCI_EXT_CAP_ID_ERR) {
            break;
        }
        offset = PCI_EXT_CAP_NEXT(header);
    }
    free(bytes);
    return offset;
}

static size_t status_offset(const struct error_test *test)
{
    return error_capability(test->live) + (test->error->severity == CORRECTABLE
                                               ? PCI_ERR_COR_STATUS
                                               : PCI_ERR_UNCOR_STATUS);
}

static bool status_is(const struct error_test *test, bool set)
{
    uint32_t status;

    if (!live_config(test->live, status_offset(test), &status, false)) {
        return false;
    }
    return !(status & test->error->bit) == !set ||
           ktap_fail("the status register is 0x%08" PRIx32, status);
}

/*
 * While it is masked an error is recorded and not reported. Then unmasks it
 * and clears the record.
 */
static bool check_mask(const struct error_test *test)
{
    const char *total = words[test->error->severity].total;
    size_t mask = error_capability(test->live) +
                  (test->error->severity == CORRECTABLE ? PCI_ERR_COR_MASK
                                                        : PCI_ERR_UNCOR_MASK);
    uint64_t before = counter(test, total);
    uint32_t bits = test->error->bit, value;

    if (!live_config(test->live, mask, &value, false)) {
        return false;
    }
    if (test->error->mask == MAYBE_MASKED && !(value & bits)) {
        return true;
    }
    if (!(value & bits)) {
        return ktap_fail("it is not masked: the mask is 0x%08" PRIx32, value);
    }
    if (!host_ask("error %s", test->error->name)) {
        return false;
    }
    sleep_ms(200);
    if (counter(test, total) != before) {
        return ktap_fail("it was reported although it is masked");
    }
    value &= ~bits;
    return status_is(test, true) &&
           live_config(test->live, status_offset(test), &bits, true) &&
           status_is(test, false) &&
           live_config(test->live, mask, &value, true);
}

static bool find_messages(const struct error_test *test)
{
    const struct error *error = test->error;
    char texts[2][160];

    /* A fatal error's kind is not read, as the link may be gone. */
    snprintf(texts[0], sizeof(texts[0]), "%s: %sPCIe Bus Error: severity=%s%s",
             test->live->function.address,
             error->severity == FATAL ? "AER: " : "",
             words[error->severity].message,
             error->severity == FATAL ? " (Inaccessible)" : "");
    snprintf(texts[1], sizeof(texts[1]), "%s:   [%2d] %s ",
             test->live->function.address, __builtin_ctz(error->bit),
             error->kernel_name);
    for (int i = 0; i < (error->severity == FATAL ? 1 : 2); i++) {
        if (!kernel_watch_find(texts[i], REPORT_LIMIT_MS)) {
            kernel_watch_print();
            return ktap_fail("the kernel does not say '%s'", texts[i]);
        }
    }
    return true;
}

/* What the user's eventfd was signalled with, without waiting. */
static uint64_t signals(const struct error_test *test)
{
    uint64_t value;

    return read(*test->eventfd, &value, sizeof(value)) == sizeof(value) ? value
                                                                        : 0;
}

/*
 * Linux keeps GPUs of this range from a reset of their bus
 * (quirk_nvidia_no_bus_reset() in drivers/pci/quirks.c).
 */
static bool bus_can_be_reset(const struct live *live)
{
    return (live->function.device_id & 0xffc0) != 0x2340;
}

/* The kernel's recovery, of which the driver hears once, or of failure too. */
static bool check_recovery(const struct error_test *test)
{
    bool fails =
        test->error->severity == FATAL && !bus_can_be_reset(test->live);
    const char *end =
        fails ? "device recovery failed" : "device recovery successful";
    uint64_t expected = fails ? 2 : 1;
    uint64_t count;

    if (!kernel_watch_find(end, REPORT_LIMIT_MS)) {
        kernel_watch_print();
        return ktap_fail("the kernel does not say '%s'", end);
    }
    count = signals(test);
    return count == expected ||
           ktap_fail("the eventfd was signalled %" PRIu64 " times", count);
}

static bool check_counters(const struct error_test *test, uint64_t kind,
                           uint64_t total)
{
    uint64_t by_kind = test->error->severity == FATAL ? 0 : 1;
    uint64_t kind_now = counter(test, test->error->kernel_name);
    uint64_t total_now = counter(test, words[test->error->severity].total);

    return (kind_now == kind + by_kind && total_now == total + 1) ||
           ktap_fail("the counter of its kind went from %" PRIu64 " to %" PRIu64
                     ", the sum from %" PRIu64 " to %" PRIu64,
                     kind, kind_now, total, total_now);
}

/* Opens the device, and has errors signalled. */
static bool open_device(struct error_test *test)
{
    union {
        struct vfio_irq_set set;
        uint8_t bytes[sizeof(struct vfio_irq_set) + sizeof(int32_t)];
    } irq = {
        .set = {
            .argsz = sizeof(irq),
            .flags = VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER,
            .index = VFIO_PCI_ERR_IRQ_INDEX,
            .count = 1,
        }};

    if (!live_open(test->live)) {
        return false;
    }
    memcpy(irq.set.data, test->eventfd, sizeof(*test->eventfd));
    return ioctl(test->live->device.device, VFIO_DEVICE_SET_IRQS, &irq) == 0 ||
           ktap_fail("VFIO_DEVICE_SET_IRQS: %s", strerror(errno));
}

/*
 * After a fatal error the kernel resets the bus if it may, and leaves it to
 * the driver to restore what stood in configuration space
 * (pci_bus_error_reset()). The driver does not: the registers are lost until
 * the device is closed. Nor does it wait until the memory is ready.
 */
static bool check_after_fatal(struct error_test *test)
{
    bool was_reset = bus_can_be_reset(test->live);
    uint32_t bar, link;

    if (!live_config(test->live, PCI_BASE_ADDRESS_1, &bar, false) ||
        !live_register(test->live, LINK_STATUS, &link)) {
        return false;
    }
    if ((bar == 0) != was_reset || (link == UINT32_MAX) != was_reset) {
        return ktap_fail("BAR1 is 0x%08" PRIx32
                         ", the link's register 0x%08" PRIx32,
                         bar, link);
    }
    return live_close(test->live) && open_device(test) &&
           live_find(test->live, SEED);
}

static bool check_error(void *context)
{
    struct error_test *test = context;
    uint64_t kind = counter(test, test->error->kernel_name);
    uint64_t total = counter(test, words[test->error->severity].total);

    if (kind == UINT64_MAX || total == UINT64_MAX) {
        return ktap_fail("there is no counter");
    }
    if (test->error->mask != NOT_MASKED && !check_mask(test)) {
        return false;
    }
    kernel_watch_begin();
    if (!host_ask("error %s", test->error->name) || !find_messages(test)) {
        return false;
    }
    if (test->error->severity != CORRECTABLE) {
        if (!check_recovery(test)) {
            return false;
        }
    } else if (signals(test) != 0) {
        return ktap_fail("the eventfd was signalled");
    }
    if (!check_counters(test, kind, total)) {
        return false;
    }
    /* Only of other errors the kernel clears the record. */
    return test->error->severity == FATAL
               ? status_is(test, true) && check_after_fatal(test)
               : status_is(test, false);
}

static bool check_moved_error(void *context)
{
    struct error_test *test = context;
    size_t offset = error_capability(test->live) + PCI_ERR_UNCOR_SEVER;
    uint32_t fatal, status = test->error->bit;

    if (!live_config(test->live, offset, &fatal, false)) {
        return false;
    }
    if (!(fatal & test->error->bit) == (test->error->severity != FATAL)) {
        return ktap_fail("it has that severity before: 0x%08" PRIx32, fatal);
    }
    fatal ^= test->error->bit;
    /* The record of the same error, which the kernel may have left. */
    return live_config(test->live, offset, &fatal, true) &&
           live_config(test->live, status_offset(test), &status, true) &&
           check_error(test);
}

static bool check_open(void *context)
{
    struct error_test *test = context;
    const struct live *live = test->live;

    *test->eventfd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (!open_device(test) || !live_fill(test->live, SEED)) {
        return false;
    }
    /* Otherwise only ten errors of a severity are logged in five seconds. */
    return (write_text(pci_path(&live->function,
                                "aer/correctable_ratelimit_interval_ms"),
                       "0") &&
            write_text(
                pci_path(&live->function, "aer/nonfatal_ratelimit_interval_ms"),
                "0")) ||
           ktap_fail("the rate limits cannot be lifted: %s", strerror(errno));
}

static bool check_memory(void *context)
{
    return live_find(context, SEED);
}

static bool check_close(void *context)
{
    return live_close(context);
}

void live_add_errors(struct live *live)
{
    static const char *const names[] = {"correctable", "non-fatal", "fatal"};
    static struct error_test tests[ERROR_COUNT], moved[MOVED_COUNT];
    static int32_t event = -1;

    for (size_t i = 0; i < ERROR_COUNT; i++) {
        tests[i] = (struct error_test){live, &errors[i], &event};
    }
    ktap_add(check_open, tests,
             "the device opens, and takes an eventfd for errors");
    for (size_t i = 0; i < ERROR_COUNT; i++) {
        if (i > 0 && errors[i].severity == FATAL &&
            errors[i - 1].severity != FATAL) {
            ktap_add(check_memory, live,
                     "the memory is in use as before after all other errors");
        }
        ktap_add(check_error, &tests[i], "%s (%s) reaches the kernel%s",
                 errors[i].name, names[errors[i].severity],
                 errors[i].severity == CORRECTABLE ? "" : " and the user");
    }
    for (size_t i = 0; i < MOVED_COUNT; i++) {
        moved[i] = (struct error_test){live, &moved_errors[i], &event};
        ktap_add(check_moved_error, &moved[i],
                 "%s that software made %s is reported as that",
                 moved_errors[i].name, names[moved_errors[i].severity]);
    }
    ktap_add(check_close, live, "the device can be closed");
}
