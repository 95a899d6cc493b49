// SPDX-License-Identifier: GPL-2.0-or-later
#include "selftest.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "files.h"
#include "ktap.h"

#define MAX_ARGUMENTS 64

/* What it prints, cut into lines. */
struct output {
    char line[SELFTEST_LINE_BYTES];
    size_t used;
    struct selftest_end *end;
};

static uint64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static bool has_prefix(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

/*
 * A selftest that skips itself as a whole either says why and ends, or prints a
 * plan of no results without the line that starts a report.
 */
static void take_line(struct output *output)
{
    static const char skipped[] = "1..0 # SKIP ";
    const char *line = output->line;

    output->line[output->used] = '\0';
    output->used = 0;
    if (line[strspn(line, " ")] != '\0') {
        snprintf(output->end->said, sizeof(output->end->said), "%s",
                 line + (has_prefix(line, skipped) ? sizeof(skipped) - 1 : 0));
    }
    if (has_prefix(line, "TAP version ") || has_prefix(line, "KTAP version ")) {
        output->end->reported = true;
    }
    ktap_line("  %s%s", output->end->reported ? "" : "# ", line);
}

static void take_bytes(struct output *output, const char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (bytes[i] == '\n' || output->used == SELFTEST_LINE_BYTES - 1) {
            take_line(output);
        }
        if (bytes[i] != '\n') {
            output->line[output->used++] = bytes[i];
        }
    }
}

/* Reads to the end of the output; false if the time is over before. */
static bool forward(int fd, unsigned seconds, struct output *output)
{
    uint64_t deadline = now_ms() + (uint64_t)seconds * 1000;
    struct pollfd event = {.fd = fd, .events = POLLIN};

    for (uint64_t now = now_ms(); now < deadline; now = now_ms()) {
        char bytes[SELFTEST_LINE_BYTES];
        ssize_t count;

        if (poll(&event, 1, (int)(deadline - now)) <= 0) {
            continue;
        }
        count = read(fd, bytes, sizeof(bytes));
        if (count > 0) {
            take_bytes(output, bytes, (size_t)count);
        } else if (count == 0 || errno != EINTR) {
            return true;
        }
    }
    return false;
}

static pid_t start(const char *name, const char *const *functions, int fd)
{
    const char *arguments[MAX_ARGUMENTS + 2] = {name};
    pid_t pid = fork();

    if (pid != 0) {
        return pid;
    }
    for (size_t i = 0; i < MAX_ARGUMENTS && functions[i]; i++) {
        arguments[i + 1] = functions[i];
    }
    dup2(fd, STDOUT_FILENO);
    dup2(fd, STDERR_FILENO);
    close(fd);
    execv(path_of("%s/%s", SELFTEST_FOLDER, name), (char *const *)arguments);
    printf("it cannot be started: %s\n", strerror(errno));
    fflush(stdout);
    _exit(2);
}

void selftest_run(const char *name, const char *const *functions,
                  unsigned seconds, struct selftest_end *end)
{
    struct output output = {.end = end};
    int fds[2];
    pid_t pid;

    memset(end, 0, sizeof(*end));
    if (pipe(fds) != 0) {
        return;
    }
    pid = start(name, functions, fds[1]);
    close(fds[1]);
    if (pid > 0) {
        end->started = true;
        end->in_time = forward(fds[0], seconds, &output);
        if (output.used > 0) {
            take_line(&output);
        }
        if (!end->in_time) {
            kill(pid, SIGKILL);
        }
        waitpid(pid, &end->status, 0);
    }
    close(fds[0]);
}
