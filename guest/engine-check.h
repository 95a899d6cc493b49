/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the parts of engine-check share: the doorbell and the DMA engine of a
 * GPU that this program drives through VFIO.
 */
#ifndef GRACE_ENGINE_CHECK_H
#define GRACE_ENGINE_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chip.h"
#include "sizes.h"
#include "vfio.h"
#include "window.h"

/*
 * Registers in BAR0. The engine's: Linux 7.3's selftest driver
 * tools/testing/selftests/vfio/lib/drivers/nv_falcon/hw.h. The last two are
 * not a real GPU's: docs/device.md, "Doorbell" and "Moving bytes".
 */
#define LINK_READY   0x001498
#define BOOT_READY   0x0200bc
#define IS_READY     0xff
#define SCRATCH      0x001400
#define ADDRESS_TOP  0x100f04
#define DMACTL       0x84410c
#define DMA_BASE     0x844110
#define DMA_DATA     0x844114
#define DMA_COMMAND  0x844118
#define DMA_OFFSET   0x84411c
#define DMA_BASE1    0x844128
#define DMEMC        0x8441c0
#define DMEMD        0x8441c4
#define ENGINE       0x8443c0
#define TRANSCFG     0x844400
#define FBIF_CTL     0x844424
#define FBIF_CTL2    0x844484
#define EMEMC2       0x8f2ad0
#define EMEMD2       0x8f2ad4
#define QUEUE_HEAD2  0x8f2c10
#define QUEUE_TAIL2  0x8f2c14
#define ANSWER_HEAD2 0x8f2c90
#define ANSWER_TAIL2 0x8f2c94
#define MSIX_TABLE   0xb90000
#define MSIX_PENDING 0xba0000
#define DOORBELL     0xfff000
#define DMA_RESULT   0xfff004

/* Upper half of ENGINE while the security processor keeps it locked. */
#define ENGINE_LOCKED 0xbadf

#define COMMAND_OUT   0x20
#define COMMAND_DONE  0x2
#define ADVANCE       0x03000000 /* DMEMC and EMEMC: after reads and writes */
#define TARGET_DEVICE 4          /* TRANSCFG: the GPU's own memory */
#define TARGET_SYSTEM 5          /* and system memory */

/* docs/device.md, "Enabling it": MCTP's header of a message in one packet, */
#define MCTP_SINGLE 0xc0000000
/* NVDM's: vendor 0x10de, with a type in the top byte; and what is answered. */
#define NVDM_VENDOR   0x0010de7e
#define NVDM_ANSWER   0x15
#define NOT_SUPPORTED 0xa0

/* Values of DMA_RESULT. */
enum engine_result {
    RESULT_DONE = 0,
    RESULT_LOCKED = 1,
    RESULT_COMMAND = 2,
    RESULT_CONTEXT = 3,
    RESULT_ALIGNMENT = 4,
    RESULT_BUS = 5,
    RESULT_MEMORY = 6,
};

/* The engine's data memory (docs/device.md, FALCON_HWCFG). */
#define DATA_BYTES 4096
#define MAX_SIZE   256

/* The buffer, and where a case shows it to the GPU. */
#define BUFFER_BYTES (64 * KIB)
#define BUFFER_IOVA  0x10000000

struct engine {
    struct pci_function function;
    struct vfio_device device;
    const struct chip *chip;
    uint64_t memory; /* coherent bytes */
    struct memory_layout layout;
    struct window registers;
    /* Without an IOMMU: a device's addresses are physical. */
    bool physical;
    /*
     * With virtio's IOMMU: the container is iommufd's, and the SMMU with its
     * events is the hypervisor's.
     */
    bool is_virtual;
    /*
     * Memory of this program; where the GPU sees it, and how much of it.
     * Physical memory is one page.
     */
    uint8_t *buffer;
    uint64_t bus;
    size_t extent;
    /* What the running case is about. */
    unsigned argument;
};

/* One transfer. Its address is the bus's, or the GPU memory's if `own`. */
struct transfer {
    uint64_t address;
    uint32_t data; /* offset in the data memory */
    uint32_t size;
    bool out; /* of the data memory */
    bool own;
};

typedef bool (*engine_check)(struct engine *engine);

