// SPDX-License-Identifier: GPL-2.0-or-later
/* What the cases of engine-check stand on: the open device and its mappings. */
#include <errno.h>
#include <inttypes.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "clock.h"
#include "engine-check.h"
#include "guard.h"
#include "ktap.h"
#include "promise-check.h"

/* A case that takes longer has found something that hangs. */
#define CASE_SECONDS 30
/* As nv_falcon waits for the security processor. */
#define WAIT_MS 5000

struct prepared_case {
    struct engine *engine;
    unsigned argument;
    engine_check check;
};

bool engine_set_bus_master(struct engine *engine, bool on)
{
    struct vfio_region config;
    uint16_t command;

    if (!vfio_region_get(&engine->device, VFIO_PCI_CONFIG_REGION_INDEX,
                         &config) ||
        !vfio_read(&engine->device, &config, PCI_COMMAND, &command,
                   sizeof(command))) {
        return false;
    }
    command = (uint16_t)(on ? command | PCI_COMMAND_MASTER
                            : command & ~PCI_COMMAND_MASTER);
    return vfio_write(&engine->device, &config, PCI_COMMAND, &command,
                      sizeof(command));
}

/* Turns the interrupts off that a case has left on: one of the two at most. */
static void disable_interrupts(struct engine *engine)
{
    const unsigned kinds[] = {VFIO_PCI_MSI_IRQ_INDEX, VFIO_PCI_MSIX_IRQ_INDEX};

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        struct vfio_irq_set set = {
            .argsz = sizeof(set),
            .flags = VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_TRIGGER,
            .index = kinds[i],
        };

        ioctl(engine->device.device, VFIO_DEVICE_SET_IRQS, &set);
    }
}

static bool unmap_everything(struct engine *engine)
{
    struct vfio_iommu_type1_dma_unmap request = {
        .argsz = sizeof(request),
        .flags = VFIO_DMA_UNMAP_FLAG_ALL,
    };

    return promise_expect(
        ioctl(engine->device.container, VFIO_IOMMU_UNMAP_DMA, &request), 0,
        "VFIO_IOMMU_UNMAP_DMA of everything");
}

bool engine_map_registers(struct engine *engine)
{
    struct vfio_region region;

    if (!vfio_region_get(&engine->device, VFIO_PCI_BAR0_REGION_INDEX,
                         &region)) {
        return false;
    }
    return window_map(&engine->registers, engine->device.device, region.offset,
                      REGISTER_BAR_BYTES, 0, "region 0", 0) ||
           ktap_fail("region 0 cannot be mapped: %s", strerror(errno));
}

static bool prepare(struct engine *engine)
{
    if (engine->device.device < 0 &&
        !(engine->physical     ? vfio_open_noiommu(&engine->device)
          : engine->is_virtual ? vfio_open_compatible(&engine->device)
                               : vfio_open_group(&engine->device))) {
        return false;
    }
    disable_interrupts(engine);
    window_unmap_all();
    return (engine->physical || unmap_everything(engine)) &&
           vfio_reset(&engine->device) && vfio_enable_memory(&engine->device) &&
           engine_set_bus_master(engine, true) && engine_map_registers(engine);
}

static bool run_prepared(void *context)
{
    const struct prepared_case *prepared = context;
    bool passed;

    prepared->engine->argument = prepared->argument;
    guard_limit(CASE_SECONDS);
    passed = prepare(prepared->engine) && prepared->check(prepared->engine);
    guard_limit(0);
    return passed;
}

void engine_add(struct engine *engine, unsigned argument, engine_check check,
                const char *name, ...)
{
    struct prepared_case *prepared = malloc(sizeof(*prepared));
    va_list arguments;
    char text[256];

    if (!prepared) {
        ktap_line("# out of memory; give the guest more with -m");
        exit(2);
    }
    *prepared = (struct prepared_case){engine, argument, check};
    va_start(arguments, name);
    vsnprintf(text, sizeof(text), name, arguments);
    va_end(arguments);
    ktap_add(run_prepared, prepared, "%s", text);
}

uint32_t engine_read(const struct engine *engine, uint32_t offset)
{
    return (uint32_t)window_read(&engine->registers, offset, 4);
}

void engine_write(const struct engine *engine, uint32_t offset, uint32_t value)
{
    window_write(&engine->registers, offset, 4, value);
}

bool engine_wait(const struct engine *engine, uint32_t offset, uint32_t value)
{
    uint64_t end = clock_ns() + WAIT_MS * NS_PER_MS;
    uint32_t found;

    while ((found = engine_read(engine, offset)) != value) {
        if (clock_ns() > end) {
            return ktap_fail("register 0x%x is 0x%x after %u ms, not 0x%x",
                             offset, found, WAIT_MS, value);
        }
        clock_sleep_ms(1);
    }
    return true;
}

bool engine_map(struct engine *engine, void *base, uint64_t bytes,
                uint64_t iova, uint32_t flags)
{
    struct vfio_iommu_type1_dma_map request = {
        .argsz = sizeof(request),
        .flags = flags,
        .vaddr = (uintptr_t)base,
        .iova = iova,
        .size = bytes,
    };

    return promise_expect(
        ioctl(engine->device.container, VFIO_IOMMU_MAP_DMA, &request), 0,
        "VFIO_IOMMU_MAP_DMA at 0x%" PRIx64, iova);
}

bool engine_unmap(struct engine *engine, uint64_t bytes, uint64_t iova)
{
    struct vfio_iommu_type1_dma_unmap request = {
        .argsz = sizeof(request), .iova = iova, .size = bytes};

    return promise_expect(
        ioctl(engine->device.container, VFIO_IOMMU_UNMAP_DMA, &request), 0,
        "VFIO_IOMMU_UNMAP_DMA at 0x%" PRIx64, iova);
}

uint8_t *engine_region(struct engine *engine, unsigned region, uint64_t offset,
                       size_t bytes)
{
    struct vfio_region info;
    struct window window;
    char name[] = "region 0";

    name[sizeof(name) - 2] = (char)('0' + region);
    if (!vfio_region_get(&engine->device, region, &info)) {
        return NULL;
    }
    if (!window_map(&window, engine->device.device, info.offset + offset, bytes,
                    0, name, offset)) {
        ktap_fail("%s cannot be mapped at 0x%" PRIx64 ": %s", name, offset,
                  strerror(errno));
        return NULL;
    }
    return (uint8_t *)window.base;
}
