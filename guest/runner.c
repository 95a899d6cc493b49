// SPDX-License-Identifier: GPL-2.0-or-later
#include "runner.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "facts.h"
#include "ktap.h"

/* How long a killed program may take to end: it may be inside a driver. */
#define KILL_LIMIT_SECONDS 10

struct outcome {
    bool passed;
    /* What KTAP has for failures other than of cases; or empty. */
    char directive[64];
};

static uint64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static pid_t start(const char *name, const char *argument)
{
    char path[64];
    char *arguments[] = {path, (char *)argument, NULL};
    pid_t pid;

    snprintf(path, sizeof(path), "/bin/%s", name);
    pid = fork();
    if (pid == 0) {
        setenv(KTAP_INDENT, "2", 1);
        execv(path, arguments);
        ktap_line("# %s cannot be started: %s", path, strerror(errno));
        _exit(2);
    }
    return pid;
}

/* Whether the process ended in time; it can then be waited for. */
static bool ended(pid_t pid, int seconds)
{
    struct pollfd event = {.events = POLLIN};
    uint64_t deadline = now_ms() + (uint64_t)seconds * 1000;
    bool done = false;

    event.fd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (event.fd < 0) {
        return false;
    }
    for (uint64_t now = now_ms(); !done && now < deadline; now = now_ms()) {
        done = poll(&event, 1, (int)(deadline - now)) == 1;
    }
    close(event.fd);
    return done;
}

/* Waits for the program and judges it. */
static struct outcome await(pid_t pid, int limit_seconds)
{
    bool in_time = ended(pid, limit_seconds);
    struct outcome outcome = {.passed = false};
    int status;

    if (!in_time) {
        snprintf(outcome.directive, sizeof(outcome.directive),
                 "TIMEOUT %d seconds", limit_seconds);
        kill(pid, SIGKILL);
        if (ended(pid, KILL_LIMIT_SECONDS)) {
            waitpid(pid, NULL, 0);
        }
    } else if (waitpid(pid, &status, 0) != pid) {
        snprintf(outcome.directive, sizeof(outcome.directive),
                 "ERROR waitpid: %s", strerror(errno));
    } else if (WIFSIGNALED(status)) {
        snprintf(outcome.directive, sizeof(outcome.directive),
                 "ERROR killed by SIG%s", sigabbrev_np(WTERMSIG(status)));
    } else if (WEXITSTATUS(status) > 1) {
        /* 0: all cases passed; 1: some failed, which their lines say. */
        snprintf(outcome.directive, sizeof(outcome.directive),
                 "ERROR exit status %d", WEXITSTATUS(status));
    } else {
        outcome.passed = WEXITSTATUS(status) == 0;
    }
    return outcome;
}

static void print_result(unsigned number, const char *name,
                         const char *argument, const struct outcome *outcome)
{
    if (outcome->directive[0]) {
        ktap_line("# %s: %s", name, outcome->directive);
    }
    ktap_line("%s %u %s%s%s%s%s", outcome->passed ? "ok" : "not ok", number,
              name, argument ? " " : "", argument ? argument : "",
              outcome->directive[0] ? " # " : "", outcome->directive);
}

bool run_program(unsigned number, const char *name, const char *argument,
                 int limit_seconds)
{
    struct outcome outcome = {.passed = false};
    uint64_t start_ms = now_ms();
    pid_t pid = start(name, argument);

    if (pid < 0) {
        snprintf(outcome.directive, sizeof(outcome.directive), "ERROR fork: %s",
                 strerror(errno));
    } else {
        outcome = await(pid, limit_seconds);
    }
    if (outcome.directive[0]) {
        /* A program that was cut off may have left half a line. */
        ktap_line("%s", "");
    }
    fact_begin("program");
    fact_string("name", name);
    fact_string("function", argument);
    fact_uint("ms", now_ms() - start_ms);
    fact_end();
    print_result(number, name, argument, &outcome);
    return outcome.passed;
}
