/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of promise-check share. */
#ifndef GRACE_PROMISE_CHECK_H
#define GRACE_PROMISE_CHECK_H

#include "options.h"
#include "promise-uapi.h"
#include "sizes.h"
#include "vfio.h"

/* Where Linux puts region n in the device's file (VFIO_PCI_OFFSET_SHIFT). */
#define REGION_SHIFT 40
#define CONFIG_BYTES 4096

/* How a case wants the device. */
enum promise_way { WAY_CLOSED, WAY_GROUP, WAY_CDEV };

/* The device under test, and what it must show. */
struct promise {
    struct pci_function function;
    struct vfio_device device;
    enum promise_way way;
    const struct chip *chip;
    /* Region 4, and region 2: without bytes if there is none. */
    struct memory_part usemem, region2;
    /* Region 2 is the driver's own, cut from the end of the memory. */
    bool divided;
    /* What the running case is about: a region, a width. */
    unsigned argument;
};

typedef bool (*promise_check)(struct promise *promise);

/*
 * Adds a case. Before it runs, nothing is mapped, and the device is as `way`
 * says, with memory decoding on if it is open.
 */
void promise_add(struct promise *promise, enum promise_way way,
                 promise_check check, const char *name, ...)
    __attribute__((format(printf, 4, 5)));
void promise_add_with(struct promise *promise, enum promise_way way,
                      unsigned argument, promise_check check, const char *name,
                      ...) __attribute__((format(printf, 5, 6)));

/* Brings the device into that state at once; also inside a case. */
bool promise_open(struct promise *promise, enum promise_way way);

/* Region 2 or 4: the memory behind it. */
const struct memory_part *promise_part(const struct promise *promise,
                                       unsigned region);
/* Whether the variant driver serves the region, and not vfio-pci. */
bool promise_is_drivers(const struct promise *promise, unsigned region);

/* Whether the region is a BAR of the function that vfio-pci shows. */
bool promise_is_functions(const struct promise *promise, unsigned region);

/* Offset in the device's file. */
off_t promise_at(unsigned region, uint64_t offset);

/*
 * Maps a part of a region at `address`, or anywhere if that is NULL, and keeps
 * it until the next case. MAP_FAILED with errno set.
 */
void *promise_map(struct promise *promise, unsigned region, uint64_t offset,
                  size_t bytes, int protection, int flags, void *address);
/* The same, shared, readable and writable; gives ktap_fail() the reason. */
uint8_t *promise_map_shared(struct promise *promise, unsigned region,
                            uint64_t offset, size_t bytes);

/* An address where nothing is mapped: in the first page. */
void *promise_nowhere(void);

/*
 * Touches a byte in a child process. 0, or the number of the signal that ended
 * the child.
 */
int promise_touch(volatile uint8_t *address, bool writes);
bool promise_expect_signal(volatile uint8_t *address, bool writes, int expected,
                           const char *what);

/* pread() and pwrite() of all bytes; ktap_fail() gets the reason. */
bool promise_read(struct promise *promise, unsigned region, uint64_t offset,
                  void *bytes, size_t count);
bool promise_write(struct promise *promise, unsigned region, uint64_t offset,
                   const void *bytes, size_t count);

/* A call that must fail with that errno, or give that result. */
bool promise_expect_error(long result, int expected, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
bool promise_expect(long result, long expected, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Two numbers that must be the same. */
bool promise_equal(uint64_t found, uint64_t expected, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Memory decoding of the open device. */
bool promise_set_memory(struct promise *promise, bool on);
/* The capability in configuration space, or 0 after ktap_fail(). */
uint8_t promise_capability(struct promise *promise, uint8_t id);

/* VFIO_DEVICE_FEATURE; `data` is copied in and out. */
int promise_feature(struct promise *promise, uint32_t flags, void *data,
                    size_t bytes);

/* Two ranges of a region at most, as dma-buf: its file, or -1 with errno. */
int promise_export_ranges(struct promise *promise, uint32_t region,
                          uint32_t flags, uint32_t count,
                          struct dma_range first, struct dma_range second);
int promise_export(struct promise *promise, uint32_t region, uint64_t offset,
                   uint64_t length);

/* A place near the end of a region that no other case writes. */
uint64_t promise_spot(const struct promise *promise, unsigned region);
bool promise_mark(struct promise *promise, uint64_t value);
bool promise_marked(struct promise *promise, uint64_t value);

/* Whether a line of the file has that text. */
bool promise_has_line(const char *path, const char *text);

/* Takes the driver away: the work of a process of its own. Its exit status. */
int promise_unbind(const char *address);

void add_region_promises(struct promise *promise);
void add_config_promises(struct promise *promise);
void add_border_promises(struct promise *promise);
void add_access_promises(struct promise *promise);
void add_end_promises(struct promise *promise);
void add_register_promises(struct promise *promise);
void add_mapping_promises(struct promise *promise);
void add_mapping_life_promises(struct promise *promise);
void add_fault_promises(struct promise *promise);
void add_enable_promises(struct promise *promise);
void add_reset_promises(struct promise *promise);
void add_power_promises(struct promise *promise);
void add_feature_promises(struct promise *promise);
void add_buffer_promises(struct promise *promise);
void add_iommufd_promises(struct promise *promise);
void add_container_promises(struct promise *promise);
void add_interrupt_promises(struct promise *promise);
void add_open_promises(struct promise *promise);
void add_unbind_promises(struct promise *promise);

#endif
