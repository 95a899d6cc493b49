// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Interrupts and DMA of the GPU, used as a driver in user space uses them:
 * through VFIO, with NVIDIA's variant driver below. Written from docs/device.md
 * and from nv_falcon, the driver of Linux' VFIO selftests.
 */
#include "engine-check.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "bound-memory.h"
#include "files.h"
#include "ktap.h"
#include "options.h"

/* The chip whose engine nv_falcon knows how to enable: Hopper. */
#define ENGINE_CHIP "gh100"

static bool check_bind(struct engine *engine)
{
    return strcmp(engine->function.driver, NVGRACE_DRIVER) == 0 ||
           ktap_fail("its driver is \"%s\"", engine->function.driver);
}

/* The group that VFIO makes for a device without an IOMMU. */
static bool has_no_iommu(const struct engine *engine)
{
    char name[64];

    return read_line(pci_path(&engine->function, "iommu_group/name"), name,
                     sizeof(name)) &&
           strcmp(name, "vfio-noiommu") == 0;
}

/*
 * The IOMMU that QEMU gives a guest. Its window for messages is one that type 1
 * of Linux 7.3 does not get on with: vfio_iommu_type1_attach_group() gives the
 * domain a cookie for windows of software alone, and without one
 * iommu_dma_prepare_msi() refuses each vector. iommufd sets them up.
 */
static bool has_virtual_iommu(const struct engine *engine)
{
    char name[64];

    return link_name(pci_path(&engine->function, "iommu/device"), name,
                     sizeof(name)) &&
           strncmp(name, "virtio", 6) == 0;
}

/* The buffer, or its first page by its physical address. */
static bool find_buffer(struct engine *engine)
{
    engine->buffer = aligned_alloc(BUFFER_BYTES, BUFFER_BYTES);
    if (!engine->buffer || mlock(engine->buffer, BUFFER_BYTES) != 0) {
        return false;
    }
    memset(engine->buffer, 1, BUFFER_BYTES);
    engine->bus = BUFFER_IOVA;
    engine->extent = BUFFER_BYTES;
    if (!engine->physical) {
        return true;
    }
    engine->extent = page_bytes();
    return bound_memory_physical(engine->buffer, &engine->bus);
}

int main(int argc, char **argv)
{
    static struct engine engine;
    const struct options *options = options_get();
    char reason[256];

    if (argc != 2) {
        ktap_line("# engine-check needs one argument, the address of a "
                  "function");
        return 2;
    }
    if (!pci_read(argv[1], &engine.function)) {
        ktap_line("# there is no PCI function %s in " PCI_DEVICES, argv[1]);
        return 2;
    }
    if (options->problem[0]) {
        ktap_line("# %s", options->problem);
        return 2;
    }
    if (!pci_bind_nvgrace(&engine.function, reason, sizeof(reason))) {
        ktap_line("# %s", reason);
        return 2;
    }
    engine.physical = has_no_iommu(&engine);
    engine.is_virtual = has_virtual_iommu(&engine);
    if (!find_buffer(&engine)) {
        ktap_line("# there is no memory to use, or it has no known address; "
                  "give the guest more with -m, and run this as root");
        return 2;
    }
    engine.device = (struct vfio_device){&engine.function, -1, -1, -1, -1};
    engine.chip = options->chip;
    engine.memory = options->memory;
    memory_layout(options->memory, options->divided,
                  options->chip->has_aperture, &engine.layout);

    engine_add(&engine, 0, check_bind, NVGRACE_DRIVER " has the function");
    add_doorbell_cases(&engine);
    if (strcmp(engine.chip->name, ENGINE_CHIP) == 0) {
        add_transfer_cases(&engine);
        add_refusal_cases(&engine);
        add_bus_cases(&engine);
        if (!engine.physical) {
            add_mapping_cases(&engine);
        }
        add_memory_cases(&engine);
    } else {
        add_no_engine_cases(&engine);
    }
    return ktap_run();
}
