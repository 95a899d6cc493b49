// SPDX-License-Identifier: GPL-2.0-or-later
/* Carries lines between guests of this guest and this guest's console. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "files.h"
#include "ktap.h"
#include "nested-check.h"
#include "nested-start.h"

/* A longer line is cut there. */
#define LINE_LIMIT (1 << 20)
/* The kernel's memory_failure() for an address of its own. */
#define OFFLINE_FILE "/sys/devices/system/memory/hard_offline_page"
/* How often a look is taken at processes that may have ended. */
#define PAUSE_MS 200

static void put_line(const struct nested_guest *guest,
                     struct nested_stream *stream)
{
    ktap_line("guest%u%c %.*s", guest->number, stream->mark, (int)stream->count,
              stream->line ? stream->line : "");
    stream->count = 0;
}

static void put_byte(const struct nested_guest *guest,
                     struct nested_stream *stream, char byte)
{
    if (byte == '\n') {
        put_line(guest, stream);
        return;
    }
    /* Firmware moves the cursor about; nobody wants that here. */
    if (byte == '\r') {
        return;
    }
    if (stream->count == stream->capacity) {
        size_t capacity = stream->capacity ? 2 * stream->capacity : 256;
        char *line = realloc(stream->line, capacity);

        if (!line) {
            return;
        }
        stream->line = line;
        stream->capacity = capacity;
    }
    stream->line[stream->count++] = byte;
    if (stream->count == LINE_LIMIT) {
        put_line(guest, stream);
    }
}

/* Passes on what has come. The stream is closed at its end. */
static void carry(const struct nested_guest *guest,
                  struct nested_stream *stream)
{
    char bytes[4096];
    ssize_t count;

    while ((count = read(stream->fd, bytes, sizeof(bytes))) > 0) {
        for (ssize_t i = 0; i < count; i++) {
            put_byte(guest, stream, bytes[i]);
        }
    }
    if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
        close(stream->fd);
        stream->fd = -1;
    }
}

static void finish(struct nested_guest *guest, int status)
{
    guest->running = false;
    for (int i = 0; i < NESTED_STREAMS; i++) {
        struct nested_stream *stream = &guest->streams[i];

        if (stream->fd >= 0) {
            carry(guest, stream);
        }
        if (stream->count > 0) {
            put_line(guest, stream);
        }
    }
    if (WIFSIGNALED(status)) {
        snprintf(guest->problem, sizeof(guest->problem), "SIG%s ended it",
                 sigabbrev_np(WTERMSIG(status)));
    } else if (WEXITSTATUS(status) != 0) {
        snprintf(guest->problem, sizeof(guest->problem), "its status was %d",
                 WEXITSTATUS(status));
    }
}

/* An answer must not appear among the lines that go out. */
static void silence_terminal(void)
{
    struct termios settings;

    if (tcgetattr(STDIN_FILENO, &settings) != 0) {
        return;
    }
    settings.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
    settings.c_lflag |= ICANON;
    tcsetattr(STDIN_FILENO, TCSANOW, &settings);
}

/* guestN| TEXT or guestN< TEXT; other lines are for nobody. */
static void pass_in(struct nested_guest *guests, size_t count, char *line)
{
    char mark;
    unsigned number;
    int used = 0, fd;
    size_t length;

    /* As firmware that heard of bad memory would tell the kernel. */
    if (strncmp(line, "offline ", 8) == 0) {
        bool done = write_text(OFFLINE_FILE, line + 8);

        ktap_line("# %s: %s", line, done ? "done" : strerror(errno));
        return;
    }

    if (sscanf(line, "guest%u%c %n", &number, &mark, &used) < 2 || used == 0 ||
        number >= count || !guests[number].running) {
        return;
    }
    fd = mark == '<' ? guests[number].monitor_input
                     : guests[number].console_input;
    length = strlen(line + used);
    line[used + (int)length] = '\n';
    if (write(fd, line + used, length + 1) < 0) {
        ktap_line("# guest %u does not take a line: %s", number,
                  strerror(errno));
    }
}

static void read_input(struct nested_guest *guests, size_t count)
{
    /* The terminal gives whole lines, of 4095 bytes at most (N_TTY). */
    char line[4096 + 1];
    ssize_t bytes = read(STDIN_FILENO, line, sizeof(line) - 1);

    if (bytes <= 0) {
        return;
    }
    line[bytes] = '\0';
    line[strcspn(line, "\r\n")] = '\0';
    pass_in(guests, count, line);
}

static size_t add_streams(struct nested_guest *guests, size_t count,
                          struct pollfd *events)
{
    size_t used = 0;

    events[used++] = (struct pollfd){STDIN_FILENO, POLLIN, 0};
    for (size_t i = 0; i < count; i++) {
        for (int j = 0; guests[i].running && j < NESTED_STREAMS; j++) {
            events[used++] =
                (struct pollfd){guests[i].streams[j].fd, POLLIN, 0};
        }
    }
    return used;
}

static size_t collect(struct nested_guest *guests, size_t count)
{
    size_t running = 0;

    for (size_t i = 0; i < count; i++) {
        int status;

        if (guests[i].running && waitpid(guests[i].pid, &status, WNOHANG) > 0) {
            finish(&guests[i], status);
        }
        running += guests[i].running;
    }
    return running;
}

void nested_run(struct nested_guest *guests, size_t count)
{
    struct pollfd events[1 + NESTED_MAX_GUESTS * NESTED_STREAMS];

    signal(SIGPIPE, SIG_IGN);
    silence_terminal();
    for (size_t i = 0; i < count; i++) {
        nested_start(&guests[i]);
    }
    while (collect(guests, count) > 0) {
        poll(events, add_streams(guests, count, events), PAUSE_MS);
        if (events[0].revents & POLLIN) {
            read_input(guests, count);
        }
        for (size_t i = 0; i < count; i++) {
            for (int j = 0; guests[i].running && j < NESTED_STREAMS; j++) {
                if (guests[i].streams[j].fd >= 0) {
                    carry(&guests[i], &guests[i].streams[j]);
                }
            }
        }
    }
}
