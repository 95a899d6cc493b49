// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Gives a GPU things to keep, has the host move the machine to another QEMU,
 * and looks for them there: once while all is in use, and once while the GPU is
 * not ready after a reset. The driver is upstream's.
 */
#include "move-check.h"

#include <inttypes.h>
#include <linux/vfio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "clock.h"
#include "guard.h"
#include "host.h"
#include "ktap.h"
#include "options.h"
#include "pattern.h"
#include "promise-check.h"

/* The page that goes bad, in region 4. */
#define BAD_AT   (32 * MIB)
#define BAD_SEED 720

#define MASKED_VECTOR 7
#define VECTORS       9
#define MSIX_CONTROL  (MSIX_TABLE + MASKED_VECTOR * 16 + 12)

/* How far two clocks may be apart that are read one after the other. */
#define SLACK_MS 100

static bool check_open(void *context)
{
    struct move *move = context;
    struct engine *engine = &move->engine;
    char reason[256];

    if (!pci_bind_nvgrace(&engine->function, reason, sizeof(reason))) {
        return ktap_fail("%s", reason);
    }
    return vfio_open_group(&engine->device) && vfio_reset(&engine->device) &&
           vfio_enable_memory(&engine->device) &&
           engine_set_bus_master(engine, true) &&
           engine_map_registers(engine) &&
           engine_wait(engine, LINK_READY, IS_READY) &&
           engine_wait(engine, BOOT_READY, IS_READY);
}

/* A vector that is masked keeps what was rung for it. */
static bool fill_interrupts(struct move *move)
{
    struct engine *engine = &move->engine;

    if (!vectors_set_up(engine, VFIO_PCI_MSIX_IRQ_INDEX, VECTORS) ||
        !vector_rings(engine, 0)) {
        return false;
    }
    engine_write(engine, MSIX_CONTROL, 1);
    doorbell_ring(engine, MASKED_VECTOR);
    move->bell_count = 2;
    return promise_equal(engine_read(engine, MSIX_PENDING), 1U << MASKED_VECTOR,
                         "the pending bits");
}

static bool fill_bad_page(struct move *move)
{
    move->bad =
        engine_region(&move->engine, USEMEM_BAR, BAD_AT, 3 * page_bytes());
    if (!move->bad) {
        return false;
    }
    pattern_fill(move->bad, 3 * page_bytes(), BAD_SEED);
    return host_ask("poison 0x%llx",
                    (unsigned long long)(BAD_AT + page_bytes()));
}

static bool check_fill(void *context)
{
    struct move *move = context;

    if (!move_fill_memory(move) || !fill_interrupts(move) ||
        !engine_show_buffer(&move->engine) || !move_fill_engine(move) ||
        !move_fill_messages(move) || !move_fill_registers(move) ||
        !move_fill_config(move) || !fill_bad_page(move) ||
        !traffic_start(move)) {
        return false;
    }
    move->clock = clock_ns();
    move->timer = move_timer(move);
    return true;
}

static bool check_move(void *context)
{
    (void)context;
    return host_ask("move");
}

static bool check_timer(void *context)
{
    const struct move *move = context;
    const uint64_t clock = clock_ns() - move->clock;
    const uint64_t timer = move_timer(move) - move->timer;
    const uint64_t apart = clock > timer ? clock - timer : timer - clock;

    ktap_line("# %" PRIu64 " ms passed", clock / NS_PER_MS);
    return apart < SLACK_MS * NS_PER_MS ||
           ktap_fail("the timer went on by %" PRIu64
                     " ns, the guest's clock by %" PRIu64 " ns",
                     timer, clock);
}

static bool check_traffic(void *context)
{
    (void)context;
    return traffic_stop();
}

static bool check_memory(void *context)
{
    return move_find_memory(context);
}

static bool check_registers(void *context)
{
    return move_find_registers(context);
}

static bool check_config(void *context)
{
    return move_find_config(context);
}

static bool check_engine_memory(void *context)
{
    return move_find_engine_memory(context);
}

static bool check_answer(void *context)
{
    return move_find_answer(context);
}

static bool check_messages(void *context)
{
    return move_find_messages(context);
}

static bool check_interrupt(void *context)
{
    struct engine *engine = &((struct move *)context)->engine;

    if (!promise_equal(engine_read(engine, MSIX_PENDING), 1U << MASKED_VECTOR,
                       "the pending bits")) {
        return false;
    }
    engine_write(engine, MSIX_CONTROL, 0);
    return vector_came(MASKED_VECTOR) && vector_rings(engine, 3);
}

static void read_byte(void *address)
{
    (void)*(volatile uint8_t *)address;
}

static bool check_bad_page(void *context)
{
    struct move *move = context;
    const size_t page = page_bytes();

    for (size_t i = 0; i < 3; i++) {
        const int expected = i == 1 ? SIGBUS : 0;
        const int found = guard_run(read_byte, move->bad + i * page);

        if (found != expected) {
            return ktap_fail("reading page %zu of three gives signal %d, not "
                             "%d",
                             i, found, expected);
        }
    }
    return host_ask("poison none") &&
           pattern_check(move->bad, 3 * page, BAD_SEED, BAD_AT, "region 4");
}

