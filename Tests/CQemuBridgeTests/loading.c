/*
 * Loading: files that are no plug-ins, and one that is
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "abi-test.h"
#include "grace-gpu-loader.h"
#include "half-files.h"
#include "tap.h"

static const char *plugin;
static const char *scratch;
static const GraceFunctions *functions;

static void load_refuses(const char *path, GraceStatus code, const char *part)
{
    GraceError error = {.struct_size = sizeof(error)};

    expect(grace_gpu_load(path, &error) == NULL);
    expect(error.code == code);
    expect(strstr(error.message, part) != NULL);
    expect(strchr(error.message, '\n') == NULL);
    if (tap_broken) {
        printf("# %s: %s\n", path, error.message);
    }
}

static void test_load_errors(void)
{
    char path[4096];
    FILE *file;

    load_refuses("/nonexistent/plug-in.so", GRACE_E_LOAD, "cannot open");
    load_refuses(scratch, GRACE_E_LOAD, "is not a shared library");
    snprintf(path, sizeof(path), "%s/empty.so", scratch);
    file = fopen(path, "w");
    expect(file != NULL);
    if (file) {
        fclose(file);
    }
    load_refuses(path, GRACE_E_LOAD, "is not a shared library");
    snprintf(path, sizeof(path), "%s/cut.so", scratch);
    file = fopen(path, "w");
    expect(file != NULL && fwrite("\177ELF", 1, 4, file) == 4);
    if (file) {
        fclose(file);
    }
    load_refuses(path, GRACE_E_LOAD, "is incomplete");
    load_refuses("libc.so.6", GRACE_E_LOAD, "cannot open");
    load_refuses("/dev/zero", GRACE_E_LOAD, "is not a shared library");
    load_refuses("/proc/self/exe", GRACE_E_LOAD, "cannot load the plug-in");
}

static void test_half_files(void)
{
    expect(loader_refuses_half_files(plugin, scratch));
}

static void test_names_in_messages(void)
{
    GraceError error = {.struct_size = sizeof(error)};
    char path[2048];

    expect(grace_gpu_load("/nowhere/\033[2J\n", &error) == NULL);
    expect(strstr(error.message, "'/nowhere/?[2J?'") != NULL);
    /* U+009B is a terminal's command as well, U+00E9 is a letter. */
    expect(grace_gpu_load("/nowhere/\302\233\303\251", &error) == NULL);
    expect(strstr(error.message, "'/nowhere/??\303\251'") != NULL);
    /* However long a path is, the message says what to do. */
    memset(path, 'x', sizeof(path));
    path[0] = '/';
    path[sizeof(path) - 1] = 0;
    load_refuses(path, GRACE_E_LOAD, "pass its path as plugin=");
}

static void test_versions(void)
{
    GraceError error = {.struct_size = sizeof(error)};

    expect(functions->abi_version == GRACE_ABI_VERSION);
    expect(functions->struct_size == sizeof(*functions));
    expect(functions->model_version[0] >= '0');
    expect(grace_gpu_load(plugin, &error) == functions);
}

void test_loading(const GraceFunctions *table, const char *path,
                  const char *folder)
{
    functions = table;
    plugin = path;
    scratch = folder;
    run("a file that is no plug-in is refused in a sentence", test_load_errors);
    run("half a plug-in, or one for another machine, is refused",
        test_half_files);
    run("what a message says of a path is harmless", test_names_in_messages);
    run("a plug-in loads once and says its version", test_versions);
}
