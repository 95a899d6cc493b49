/*
 * grace-gpu: what QEMU and the device model say to each other
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * QEMU's device stub (the host) loads a plug-in and asks it for a table of
 * functions. The plug-in holds everything that is particular to the GPU: ids,
 * sizes, registers, ACPI. The host holds what QEMU does well: configuration
 * space storage, BAR mapping, MSI-X, AER, resets and the memory itself.
 *
 * Rules for every function
 * - Threads: the caller holds the lock that protects the device (in QEMU the
 *   big lock). Two devices share nothing. No function blocks.
 * - Callbacks: the plug-in calls the host only from within a call of the host,
 *   and only where the function's comment says so.
 * - Pointers are borrowed for the length of the call unless said otherwise.
 * - Numbers are in host byte order; sizes and offsets are bytes; time is
 *   nanoseconds of the guest's clock.
 * - A structure that crosses the border starts with struct_size, which its
 *   writer sets to the size it knows. New fields are appended; a reader
 *   ignores what it does not know, a reader that needs more refuses.
 */
#ifndef GRACE_GPU_ABI_H
#define GRACE_GPU_ABI_H

#include <stdint.h>

/* Which pointers may be NULL, for compilers that can be told. */
#ifndef GRACE_NONNULL
#define GRACE_NONNULL
#define GRACE_NULLABLE
#endif

/* The version that this header describes. */
#define GRACE_ABI_VERSION 3u

/* The one symbol that a plug-in exports. */
#define GRACE_PLUGIN_SYMBOL "grace_gpu_plugin"

/* What a function answers. Zero is success; the names say what went wrong. */
typedef int32_t GraceStatus;

#define GRACE_OK         0 /* it worked */
#define GRACE_E_VERSION  1 /* no ABI version in common */
#define GRACE_E_ARGUMENT 2 /* a structure too small, an index out of range */
#define GRACE_E_OPTION   3 /* an option of the user's is unknown or wrong */
#define GRACE_E_LOAD     4 /* the plug-in could not be loaded */
#define GRACE_E_SPACE    5 /* the buffer is too small */
#define GRACE_E_STATE    6 /* saved state that cannot be used */
#define GRACE_E_TOPOLOGY 7 /* a topology that ACPI cannot describe */
#define GRACE_E_MEMORY   8 /* no memory to be had for the call; try again */

/*
 * An error for the user: one sentence, no line break, zero-terminated. The
 * caller owns the structure; a function that fails fills it, one that succeeds
 * leaves it alone.
 */
typedef struct GraceError {
    uint32_t struct_size;
    GraceStatus code;
    char message[504];
} GraceError;

/* One device model; made by create, ended by destroy. */
typedef struct GraceDevice GraceDevice;

/* What create answers: a device, or NULL with an error. */
typedef GraceDevice *GRACE_NULLABLE GraceDeviceOrNull;

/* A setting of the user's: both strings are UTF-8 and zero-terminated. */
typedef struct GraceOption {
    const char *GRACE_NONNULL name;
    const char *GRACE_NONNULL value;
} GraceOption;

/* What a region's backed bytes are at this moment. */
typedef uint32_t GraceRegionMode;

#define GRACE_REGION_MEMORY 0u /* ordinary memory */
#define GRACE_REGION_ONES   1u /* reads give all ones, writes are dropped */

#define GRACE_DMA_SIZE  256u  /* the most bytes in one transfer */
#define GRACE_PAGE_SIZE 4096u /* in which memory goes bad */
#define GRACE_MAX_BAD   32u   /* the most pages that are bad at once */

/* How loud a message is. */
typedef uint32_t GraceLogLevel;

#define GRACE_LOG_GUEST_ERROR 0u /* the guest did what no driver should */
#define GRACE_LOG_INFO        1u /* worth a line in a log */

/*
 * What the device asks of its host. Every function takes the context that was
 * given to create, may be called from the functions that say "calls the host",
 * and must not call the device again.
 */
