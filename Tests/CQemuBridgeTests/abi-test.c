/*
 * The built plug-in through its header, malformed calls first
 *
 * usage: abi-test PLUGIN SCRATCH-FOLDER [lives]
 *
 * With `lives` it makes, uses and ends devices, and no more: for valgrind.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "counters.h"
#include "engine.h"
#include "grace-gpu-loader.h"
#include "tap.h"
#include "world.h"

static const char *plugin;
static const char *scratch;
static const GraceFunctions *functions;

static struct {
    uint64_t now;
    uint64_t deadline;
    uint32_t modes[8];
    uint32_t present;
    uint64_t cleared;
    /* A bus with one block of memory at 0, and the device's own memory. */
    uint8_t bus[1024];
    uint8_t memory[1024];
    uint32_t interrupts;
    uint32_t bad_pages;
} world;

static void host_log(void *context, GraceLogLevel level, const char *message)
{
    (void)context;
    (void)level;
    expect(message[0] != '\0');
}

static uint64_t host_now(void *context)
{
    (void)context;
    return world.now;
}

static void host_set_timer(void *context, uint64_t deadline)
{
    (void)context;
    world.deadline = deadline;
}

static void host_set_presence(void *context, uint32_t present)
{
    (void)context;
    world.present = present;
}

static void host_clear_memory(void *context, uint64_t offset, uint64_t size)
{
    (void)context;
    world.cleared = size - offset;
}

/* Whether size bytes at offset lie inside one of the two memories. */
static int lies_in(uint64_t offset, uint32_t size)
{
    expect(size >= 1 && size <= GRACE_DMA_SIZE);
    return offset < sizeof(world.bus) && size <= sizeof(world.bus) - offset;
}

static uint32_t host_dma_read(void *context, uint64_t address, uint8_t *bytes,
                              uint32_t size)
{
    (void)context;
    if (!lies_in(address, size)) {
        return 0;
    }
    for (uint32_t i = 0; i < size; i++) {
        bytes[i] = world.bus[address + i];
    }
    return 1;
}

static uint32_t host_dma_write(void *context, uint64_t address,
                               const uint8_t *bytes, uint32_t size)
{
    (void)context;
    if (!lies_in(address, size)) {
        return 0;
    }
    for (uint32_t i = 0; i < size; i++) {
        world.bus[address + i] = bytes[i];
    }
    return 1;
}

static uint32_t host_memory_read(void *context, uint64_t offset, uint8_t *bytes,
                                 uint32_t size)
{
    (void)context;
    if (!lies_in(offset, size)) {
        return 0;
    }
    for (uint32_t i = 0; i < size; i++) {
        bytes[i] = world.memory[offset + i];
    }
    return 1;
}

static uint32_t host_memory_write(void *context, uint64_t offset,
                                  const uint8_t *bytes, uint32_t size)
{
    (void)context;
    if (!lies_in(offset, size)) {
        return 0;
    }
    for (uint32_t i = 0; i < size; i++) {
        world.memory[offset + i] = bytes[i];
    }
    return 1;
}

static void host_interrupt(void *context, uint32_t vector)
{
    (void)context;
    world.interrupts |= 1u << (vector & 31);
}

static void host_set_poison(void *context, uint64_t offset, uint32_t is_bad)
{
    (void)context;
    expect(offset % GRACE_PAGE_SIZE == 0);
    world.bad_pages += is_bad ? 1 : -1u;
}

static void host_set_region_mode(void *context, uint32_t index,
                                 GraceRegionMode mode)
{
    (void)context;
    expect(index < 8);
    if (index < 8) {
        world.modes[index] = mode;
    }
}

GraceHost world_host(void)
{
    GraceHost host = {sizeof(host),
                      host_log,
                      host_now,
                      host_set_timer,
                      host_set_region_mode,
                      host_set_presence,
                      host_clear_memory,
                      host_dma_read,
                      host_dma_write,
                      host_memory_read,
                      host_memory_write,
                      host_interrupt,
                      host_set_poison};

    return host;
}