/*
 * Adds a case. Before it runs the device is open through a group and fresh from
 * a reset, with Bus Master on, no interrupt set up, and nothing mapped for DMA.
 */
void engine_add(struct engine *engine, unsigned argument, engine_check check,
                const char *name, ...) __attribute__((format(printf, 4, 5)));

uint32_t engine_read(const struct engine *engine, uint32_t offset);
void engine_write(const struct engine *engine, uint32_t offset, uint32_t value);
/* Polls until the register has that value. */
bool engine_wait(const struct engine *engine, uint32_t offset, uint32_t value);

/* Maps them; prepared cases have them. */
bool engine_map_registers(struct engine *engine);

bool engine_set_bus_master(struct engine *engine, bool on);

/*
 * Sends a message of the NVDM type with one dword to the security processor,
 * and checks the answer but for its status.
 */
bool engine_message(struct engine *engine, uint32_t type, uint32_t dword,
                    uint32_t *status);
/* Has it enable transfers, and sets the engine up as nv_falcon does. */
bool engine_enable(struct engine *engine);
/* The same, and shows the buffer, filled with a pattern. */
bool engine_prepare(struct engine *engine);

/* The command's bits: direction and size. */
uint32_t engine_command(const struct transfer *transfer);
/* Does a transfer with these bits of the command; its result. */
uint32_t engine_start(struct engine *engine, const struct transfer *transfer,
                      uint32_t command);
/* The same, and compares the result and the done bit. */
bool engine_transfer(struct engine *engine, const struct transfer *transfer,
                     enum engine_result expected);
/*
 * A transfer that must have that result, and leave buffer and data memory as
 * they were.
 */
bool engine_refused(struct engine *engine, const struct transfer *transfer,
                    enum engine_result expected);

/* The data memory, filled with a pattern, and compared with bytes. */
void engine_fill_data(struct engine *engine, uint64_t seed);
void engine_read_data(struct engine *engine, uint8_t *bytes);
bool engine_same(const uint8_t *found, const uint8_t *expected, size_t count,
                 const char *what);

bool engine_show_buffer(struct engine *engine);
/* Maps for DMA through the container, until the next case. */
bool engine_map(struct engine *engine, void *base, uint64_t bytes,
                uint64_t iova, uint32_t flags);
bool engine_unmap(struct engine *engine, uint64_t bytes, uint64_t iova);
/* Maps a part of a region of the device into this process. */
uint8_t *engine_region(struct engine *engine, unsigned region, uint64_t offset,
                       size_t bytes);

/* What the SMMU reports (arm_smmu_dump_event() of Linux 7.3). */
enum smmu_fault { FAULT_TRANSLATION, FAULT_PERMISSION };

struct smmu_event {
    enum smmu_fault fault;
    uint64_t iova;
    bool write;
};

/*
 * Forgets what was reported. Linux prints no more than 10 in 5 seconds: waits
 * until `expected` more fit.
 */
bool engine_events_begin(size_t expected);
/*
 * Exactly these, in this order, and none more. A virtual IOMMU hears nothing of
 * what a device of VFIO does.
 */
bool engine_events_are(struct engine *engine, const struct smmu_event *events,
                       size_t count);

/* More than any chip has. */
#define MAX_VECTORS 16

/*
 * Gives the first vectors of MSI or MSI-X (VFIO's index) an eventfd each; those
 * of earlier cases go.
 */
bool vectors_set_up(struct engine *engine, unsigned index, unsigned count);
bool vectors_off(struct engine *engine, unsigned index);
void doorbell_ring(struct engine *engine, uint32_t number);
/*
 * Whether since the last time one message came for that vector, and none for
 * any other: also none that was sent before it.
 */
bool vector_came(unsigned vector);
/* Rings for it, and the same. */
bool vector_rings(struct engine *engine, unsigned vector);

void add_doorbell_cases(struct engine *engine);
void add_transfer_cases(struct engine *engine);
void add_refusal_cases(struct engine *engine);
void add_bus_cases(struct engine *engine);
void add_mapping_cases(struct engine *engine);
void add_memory_cases(struct engine *engine);
void add_no_engine_cases(struct engine *engine);

#endif
