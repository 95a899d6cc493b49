/*
 * The same registers as a device written in C
 *
 * Offsets and masks: GraceDeviceModel, CommonRegisters.swift, Hopper.swift,
 * TransferEngine+Spec.swift, SecurityProcessor+Spec.swift, OwnRegisters.swift.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdbool.h>
#include <stdlib.h>

#include "c-device.h"

#define BAR0_SIZE    (16u << 20)
#define MEMORY_MIB   (96u << 10)
#define POWER_OFFSET 0x44u /* Power Management Control/Status */

#define LINK_STATUS  0x1498u
#define SCRATCH      0x1400u
#define SCRATCH_END  0x1500u
#define EMEM_PORTS   0x8f2ac0u
#define EMEM_END     0x8f2b00u
#define COMMANDS     0x8f2c00u
#define COMMANDS_END 0x8f2c40u
#define MESSAGES     0x8f2c80u
#define MESSAGES_END 0x8f2cc0u
#define DATA_PORTS   0x8441c0u
#define DATA_END     0x8441e0u
#define APERTURES    0x844400u
#define APERTURE_END 0x844420u

struct GraceDevice {
    GraceHost host;
    void *context;
    uint8_t *config;
    bool link_is_up;
    bool boot_is_done;
    bool is_asleep;
    bool transfers_are_enabled;
    uint32_t doorbell_count;
    uint32_t transfer_result;
    uint32_t scratch[64];
    uint32_t top_address;
    uint32_t dma_control;
    uint32_t dma_base;
    uint32_t dma_local;
    uint32_t dma_command;
    uint32_t dma_offset;
    uint32_t dma_base_high;
    uint32_t fbif_control;
    uint32_t fbif_control2;
    uint32_t data_ports[8];
    uint32_t apertures[8];
    uint32_t emem_ports[16];
    uint32_t commands[16];
    uint32_t messages[16];
};

static inline uint64_t ones(uint32_t size)
{
    return size >= 1 && size < 8 ? (1ull << (size * 8)) - 1 : UINT64_MAX;
}

/* The register at offset, a multiple of 4; 0 where there is none. */
static inline uint32_t read_register(GraceDevice *device, uint32_t offset)
{
    switch (offset) {
    case 0x0:
        return 0x180000a1;
    case 0xa00:
        return 0x180a1000;
    case SCRATCH ... LINK_STATUS - 4:
    case LINK_STATUS + 4 ... SCRATCH_END - 4:
        return device->scratch[(offset - SCRATCH) / 4];
    case LINK_STATUS:
        return device->link_is_up ? 0xff : 0;
    case 0x9400:
    case 0x30080:
        return (uint32_t)device->host.now(device->context) & 0xffffffe0;
    case 0x9410:
    case 0x30084:
        return (uint32_t)(device->host.now(device->context) >> 32);
    case 0x200bc:
        return device->boot_is_done ? 0xff : 0;
    case 0x100b20:
        return device->boot_is_done;
    case 0x100ce0:
        return (MEMORY_MIB >> 10) << 4 | 10;
    case 0x100f04:
        return device->top_address;
    case 0x118234:
        return device->boot_is_done ? 0x3ff : 0;
    case 0x1183a4:
        return MEMORY_MIB;
    case 0x844108:
        return 16 << 9;
    case 0x84410c:
        return device->dma_control;
    case 0x844110:
        return device->dma_base;
    case 0x844114:
        return device->dma_local;
    case 0x844118:
        return device->dma_command | (device->transfer_result ? 0 : 2);
    case 0x84411c:
        return device->dma_offset;
    case 0x844128:
        return device->dma_base_high;
    case DATA_PORTS ... DATA_END - 4:
        return device->data_ports[(offset - DATA_PORTS) / 4];
    case 0x8443c0:
        return device->transfers_are_enabled ? 0 : 0xbadf5620;
    case APERTURES ... APERTURE_END - 4:
        return device->apertures[(offset - APERTURES) / 4];
    case 0x844424:
        return device->fbif_control;
    case 0x844484:
        return device->fbif_control2;
    case EMEM_PORTS ... EMEM_END - 4:
        return device->emem_ports[(offset - EMEM_PORTS) / 4];
    case COMMANDS ... COMMANDS_END - 4:
        return device->commands[(offset - COMMANDS) / 4];
    case MESSAGES ... MESSAGES_END - 4:
        return device->messages[(offset - MESSAGES) / 4];
    case 0xfff000:
        return device->doorbell_count;
    case 0xfff004:
        return device->transfer_result;
    default:
        return 0;
    }
}

static inline void merge(uint32_t *place, uint32_t value, uint32_t mask)
{
    *place = (*place & ~mask) | (value & mask);
}