/* One block out to system memory. */
static bool check_transfer(void *context)
{
    struct engine *engine = &((struct move *)context)->engine;
    const struct transfer out = {
        .address = engine->bus, .size = MAX_SIZE, .out = true};

    memset(engine->buffer, 0, BUFFER_BYTES);
    engine_fill_data(engine, 730);
    return engine_transfer(engine, &out, RESULT_DONE) &&
           pattern_check(engine->buffer, MAX_SIZE, 730, 0, "DMA");
}

/* Nothing of the guest's time passes while it moves, and the rest does. */
static bool check_reset(void *context)
{
    struct engine *engine = &((struct move *)context)->engine;
    const uint64_t ready = options_get()->ready_ms * NS_PER_MS;
    const uint64_t before = clock_ns();
    uint64_t after, now;

    if (!vfio_reset(&engine->device) || !vfio_enable_memory(&engine->device)) {
        return false;
    }
    after = clock_ns();
    if (!promise_equal(engine_read(engine, BOOT_READY) != IS_READY, true,
                       "that it is not ready after the reset") ||
        !host_ask("move paused")) {
        return false;
    }
    now = clock_ns();
    if (!promise_equal(engine_read(engine, BOOT_READY) != IS_READY, true,
                       "that it is not ready yet, %" PRIu64 " ms later,",
                       (now - after) / NS_PER_MS)) {
        return false;
    }
    while (engine_read(engine, BOOT_READY) != IS_READY) {
        if (clock_ns() > after + ready + SLACK_MS * NS_PER_MS) {
            return ktap_fail("it is not ready %" PRIu64 " ms after the reset",
                             (clock_ns() - after) / NS_PER_MS);
        }
    }
    now = clock_ns();
    ktap_line("# ready %" PRIu64 " ms after the reset's start",
              (now - before) / NS_PER_MS);
    return now >= before + ready ||
           ktap_fail("it is ready %" PRIu64 " ms after the reset's start",
                     (now - before) / NS_PER_MS);
}

static bool check_again(void *context)
{
    struct move *move = context;
    struct engine *engine = &move->engine;

    return engine_set_bus_master(engine, true) && engine_enable(engine) &&
           check_transfer(move) && vector_rings(engine, 5);
}

static bool prepare(struct move *move)
{
    const struct options *options = options_get();
    struct engine *engine = &move->engine;

    engine->buffer = aligned_alloc(BUFFER_BYTES, BUFFER_BYTES);
    if (!engine->buffer || mlock(engine->buffer, BUFFER_BYTES) != 0) {
        return false;
    }
    engine->bus = BUFFER_IOVA;
    engine->extent = BUFFER_BYTES;
    engine->device = (struct vfio_device){&engine->function, -1, -1, -1, -1};
    engine->chip = options->chip;
    engine->memory = options->memory;
    return memory_layout(options->memory, options->divided,
                         options->chip->has_aperture, &engine->layout);
}

int main(int argc, char **argv)
{
    static struct move move;
    const struct options *options = options_get();

    if (argc != 2 || !pci_read(argv[1], &move.engine.function)) {
        ktap_line("# move-check needs one argument, the address of a function");
        return 2;
    }
    if (options->problem[0] || !options->ready_ms) {
        ktap_line("# %s", options->problem[0]
                              ? options->problem
                              : "grace.ready-ms is missing, the time from a "
                                "reset until the GPU is ready");
        return 2;
    }
    if (!prepare(&move)) {
        ktap_line("# there is no memory to use; give the guest more with -m");
        return 2;
    }
    ktap_add(check_open, &move, "the driver binds and the device opens");
    ktap_add(check_fill, &move, "the GPU is given things to keep");
    ktap_add(check_move, &move, "the host moves the machine while all is used");
    ktap_add(check_timer, &move, "the timer went on with the guest's clock");
    ktap_add(check_traffic, &move,
             "what CPU and DMA wrote to memory meanwhile is there");
    ktap_add(check_memory, &move, "coherent memory has its contents");
    ktap_add(check_registers, &move,
             "registers have their values, the doorbell its count");
    ktap_add(check_config, &move, "configuration space is as it was");
    ktap_add(check_engine_memory, &move,
             "the engine's memories have their contents, its ports their "
             "places");
    ktap_add(check_answer, &move,
             "an answer of the security processor still waits");
    ktap_add(check_messages, &move,
             "messages to it that were sent in part can be sent to the end");
    ktap_add(check_interrupt, &move,
             "a message that a mask held back comes once it is gone");
    ktap_add(check_bad_page, &move,
             "a bad page is bad, and whole when the host says so");
    ktap_add(check_transfer, &move, "DMA to system memory works");
    ktap_add(check_reset, &move,
             "a GPU that moves before it is ready is ready at its time");
    ktap_add(check_memory, &move, "its memory has its contents after that");
    ktap_add(check_again, &move, "DMA and interrupts work after that");
    return ktap_run();
}
