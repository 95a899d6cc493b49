// SPDX-License-Identifier: GPL-2.0-or-later
#include "host.h"

#include <poll.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "ktap.h"

#define LINE_BYTES 256

static char words[LINE_BYTES];

const char *host_words(void)
{
    return words;
}

uint64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void sleep_ms(uint64_t ms)
{
    struct timespec time = {(time_t)(ms / 1000), (long)(ms % 1000) * 1000000};

    nanosleep(&time, NULL);
}

/* An answer must not appear among the program's own lines. */
static void silence_terminal(void)
{
    static bool silent;
    struct termios settings;

    if (silent || tcgetattr(STDIN_FILENO, &settings) != 0) {
        return;
    }
    settings.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
    settings.c_lflag |= ICANON;
    tcsetattr(STDIN_FILENO, TCSANOW, &settings);
    tcflush(STDIN_FILENO, TCIFLUSH);
    silent = true;
}

/* The next line of the input; false if it does not come in time. */
static bool read_answer(char line[LINE_BYTES])
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    uint64_t deadline = now_ms() + HOST_LIMIT_SECONDS * 1000;

    while (now_ms() < deadline) {
        ssize_t count;

        if (poll(&input, 1, 0) != 1) {
            sched_yield();
            continue;
        }
        count = read(STDIN_FILENO, line, LINE_BYTES - 1);
        if (count > 0) {
            line[count] = '\0';
            line[strcspn(line, "\r\n")] = '\0';
            return true;
        }
    }
    return false;
}

bool host_ask(const char *format, ...)
{
    /* Whoever did not answer once is not there: the rest fails at once. */
    static bool absent;
    char request[LINE_BYTES], line[LINE_BYTES];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(request, sizeof(request), format, arguments);
    va_end(arguments);
    silence_terminal();
    if (absent) {
        return ktap_fail("the host was not asked for \"%s\", as it had not "
                         "answered before",
                         request);
    }
    ktap_line("# host: %s", request);
    if (!read_answer(line)) {
        absent = true;
        return ktap_fail("the host did not answer \"%s\" within %d seconds",
                         request, HOST_LIMIT_SECONDS);
    }
    if (strcmp(line, "done") != 0 && strncmp(line, "done ", 5) != 0) {
        return ktap_fail("the host answered \"%s\" with \"%s\"", request, line);
    }
    strcpy(words, line[4] ? line + 5 : "");
    return true;
}
