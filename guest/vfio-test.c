// SPDX-License-Identifier: GPL-2.0-or-later
/* What every program needs that uses a GPU through VFIO. */
#include "vfio-check.h"

#include <errno.h>
#include <linux/vfio.h>
#include <string.h>

#include "ktap.h"
#include "options.h"

bool test_region(struct vfio_test *test, unsigned index,
                 struct vfio_region *region)
{
    if (test->device.device < 0) {
        return ktap_fail("the device is not open");
    }
    return vfio_region_get(&test->device, index, region);
}

bool memory_region_exists(const struct memory_region *region)
{
    return region->expected.bytes > 0;
}

bool memory_region_get(const struct memory_region *region,
                       struct vfio_region *info)
{
    return test_region(region->test, region->index, info);
}

bool test_map(struct vfio_test *test, unsigned index, uint64_t offset,
              size_t bytes, int extra_protection, struct window *window)
{
    struct vfio_region region;
    char name[] = "region 0";

    if (!test_region(test, index, &region)) {
        return false;
    }
    name[sizeof(name) - 2] = (char)('0' + index);
    return window_map(window, test->device.device, region.offset + offset,
                      bytes, extra_protection, name, offset) ||
           ktap_fail("%s cannot be mapped at 0x%llx: %s", name,
                     (unsigned long long)offset, strerror(errno));
}

static bool read_through_vfio(void *context, uint64_t offset, size_t width,
                              uint64_t *value)
{
    struct vfio_test *test = context;
    struct vfio_region region;

    *value = 0;
    return test_region(test, VFIO_PCI_BAR0_REGION_INDEX, &region) &&
           vfio_read(&test->device, &region, offset, value, width);
}

static bool write_through_vfio(void *context, uint64_t offset, size_t width,
                               uint64_t value)
{
    struct vfio_test *test = context;
    struct vfio_region region;

    return test_region(test, VFIO_PCI_BAR0_REGION_INDEX, &region) &&
           vfio_write(&test->device, &region, offset, &value, width);
}

void test_init(struct vfio_test *test, struct memory_region regions[2])
{
    const struct options *options = options_get();
    struct memory_layout layout;

    memory_layout(options->memory, options->divided,
                  options->chip->has_aperture, &layout);
    regions[0] = (struct memory_region){test, USEMEM_BAR, layout.usemem, true};
    regions[1] = (struct memory_region){test, RESMEM_BAR, region2_part(&layout),
                                        .is_emulated = options->divided};
    test->device = (struct vfio_device){&test->function, -1, -1, -1, -1};
    test->registers = (struct register_access){
        .function = &test->function,
        .chip = options->chip,
        .memory = options->memory,
        .context = test,
        .read = read_through_vfio,
        .write = write_through_vfio,
    };
}
