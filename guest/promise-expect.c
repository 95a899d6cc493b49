// SPDX-License-Identifier: GPL-2.0-or-later
/* Comparisons of promise-check, which say what was found. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ktap.h"
#include "promise-check.h"

bool promise_expect_error(long result, int expected, const char *format, ...)
{
    int reason = errno;
    va_list arguments;
    char what[128];

    va_start(arguments, format);
    vsnprintf(what, sizeof(what), format, arguments);
    va_end(arguments);
    if (result == -1 && reason == expected) {
        return true;
    }
    return result == -1
               ? ktap_fail("%s gave %s, not %s", what, strerrorname_np(reason),
                           strerrorname_np(expected))
               : ktap_fail("%s gave %ld, not %s", what, result,
                           strerrorname_np(expected));
}

bool promise_expect(long result, long expected, const char *format, ...)
{
    int reason = errno;
    va_list arguments;
    char what[128];

    va_start(arguments, format);
    vsnprintf(what, sizeof(what), format, arguments);
    va_end(arguments);
    return result == expected ||
           ktap_fail("%s gave %ld%s%s, not %ld", what, result,
                     result == -1 ? ", " : "",
                     result == -1 ? strerrorname_np(reason) : "", expected);
}

bool promise_equal(uint64_t found, uint64_t expected, const char *format, ...)
{
    va_list arguments;
    char what[128];

    va_start(arguments, format);
    vsnprintf(what, sizeof(what), format, arguments);
    va_end(arguments);
    return found == expected || ktap_fail("%s is 0x%" PRIx64 ", not 0x%" PRIx64,
                                          what, found, expected);
}
