// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Gives a GPU whose memory is in BARs things to keep, has the host move the
 * machine to another QEMU, whole and with each kind of fault, and looks for
 * them there. A host may also save the machine and go back to that; then all is
 * overwritten in between. It needs no driver, so it is for x86_64 too.
 */
#include <inttypes.h>
#include <linux/pci_regs.h>
#include <string.h>

#include "bar-map.h"
#include "clock.h"
#include "config-space.h"
#include "files.h"
#include "host.h"
#include "ktap.h"
#include "options.h"
#include "pattern.h"
#include "sizes.h"

/* docs/device.md: registers that software can use as it likes. */
#define SCRATCH       0x001400
#define SCRATCH_COUNT 16
#define BOOT_0        0x000000
#define LINK_STATUS   0x001498
#define BOOT_STATUS   0x0200bc
#define READY         0xff
/* A reset takes 60 ms, on a host that may have other things to do. */
#define PATIENCE_MS 10000
/* The port of the data memory of a GH100's engine: advances with reads. */
#define DATA_PORT  0x8441c0
#define ADVANCE    0x03000000
#define DATA_WORDS 16
#define DOORBELL   0xfff000
#define RINGS      3

/* First and last page of BAR2 and BAR4. */
#define MAX_PLACES   4
#define HEADER_WORDS (PCI_STD_HEADER_SIZEOF / 4)
#define FLAG_WORD    (PCI_COMMAND / 4)

static struct {
    struct pci_function function;
    struct window registers;
    struct place {
        int bar;
        uint64_t offset;
        struct window window;
    } places[MAX_PLACES];
    size_t place_count;
    uint32_t header[HEADER_WORDS];
    bool has_engine;
} state;

/* What is written to the places when it is not what they are to keep. */
#define OTHER_SEED 900

static uint32_t scratch_value(unsigned index)
{
    return 0x5c000000 + index * 0x010203;
}

static uint32_t get(uint32_t offset)
{
    return (uint32_t)window_read(&state.registers, offset, 4);
}

static void set(uint32_t offset, uint32_t value)
{
    window_write(&state.registers, offset, 4, value);
}

static bool is(uint32_t found, uint32_t expected, const char *what)
{
    return found == expected || ktap_fail("%s is 0x%" PRIx32 ", not 0x%" PRIx32,
                                          what, found, expected);
}

static bool add_places(int bar, uint64_t bytes)
{
    const uint64_t offsets[] = {0, bytes - page_bytes()};

    for (size_t i = 0; bytes > 0 && i < 2; i++) {
        struct place *place = &state.places[state.place_count];

        place->bar = bar;
        place->offset = offsets[i];
        if (!bar_map(&state.function, bar, true, place->offset, page_bytes(),
                     &place->window)) {
            return false;
        }
        pattern_fill(place->window.base, page_bytes(), state.place_count++);
    }
    return true;
}

static bool fill_memory(void)
{
    const struct options *options = options_get();
    struct memory_layout layout;

    /* With an aperture BAR2 shows what BAR4 does, up to the latter's end. */
    return (memory_layout(options->memory, options->divided,
                          options->chip->has_aperture, &layout) ||
            ktap_fail("grace.memory is too small")) &&
           (options->chip->has_aperture ||
            add_places(RESMEM_BAR, bar2_part(&layout, true).bytes)) &&
           add_places(USEMEM_BAR, layout.usemem.bytes);
}

static bool memory_is_there(void)
{
    for (size_t i = 0; i < state.place_count; i++) {
        const struct place *place = &state.places[i];

        if (!pattern_check(place->window.base, page_bytes(), i, place->offset,
                           place->bar == USEMEM_BAR ? "BAR4" : "BAR2")) {
            return false;
        }
    }
    return true;
}

static bool memory_is_away(void)
{
    for (size_t i = 0; i < state.place_count; i++) {
        const struct place *place = &state.places[i];
        const uint64_t found = window_read(&place->window, 0, 8);

        if (found != UINT64_MAX) {
            return ktap_fail("BAR%d reads 0x%" PRIx64 " at 0x%" PRIx64,
                             place->bar, found, place->offset);
        }
    }
    return true;
}

static void fill_registers(void)
{
    for (unsigned i = 0; i < SCRATCH_COUNT; i++) {
        set(SCRATCH + 4 * i, scratch_value(i));
    }
    for (unsigned i = 0; i < RINGS; i++) {
        set(DOORBELL, i);
    }
    set(DATA_PORT, ADVANCE);
    for (unsigned i = 0; i < DATA_WORDS; i++) {
        set(DATA_PORT + 4, scratch_value(i));
    }
    set(DATA_PORT, ADVANCE);
}

static bool registers_are_there(void)
{
    bool good = is(get(DOORBELL), RINGS, "the count of the doorbell");

    for (unsigned i = 0; good && i < SCRATCH_COUNT; i++) {
        good = is(get(SCRATCH + 4 * i), scratch_value(i), "a scratch register");
    }
    for (unsigned i = 0; good && state.has_engine && i < DATA_WORDS; i++) {
        good = is(get(DATA_PORT + 4), scratch_value(i),
                  "a word of the data memory");
    }
    return good;
}

static bool read_header(uint32_t words[HEADER_WORDS])
{
    for (unsigned i = 0; i < HEADER_WORDS; i++) {
        if (!config_read(state.function.address, 4 * i, 4, &words[i])) {
            return false;
        }
    }
    return true;
}