typedef struct GraceHost {
    uint32_t struct_size;

    /* A message, zero-terminated, valid during the call. */
    void (*GRACE_NONNULL log)(void *GRACE_NULLABLE context, GraceLogLevel level,
                              const char *GRACE_NONNULL message);

    /*
     * The guest's clock in nanoseconds. It never runs backwards. Asked only
     * for what depends on time, so that other accesses do not pay for it.
     */
    uint64_t (*GRACE_NONNULL now)(void *GRACE_NULLABLE context);

    /*
     * Asks for one call of the device's clock function at `deadline`
     * (nanoseconds of the guest's clock) or soon after. A later request
     * replaces an earlier one; UINT64_MAX takes it back.
     */
    void (*GRACE_NONNULL set_timer)(void *GRACE_NULLABLE context,
                                    uint64_t deadline);

    /*
     * What the backed bytes of region `index` are from now on. The contents
     * of the memory stay as they are.
     */
    void (*GRACE_NONNULL set_region_mode)(void *GRACE_NULLABLE context,
                                          uint32_t index, GraceRegionMode mode);

    /*
     * Whether the function answers at all from now on. If not (0), its
     * configuration space and BARs read as ones. The host acts on it after the
     * call that says so; a function that answers again is reset cold, with a
     * call of reset.
     */
    void (*GRACE_NONNULL set_presence)(void *GRACE_NULLABLE context,
                                       uint32_t present);

    /*
     * Makes `size` bytes of the device's memory zeros, from `offset` on. Must
     * not take time in proportion to the size.
     */
    void (*GRACE_NONNULL clear_memory)(void *GRACE_NULLABLE context,
                                       uint64_t offset, uint64_t size);

    /*
     * The device reads `size` bytes (1 to GRACE_DMA_SIZE) at bus address
     * `address`, or writes them: through the IOMMU, and only while Bus Master
     * is on. 1, or 0 if a part of it was refused; then `bytes` holds nothing
     * of use, or the part before it may have been written. What would end in
     * the device's own registers is refused.
     */
    uint32_t (*GRACE_NONNULL dma_read)(void *GRACE_NULLABLE context,
                                       uint64_t address,
                                       uint8_t *GRACE_NONNULL bytes,
                                       uint32_t size);
    uint32_t (*GRACE_NONNULL dma_write)(void *GRACE_NULLABLE context,
                                        uint64_t address,
                                        const uint8_t *GRACE_NONNULL bytes,
                                        uint32_t size);

    /*
     * The same for the device's own memory, `offset` bytes from its start. 0
     * past its end, and for reads of a page that is bad.
     */
    uint32_t (*GRACE_NONNULL memory_read)(void *GRACE_NULLABLE context,
                                          uint64_t offset,
                                          uint8_t *GRACE_NONNULL bytes,
                                          uint32_t size);
    uint32_t (*GRACE_NONNULL memory_write)(void *GRACE_NULLABLE context,
                                           uint64_t offset,
                                           const uint8_t *GRACE_NONNULL bytes,
                                           uint32_t size);

    /*
     * Sends message `vector` by MSI-X or MSI, whichever the guest has turned
     * on; without either, or a vector that it has not, nothing happens.
     */
    void (*GRACE_NONNULL interrupt)(void *GRACE_NULLABLE context,
                                    uint32_t vector);

    /*
     * Says whether a page of the device's memory is bad: a read of it is then
     * an error on the bus, wherever it is mapped. Writes reach the memory and
     * mend nothing.
     *
     * offset  of the page, a multiple of GRACE_PAGE_SIZE
     */
    void (*GRACE_NONNULL set_poison)(void *GRACE_NULLABLE context,
                                     uint64_t offset, uint32_t is_bad);
} GraceHost;

#define GRACE_REGION_BAR   0u /* a base address register */
#define GRACE_REGION_FIXED 1u /* at a fixed guest physical address */

#define GRACE_REGION_WIDE         1u /* a 64-bit BAR: also uses the next one */
#define GRACE_REGION_PREFETCHABLE 2u /* reads have no side effect */

/* A range of guest physical addresses that the device answers. */
typedef struct GraceRegion {
    uint32_t struct_size;
    uint32_t kind;          /* GRACE_REGION_BAR or GRACE_REGION_FIXED */
    uint32_t bar;           /* BAR register, 0..5; 0 for a fixed region */
    uint32_t flags;         /* GRACE_REGION_WIDE, GRACE_REGION_PREFETCHABLE */
    uint64_t size;          /* bytes; a power of two for a BAR */
    uint64_t address;       /* of a fixed region; 0 for a BAR */
    uint64_t backed_size;   /* so many leading bytes are memory, not calls */
    uint64_t memory_offset; /* where in the device's memory they begin */
} GraceRegion;

