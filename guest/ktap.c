// SPDX-License-Identifier: GPL-2.0-or-later
#include "ktap.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guard.h"

#define MESSAGE_BYTES 1024

struct ktap_case {
    ktap_check check;
    void *context;
    char *name;
};

static struct ktap_case *cases;
static size_t case_count;
static char failure[MESSAGE_BYTES];
static char skip_reason[MESSAGE_BYTES];

static void write_all(const char *bytes, size_t count)
{
    while (count > 0) {
        ssize_t written = write(STDOUT_FILENO, bytes, count);
        if (written <= 0) {
            return;
        }
        bytes += written;
        count -= (size_t)written;
    }
}

static int indentation(void)
{
    const char *text = getenv(KTAP_INDENT);

    return text ? atoi(text) : 0;
}

void ktap_line(const char *format, ...)
{
    va_list arguments;
    char *text = NULL;
    char *line = NULL;
    int length;

    va_start(arguments, format);
    length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length >= 0) {
        length = asprintf(&line, "%*s%s\n", indentation(), "", text);
    }
    if (length >= 0) {
        write_all(line, (size_t)length);
        free(line);
    }
    free(text);
}

void ktap_plan(size_t count)
{
    ktap_line("KTAP version 1");
    ktap_line("1..%zu", count);
}

void ktap_add(ktap_check check, void *context, const char *name, ...)
{
    struct ktap_case *grown;
    va_list arguments;
    char *text = NULL;

    va_start(arguments, name);
    if (vasprintf(&text, name, arguments) < 0) {
        text = NULL;
    }
    va_end(arguments);
    grown = realloc(cases, (case_count + 1) * sizeof(*cases));
    if (!text || !grown) {
        ktap_line("# out of memory; give the guest more with -m");
        exit(2);
    }
    cases = grown;
    cases[case_count++] = (struct ktap_case){check, context, text};
}

bool ktap_fail(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(failure, sizeof(failure), format, arguments);
    va_end(arguments);
    return false;
}

const char *ktap_failure(void)
{
    return failure;
}

bool ktap_skip(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(skip_reason, sizeof(skip_reason), format, arguments);
    va_end(arguments);
    return true;
}

static bool run_guarded(const struct ktap_case *test)
{
    sigjmp_buf point;
    bool passed;

    if (sigsetjmp(point, 1) != 0) {
        guard_limit(0);
        return ktap_fail("%s", guard_describe());
    }
    guard_set(&point);
    passed = test->check(test->context);
    guard_set(NULL);
    return passed;
}

int ktap_run(void)
{
    size_t failures = 0;

    guard_install();
    ktap_plan(case_count);
    for (size_t i = 0; i < case_count; i++) {
        bool passed;

        failure[0] = '\0';
        skip_reason[0] = '\0';
        passed = run_guarded(&cases[i]);
        if (!passed) {
            failures++;
            ktap_line("# %s: %s", cases[i].name,
                      failure[0] ? failure : "failed");
        }
        ktap_line("%s %zu %s%s%s", passed ? "ok" : "not ok", i + 1,
                  cases[i].name, passed && skip_reason[0] ? " # SKIP " : "",
                  passed ? skip_reason : "");
    }
    return failures == 0 ? 0 : 1;
}
