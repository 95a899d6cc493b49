// SPDX-License-Identifier: GPL-2.0-or-later
#include "guard.h"

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MAX_NAMES 64

struct named_range {
    uintptr_t base;
    size_t bytes;
    char name[32];
    unsigned long long offset;
};

static struct named_range ranges[MAX_NAMES];
static size_t range_count;
static __thread sigjmp_buf *guard_point;
static __thread int fault_signal;
static __thread int fault_code;
static __thread uintptr_t fault_address;
static __thread char description[160];

static void on_fault(int number, siginfo_t *info, void *context)
{
    sigjmp_buf *point = guard_point;

    (void)context;
    if (!point) {
        signal(number, SIG_DFL);
        return;
    }
    guard_point = NULL;
    fault_signal = number;
    fault_code = info->si_code;
    fault_address = (uintptr_t)info->si_addr;
    siglongjmp(*point, 1);
}

void guard_install(void)
{
    struct sigaction action = {.sa_sigaction = on_fault,
                               .sa_flags = SA_SIGINFO};

    sigaction(SIGBUS, &action, NULL);
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGILL, &action, NULL);
    sigaction(SIGALRM, &action, NULL);
}

void guard_limit(unsigned seconds)
{
    alarm(seconds);
}

void guard_set(sigjmp_buf *point)
{
    guard_point = point;
}

int guard_run(void (*access)(void *context), void *context)
{
    sigjmp_buf *outer = guard_point;
    sigjmp_buf point;
    int signal_number = 0;

    if (sigsetjmp(point, 1) == 0) {
        guard_point = &point;
        access(context);
    } else {
        signal_number = fault_signal;
    }
    guard_point = outer;
    return signal_number;
}

void guard_name(const void *base, size_t bytes, const char *name,
                unsigned long long offset)
{
    /* Later mappings may reuse an address, so the newest name wins below. */
    struct named_range *range = &ranges[range_count % MAX_NAMES];

    range_count++;
    range->base = (uintptr_t)base;
    range->bytes = bytes;
    range->offset = offset;
    snprintf(range->name, sizeof(range->name), "%s", name);
}

struct guard_fault guard_last(void)
{
    return (struct guard_fault){fault_signal, fault_code,
                                (const void *)fault_address};
}

const char *guard_describe(void)
{
    size_t kept;

    if (fault_signal == SIGALRM) {
        return "it did not end within its time limit";
    }
    kept = range_count < MAX_NAMES ? range_count : MAX_NAMES;

    for (size_t i = 0; i < kept; i++) {
        struct named_range *range = &ranges[(range_count - 1 - i) % MAX_NAMES];
        if (fault_address - range->base < range->bytes) {
            snprintf(description, sizeof(description),
                     "SIG%s at %s offset 0x%llx", sigabbrev_np(fault_signal),
                     range->name,
                     range->offset + (fault_address - range->base));
            return description;
        }
    }
    snprintf(description, sizeof(description), "SIG%s at address 0x%llx",
             sigabbrev_np(fault_signal), (unsigned long long)fault_address);
    return description;
}
