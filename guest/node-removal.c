// SPDX-License-Identifier: GPL-2.0-or-later
/* The cases of node-check on memory that the kernel gives back. */
#include "node-check.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bound-memory.h"
#include "gpu-module.h"
#include "ktap.h"
#include "window.h"
#include "words.h"

#define USED_BYTES (64 * MIB)

/* The kernel tries to move a page until it can, or a signal comes. */
#define GIVE_UP_SECONDS 5

static void on_alarm(int number)
{
    (void)number;
}

/* In a child, as a signal ends the waiting of a whole program. */
static int remove_with_limit(const char *address)
{
    struct sigaction action = {.sa_handler = on_alarm};
    pid_t pid = fork();
    int status = 0;

    if (pid == 0) {
        sigaction(SIGALRM, &action, NULL);
        alarm(GIVE_UP_SECONDS);
        _exit(gpu_module_remove(address));
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status)) {
        return ECHILD;
    }
    return WEXITSTATUS(status);
}

/* A page that a pipe has: neither the program nor the kernel can move it. */
static bool put_into_pipe(volatile uint8_t *page, int ends[2])
{
    struct iovec part = {(void *)page, page_bytes()};

    if (pipe(ends) != 0) {
        return ktap_fail("no pipe can be made: %s", strerror(errno));
    }
    return vmsplice(ends[1], &part, 1, 0) == (ssize_t)part.iov_len ||
           ktap_fail("vmsplice: %s", strerror(errno));
}

static bool drain(int ends[2], uint64_t seed)
{
    static _Alignas(8) uint8_t bytes[65536];
    size_t page = page_bytes();
    bool done = read(ends[0], bytes, page) == (ssize_t)page;

    close(ends[0]);
    close(ends[1]);
    return (done || ktap_fail("the pipe has lost the page")) &&
           words_check(bytes, page, seed);
}

static bool check_refused(const struct node_gpu *gpu)
{
    const char *address = gpu->function.address;
    int error = remove_with_limit(address);
    /* The child reads the log through the same open file. */
    const char *sentence = gpu_module_sentence();

    if (error == 0) {
        return ktap_fail("the memory was removed although a pipe has a page "
                         "of it");
    }
    return (strstr(sentence, "cannot be taken back") &&
            strstr(sentence, address) && node_block_bytes(gpu->node) > 0) ||
           ktap_fail("the removal gives %s, and the sentence \"%s\"; node %u "
                     "has %" PRIu64 " bytes",
                     strerror(error), sentence, gpu->node,
                     node_block_bytes(gpu->node));
}

static bool check_held(void *context)
{
    const struct node_gpu *gpu = context;
    volatile uint8_t *page;
    int ends[2];
    bool refused;

    if (!node_is_there(gpu)) {
        return false;
    }
    page = bound_memory_map(gpu->node, page_bytes(), 0);
    if (!page) {
        return false;
    }
    words_fill(page, page_bytes(), 41);
    if (!put_into_pipe(page, ends)) {
        return false;
    }
    refused = check_refused(gpu);
    return drain(ends, 41) && refused;
}

static bool check_removal(void *context)
{
    struct node_gpu *gpu = context;
    volatile uint8_t *base;
    int error;
    bool done;

    if (!node_is_there(gpu)) {
        return false;
    }
    base = bound_memory_map(gpu->node, USED_BYTES, 0);
    if (!base) {
        return false;
    }
    words_fill(base, USED_BYTES, 42);
    error = gpu_module_remove(gpu->function.address);
    done = error ? ktap_fail("the removal gives %s, and the sentence \"%s\"",
                             strerror(error), gpu_module_sentence())
                 : node_check_gone(gpu);
    done = done && words_check(base, USED_BYTES, 42);
    bound_memory_unmap(base, USED_BYTES);
    return done;
}

static bool check_removed(void *context)
{
    const struct node_gpu *gpu = context;
    int error = gpu_module_remove(gpu->function.address);

    return (error == ENODEV &&
            strstr(gpu_module_sentence(), "there is no memory of")) ||
           ktap_fail("the second removal gives %s, not %s", strerror(error),
                     strerror(ENODEV));
}

void add_busy_removal_cases(struct node_gpu *gpu, const char *label)
{
    ktap_add(check_held, gpu,
             "%s: while a pipe holds a page of it, removal fails with a "
             "sentence",
             label);
    ktap_add(check_removal, gpu,
             "%s: removal moves 64 MiB of a program away, with their bytes",
             label);
    ktap_add(check_removed, gpu, "%s: what was removed cannot be removed again",
             label);
}

static bool check_unload(void *context)
{
    struct node_test *test = context;
    int error = gpu_module_unload();

    if (error) {
        return ktap_fail("%s cannot be unloaded: %s", GPU_MODULE,
                         strerror(error));
    }
    for (size_t i = 0; i < test->count; i++) {
        if (!node_check_gone(&test->gpus[i])) {
            return false;
        }
    }
    return true;
}

void add_unload_case(struct node_test *test, const char *name)
{
    ktap_add(check_unload, test, "%s", name);
}
