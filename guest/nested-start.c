// SPDX-License-Identifier: GPL-2.0-or-later
/* Starts the QEMU of a guest of this guest. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"
#include "nested-check.h"
#include "nested-start.h"

#define PROGRAM "/bin/qemu-system-aarch64"

bool nested_read(struct nested_guest *guest, unsigned number)
{
    size_t count = 0, bytes;
    char *rest;
    char *line;

    *guest = (struct nested_guest){.number = number};
    rest = (char *)read_bytes(path_of(NESTED_FOLDER "/%u.arguments", number),
                              &bytes);
    if (!rest) {
        return false;
    }
    guest->arguments[count++] = PROGRAM;
    while ((line = strsep(&rest, "\n")) != NULL &&
           count < NESTED_ARGUMENTS - 1) {
        if (line[0]) {
            guest->arguments[count++] = line;
        }
    }
    return true;
}

/* QEMU's monitor at a pair of named pipes, as there are no sockets. */
static bool add_monitor(struct nested_guest *guest, char path[32])
{
    static char chardev[NESTED_MAX_GUESTS][64];
    size_t count = 0;

    snprintf(path, 32, "/tmp/monitor%u", guest->number);
    if (mkfifo(path_of("%s.in", path), 0600) != 0 ||
        mkfifo(path_of("%s.out", path), 0600) != 0) {
        return false;
    }
    while (guest->arguments[count]) {
        count++;
    }
    if (count + 5 > NESTED_ARGUMENTS) {
        return false;
    }
    snprintf(chardev[guest->number], sizeof(chardev[0]),
             "pipe,id=monitor,path=%s", path);
    guest->arguments[count++] = "-chardev";
    guest->arguments[count++] = chardev[guest->number];
    guest->arguments[count++] = "-mon";
    guest->arguments[count++] = "chardev=monitor,mode=control";
    return true;
}

static void become_qemu(const struct nested_guest *guest, const int input[2],
                        const int output[2], const int messages[2])
{
    dup2(input[0], STDIN_FILENO);
    dup2(output[1], STDOUT_FILENO);
    dup2(messages[1], STDERR_FILENO);
    execv(PROGRAM, guest->arguments);
    dprintf(STDERR_FILENO, "%s cannot be started: %s\n", PROGRAM,
            strerror(errno));
    _exit(127);
}

static void add_stream(struct nested_guest *guest, int index, int fd, char mark)
{
    fcntl(fd, F_SETFL, O_NONBLOCK);
    guest->streams[index] = (struct nested_stream){.fd = fd, .mark = mark};
}

bool nested_start(struct nested_guest *guest)
{
    int input[2], output[2], messages[2];
    char path[32];

    if (!add_monitor(guest, path) || pipe2(input, O_CLOEXEC) != 0 ||
        pipe2(output, O_CLOEXEC) != 0 || pipe2(messages, O_CLOEXEC) != 0) {
        snprintf(guest->problem, sizeof(guest->problem),
                 "its pipes cannot be made: %s", strerror(errno));
        return false;
    }
    /* For reading and writing, so that neither waits for the other end. */
    add_stream(guest, NESTED_MONITOR,
               open(path_of("%s.out", path), O_RDWR | O_CLOEXEC), '<');
    guest->monitor_input = open(path_of("%s.in", path), O_RDWR | O_CLOEXEC);
    add_stream(guest, NESTED_CONSOLE, output[0], '|');
    add_stream(guest, NESTED_MESSAGES, messages[0], '!');
    guest->console_input = input[1];
    guest->pid = fork();
    if (guest->pid == 0) {
        become_qemu(guest, input, output, messages);
    }
    close(input[0]);
    close(output[1]);
    close(messages[1]);
    guest->running = guest->pid > 0;
    if (!guest->running) {
        snprintf(guest->problem, sizeof(guest->problem),
                 "no process can be made for it: %s", strerror(errno));
    }
    return guest->running;
}