/* Where a capability lies in configuration space. */
typedef struct GraceCapability {
    uint32_t struct_size;
    uint16_t id;         /* PCI or, above offset 0xff, PCI Express extended */
    uint16_t version;    /* of an extended capability; else 0 */
    uint16_t offset;     /* bytes, a multiple of 4 */
    uint16_t byte_count; /* of the whole capability, header included */
} GraceCapability;

/* What a host must know of a device to build it. */
typedef struct GraceDescription {
    uint32_t struct_size;
    uint32_t region_count;
    uint32_t capability_count;
    uint32_t msix_vector_count; /* 0: no MSI-X */
    uint32_t msix_table_bar;
    uint32_t msix_table_offset;
    uint32_t msix_pba_bar;
    uint32_t msix_pba_offset;
    uint32_t domain_count; /* proximity domains that firmware gives it */
    uint32_t first_domain; /* as the user wants it, or UINT32_MAX */
    uint64_t memory_size;  /* bytes that regions are backed with, all told */
    uint32_t msi_vector_count; /* 0: no MSI; else a power of two, at most 32 */
    uint32_t reserved;         /* 0 */
} GraceDescription;

/*
 * The host's configuration space: four arrays of 4096 bytes, owned by the
 * host, valid until destroy. Bits that are set mean: write_mask, the guest
 * can write it; clear_mask, writing one clears it; check_mask, it must be the
 * same on both sides of a migration.
 */
typedef struct GraceConfig {
    uint32_t struct_size;
    uint32_t byte_count; /* of each array: 4096 */
    uint8_t *GRACE_NONNULL bytes;
    uint8_t *GRACE_NONNULL write_mask;
    uint8_t *GRACE_NONNULL clear_mask;
    uint8_t *GRACE_NONNULL check_mask;
} GraceConfig;

/* Why a device is reset (PCI Express Base 6.0, 6.6). */
typedef uint32_t GraceResetKind;

#define GRACE_RESET_COLD     0u /* the machine starts, or starts again */
#define GRACE_RESET_BUS      1u /* secondary bus reset (hot reset) */
#define GRACE_RESET_FUNCTION 2u /* function level reset */

/* Where a GPU sits when firmware asks for its tables. */
typedef struct GracePlacement {
    const GraceDevice *GRACE_NONNULL device;
    uint16_t segment;
    uint8_t bus;
    uint8_t devfn; /* device << 3 | function */
    /* ACPI name of its host bridge below \_SB: four characters. */
    const char *GRACE_NONNULL root_name;
    uint32_t root_domain; /* as the bridge's own _PXM says; or UINT32_MAX */
    /* devfn of each function from the root bus down to the GPU itself. */
    const uint8_t *GRACE_NONNULL path;
    uint32_t path_count; /* at least 1 */
} GracePlacement;

/* The machine's DSDT already has nodes for the functions below PCI0. */
#define GRACE_TOPOLOGY_NODES_EXIST 1u
/* The machine's HMAT already speaks of its own domains. */
#define GRACE_TOPOLOGY_HAS_ATTRIBUTES 2u

/* The domain has CPUs. */
#define GRACE_DOMAIN_HAS_PROCESSORS 1u

typedef struct GraceTopology {
    uint32_t struct_size;
    uint32_t flags;                                 /* GRACE_TOPOLOGY_... */
    const GracePlacement *GRACE_NONNULL placements; /* in any order */
    uint32_t placement_count;
    uint32_t first_free_domain; /* lower ones are the machine's own */
    uint32_t domain_limit;      /* domains must be below this number */
    /*
     * Distances between the machine's own domains as in a SLIT, row by row,
     * first_free_domain squared of them; NULL if the user gave none.
     */
    const uint8_t *GRACE_NULLABLE distances;
    /*
     * What the machine's own domains have: GRACE_DOMAIN_... for each of
     * first_free_domain; NULL if all have CPUs.
     */
    const uint8_t *GRACE_NULLABLE domain_flags;
} GraceTopology;

