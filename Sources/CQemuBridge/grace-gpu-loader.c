/*
 * grace-gpu: loading the device model
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "grace-gpu-loader.h"

typedef const GraceFunctions *(*GraceEntry)(uint32_t oldest, uint32_t newest,
                                            GraceError *error);

static void __attribute__((format(printf, 3, 4)))
explain(GraceError *error, GraceStatus code, const char *format, ...)
{
    va_list arguments;

    error->code = code;
    va_start(arguments, format);
    vsnprintf(error->message, sizeof(error->message), format, arguments);
    va_end(arguments);
}

/*
 * Says why a file cannot be a plug-in before the dynamic linker is asked: its
 * own words ("file too short", "invalid ELF header") help nobody.
 */
static int is_loadable(const char *path, GraceError *error)
{
    static const char elf_magic[4] = {0x7f, 'E', 'L', 'F'};
    char start[4] = {0};
    struct stat status;
    FILE *file;
    size_t count;

    file = fopen(path, "rb");
    if (!file) {
        explain(error, GRACE_E_LOAD,
                "cannot open the plug-in '%s': %s; build it with "
                "scripts/build-plugin and pass its path as plugin=",
                path, strerror(errno));
        return 0;
    }
    count = fstat(fileno(file), &status) == 0 && S_ISREG(status.st_mode)
                ? fread(start, 1, sizeof(start), file)
                : 0;
    fclose(file);
    if (count != sizeof(start) || memcmp(start, elf_magic, sizeof(start))) {
        explain(error, GRACE_E_LOAD,
                "'%s' is not a shared library; build the plug-in with "
                "scripts/build-plugin and pass its path as plugin=",
                path);
        return 0;
    }
    return 1;
}

const GraceFunctions *grace_gpu_load(const char *path, GraceError *error)
{
    const GraceFunctions *functions;
    GraceEntry entry;
    void *library;

    if (!is_loadable(path, error)) {
        return NULL;
    }
    /* Without a slash dlopen would search the system's folders instead. */
    if (!strchr(path, '/')) {
        char local[4096];

        snprintf(local, sizeof(local), "./%s", path);
        library = dlopen(local, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    } else {
        library = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    }
    if (!library) {
        const char *reason = dlerror();

        explain(error, GRACE_E_LOAD,
                "cannot load the plug-in: %s; build it again with "
                "scripts/build-plugin",
                reason ? reason : "the dynamic linker does not say why");
        return NULL;
    }
    entry = (GraceEntry)(uintptr_t)dlsym(library, GRACE_PLUGIN_SYMBOL);
    if (!entry) {
        explain(error, GRACE_E_LOAD,
                "'%s' is a shared library but not a grace-gpu plug-in (it has "
                "no symbol " GRACE_PLUGIN_SYMBOL "); pass the path of "
                "libgrace-gpu.so as plugin=",
                path);
        return NULL;
    }

    functions = entry(GRACE_ABI_VERSION, GRACE_ABI_VERSION, error);
    if (functions && functions->struct_size < sizeof(*functions)) {
        explain(error, GRACE_E_VERSION,
                "the plug-in '%s' claims ABI version %u but its table has %u "
                "bytes where %u are needed; build it again with "
                "scripts/build-plugin",
                path, functions->abi_version, functions->struct_size,
                (unsigned)sizeof(*functions));
        return NULL;
    }
    return functions;
}
