/*
 * Files that were plug-ins before something happened to them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <elf.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "grace-gpu-loader.h"
#include "half-files.h"

static unsigned char bytes[1 << 20];

/* The bytes of a file, or 0 if they cannot be read. */
static size_t read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    size_t count = 0;

    if (file) {
        count = fread(bytes, 1, sizeof(bytes), file);
        fclose(file);
    }
    return count;
}

/* Whether a file with the first `count` bytes is refused in these words. */
static int refuses(const char *path, size_t count, const char *words)
{
    GraceError error = {.struct_size = sizeof(error)};
    FILE *file = fopen(path, "wb");

    if (!file || fwrite(bytes, 1, count, file) != count || fclose(file)) {
        printf("# %s cannot be written\n", path);
        return 0;
    }
    /* Were it mapped, the first access past its end would be our own end. */
    if (grace_gpu_load(path, &error) || error.code != GRACE_E_LOAD ||
        !strstr(error.message, words)) {
        printf("# %zu bytes: %s\n", count, error.message);
        return 0;
    }
    return 1;
}

/* The same with another byte at a place. */
static int refuses_with(const char *path, size_t count, size_t place,
                        unsigned char byte, const char *words)
{
    unsigned char old = bytes[place];
    int refused;

    bytes[place] = byte;
    refused = refuses(path, count, words);
    bytes[place] = old;
    return refused;
}

int loader_refuses_half_files(const char *plugin, const char *scratch)
{
    static const char cut[] = "is incomplete";
    static const char foreign[] = "is built for another architecture";
    size_t all = read_file(plugin);
    char path[4096];
    int refused = all > 100000;

    snprintf(path, sizeof(path), "%s/half.so", scratch);
    /* What comes after the last part that is mapped is for tools alone. */
    for (size_t count = SELFMAG; refused && count < all - 8192;
         count += count < 4096 ? 97 : 4999) {
        refused = refuses(path, count, cut);
    }
    return refused &&
           refuses_with(path, all, offsetof(Elf64_Ehdr, e_machine), EM_RISCV,
                        foreign) &&
           refuses_with(path, all, EI_CLASS, ELFCLASS32, foreign) &&
           /* Program headers that are nowhere. */
           refuses_with(path, all, offsetof(Elf64_Ehdr, e_phoff) + 7, 0xff,
                        cut);
}