static GraceDevice *make(const char *name, const char *value)
{
    GraceError error = {.struct_size = sizeof(error)};
    GraceOption option = {name, value};
    GraceHost table = world_host();
    GraceDevice *device;

    memset(&world, 0, sizeof(world));
    device = functions->create(&table, NULL, &option, 1, &error);
    expect(device != NULL);
    if (!device) {
        printf("# %s\n", error.message);
        exit(1);
    }
    return device;
}

static void load_refuses(const char *path, GraceStatus code, const char *part)
{
    GraceError error = {.struct_size = sizeof(error)};

    expect(grace_gpu_load(path, &error) == NULL);
    expect(error.code == code);
    expect(strstr(error.message, part) != NULL);
    expect(strchr(error.message, '\n') == NULL);
    if (tap_broken) {
        printf("# %s: %s\n", path, error.message);
    }
}

static void test_load_errors(void)
{
    char path[4096];
    FILE *file;

    load_refuses("/nonexistent/plug-in.so", GRACE_E_LOAD, "cannot open");
    load_refuses(scratch, GRACE_E_LOAD, "is not a shared library");
    snprintf(path, sizeof(path), "%s/empty.so", scratch);
    file = fopen(path, "w");
    expect(file != NULL);
    if (file) {
        fclose(file);
    }
    load_refuses(path, GRACE_E_LOAD, "is not a shared library");
    snprintf(path, sizeof(path), "%s/cut.so", scratch);
    file = fopen(path, "w");
    expect(file != NULL && fwrite("\177ELF", 1, 4, file) == 4);
    if (file) {
        fclose(file);
    }
    load_refuses(path, GRACE_E_LOAD, "cannot load the plug-in");
    load_refuses("libc.so.6", GRACE_E_LOAD, "cannot open");
}

static void test_versions(void)
{
    GraceError error = {.struct_size = sizeof(error)};

    expect(functions->abi_version == GRACE_ABI_VERSION);
    expect(functions->struct_size == sizeof(*functions));
    expect(functions->model_version[0] >= '0');
    expect(grace_gpu_load(plugin, &error) == functions);
}

static void test_create_errors(void)
{
    GraceError error = {.struct_size = sizeof(error)};
    GraceOption option = {"profile", "gh300"};
    GraceHost table = world_host();

    expect(functions->create(&table, NULL, &option, 1, &error) == NULL);
    expect(error.code == GRACE_E_OPTION);
    expect(strstr(error.message, "gh200-480gb") != NULL);
    option.value = "gh200-480gb";
    table.struct_size = sizeof(table) - 1;
    expect(functions->create(&table, NULL, &option, 1, &error) == NULL);
    expect(error.code == GRACE_E_ARGUMENT);
}

static void test_short_structures(void)
{
    GraceDevice *device = make("profile", "gh200-480gb");
    GraceDescription about = {.struct_size = sizeof(about) - 1};
    GraceRegion region = {.struct_size = sizeof(region) - 1};
    GraceCapability capability = {.struct_size = 0};
    GraceConfig config = {.struct_size = sizeof(config), .byte_count = 256};

    expect(functions->describe(device, &about) == GRACE_E_ARGUMENT);
    expect(functions->region(device, 0, &region) == GRACE_E_ARGUMENT);
    expect(functions->capability(device, 0, &capability) == GRACE_E_ARGUMENT);
    expect(functions->config_attach(device, &config) == GRACE_E_ARGUMENT);
    functions->destroy(device);
}

static void test_indexes(void)
{
    GraceDevice *device = make("profile", "gh200-480gb");
    GraceDescription about = {.struct_size = sizeof(about)};
    GraceRegion region = {.struct_size = sizeof(region)};
    GraceCapability capability = {.struct_size = sizeof(capability)};
    uint16_t end = 0;

    expect(functions->describe(device, &about) == GRACE_OK);
    expect(about.region_count == 3);
    expect(functions->region(device, 3, &region) == GRACE_E_ARGUMENT);
    expect(functions->region(device, UINT32_MAX, &region) == GRACE_E_ARGUMENT);
    for (uint32_t i = 0; i < about.capability_count; i++) {
        expect(functions->capability(device, i, &capability) == GRACE_OK);
        expect(capability.offset >= end);
        end = (uint16_t)(capability.offset + capability.byte_count);
    }
    expect(functions->capability(device, about.capability_count, &capability) ==
           GRACE_E_ARGUMENT);
    functions->destroy(device);
}

