// SPDX-License-Identifier: GPL-2.0-or-later
#include "memory-ops-machine.h"
#include "memory-ops.h"

#include <inttypes.h>
#include <pthread.h>
#include <string.h>

#include "guard.h"
#include "ktap.h"
#include "window.h"

#define THREADS 2
#define ROUNDS  100000

/* A few instructions: any time is enough. */
#define CODE_LIMIT_SECONDS 5

struct counting {
    volatile uint64_t *counter;
    void (*add_one)(volatile uint64_t *counter);
    const char *fault;
};

static void *count_up(void *argument)
{
    struct counting *counting = argument;
    sigjmp_buf point;

    if (sigsetjmp(point, 1) != 0) {
        /* The text belongs to this thread, which is about to end. */
        counting->fault = strdup(guard_describe());
        return NULL;
    }
    guard_set(&point);
    for (int i = 0; i < ROUNDS; i++) {
        counting->add_one(counting->counter);
    }
    guard_set(NULL);
    return NULL;
}

bool memory_check_counting(volatile uint8_t *address,
                           void (*add_one)(volatile uint64_t *))
{
    volatile uint64_t *counter = (volatile uint64_t *)address;
    struct counting counting[THREADS];
    pthread_t threads[THREADS];
    int started = 0;

    *counter = 0;
    while (started < THREADS) {
        int error;

        counting[started] = (struct counting){counter, add_one, NULL};
        error = pthread_create(&threads[started], NULL, count_up,
                               &counting[started]);
        if (error) {
            ktap_fail("a thread cannot be started: %s", strerror(error));
            break;
        }
        started++;
    }
    for (int i = 0; i < started; i++) {
        pthread_join(threads[i], NULL);
    }
    for (int i = 0; i < started; i++) {
        if (counting[i].fault) {
            return ktap_fail("%s", counting[i].fault);
        }
    }
    if (started < THREADS) {
        return false;
    }
    return *counter == (uint64_t)THREADS * ROUNDS ||
           ktap_fail("%d threads counted to %" PRIu64 ", not to %d", THREADS,
                     *counter, THREADS * ROUNDS);
}

bool memory_check_code(volatile uint8_t *address)
{
    /* Instructions have at least two bytes before and behind the border. */
    volatile uint8_t *border = address + page_bytes() - 4;
    uint64_t sum, product;

    /*
     * Where a driver allows PROT_EXEC and maps pages that are not executable,
     * as vfio-pci does on arm64, the kernel takes the same fault for ever.
     */
    guard_limit(CODE_LIMIT_SECONDS);
    sum = memory_run_sum(border, 1200, 34);
    product = memory_run_product(border, 1200, 34);
    guard_limit(0);
    return (sum == 1234 && product == 40800) ||
           ktap_fail("1200 + 34 gave %" PRIu64 " and 1200 * 34 gave %" PRIu64,
                     sum, product);
}
