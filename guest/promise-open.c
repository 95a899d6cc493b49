// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The cases of promise-check on who may open the device, and on two devices at
 * once: vfio_df_open(), vfio_group_fops_open(), vfio_df_ioctl_bind_iommufd().
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "files.h"
#include "ktap.h"
#include "pattern.h"
#include "promise-check.h"
#include "promise-uapi.h"
#include "window.h"

#define MAX_GPUS 8
#define MARK     0x6f70656e00000000

static int open_group_file(struct promise *promise)
{
    char number[32];

    if (!link_name(pci_path(&promise->function, "iommu_group"), number,
                   sizeof(number))) {
        return -1;
    }
    return open(path_of("/dev/vfio/%s", number), O_RDWR | O_CLOEXEC);
}

static int open_cdev_file(struct promise *promise)
{
    DIR *folder = opendir(pci_path(&promise->function, "vfio-dev"));
    const struct dirent *entry;
    int file = -1;

    while (folder && file < 0 && (entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] != '.') {
            file = open(path_of("/dev/vfio/devices/%s", entry->d_name),
                        O_RDWR | O_CLOEXEC);
        }
    }
    if (folder) {
        closedir(folder);
    }
    return file;
}

static int bind_iommufd(int file, int iommufd)
{
    struct device_bind bind = {.argsz = sizeof(bind), .iommufd = iommufd};

    return ioctl(file, DEVICE_BIND, &bind);
}

static bool check_second_group(struct promise *promise)
{
    int group = open_group_file(promise);
    bool passed = promise_expect_error(group >= 0 ? 0 : -1, EBUSY,
                                       "opening the group again");

    if (group >= 0) {
        close(group);
    }
    return passed;
}

/* One group gives several files of a device; both show the same. */
static bool check_second_file(struct promise *promise)
{
    int second = ioctl(promise->device.group, VFIO_GROUP_GET_DEVICE_FD,
                       promise->function.address);
    uint64_t spot = promise_spot(promise, USEMEM_BAR);
    uint64_t value = 0;
    bool passed;

    if (second < 0) {
        return promise_expect(second, 0, "VFIO_GROUP_GET_DEVICE_FD");
    }
    passed =
        promise_mark(promise, MARK) &&
        promise_expect(pread(second, &value, 8, promise_at(USEMEM_BAR, spot)),
                       8, "pread of the second file") &&
        promise_equal(value, MARK, "the mark in the second file");
    close(second);
    return passed && promise_marked(promise, MARK);
}

static bool check_cdev_beside_group(struct promise *promise)
{
    int file = open_cdev_file(promise);
    int iommufd = open("/dev/iommu", O_RDWR | O_CLOEXEC);
    bool passed = promise_expect(file >= 0, 1, "opening the device node") &&
                  promise_expect_error(bind_iommufd(file, iommufd), EBUSY,
                                       "binding it to iommufd");

    close(file);
    close(iommufd);
    return passed;
}

static bool check_unbound(struct promise *promise)
{
    int file = open_cdev_file(promise);
    struct vfio_device_info info = {.argsz = sizeof(info)};
    uint8_t byte;
    void *base;
    bool passed;

    if (file < 0) {
        return promise_expect(-1, 0, "opening the device node");
    }
    base = mmap(NULL, page_bytes(), PROT_READ, MAP_SHARED, file,
                promise_at(USEMEM_BAR, 0));
    passed =
        promise_expect_error(base == MAP_FAILED ? -1 : 0, EINVAL, "mmap") &&
        promise_expect_error(pread(file, &byte, 1, promise_at(USEMEM_BAR, 0)),
                             EINVAL, "pread") &&
        promise_expect_error(ioctl(file, VFIO_DEVICE_GET_INFO, &info), EINVAL,
                             "VFIO_DEVICE_GET_INFO") &&
        promise_expect_error(ioctl(file, VFIO_DEVICE_RESET), EINVAL,
                             "VFIO_DEVICE_RESET");
    close(file);
    return passed;
}

static bool check_second_cdev(struct promise *promise)
{
    int file = open_cdev_file(promise);
    bool passed =
        promise_expect(file >= 0, 1, "opening the device node") &&
        promise_expect_error(bind_iommufd(file, promise->device.iommufd),
                             EINVAL, "binding a second file") &&
        promise_expect_error(
            bind_iommufd(promise->device.device, promise->device.iommufd),
            EINVAL, "binding the first again");

    close(file);
    return passed;
}

static bool check_group_beside_cdev(struct promise *promise)
{
    return check_second_group(promise);
}

static bool check_path(struct promise *promise)
{
    size_t count;
    char *text = (char *)read_bytes(
        path_of("/proc/self/fdinfo/%d", promise->device.device), &count);

    return text && strstr(text, "vfio-device-syspath: /sys/devices/") &&
                   strstr(text, promise->function.address)
               ? true
               : ktap_fail("fdinfo does not name the function");
}

/* Another GPU, opened too: memory, reset and mappings of each are its own. */
static bool use_other(struct promise *promise, struct promise *other)
{
    uint8_t *mine = promise_map_shared(promise, USEMEM_BAR, 0, page_bytes());
    uint8_t *its = promise_map_shared(other, USEMEM_BAR, 0, page_bytes());

    if (!mine || !its) {
        return false;
    }
    pattern_fill(mine, page_bytes(), 1);
    pattern_fill(its, page_bytes(), 2);
    return promise_mark(promise, MARK + 1) && promise_mark(other, MARK + 2) &&
           vfio_reset(&other->device) &&
           pattern_check(mine, page_bytes(), 1, 0, "my mapping") &&
           pattern_check(its, page_bytes(), 2, 0, "its mapping") &&
           promise_marked(promise, MARK + 1) &&
           promise_marked(other, MARK + 2) &&
           promise_set_memory(other, false) &&
           promise_expect_signal(mine, false, 0,
                                 "my mapping, its memory off") &&
           promise_set_memory(other, true);
}

static bool check_two(struct promise *promise)
{
    static struct pci_function gpus[MAX_GPUS];
    size_t count = pci_find_gpus(gpus, MAX_GPUS);
    struct promise other = *promise;
    bool passed;

    for (size_t i = 0; i < count && i < MAX_GPUS; i++) {
        if (strcmp(gpus[i].address, promise->function.address) == 0) {
            continue;
        }
        other.function = gpus[i];
        other.device = (struct vfio_device){&other.function, -1, -1, -1, -1};
        passed = vfio_open_group(&other.device) && use_other(promise, &other);
        promise_open(promise, WAY_GROUP);
        vfio_close(&other.device);
        return passed;
    }
    return ktap_skip("there is only one GPU");
}

void add_open_promises(struct promise *promise)
{
    promise_add(promise, WAY_GROUP, check_second_group,
                "the group cannot be opened twice: EBUSY");
    promise_add(promise, WAY_GROUP, check_second_file,
                "a group gives a second file of its device");
    promise_add(promise, WAY_GROUP, check_cdev_beside_group,
                "the device node cannot be bound beside the group: EBUSY");
    promise_add(promise, WAY_CLOSED, check_unbound,
                "a device node that is not bound to iommufd does nothing");
    promise_add(promise, WAY_CDEV, check_second_cdev,
                "a device node cannot be bound twice: EINVAL");
    promise_add(promise, WAY_CDEV, check_group_beside_cdev,
                "the group cannot be opened beside the device node: EBUSY");
    promise_add(promise, WAY_GROUP, check_path,
                "fdinfo of the device's file names the function");
    promise_add(promise, WAY_GROUP, check_two,
                "two devices have their own memory, resets and mappings");
}