static void test_accesses(void)
{
    GraceDevice *device = make("profile", "gh200-120gb");

    expect(functions->region_read(device, 0, 0, 4) == 0x180000a1);
    expect(functions->region_read(device, 0, 2, 2) == 0x1800);
    expect(functions->region_read(device, 0, 0xa00, 8) == 0x180a1000);
    expect(functions->region_read(device, 0, 16 << 20, 4) == 0xffffffff);
    expect(functions->region_read(device, 0, UINT64_MAX, 8) == UINT64_MAX);
    expect(functions->region_read(device, 9, 0, 1) == 0xff);
    expect(functions->region_read(device, UINT32_MAX, 0, 2) == 0xffff);
    expect(functions->region_read(device, 0, 0, UINT32_MAX) == UINT64_MAX);
    functions->region_write(device, 0, 0x1400, 0x1122334455667788, 8);
    functions->region_write(device, 0, 0x1401, 0xff, 1);
    functions->region_write(device, UINT32_MAX, UINT64_MAX, 0, 0);
    expect(functions->region_read(device, 0, 0x1400, 8) == 0x112233445566ff88);
    functions->config_will_read(device, UINT32_MAX, UINT32_MAX);
    functions->config_did_write(device, UINT32_MAX, 0);
    functions->destroy(device);
}

/*
 * A device that is copied for an access, or memory that is asked for, shows
 * nowhere but in the time that it takes.
 */
static void test_access_cost(void)
{
    static const uint64_t offsets[] = {0x0,    0xa00,   0x1400,   0x1498,
                                       0x9400, 0x200bc, 0x100ce0, 0xffffff};
    GraceDevice *device = make("profile", "gh200-480gb");
    unsigned long allocations = counted_allocations;
    unsigned long copies = counted_copies;

    expect(allocations > 0 && copies > 0);
    for (unsigned size = 1; size <= 8; size++) {
        for (unsigned i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
            functions->region_read(device, 0, offsets[i], size);
            functions->region_write(device, 0, offsets[i], 0, size);
            functions->config_will_read(device, (uint32_t)i * 4, size);
            functions->config_did_write(device, (uint32_t)i * 4, size);
        }
    }
    expect(counted_allocations == allocations);
    expect(counted_copies == copies);
    functions->destroy(device);
}

/* The same for what moves bytes, and for the registers around it. */
static void test_engine_cost(void)
{
    static const uint64_t offsets[] = {
        0x100b20,        0x118234,       ENGINE_LOCK, ENGINE_PORT,
        ENGINE_PORT + 4, ENGINE_COMMAND, 0x8f2ac0,    0x8f2ac4,
        0x8f2c00,        0x8f2c84,       DOORBELL,    ENGINE_RESULT};
    GraceDevice *device = make("profile", "gh200-480gb");
    unsigned long allocations = counted_allocations;
    unsigned long copies = counted_copies;

    engine_open(functions, device, TARGET_SYSTEM);
    for (uint32_t size = 4; size <= GRACE_DMA_SIZE; size *= 2) {
        expect(engine_move(functions, device, 512, size, 0));
        expect(engine_move(functions, device, 768, size, 1));
        expect(!engine_move(functions, device, 4096, size, 1));
    }
    engine_open(functions, device, TARGET_MEMORY);
    expect(engine_move(functions, device, 0, 256, 0));
    expect(engine_move(functions, device, 256, 256, 1));
    for (unsigned size = 1; size <= 8; size++) {
        for (unsigned i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
            functions->region_read(device, 0, offsets[i], size);
            functions->region_write(device, 0, offsets[i], i, size);
        }
    }
    expect(counted_allocations == allocations);
    expect(counted_copies == copies);
    functions->destroy(device);
}

