// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Memory that goes bad under a program on a machine whose firmware tells the
 * kernel of it (ACPI's GHES): memory_failure() then says what the program gets.
 * Facts, for the host to judge.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bad-read.h"
#include "ktap.h"
#include "live-check.h"
#include "options.h"
#include "pattern.h"

#define PAGES      4
#define PAGE_BYTES 4096
#define SEED       900
#define BAD_PAGE   1

static struct window window;

static bool check_fill(void *context)
{
    if (!live_map(context, USEMEM_BAR, PAGES * PAGE_BYTES, &window)) {
        return false;
    }
    pattern_fill(window.base, PAGES * PAGE_BYTES, SEED);
    return pattern_check(window.base, PAGES * PAGE_BYTES, SEED, 0, "a mapping");
}

/*
 * The driver takes a mapping that ends before the page for one that has it
 * (nvgrace_gpu_pfn_to_vma_pgoff() in drivers/vfio/pci/nvgrace-gpu/main.c), so
 * memory_failure() finds no address there, and no better signal.
 */
static bool check_short_mapping(void *context)
{
    struct live *live = context;
    int status;
    pid_t pid;

    if (!host_ask("poison 0x%x", BAD_PAGE * PAGE_BYTES)) {
        return false;
    }
    pid = fork();
    if (pid == 0) {
        signal(SIGBUS, SIG_IGN);
        window_read(&window, BAD_PAGE * PAGE_BYTES + 128, 8);
        _exit(0);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid) {
        return ktap_fail("fork: %s", strerror(errno));
    }
    /* That other mapping, which this program has as well. */
    munmap((void *)live->kept.base, live->kept.bytes);
    if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL) {
        return ktap_fail("it ended with the status 0x%x", status);
    }
    return true;
}

/*
 * The kernel does not take a record twice in ten seconds
 * (GHES_ESTATUS_IN_CACHE_MAX_NSEC in drivers/acpi/apei/ghes.c); that of
 * another place is another one.
 */
static bool check_bad(void *context)
{
    (void)context;
    if (!host_ask("poison 0x%x", BAD_PAGE * PAGE_BYTES)) {
        return false;
    }
    bad_read(&window, BAD_PAGE * PAGE_BYTES, SEED, "poison");
    bad_read(&window, BAD_PAGE * PAGE_BYTES, SEED, "again");
    bad_read(&window, BAD_PAGE * PAGE_BYTES + 64, SEED, "elsewhere");
    bad_read(&window, (BAD_PAGE + 1) * PAGE_BYTES, SEED, "next page");
    return true;
}

static bool check_mended(void *context)
{
    (void)context;
    if (!host_ask("poison none")) {
        return false;
    }
    bad_read(&window, BAD_PAGE * PAGE_BYTES, SEED, "mend");
    return true;
}

void live_add_records(struct live *live)
{
    ktap_add(check_fill, live, "the memory holds what is written");
    if (options_get()->representation == REPRESENTATION_BARE_METAL) {
        ktap_add(check_short_mapping, live,
                 "a program that also has a mapping that ends before the page "
                 "is killed");
    }
    ktap_add(check_bad, NULL, "a page goes bad");
    ktap_add(check_mended, NULL, "the page is mended, and the guest goes on");
}
