// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The first program of the guest: prepares the system, runs the tests as
 * grace.* on the kernel's command line asks, and powers off.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "facts.h"
#include "kernel-log.h"
#include "ktap.h"
#include "options.h"
#include "pci.h"
#include "runner.h"
#include "setup.h"
#include "shell.h"

#define MAX_GPUS 64

/* A test that takes longer hangs: a whole run takes a few seconds. */
#define LIMIT_SECONDS 60
/* For many cases with a reset each, and messages that have to be waited for. */
#define PROMISE_LIMIT_SECONDS 180
/* For tests that wait for a driver that waits, minutes in all. */
#define LONG_LIMIT_SECONDS 3600

/* A program, and whether it runs once for each GPU. */
static const struct program {
    const char *name;
    bool for_each_gpu;
    bool in_vm;
    bool in_bare_metal;
    /* Only if grace.tests names it. */
    bool is_extra;
    int limit_seconds;
} programs[] = {
    {"sysfs-check", false, true, true, false, LIMIT_SECONDS},
    /* On the host the driver has the BARs, where there is one. */
    {"bar-check", true, true, !HAS_NVGRACE, false, LIMIT_SECONDS},
    {"vfio-check", true, false, HAS_NVGRACE, false, LIMIT_SECONDS},
    {"promise-check", true, false, HAS_NVGRACE, true, PROMISE_LIMIT_SECONDS},
    {"engine-check", true, HAS_NVGRACE, HAS_NVGRACE, true,
     PROMISE_LIMIT_SECONDS},
    {"life-check", true, true, HAS_NVGRACE, true, LONG_LIMIT_SECONDS},
    /* The host has to take part. */
    {"live-check", false, HAS_NVGRACE, HAS_NVGRACE, true, LONG_LIMIT_SECONDS},
    {"move-bars", true, true, false, true, PROMISE_LIMIT_SECONDS},
    {"move-check", true, false, HAS_NVGRACE, true, PROMISE_LIMIT_SECONDS},
    /* Not beside bar-check, which leaves a part of BAR4 with the kernel. */
    {"node-check", false, true, false, true, LONG_LIMIT_SECONDS},
    /* They measure, and judge nothing. */
    {"speed-registers", false, HAS_NVGRACE, false, true, LONG_LIMIT_SECONDS},
    {"speed-touch", false, HAS_NVGRACE, false, true, LIMIT_SECONDS},
    {"speed-memory", false, HAS_NVGRACE, HAS_NVGRACE, true, LONG_LIMIT_SECONDS},
    {"speed-engine", false, false, HAS_NVGRACE, true, LONG_LIMIT_SECONDS},
    /* A guest of a guest that has the GPU; the host takes part. */
    {"passthrough-check", false, HAS_NVGRACE, false, true, LIMIT_SECONDS},
    /* It runs guests of this guest, whose VMM is in an archive of its own. */
    {"nested-check", false, false, HAS_NVGRACE, true, LONG_LIMIT_SECONDS},
    /* They are in an archive of their own. */
    {"vfio-selftests", false, HAS_NVGRACE, HAS_NVGRACE, true,
     LONG_LIMIT_SECONDS},
};

#define PROGRAM_COUNT (sizeof(programs) / sizeof(programs[0]))

static struct pci_function gpus[MAX_GPUS];
static size_t gpu_count;

static uint64_t uptime_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_BOOTTIME, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void print_boot_fact(uint64_t boot_ms)
{
    struct utsname name;

    uname(&name);
    fact_begin("boot");
    fact_string("kernel", name.release);
    fact_uint("uptime_ms", boot_ms);
    fact_uint("cpus", (uint64_t)sysconf(_SC_NPROCESSORS_ONLN));
    fact_uint("page_size", (uint64_t)sysconf(_SC_PAGESIZE));
    fact_end();
}

static bool is_wanted(const struct program *program)
{
    bool is_vm = options_get()->representation == REPRESENTATION_VM;

    return (is_vm ? program->in_vm : program->in_bare_metal) &&
           (program->is_extra ? options_name(program->name)
                              : options_want(program->name));
}