static void test_engine(void)
{
    static const uint32_t targets[] = {TARGET_SYSTEM, TARGET_MEMORY};

    for (int i = 0; i < 2; i++) {
        GraceDevice *device = make("profile", "gh200-480gb");
        uint8_t *bytes = i == 0 ? world.bus : world.memory;

        for (int j = 0; j < 256; j++) {
            bytes[256 + j] = (uint8_t)(j ^ 0x5a);
        }
        functions->reset(device, GRACE_RESET_COLD);
        expect(functions->region_read(device, 0, ENGINE_LOCK, 4) >> 16 ==
               0xbadf);
        expect(!engine_move(functions, device, 256, 256, 0));
        engine_open(functions, device, targets[i]);
        expect(functions->region_read(device, 0, ENGINE_LOCK, 4) >> 16 !=
               0xbadf);
        expect(engine_move(functions, device, 256, 256, 0));
        expect(engine_move(functions, device, 512, 128, 1));
        expect(memcmp(bytes + 512, bytes + 256, 128) == 0);
        expect(bytes[511] == (0xff ^ 0x5a) && bytes[640] == 0);
        // Not an own address in either memory of this host.
        expect(!engine_move(functions, device, 1ull << 40, 4, 1));
        expect(functions->region_read(device, 0, ENGINE_RESULT, 4) != 0);
        expect(engine_move(functions, device, 768, 4, 1));
        expect(functions->region_read(device, 0, ENGINE_RESULT, 4) == 0);
        expect(memcmp(bytes + 768, bytes + 256, 4) == 0 && bytes[772] == 0);
        expect(engine_command(functions, device, 0x14, 0) == 0xa0);
        functions->destroy(device);
    }
}

static void test_doorbell(void)
{
    GraceDevice *device = make("profile", "gh200-480gb");

    functions->region_write(device, 0, DOORBELL, 8, 4);
    functions->region_write(device, 0, DOORBELL, 1, 1);
    functions->region_write(device, 0, DOORBELL, UINT32_MAX, 4);
    expect(world.interrupts == (1u << 8 | 1u << 1));
    expect(functions->region_read(device, 0, DOORBELL, 4) == 2);
    functions->destroy(device);
}

static void test_two_devices(void)
{
    GraceDevice *first = make("profile", "gh200-120gb");
    GraceDevice *second = make("profile", "gh200-144gb");

    functions->region_write(first, 0, 0x1400, 1, 4);
    functions->region_write(second, 0, 0x1400, 2, 4);
    expect(functions->region_read(first, 0, 0x1400, 4) == 1);
    expect(functions->region_read(second, 0, 0x1400, 4) == 2);
    functions->destroy(first);
    expect(functions->region_read(second, 0, 0x1400, 4) == 2);
    functions->destroy(second);
}

static void test_config(void)
{
    static uint8_t bytes[4 * 4096 + 1];
    GraceDevice *device = make("profile", "gh200-480gb");
    GraceConfig config = {sizeof(config), 4096,         bytes,
                          bytes + 4096,   bytes + 8192, bytes + 12288};

    memset(bytes, 0xcc, sizeof(bytes));
    expect(functions->config_attach(device, &config) == GRACE_OK);
    expect(bytes[0] == 0xde && bytes[1] == 0x10);
    expect(bytes[2] == 0x45 && bytes[3] == 0x23);
    for (int i = 0; i < 4096; i++) {
        expect((config.write_mask[i] & config.clear_mask[i]) == 0);
    }
    expect(bytes[sizeof(bytes) - 1] == 0xcc);
    functions->reset(device, GRACE_RESET_FUNCTION);
    functions->reset(device, 77);
    expect(bytes[sizeof(bytes) - 1] == 0xcc);
    functions->destroy(device);
}

