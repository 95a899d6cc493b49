// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Runs the kernel's own VFIO selftests (tools/testing/selftests/vfio of the
 * kernel tree) on the GPUs, after what their scripts/setup.sh does: one result
 * for each program, with the results of its cases nested before it.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "files.h"
#include "ktap.h"
#include "options.h"
#include "pci.h"
#include "selftest.h"

#define MAX_GPUS 64

/*
 * The longest, vfio_pci_driver_test, maps 1 GiB for each of 35 cases, and has
 * limits of its own for each of them (30 s, one of 60 s).
 */
#define PROGRAM_LIMIT_SECONDS 600

/* Exit status of a program that ran nothing (KSFT_SKIP in kselftest.h). */
#define STATUS_SKIPPED 4

static struct pci_function gpus[MAX_GPUS];
static const char *addresses[MAX_GPUS + 1];

/* Those that vfio_dma_mapping_test maps: one page at a time, a few in case. */
static const struct {
    const char *folder;
    uint64_t count;
} pages[] = {
    {"/sys/kernel/mm/hugepages/hugepages-2048kB", 4},
    {"/sys/kernel/mm/hugepages/hugepages-1048576kB", 1},
};

static bool check_pages(void *context)
{
    (void)context;
    for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        char count[16];
        char path[128];
        uint64_t got;

        snprintf(count, sizeof(count), "%llu",
                 (unsigned long long)pages[i].count);
        snprintf(path, sizeof(path), "%s/nr_hugepages", pages[i].folder);
        write_text(path, count);
        if (!read_number(path, &got)) {
            return ktap_fail("%s cannot be read", path);
        }
        if (got < pages[i].count) {
            return ktap_fail("%s is %llu, not %s; give the guest 4 GiB", path,
                             (unsigned long long)got, count);
        }
    }
    return true;
}

static const char *driver(void)
{
    const struct options *options = options_get();

    if (options->driver) {
        return options->driver;
    }
    return options->representation == REPRESENTATION_BARE_METAL ? NVGRACE_DRIVER
                                                                : "vfio-pci";
}

static bool check_bind(void *context)
{
    char reason[256];

    return pci_bind(context, driver(), reason, sizeof(reason)) ||
           ktap_fail("%s", reason);
}

static bool check_program(void *context)
{
    struct selftest_end end;

    selftest_run(context, addresses, PROGRAM_LIMIT_SECONDS, &end);
    if (!end.started) {
        return ktap_fail("it cannot be started");
    }
    if (!end.in_time) {
        return ktap_fail("it did not end in %d seconds", PROGRAM_LIMIT_SECONDS);
    }
    if (WIFSIGNALED(end.status)) {
        return ktap_fail("SIG%s ended it", sigabbrev_np(WTERMSIG(end.status)));
    }
    if (WEXITSTATUS(end.status) == STATUS_SKIPPED) {
        return ktap_skip("%s", end.said);
    }
    if (WEXITSTATUS(end.status) != 0) {
        return ktap_fail("exit status %d", WEXITSTATUS(end.status));
    }
    return end.reported || ktap_fail("it gave no results");
}

static bool check_folder(void *context)
{
    (void)context;
    return ktap_fail(SELFTEST_FOLDER " has no program that grace.selftests "
                                     "asks for; append selftests.cpio.gz of "
                                     "scripts/build-selftests to the initrd");
}

static bool is_wanted(const char *name)
{
    const struct options *options = options_get();

    for (size_t i = 0; i < options->selftest_count; i++) {
        if (strcmp(options->selftests[i], name) == 0) {
            return true;
        }
    }
    return options->selftest_count == 0;
}

static void add_programs(void)
{
    struct dirent **entries;
    int count = scandir(SELFTEST_FOLDER, &entries, NULL, alphasort);
    int added = 0;

    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;

        if (name[0] != '.' && is_wanted(name)) {
            ktap_add(check_program, (void *)name, "%s", name);
            added++;
        }
    }
    if (added == 0) {
        ktap_add(check_folder, NULL, "there are selftests to run");
    }
}

int main(void)
{
    size_t count = pci_find_gpus(gpus, MAX_GPUS);

    /* Off by default, and what vfio_pci_sriov_uapi_test is about. */
    write_text("/sys/module/vfio_pci/parameters/enable_sriov", "Y");
    /*
     * vfio_pci_driver_test maps 1 GiB of shared memory for each case. In pages
     * of 4 KiB that takes eight seconds under TCG, in those of 2 MiB one.
     */
    write_text("/sys/kernel/mm/transparent_hugepage/shmem_enabled", "always");
    ktap_add(check_pages, NULL, "huge pages of 2 MiB and 1 GiB are reserved");
    for (size_t i = 0; i < count && i < MAX_GPUS; i++) {
        addresses[i] = gpus[i].address;
        ktap_add(check_bind, &gpus[i], "%s: %s binds the function",
                 gpus[i].address, driver());
    }
    add_programs();
    return ktap_run();
}
