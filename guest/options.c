// SPDX-License-Identifier: GPL-2.0-or-later
#include "options.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "sizes.h"

/* Firmware gives each GPU eight proximity domains (specification 1.1). */
#define DEFAULT_NODES 8
/* POLL_TIMEOUT_MS of nvgrace-gpu/main.c in Linux 7.3. */
#define DEFAULT_PATIENCE_MS 30000
#define DEFAULT_SAMPLES     31
/* The output address size of QEMU's SMMUv3 (hw/arm/smmuv3.c). */
#define DEFAULT_SMMU_BITS 44

static struct options options_state;

const char *representation_name(enum representation representation)
{
    return representation == REPRESENTATION_VM ? "vm" : "bare-metal";
}

/* Keeps the first problem: the others often follow from it. */
__attribute__((format(printf, 1, 2))) static void problem(const char *format,
                                                          ...)
{
    va_list arguments;

    if (options_state.problem[0]) {
        return;
    }
    va_start(arguments, format);
    vsnprintf(options_state.problem, sizeof(options_state.problem), format,
              arguments);
    va_end(arguments);
}

static void parse_number(const char *text, int base, uint64_t *value)
{
    char *end;

    errno = 0;
    *value = strtoull(text, &end, base);
    if (errno != 0 || end == text || *end != '\0') {
        problem("\"%s\" on the kernel command line is no %s number; "
                "correct the grace.* option that has it",
                text, base == 16 ? "hexadecimal" : "decimal");
    }
}

static void parse_representation(const char *text)
{
    if (strcmp(text, "vm") == 0) {
        options_state.representation = REPRESENTATION_VM;
    } else if (strcmp(text, "bare-metal") == 0) {
        options_state.representation = REPRESENTATION_BARE_METAL;
    } else {
        problem("grace.representation=%s is unknown; use vm or bare-metal",
                text);
    }
}

static void parse_chip(const char *text)
{
    const struct chip *chip = chip_named(text);

    if (!chip) {
        problem("grace.chip=%s is unknown; use gh100, gb100, gb110 or "
                "blackwell-next",
                text);
        return;
    }
    options_state.chip = chip;
}

static void parse_divided(const char *text, bool *given)
{
    *given = strcmp(text, "on") == 0 || strcmp(text, "off") == 0;
    if (!*given) {
        problem("grace.divided=%s is unknown; use on or off", text);
    }
    options_state.divided = strcmp(text, "on") == 0;
}

static void parse_names(const char *text, const char *names[MAX_TESTS],
                        size_t *count)
{
    char *rest = strdup(text);
    char *word;

    *count = 0;
    while (rest && (word = strsep(&rest, ",")) != NULL) {
        if (*count == MAX_TESTS) {
            problem("\"%s\" on the kernel command line names more than %d "
                    "programs",
                    text, MAX_TESTS);
            break;
        }
        names[(*count)++] = word;
    }
}

static void parse_tests(const char *text)
{
    parse_names(text, options_state.tests, &options_state.test_count);
}

static bool prefixed(const char *word, const char *key, const char **value)
{
    size_t length = strlen(key);

    *value = word + length;
    return strncmp(word, key, length) == 0;
}

static void parse_word(const char *word, bool *divided_given)
{
    const char *value;

    if (prefixed(word, "grace.representation=", &value)) {
        parse_representation(value);
    } else if (prefixed(word, "grace.chip=", &value)) {
        parse_chip(value);
    } else if (prefixed(word, "grace.device=", &value)) {
        parse_number(value, 16, &options_state.device);
    } else if (prefixed(word, "grace.divided=", &value)) {
        parse_divided(value, divided_given);
    } else if (prefixed(word, "grace.memory=", &value)) {
        parse_number(value, 10, &options_state.memory);
    } else if (prefixed(word, "grace.gpus=", &value)) {
        parse_number(value, 10, &options_state.gpus);
    } else if (prefixed(word, "grace.nodes=", &value)) {
        parse_number(value, 10, &options_state.nodes);
    } else if (prefixed(word, "grace.ready-ms=", &value)) {
        parse_number(value, 10, &options_state.ready_ms);
    } else if (prefixed(word, "grace.patience-ms=", &value)) {
        parse_number(value, 10, &options_state.patience_ms);
    } else if (prefixed(word, "grace.samples=", &value)) {
        parse_number(value, 10, &options_state.samples);
    } else if (prefixed(word, "grace.smmu-bits=", &value)) {
        parse_number(value, 10, &options_state.smmu_bits);
    } else if (prefixed(word, "grace.passthrough=", &value)) {
        options_state.passed_through = strcmp(value, "1") == 0;
    } else if (prefixed(word, "grace.tests=", &value)) {
        parse_tests(value);
    } else if (prefixed(word, "grace.driver=", &value)) {
        options_state.driver = strdup(value);
    } else if (prefixed(word, "grace.selftests=", &value)) {
        parse_names(value, options_state.selftests,
                    &options_state.selftest_count);
    } else if (prefixed(word, "grace.live=", &value)) {
        options_state.live = strdup(value);
    } else if (prefixed(word, "grace.shell=", &value)) {
        options_state.shell = strcmp(value, "1") == 0;
    } else if (prefixed(word, "grace.", &value)) {
        problem("the option %s on the kernel command line is unknown; see "
                "guest/README.md for those that exist",
                word);
    }
}

static void parse(void)
{
    char line[4096];
    char *rest = line;
    char *word;
    struct memory_layout layout;
    bool divided_given = false;

    options_state.chip = chip_named("gh100");
    options_state.gpus = 1;
    options_state.nodes = DEFAULT_NODES;
    options_state.patience_ms = DEFAULT_PATIENCE_MS;
    options_state.samples = DEFAULT_SAMPLES;
    options_state.smmu_bits = DEFAULT_SMMU_BITS;
    parse_tests("all");
    if (!read_line("/proc/cmdline", line, sizeof(line))) {
        problem("/proc/cmdline cannot be read; enable CONFIG_PROC_FS");
    }
    while ((word = strsep(&rest, " ")) != NULL) {
        parse_word(word, &divided_given);
    }
    /* Only now, as the words come in any order. */
    if (!divided_given) {
        options_state.divided = options_state.chip->divides;
    }
    if (!memory_layout(options_state.memory, options_state.divided,
                       options_state.chip->has_aperture, &layout)) {
        problem("grace.memory is missing or less than %s; give the bytes of "
                "one GPU",
                options_state.divided
                    ? "1.5 GiB, the smallest that nvgrace-gpu can divide"
                    : "512 MiB, the largest block that a kernel may hot-add");
    }
}

const struct options *options_get(void)
{
    static bool parsed;

    if (!parsed) {
        parsed = true;
        parse();
    }
    return &options_state;
}

bool options_name(const char *program)
{
    const struct options *options = options_get();

    for (size_t i = 0; i < options->test_count; i++) {
        if (strcmp(options->tests[i], program) == 0) {
            return true;
        }
    }
    return false;
}

bool options_want(const char *program)
{
    return options_name("all") || options_name(program);
}