static void test_clock(void)
{
    GraceDevice *device = make("hbm-ready-ms", "2");

    world.now = 5000000;
    functions->reset(device, GRACE_RESET_COLD);
    expect(world.deadline == 7000000);
    expect(world.modes[1] == GRACE_REGION_ONES);
    expect(functions->region_read(device, 0, 0x200bc, 4) == 0);
    functions->clock(device, 6999999);
    expect(functions->region_read(device, 0, 0x200bc, 4) == 0);
    functions->clock(device, 7000000);
    expect(functions->region_read(device, 0, 0x200bc, 4) == 0xff);
    expect(world.modes[1] == GRACE_REGION_MEMORY);
    expect(world.deadline == UINT64_MAX);
    functions->destroy(device);
}

static void test_faults(void)
{
    GraceError error = {.struct_size = sizeof(error)};
    GraceOption option = {"fault", "removed"};
    GraceDevice *device = make("reset-clears-memory", "on");

    world.present = 1;
    world.cleared = 0;
    functions->reset(device, GRACE_RESET_FUNCTION);
    expect(world.cleared == 96ull << 30);
    expect(functions->set(device, &option, &error) == GRACE_OK);
    expect(world.present == 0);
    option.value = "none";
    expect(functions->set(device, &option, &error) == GRACE_OK);
    expect(world.present == 1);
    option.value = "fire";
    expect(functions->set(device, &option, &error) == GRACE_E_OPTION);
    expect(strstr(error.message, "use one of: none, link-down") != NULL);
    option.name = "profile";
    expect(functions->set(device, &option, &error) == GRACE_E_OPTION);
    expect(strstr(error.message, "while the device runs") != NULL);
    functions->destroy(device);
}

static void test_snapshot(void)
{
    GraceError error = {.struct_size = sizeof(error)};
    GraceDevice *device = make("profile", "gh200-480gb");
    static uint8_t state[32768];
    uint32_t length = 0;

    functions->region_write(device, 0, 0x1400, 42, 4);
    engine_open(functions, device, TARGET_SYSTEM);
    functions->region_write(device, 0, ENGINE_PORT + 4, 43, 4);
    expect(functions->snapshot_save(device, NULL, 0, &length) == GRACE_E_SPACE);
    expect(length > 0 && length < sizeof(state));
    state[length - 1] = 0xcc;
    expect(functions->snapshot_save(device, state, length - 1, &length) ==
           GRACE_E_SPACE);
    expect(state[length - 1] == 0xcc);
    expect(functions->snapshot_save(device, state, sizeof(state), &length) ==
           GRACE_OK);
    functions->reset(device, GRACE_RESET_COLD);
    expect(functions->snapshot_load(device, NULL, 0, &error) == GRACE_E_STATE);
    expect(functions->snapshot_load(device, state, UINT32_MAX, &error) ==
           GRACE_E_STATE);
    expect(functions->snapshot_load(device, NULL, length, &error) ==
           GRACE_E_STATE);
    expect(functions->region_read(device, 0, 0x1400, 4) == 0);
    expect(functions->snapshot_load(device, state, length, &error) == GRACE_OK);
    expect(functions->region_read(device, 0, 0x1400, 4) == 42);
    expect(functions->region_read(device, 0, ENGINE_PORT + 4, 4) == 43);
    expect(functions->region_read(device, 0, ENGINE_LOCK, 4) == 0);
    functions->destroy(device);
}

static int32_t count_bytes(void *context, const uint8_t *bytes, uint32_t count)
{
    (void)bytes;
    *(uint32_t *)context += count;
    return 1;
}