/* BARs and Command, as the one who brings a function back has to. */
static bool restore_header(void)
{
    for (unsigned i = HEADER_WORDS; i-- > FLAG_WORD;) {
        if (!config_write(state.function.address, 4 * i, 4, state.header[i])) {
            return false;
        }
    }
    return true;
}

static bool header_is_there(void)
{
    uint32_t found[HEADER_WORDS];

    return read_header(found) &&
           (memcmp(found, state.header, sizeof(found)) == 0 ||
            ktap_fail("the header of configuration space has changed: Command "
                      "and Status are 0x%08" PRIx32 ", were 0x%08" PRIx32,
                      found[FLAG_WORD], state.header[FLAG_WORD]));
}

static bool function_is_gone(const char *when)
{
    uint32_t found;

    return config_read(state.function.address, PCI_VENDOR_ID, 4, &found) &&
           is(found, UINT32_MAX, when);
}

/* Makes all that the GPU keeps something else, as far as it can be reached. */
static void overwrite(void)
{
    for (size_t i = 0; i < state.place_count; i++) {
        pattern_fill(state.places[i].window.base, page_bytes(), OTHER_SEED + i);
    }
    for (unsigned i = 0; i < SCRATCH_COUNT; i++) {
        set(SCRATCH + 4 * i, ~scratch_value(i));
    }
    set(DOORBELL, 0);
    set(DATA_PORT, ADVANCE);
    for (unsigned i = 0; i < DATA_WORDS; i++) {
        set(DATA_PORT + 4, ~scratch_value(i));
    }
}

/*
 * A host that saved the machine says "overwrite", and gets back to that when it
 * is asked: then the answer to "move" comes a second time, and is another.
 */
static bool move(void)
{
    if (!host_ask("move")) {
        return false;
    }
    if (strcmp(host_words(), "overwrite") != 0) {
        return true;
    }
    overwrite();
    return config_write(state.function.address, PCI_CACHE_LINE_SIZE, 1, 0xa5) &&
           host_ask("back") &&
           ktap_fail("the machine is not the one that was saved");
}

static bool check_fill(void *context)
{
    (void)context;
    if (!write_text(pci_path(&state.function, "enable"), "1")) {
        return ktap_fail("the function cannot be enabled");
    }
    if (!bar_map(&state.function, 0, false, 0, REGISTER_BAR_BYTES,
                 &state.registers) ||
        !fill_memory() ||
        !config_write(state.function.address, PCI_CACHE_LINE_SIZE, 1, 0x5a) ||
        !read_header(state.header)) {
        return false;
    }
    state.has_engine = strcmp(options_get()->chip->name, "gh100") == 0;
    fill_registers();
    return true;
}

static bool check_move(void *context)
{
    (void)context;
    return move();
}

static bool check_all(void *context)
{
    (void)context;
    return header_is_there() && registers_are_there() && memory_is_there();
}

static bool check_link_down(void *context)
{
    (void)context;
    return host_ask("fault link-down") && memory_is_away() && move() &&
           memory_is_away() && header_is_there() && host_ask("fault none") &&
           memory_is_there();
}

/* Memory reads as ones until then. */
static bool becomes_ready(void)
{
    for (int i = 0; i < PATIENCE_MS; i++) {
        if (get(LINK_STATUS) == READY && get(BOOT_STATUS) == READY) {
            return true;
        }
        clock_sleep_ms(1);
    }
    return ktap_fail("the memory is not ready %d ms after a reset",
                     PATIENCE_MS);
}

/* What is gone comes back reset, with its memory. */
static bool comes_back(void)
{
    fill_registers();
    return host_ask("fault none") && restore_header() && header_is_there() &&
           is(get(SCRATCH), 0, "a scratch register after a reset") &&
           becomes_ready() && memory_is_there();
}

static bool check_removed(void *context)
{
    (void)context;
    return host_ask("fault removed") &&
           function_is_gone("the id of a function that is gone") && move() &&
           function_is_gone("its id after the move") && comes_back();
}

/* Without the driver's help, which would wait a minute for the function. */
static bool check_hung_reset(void *context)
{
    const char *address = state.function.address;
    unsigned express;
    uint32_t control;

    (void)context;
    return host_ask("fault flr-hangs") &&
           config_find(address, PCI_CAP_ID_EXP, &express) &&
           config_read(address, express + PCI_EXP_DEVCTL, 2, &control) &&
           config_write(address, express + PCI_EXP_DEVCTL, 2,
                        control | PCI_EXP_DEVCTL_BCR_FLR) &&
           function_is_gone("the id of a function whose reset hangs") &&
           move() && function_is_gone("its id after the move") && comes_back();
}

int main(int argc, char **argv)
{
    if (argc != 2 || !pci_read(argv[1], &state.function)) {
        ktap_line("# move-bars needs one argument, the address of a function");
        return 2;
    }
    if (options_get()->problem[0]) {
        ktap_line("# %s", options_get()->problem);
        return 2;
    }
    ktap_add(check_fill, NULL, "the GPU is given things to keep");
    ktap_add(check_move, NULL, "the host moves the machine");
    ktap_add(check_all, NULL, "the GPU has them where the machine then is");
    ktap_add(check_link_down, NULL,
             "a link that is down is down there, and comes up");
    ktap_add(check_removed, NULL,
             "a function that is gone is gone there, and comes back");
    ktap_add(check_hung_reset, NULL,
             "a reset that hangs goes on there, until the fault is gone");
    return ktap_run();
}