/* Writes the bytes in lanes of the register at offset. */
static inline void write_register(GraceDevice *device, uint32_t offset,
                                  uint32_t value, uint32_t lanes)
{
    switch (offset) {
    case SCRATCH ... LINK_STATUS - 4:
    case LINK_STATUS + 4 ... SCRATCH_END - 4:
        merge(&device->scratch[(offset - SCRATCH) / 4], value, lanes);
        break;
    case 0x100f04:
        merge(&device->top_address, value, 0x1ffff & lanes);
        break;
    case 0x84410c:
        merge(&device->dma_control, value, 1 & lanes);
        break;
    case 0x844110:
        merge(&device->dma_base, value, lanes);
        break;
    case 0x844114:
        merge(&device->dma_local, value, 0xffffff & lanes);
        break;
    case 0x844118:
        merge(&device->dma_command, value, 0x1773c & lanes);
        break;
    case 0x84411c:
        merge(&device->dma_offset, value, lanes);
        break;
    case 0x844128:
        merge(&device->dma_base_high, value, 0x7f & lanes);
        break;
    case DATA_PORTS ... DATA_END - 4:
        merge(&device->data_ports[(offset - DATA_PORTS) / 4], value, lanes);
        break;
    case APERTURES ... APERTURE_END - 4:
        merge(&device->apertures[(offset - APERTURES) / 4], value, 7 & lanes);
        break;
    case 0x844424:
        merge(&device->fbif_control, value, 0x90 & lanes);
        break;
    case 0x844484:
        merge(&device->fbif_control2, value, lanes);
        break;
    case EMEM_PORTS ... EMEM_END - 4:
        merge(&device->emem_ports[(offset - EMEM_PORTS) / 4], value, lanes);
        break;
    case COMMANDS ... COMMANDS_END - 4:
        merge(&device->commands[(offset - COMMANDS) / 4], value, lanes);
        break;
    case MESSAGES ... MESSAGES_END - 4:
        merge(&device->messages[(offset - MESSAGES) / 4], value, lanes);
        break;
    case 0xfff000:
        device->doorbell_count++;
        break;
    default:
        break;
    }
}

static __attribute__((noinline)) uint64_t read_unusual(GraceDevice *device,
                                                       uint32_t index,
                                                       uint64_t offset,
                                                       uint32_t size)
{
    uint32_t place = (uint32_t)offset;
    uint64_t result = 0;

    if (index != 0 || size < 1 || size > 8 || offset >= BAR0_SIZE ||
        size > BAR0_SIZE - offset) {
        return ones(size);
    }
    for (uint32_t done = 0; done < size;) {
        uint32_t lane = (place + done) & 3;
        uint64_t dword = read_register(device, (place + done) & ~3u);

        result |= dword >> (lane * 8) << (done * 8);
        done += 4 - lane;
    }
    return result & ones(size);
}

static uint64_t region_read(GraceDevice *device, uint32_t index,
                            uint64_t offset, uint32_t size)
{
    if (index == 0 && size == 4 && (offset & 3) == 0 && offset < BAR0_SIZE) {
        return read_register(device, (uint32_t)offset);
    }
    return read_unusual(device, index, offset, size);
}

static __attribute__((noinline)) void
write_unusual(GraceDevice *device, uint32_t index, uint64_t offset,
              uint64_t value, uint32_t size)
{
    uint32_t place = (uint32_t)offset;

    if (index != 0 || size < 1 || size > 8 || offset >= BAR0_SIZE ||
        size > BAR0_SIZE - offset) {
        return;
    }
    for (uint32_t done = 0; done < size;) {
        uint32_t lane = (place + done) & 3;
        uint32_t count = size - done < 4 - lane ? size - done : 4 - lane;

        write_register(device, (place + done) & ~3u,
                       (uint32_t)(value >> (done * 8)) << (lane * 8),
                       (uint32_t)ones(count) << (lane * 8));
        done += count;
    }
}

static void region_write(GraceDevice *device, uint32_t index, uint64_t offset,
                         uint64_t value, uint32_t size)
{
    if (index == 0 && size == 4 && (offset & 3) == 0 && offset < BAR0_SIZE) {
        write_register(device, (uint32_t)offset, (uint32_t)value, UINT32_MAX);
    } else {
        write_unusual(device, index, offset, value, size);
    }
}

static void config_will_read(GraceDevice *device, uint32_t offset,
                             uint32_t size)
{
    (void)device;
    (void)offset;
    (void)size;
}

/* Memory that is in no BAR answers only while the function is awake. */
static void config_did_write(GraceDevice *device, uint32_t offset,
                             uint32_t size)
{
    bool is_asleep;

    if (offset > POWER_OFFSET || POWER_OFFSET - offset >= size) {
        return;
    }
    is_asleep = (device->config[POWER_OFFSET] & 3) == 3;
    if (is_asleep != device->is_asleep) {
        device->is_asleep = is_asleep;
        device->host.set_region_mode(device->context, 1, is_asleep);
        device->host.set_region_mode(device->context, 2, is_asleep);
    }
}

static GraceStatus config_attach(GraceDevice *device, const GraceConfig *config)
{
    device->config = config->bytes;
    return GRACE_OK;
}

static GraceDevice *create(const GraceHost *host, void *context,
                           const GraceOption *options, uint32_t option_count,
                           GraceError *error)
{
    GraceDevice *device = calloc(1, sizeof(*device));

    (void)options;
    (void)option_count;
    (void)error;
    if (device) {
        device->host = *host;
        device->context = context;
        device->link_is_up = true;
        device->boot_is_done = true;
        device->dma_control = 1;
    }
    return device;
}

static void destroy(GraceDevice *device)
{
    free(device);
}

const GraceFunctions c_device_functions = {
    .struct_size = sizeof(c_device_functions),
    .abi_version = GRACE_ABI_VERSION,
    .model_version = "C",
    .create = create,
    .destroy = destroy,
    .config_attach = config_attach,
    .config_will_read = config_will_read,
    .config_did_write = config_did_write,
    .region_read = region_read,
    .region_write = region_write,
};
