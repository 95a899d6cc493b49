// SPDX-License-Identifier: GPL-2.0-or-later
/* The ways to open a device with VFIO. */
#include "vfio.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "files.h"
#include "ktap.h"

#ifndef VFIO_DEVICE_BIND_IOMMUFD
/* Since Linux 6.6; older headers lack it (include/uapi/linux/vfio.h). */
struct vfio_device_bind_iommufd {
    uint32_t argsz;
    uint32_t flags;
    int32_t iommufd;
    uint32_t out_devid;
};
#define VFIO_DEVICE_BIND_IOMMUFD _IO(VFIO_TYPE, VFIO_BASE + 18)
#endif

/* iommufd also understands what a container is asked for
 * (Documentation/userspace-api/iommufd.rst). */
#define CONTAINER "/dev/vfio/vfio"
#define IOMMUFD   "/dev/iommu"

static bool failed(struct vfio_device *device, const char *what)
{
    int reason = errno;

    vfio_close(device);
    return ktap_fail("%s: %s: %s", device->function->address, what,
                     strerror(reason));
}

static bool find_group(struct vfio_device *device, const char *prefix)
{
    struct vfio_group_status status = {.argsz = sizeof(status)};
    char number[32];

    if (!link_name(pci_path(device->function, "iommu_group"), number,
                   sizeof(number))) {
        return failed(device, "it has no IOMMU group; run QEMU with "
                              "-machine iommu=smmuv3");
    }
    device->group =
        open(path_of("/dev/vfio/%s%s", prefix, number), O_RDWR | O_CLOEXEC);
    if (device->group < 0 ||
        ioctl(device->group, VFIO_GROUP_GET_STATUS, &status) != 0) {
        return failed(device, "its VFIO group cannot be opened");
    }
    if (!(status.flags & VFIO_GROUP_FLAGS_VIABLE)) {
        errno = EBUSY;
        return failed(device, "another driver has a device of its group");
    }
    return true;
}

static bool open_group(struct vfio_device *device, const char *file,
                       const char *prefix, int iommu)
{
    device->container = open(file, O_RDWR | O_CLOEXEC);
    if (device->container < 0) {
        return failed(device, "its container cannot be opened");
    }
    if (ioctl(device->container, VFIO_GET_API_VERSION) != VFIO_API_VERSION ||
        ioctl(device->container, VFIO_CHECK_EXTENSION, iommu) != 1) {
        errno = EOPNOTSUPP;
        return failed(device, iommu == VFIO_NOIOMMU_IOMMU
                                  ? "the container does not do without an "
                                    "IOMMU"
                                  : "the container has no type 1 IOMMU");
    }
    if (!find_group(device, prefix)) {
        return false;
    }
    if (ioctl(device->group, VFIO_GROUP_SET_CONTAINER, &device->container) !=
        0) {
        return failed(device, "VFIO_GROUP_SET_CONTAINER");
    }
    if (ioctl(device->container, VFIO_SET_IOMMU, iommu) != 0) {
        return failed(device, "VFIO_SET_IOMMU");
    }
    device->device = ioctl(device->group, VFIO_GROUP_GET_DEVICE_FD,
                           device->function->address);
    if (device->device < 0) {
        return failed(device, "VFIO_GROUP_GET_DEVICE_FD");
    }
    return vfio_enable_memory(device);
}

bool vfio_open_group(struct vfio_device *device)
{
    return open_group(device, CONTAINER, "", VFIO_TYPE1v2_IOMMU);
}

bool vfio_open_compatible(struct vfio_device *device)
{
    return open_group(device, IOMMUFD, "", VFIO_TYPE1v2_IOMMU);
}

bool vfio_open_noiommu(struct vfio_device *device)
{
    return open_group(device, CONTAINER, "noiommu-", VFIO_NOIOMMU_IOMMU);
}

static bool find_cdev(const struct vfio_device *device, char *name,
                      size_t bytes)
{
    DIR *folder = opendir(pci_path(device->function, "vfio-dev"));
    const struct dirent *entry;
    bool found = false;

    while (folder && !found && (entry = readdir(folder)) != NULL) {
        found = strncmp(entry->d_name, "vfio", 4) == 0;
        if (found) {
            snprintf(name, bytes, "%s", entry->d_name);
        }
    }
    if (folder) {
        closedir(folder);
    }
    return found;
}

bool vfio_open_cdev(struct vfio_device *device)
{
    struct vfio_device_bind_iommufd bind = {.argsz = sizeof(bind)};
    char name[256];

    if (!find_cdev(device, name, sizeof(name))) {
        return failed(device, "it has no vfio-dev; enable "
                              "CONFIG_VFIO_DEVICE_CDEV");
    }
    device->device =
        open(path_of("/dev/vfio/devices/%s", name), O_RDWR | O_CLOEXEC);
    if (device->device < 0) {
        return failed(device, "its character device cannot be opened");
    }
    device->iommufd = open(IOMMUFD, O_RDWR | O_CLOEXEC);
    if (device->iommufd < 0) {
        return failed(device, IOMMUFD " cannot be opened");
    }
    bind.iommufd = device->iommufd;
    if (ioctl(device->device, VFIO_DEVICE_BIND_IOMMUFD, &bind) != 0) {
        return failed(device, "VFIO_DEVICE_BIND_IOMMUFD");
    }
    return vfio_enable_memory(device);
}