static void test_firmware(void)
{
    GraceError error = {.struct_size = sizeof(error)};
    GraceDevice *device = make("numa-nodes", "8");
    const uint8_t path[] = {0x08, 0x00};
    GracePlacement placement = {device, 0, 1, 0, "PCI0", UINT32_MAX, path, 2};
    const uint8_t distances[] = {10, 33, 33, 10};
    const uint8_t flags[] = {GRACE_DOMAIN_HAS_PROCESSORS, 0};
    GraceTopology topology = {sizeof(topology), 0,    &placement, 1, 2, 128,
                              distances,        flags};
    uint32_t count = 0;

    expect(functions->firmware(&topology, GRACE_TABLE_SRAT, count_bytes, &count,
                               &error) == GRACE_OK);
    expect(count == 8 * 32 + 8 * 40);
    count = 0;
    expect(functions->firmware(&topology, GRACE_TABLE_SLIT, count_bytes, &count,
                               &error) == GRACE_OK);
    expect(count == 8 + 10 * 10);
    count = 0;
    // Nine domains have an initiator, ten are targets.
    expect(functions->firmware(&topology, GRACE_TABLE_HMAT, count_bytes, &count,
                               &error) == GRACE_OK);
    expect(count == 3 * (32 + 4 * (9 + 10) + 2 * 9 * 10));
    count = 0;
    topology.struct_size = 8;
    expect(functions->firmware(&topology, GRACE_TABLE_SRAT, count_bytes, &count,
                               &error) == GRACE_E_ARGUMENT);
    topology.struct_size = sizeof(topology);
    expect(functions->firmware(&topology, 77, count_bytes, &count, &error) ==
           GRACE_E_ARGUMENT);
    placement.root_name = "not a name";
    expect(functions->firmware(&topology, GRACE_TABLE_SSDT, count_bytes, &count,
                               &error) == GRACE_E_TOPOLOGY);
    placement.root_name = "PCI0";
    placement.path_count = 0;
    expect(functions->firmware(&topology, GRACE_TABLE_SSDT, count_bytes, &count,
                               &error) == GRACE_E_TOPOLOGY);
    expect(count == 0);
    topology.placement_count = 0;
    expect(functions->firmware(&topology, GRACE_TABLE_SSDT, count_bytes, &count,
                               &error) == GRACE_OK);
    expect(count == 0);
    functions->destroy(device);
}

static void test_lives(void)
{
    int line = test_lifetime(functions);

    expect(line == 0);
    if (line) {
        printf("# line %d of lifetime.c\n", line);
    }
}

static void test_no_memory(void)
{
    int line = test_scarcity(functions);

    expect(line == 0);
    if (line) {
        printf("# line %d of scarce.c\n", line);
    }
}

static void test_too_much(void)
{
    int line = test_absurdity(functions);

    expect(line == 0);
    if (line) {
        printf("# line %d of scarce.c\n", line);
    }
}

int main(int argc, char **argv)
{
    GraceError error = {.struct_size = sizeof(error)};

    if (argc < 3 || argc > 4 || (argc == 4 && strcmp(argv[3], "lives"))) {
        fprintf(stderr, "usage: abi-test PLUGIN SCRATCH-FOLDER [lives]\n");
        return 2;
    }
    /* What threads keep for themselves counts as used: mallinfo2(3). */
    if (!getenv("GLIBC_TUNABLES")) {
        setenv("GLIBC_TUNABLES", "glibc.malloc.tcache_count=0", 1);
        execv("/proc/self/exe", argv);
    }
    plugin = argv[1];
    scratch = argv[2];
    functions = grace_gpu_load(plugin, &error);
    if (!functions) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    run("a thousand lives lose nothing and grow nothing", test_lives);
    if (argc == 4) {
        return tap_end();
    }
    run("a file that is no plug-in is refused in a sentence", test_load_errors);
    run("a plug-in loads once and says its version", test_versions);
    run("options and hosts that do not fit are refused", test_create_errors);
    run("structures that are too short are refused", test_short_structures);
    run("indexes out of range are refused", test_indexes);
    run("an access of any place and size has a result", test_accesses);
    run("an access allocates and copies nothing", test_access_cost);
    run("an engine at work allocates and copies nothing", test_engine_cost);
    run("the engine moves bytes both ways, to both memories", test_engine);
    run("the doorbell sends messages, and only of own vectors", test_doorbell);
    run("two devices share nothing", test_two_devices);
    run("configuration space is filled, and nothing beside it", test_config);
    run("the clock brings up what is due", test_clock);
    run("a running device is broken and mended", test_faults);
    run("state is saved and loaded, or refused without effect", test_snapshot);
    run("tables reach the sink, errors do not", test_firmware);
    run("without memory a call fails, or does all of its work", test_no_memory);
    run("absurd sizes, lengths and counts are refused", test_too_much);
    return tap_end();
}
