/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Turns of guest and host: a program asks the host to do something to the
 * machine, by a line `# host: WORD ...` on the console, and waits until a line
 * on the serial input says that it is done.
 */
#ifndef GRACE_HOST_H
#define GRACE_HOST_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Asks, and waits for an answer that begins with the word `done`. Anything
 * else, or none within HOST_LIMIT_SECONDS, goes to ktap_fail().
 *
 * It waits without sleeping: with QEMU's instruction counter (-icount
 * sleep=off) the time of a guest that sleeps passes at once, and with it the
 * limit.
 */
bool host_ask(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * What the last answer said after `done`, for who asks for something of which
 * there is more than one kind; empty if nothing.
 */
const char *host_words(void);

#define HOST_LIMIT_SECONDS 30

/* Milliseconds of the guest's time, from any beginning. */
uint64_t now_ms(void);

/* Sleeps: in QEMU's instruction counter this costs nothing. */
void sleep_ms(uint64_t ms);

#endif
