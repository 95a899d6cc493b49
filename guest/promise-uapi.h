/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What headers older than Linux 7.3 lack of VFIO and iommufd
 * (include/uapi/linux/vfio.h and iommufd.h).
 */
#ifndef GRACE_PROMISE_UAPI_H
#define GRACE_PROMISE_UAPI_H

#include <linux/vfio.h>
#include <stdint.h>

/* VFIO_DEVICE_FEATURE_...: numbers alone, so that each can be asked for. */
enum {
    FEATURE_VF_TOKEN = 0,
    FEATURE_MIGRATION = 1,
    FEATURE_MIG_DEVICE_STATE = 2,
    FEATURE_LOW_POWER_ENTRY = 3,
    FEATURE_LOW_POWER_ENTRY_WITH_WAKEUP = 4,
    FEATURE_LOW_POWER_EXIT = 5,
    FEATURE_DMA_LOGGING_START = 6,
    FEATURE_DMA_LOGGING_STOP = 7,
    FEATURE_DMA_LOGGING_REPORT = 8,
    FEATURE_MIG_DATA_SIZE = 9,
    FEATURE_BUS_MASTER = 10,
    FEATURE_DMA_BUF = 11,
    FEATURE_MIG_PRECOPY_INFO = 12,
    FEATURE_ZPCI_ERROR = 13,
    FEATURE_UNKNOWN = 0xfff0,
};

struct low_power_wakeup {
    int32_t eventfd;
    uint32_t reserved;
};

struct dma_range {
    uint64_t offset, length;
};

#define DMA_RANGES 2

struct dma_buf_request {
    uint32_t region;
    uint32_t open_flags;
    uint32_t flags;
    uint32_t range_count;
    struct dma_range ranges[DMA_RANGES];
};

struct device_attach {
    uint32_t argsz;
    uint32_t flags;
    uint32_t table; /* an IOAS */
    uint32_t pasid;
};
/* The size without the PASID, which came later. */
#define DEVICE_ATTACH_BYTES 12
#define DEVICE_ATTACH       _IO(VFIO_TYPE, VFIO_BASE + 19)

struct device_bind {
    uint32_t argsz;
    uint32_t flags;
    int32_t iommufd;
    uint32_t id;
};
#define DEVICE_BIND _IO(VFIO_TYPE, VFIO_BASE + 18)

#define IOMMUFD_TYPE (';')

struct ioas_alloc {
    uint32_t size;
    uint32_t flags;
    uint32_t id;
};
#define IOAS_ALLOC _IO(IOMMUFD_TYPE, 0x81)

#define IOAS_FIXED 1
#define IOAS_WRITE 2
#define IOAS_READ  4

struct ioas_map {
    uint32_t size;
    uint32_t flags;
    uint32_t id;
    uint32_t reserved;
    uint64_t user;
    uint64_t length;
    uint64_t iova;
};
#define IOAS_MAP _IO(IOMMUFD_TYPE, 0x85)

struct ioas_unmap {
    uint32_t size;
    uint32_t id;
    uint64_t iova;
    uint64_t length;
};
#define IOAS_UNMAP _IO(IOMMUFD_TYPE, 0x86)

struct ioas_map_file {
    uint32_t size;
    uint32_t flags;
    uint32_t id;
    int32_t file;
    uint64_t start;
    uint64_t length;
    uint64_t iova;
};
#define IOAS_MAP_FILE _IO(IOMMUFD_TYPE, 0x8f)

#endif