/* GPUs that exist, and those that should: a missing one fails its programs. */
static size_t gpus_to_test(void)
{
    uint64_t expected = options_get()->gpus;

    return expected > gpu_count && expected <= MAX_GPUS ? (size_t)expected
                                                        : gpu_count;
}

static unsigned count_results(void)
{
    unsigned count = 2;

    for (size_t i = 0; i < PROGRAM_COUNT; i++) {
        if (is_wanted(&programs[i])) {
            count += programs[i].for_each_gpu ? (unsigned)gpus_to_test() : 1;
        }
    }
    return count;
}

static bool runs_here(const char *name)
{
    for (size_t i = 0; i < PROGRAM_COUNT; i++) {
        if (strcmp(name, programs[i].name) == 0) {
            return is_wanted(&programs[i]);
        }
    }
    return strcmp(name, "all") == 0;
}

/* Whether grace.tests names only programs that run here. */
static bool check_tests(void)
{
    const struct options *options = options_get();

    for (size_t i = 0; i < options->test_count; i++) {
        if (!runs_here(options->tests[i])) {
            ktap_line("# command-line: grace.tests names \"%s\", which is no "
                      "program of the %s representation; see guest/README.md",
                      options->tests[i],
                      representation_name(options->representation));
            return false;
        }
    }
    return true;
}

static void report_command_line(unsigned number)
{
    const char *problem = options_get()->problem;
    bool passed = !problem[0];

    if (!passed) {
        ktap_line("# command-line: %s", problem);
    }
    passed = check_tests() && passed;
    ktap_line("%s %u command-line", passed ? "ok" : "not ok", number);
}

static void report_gpu_count(unsigned number)
{
    bool passed = gpu_count == options_get()->gpus;

    if (!passed) {
        ktap_line("# gpu-count: the guest found %zu GPUs, and grace.gpus says "
                  "%llu",
                  gpu_count, (unsigned long long)options_get()->gpus);
    }
    ktap_line("%s %u gpu-count", passed ? "ok" : "not ok", number);
}

/*
 * In bare-metal, everything is to be seen as on a Grace host, where the driver
 * is bound. Whether it is, vfio-check judges.
 */
static void bind_driver(void)
{
    char reason[256];

    if (options_get()->representation != REPRESENTATION_BARE_METAL ||
        !HAS_NVGRACE) {
        return;
    }
    for (size_t i = 0; i < gpu_count; i++) {
        if (!pci_bind_nvgrace(&gpus[i], reason, sizeof(reason))) {
            ktap_line("# %s", reason);
        }
    }
}

static void run_tests(void)
{
    unsigned number = 1;

    ktap_plan(count_results());
    report_command_line(number++);
    report_gpu_count(number++);
    for (size_t i = 0; i < PROGRAM_COUNT; i++) {
        const struct program *program = &programs[i];
        if (!is_wanted(program)) {
            continue;
        }
        if (!program->for_each_gpu) {
            run_program(number++, program->name, NULL, program->limit_seconds);
            continue;
        }
        for (size_t j = 0; j < gpus_to_test(); j++) {
            if (j < gpu_count) {
                run_program(number++, program->name, gpus[j].address,
                            program->limit_seconds);
            } else {
                ktap_line("# %s: GPU %zu of %zu is missing", program->name,
                          j + 1, gpus_to_test());
                ktap_line("not ok %u %s", number++, program->name);
            }
        }
    }
}

int main(void)
{
    uint64_t boot_ms = uptime_ms();

    if (getpid() != 1) {
        fprintf(stderr, "init must be the first process of a guest; boot it "
                        "as /init of an initramfs\n");
        return 2;
    }
    setup_mounts();
    setup_console();
    kernel_log_silence_console();
    if (options_get()->shell) {
        shell_run();
        power_off();
    }

    gpu_count = pci_find_gpus(gpus, MAX_GPUS);
    if (gpu_count > MAX_GPUS) {
        gpu_count = MAX_GPUS;
    }
    /* Firmware may have left the cursor inside a line. */
    ktap_line("%s", "");
    print_boot_fact(boot_ms);
    bind_driver();
    run_tests();
    kernel_log_print_facts();
    fact_begin("end");
    fact_uint("uptime_ms", uptime_ms());
    fact_end();
    power_off();
}