/* What to add to the machine's ACPI. */
typedef uint32_t GraceTable;

#define GRACE_TABLE_SRAT 0u /* entries to append to the SRAT */
#define GRACE_TABLE_SSDT 1u /* the body of an SSDT, after its header */
#define GRACE_TABLE_SLIT 2u /* the body of the SLIT, the machine's included */
#define GRACE_TABLE_HMAT 3u /* structures to append to the HMAT */

/* Takes the next `count` bytes of a table; 0 stops the table. */
typedef int32_t (*GraceSink)(void *GRACE_NULLABLE context,
                             const uint8_t *GRACE_NONNULL bytes,
                             uint32_t count);

/* What a plug-in can do. Valid as long as the library stays loaded. */
typedef struct GraceFunctions {
    uint32_t struct_size;
    uint32_t abi_version;
    const char *GRACE_NONNULL model_version; /* for logs: "0.1.0" */

    /*
     * Makes a device.
     *
     * host      copied; its functions are called until destroy returns
     * context   handed to each of them
     * options   the user's settings; the last of two equal names wins
     *
     * Returns the device, which destroy ends, or NULL with
     *          GRACE_E_ARGUMENT  host is smaller than this header's, or more
     *                            than 1024 options
     *          GRACE_E_OPTION    an option is unknown or its value is wrong
     *          GRACE_E_MEMORY    no memory
     * Does not call the host.
     */
    GraceDeviceOrNull (*GRACE_NONNULL create)(
        const GraceHost *GRACE_NONNULL host, void *GRACE_NULLABLE context,
        const GraceOption *GRACE_NONNULL options, uint32_t option_count,
        GraceError *GRACE_NONNULL error);

    /* Ends a device. Does not call the host. */
    void (*GRACE_NONNULL destroy)(GraceDevice *GRACE_NONNULL device);

    /*
     * Describes a device; the answer never changes during its life.
     *
     * Returns  GRACE_OK
     *          GRACE_E_ARGUMENT  description->struct_size is too small
     */
    GraceStatus (*GRACE_NONNULL describe)(
        const GraceDevice *GRACE_NONNULL device,
        GraceDescription *GRACE_NONNULL description);

    /*
     * Describes region `index`, 0..region_count-1.
     *
     * Returns  GRACE_OK
     *          GRACE_E_ARGUMENT  no such region, or region->struct_size is
     *                            too small
     */
    GraceStatus (*GRACE_NONNULL region)(const GraceDevice *GRACE_NONNULL device,
                                        uint32_t index,
                                        GraceRegion *GRACE_NONNULL region);

    /*
     * Describes capability `index`, 0..capability_count-1, in the order of
     * their offsets.
     *
     * Returns  GRACE_OK
     *          GRACE_E_ARGUMENT  no such capability, or
     *                            capability->struct_size is too small
     */
    GraceStatus (*GRACE_NONNULL capability)(
        const GraceDevice *GRACE_NONNULL device, uint32_t index,
        GraceCapability *GRACE_NONNULL capability);

    /*
     * Hands over the configuration space. The device writes all bytes and
     * masks, base address registers at their unassigned value included.
     * Called once, before any access; does not call the host.
     *
     * Returns  GRACE_OK
     *          GRACE_E_ARGUMENT  config is too small
     */
    GraceStatus (*GRACE_NONNULL config_attach)(
        GraceDevice *GRACE_NONNULL device,
        const GraceConfig *GRACE_NONNULL config);

    /*
     * The guest is about to read `size` bytes at `offset`: registers that
     * change by themselves are brought up to date. Any offset and size is
     * allowed. May ask the host for the time.
     */
    void (*GRACE_NONNULL config_will_read)(GraceDevice *GRACE_NONNULL device,
                                           uint32_t offset, uint32_t size);

    /*
     * The guest wrote `size` bytes at `offset`, and the masks were applied.
     * Any offset and size is allowed. May call the host.
     */
    void (*GRACE_NONNULL config_did_write)(GraceDevice *GRACE_NONNULL device,
                                           uint32_t offset, uint32_t size);

    /*
     * Reads `size` bytes (1 to 8) at `offset` of region `index`; byte 0 of
     * the access is the lowest byte of the result. All ones for whatever is
     * not there: past the end, past the memory behind a BAR, no such region.
     * May ask the host for the time; neither allocates nor logs.
     */
    uint64_t (*GRACE_NONNULL region_read)(GraceDevice *GRACE_NONNULL device,
                                          uint32_t index, uint64_t offset,
                                          uint32_t size);

    /*
     * Writes the low `size` bytes (1 to 8) of `value`. Dropped where nothing
     * can be written. May call the host.
     */
    void (*GRACE_NONNULL region_write)(GraceDevice *GRACE_NONNULL device,
                                       uint32_t index, uint64_t offset,
                                       uint64_t value, uint32_t size);

    /*
     * Resets the device: registers, its part of configuration space, and
     * readiness. Base address registers, command, interrupt and power state
     * are the host's to reset. An unknown kind is taken as cold. Calls the
     * host.
     */
    void (*GRACE_NONNULL reset)(GraceDevice *GRACE_NONNULL device,
                                GraceResetKind kind);

    /*
     * The guest's clock has reached `now`. Called when a timer is due; at
     * other times it does no harm. Calls the host.
     */
    void (*GRACE_NONNULL clock)(GraceDevice *GRACE_NONNULL device,
                                uint64_t now);

    /*
     * Changes a setting while the device runs: `fault` or `poison`, and no
     * other.
     *
     * Returns  GRACE_OK
     *          GRACE_E_OPTION  the setting cannot be changed, or its value is
     *                          wrong; nothing has changed
     *          GRACE_E_MEMORY  no memory; nothing has changed
     * Calls the host.
     */
    GraceStatus (*GRACE_NONNULL set)(GraceDevice *GRACE_NONNULL device,
                                     const GraceOption *GRACE_NONNULL option,
                                     GraceError *GRACE_NONNULL error);

    /*
     * Writes the device's state, coherent memory and configuration space
     * excepted, which the host saves.
     *
     * length  receives the bytes written, or needed when there is no room
     *
     * Returns  GRACE_OK
     *          GRACE_E_SPACE   capacity is too small; nothing was written
     *          GRACE_E_MEMORY  no memory; nothing was written
     */
    GraceStatus (*GRACE_NONNULL snapshot_save)(
        const GraceDevice *GRACE_NONNULL device, uint8_t *GRACE_NULLABLE bytes,
        uint32_t capacity, uint32_t *GRACE_NONNULL length);

    /*
     * Takes over saved state and tells the host again of timers and region
     * modes. On an error the device is unchanged.
     *
     * Returns  GRACE_OK
     *          GRACE_E_STATE   too short, too long, damaged, of another
     *                          version or of another profile
     *          GRACE_E_MEMORY  no memory
     */
    GraceStatus (*GRACE_NONNULL snapshot_load)(
        GraceDevice *GRACE_NONNULL device, const uint8_t *GRACE_NULLABLE bytes,
        uint32_t length, GraceError *GRACE_NONNULL error);

    /*
     * Makes one table for all GPUs of a machine. The same topology gives the
     * same bytes.
     *
     * Returns  GRACE_OK
     *          GRACE_E_ARGUMENT  no such table, topology is too small, more
     *                            than 65536 placements, a path of over 256
     *          GRACE_E_MEMORY    no memory; the sink was not called
     *          GRACE_E_TOPOLOGY  two GPUs at one address, more domains than
     *                            domain_limit, domains that overlap, a host
     *                            that is no domain of the machine, a path
     *                            that is empty; the sink was not called
     * Calls sink any number of times, and nothing else of the host.
     */
    GraceStatus (*GRACE_NONNULL firmware)(
        const GraceTopology *GRACE_NONNULL topology, GraceTable table,
        GraceSink GRACE_NONNULL sink, void *GRACE_NULLABLE context,
        GraceError *GRACE_NONNULL error);
} GraceFunctions;

/*
 * The symbol that a plug-in exports.
 *
 * oldest, newest  the ABI versions that the host can use, both included
 *
 * Returns the table of the newest version in common, or NULL with
 * GRACE_E_VERSION and a sentence that names both ranges.
 */
const GraceFunctions *GRACE_NULLABLE grace_gpu_plugin(
    uint32_t oldest, uint32_t newest, GraceError *GRACE_NONNULL error);

#endif /* GRACE_GPU_ABI_H */
