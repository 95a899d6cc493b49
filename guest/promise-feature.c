// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The cases of promise-check on VFIO_DEVICE_FEATURE:
 * vfio_ioctl_device_feature() and vfio_pci_core_ioctl_feature().
 */
#include <errno.h>
#include <linux/vfio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "ktap.h"
#include "promise-check.h"
#include "promise-uapi.h"

#define GET   VFIO_DEVICE_FEATURE_GET
#define SET   VFIO_DEVICE_FEATURE_SET
#define PROBE VFIO_DEVICE_FEATURE_PROBE

static bool check_offered(struct promise *promise)
{
    static const uint32_t offered[] = {
        SET | FEATURE_LOW_POWER_ENTRY,
        SET | FEATURE_LOW_POWER_ENTRY_WITH_WAKEUP,
        SET | FEATURE_LOW_POWER_EXIT,
        GET | FEATURE_DMA_BUF,
    };

    for (size_t i = 0; i < sizeof(offered) / sizeof(offered[0]); i++) {
        uint32_t number = offered[i] & VFIO_DEVICE_FEATURE_MASK;
        uint32_t wrong = offered[i] ^ (GET | SET);

        if (!promise_expect(
                promise_feature(promise, PROBE | offered[i], NULL, 0), 0,
                "a probe of feature %u", number) ||
            !promise_expect(promise_feature(promise, PROBE | number, NULL, 0),
                            0, "a probe of feature %u without direction",
                            number) ||
            !promise_expect_error(
                promise_feature(promise, PROBE | wrong, NULL, 0), EINVAL,
                "a probe of feature %u the other way", number) ||
            !promise_expect_error(promise_feature(promise, number, NULL, 0),
                                  EINVAL, "feature %u without direction",
                                  number)) {
            return false;
        }
    }
    return true;
}

static bool check_absent(struct promise *promise)
{
    /* No VFs, no migration, no page logging, neither CDX nor s390. */
    static const uint32_t absent[] = {
        FEATURE_VF_TOKEN,         FEATURE_MIGRATION,
        FEATURE_MIG_DEVICE_STATE, FEATURE_DMA_LOGGING_START,
        FEATURE_DMA_LOGGING_STOP, FEATURE_DMA_LOGGING_REPORT,
        FEATURE_MIG_DATA_SIZE,    FEATURE_BUS_MASTER,
        FEATURE_ZPCI_ERROR,       FEATURE_UNKNOWN,
    };

    for (size_t i = 0; i < sizeof(absent) / sizeof(absent[0]); i++) {
        if (!promise_expect_error(
                promise_feature(promise, PROBE | absent[i], NULL, 0), ENOTTY,
                "a probe of feature %u", absent[i])) {
            return false;
        }
    }
    return promise_expect_error(
        promise_feature(promise, PROBE | FEATURE_MIG_PRECOPY_INFO, NULL, 0),
        EINVAL, "a probe of feature %u", FEATURE_MIG_PRECOPY_INFO);
}

static bool check_form(struct promise *promise)
{
    struct vfio_device_feature request = {
        .argsz = sizeof(request) - 1,
        .flags = PROBE | FEATURE_LOW_POWER_EXIT,
    };
    const uint32_t unknown = 1U << 31;

    return promise_expect_error(
               ioctl(promise->device.device, VFIO_DEVICE_FEATURE, &request),
               EINVAL, "argsz too small") &&
           promise_expect_error(
               promise_feature(
                   promise, unknown | PROBE | FEATURE_LOW_POWER_EXIT, NULL, 0),
               EINVAL, "an unknown flag") &&
           promise_expect_error(
               promise_feature(promise, GET | SET | FEATURE_LOW_POWER_EXIT,
                               NULL, 0),
               EINVAL, "both directions");
}

void add_feature_promises(struct promise *promise)
{
    promise_add(promise, WAY_GROUP, check_offered,
                "features offered: low power and dma-buf, each one way");
    promise_add(
        promise, WAY_GROUP, check_absent,
        "other features are ENOTTY, precopy information EINVAL (Linux 7.3)");
    promise_add(promise, WAY_GROUP, check_form,
                "a feature request with bad size or flags is EINVAL");
}
