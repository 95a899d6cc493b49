/*
 * grace-gpu: loading the device model
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "grace-gpu-loader.h"

typedef const GraceFunctions *(*GraceEntry)(uint32_t oldest, uint32_t newest,
                                            GraceError *error);
typedef ElfW(Ehdr) ElfHeader;
typedef ElfW(Phdr) ElfPart;

static void __attribute__((format(printf, 3, 4)))
explain(GraceError *error, GraceStatus code, const char *format, ...)
{
    va_list arguments;

    error->code = code;
    va_start(arguments, format);
    vsnprintf(error->message, sizeof(error->message), format, arguments);
    va_end(arguments);
    /* A path may have what a terminal takes for a command. */
    for (unsigned char *c = (unsigned char *)error->message; *c; c++) {
        /* In UTF-8, U+0080 to U+009F are 0xc2 and a byte of these numbers. */
        int is_c1 = c[0] == 0xc2 && c[1] >= 0x80 && c[1] <= 0x9f;

        if (c[0] < ' ' || c[0] == 0x7f || is_c1) {
            c[0] = '?';
            c[is_c1] = '?';
        }
    }
}

static int read_at(int file, void *bytes, size_t count, uint64_t offset)
{
    return pread(file, bytes, count, (off_t)offset) == (ssize_t)count;
}

/*
 * Whether the file goes as far as its program headers say. The dynamic linker
 * maps one that was cut, and the first access to what is missing ends the
 * process with SIGBUS.
 */
static int is_whole(int file, const ElfHeader *header, uint64_t size)
{
    for (unsigned i = 0; i < header->e_phnum; i++) {
        ElfPart part;

        if (!read_at(file, &part, sizeof(part),
                     header->e_phoff + (uint64_t)i * sizeof(part))) {
            return 0;
        }
        if (part.p_type == PT_LOAD &&
            (part.p_offset > size || part.p_filesz > size - part.p_offset)) {
            return 0;
        }
    }
    return 1;
}

/* Whether the file is for the machine that this program itself is for. */
static int is_of_host(const ElfHeader *header)
{
    int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    ElfHeader own = *header;
    int known = file >= 0 && read_at(file, &own, sizeof(own), 0);

    if (file >= 0) {
        close(file);
    }
    return !known || (header->e_machine == own.e_machine &&
                      header->e_ident[EI_CLASS] == own.e_ident[EI_CLASS] &&
                      header->e_ident[EI_DATA] == own.e_ident[EI_DATA]);
}

/*
 * Says why a file cannot be a plug-in before the dynamic linker is asked: its
 * own words ("file too short", "No such file" for another architecture) help
 * nobody.
 */
static int is_loadable(const char *path, GraceError *error)
{
    ElfHeader header;
    struct stat status;
    int loadable = 0;
    /* Does not wait for somebody to write into a FIFO. */
    int file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

    if (file < 0) {
        explain(error, GRACE_E_LOAD,
                "cannot open the plug-in '%.240s': %s; build it with "
                "scripts/build-plugin and pass its path as plugin=",
                path, strerror(errno));
        return 0;
    }
    if (fstat(file, &status) || !S_ISREG(status.st_mode) ||
        !read_at(file, header.e_ident, SELFMAG, 0) ||
        memcmp(header.e_ident, ELFMAG, SELFMAG)) {
        explain(error, GRACE_E_LOAD,
                "'%.240s' is not a shared library; build the plug-in with "
                "scripts/build-plugin and pass its path as plugin=",
                path);
    } else if (!read_at(file, &header, sizeof(header), 0) ||
               (is_of_host(&header) &&
                !is_whole(file, &header, (uint64_t)status.st_size))) {
        explain(error, GRACE_E_LOAD,
                "the plug-in '%.240s' is incomplete; build it again with "
                "scripts/build-plugin",
                path);
    } else if (!is_of_host(&header)) {
        explain(error, GRACE_E_LOAD,
                "'%.240s' is built for another architecture than QEMU; build "
                "the plug-in with scripts/build-plugin on this machine",
                path);
    } else {
        loadable = 1;
    }
    close(file);
    return loadable;
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
                "'%.240s' is a shared library but not a grace-gpu plug-in (it "
                "has no symbol " GRACE_PLUGIN_SYMBOL "); pass the path of "
                "libgrace-gpu.so as plugin=",
                path);
        return NULL;
    }

    functions = entry(GRACE_ABI_VERSION, GRACE_ABI_VERSION, error);
    if (!functions) {
        if (!error->message[0]) {
            explain(error, GRACE_E_VERSION,
                    "the plug-in '%.240s' does not have ABI version %u; build "
                    "it again with scripts/build-plugin",
                    path, GRACE_ABI_VERSION);
        }
        return NULL;
    }
    if (functions->abi_version != GRACE_ABI_VERSION ||
        functions->struct_size < sizeof(*functions)) {
        explain(error, GRACE_E_VERSION,
                "the plug-in '%.240s' claims ABI version %u with a table of %u "
                "bytes, where version %u has %u; build it again with "
                "scripts/build-plugin",
                path, functions->abi_version, functions->struct_size,
                GRACE_ABI_VERSION, (unsigned)sizeof(*functions));
        return NULL;
    }
    return functions;
}
