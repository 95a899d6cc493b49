/*
 * The built plug-in through its header
 *
 * usage: abi-test PLUGIN SCRATCH-FOLDER OLD-STATES OWN-STATES
 *        abi-test PLUGIN lives
 *
 * The last two are folders of saved state: of plug-ins of all times, and of
 * this plug-in for several profiles. With `lives` it makes, uses and ends
 * devices, and no more: for valgrind.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "abi-test.h"
#include "grace-gpu-loader.h"
#include "tap.h"

int main(int argc, char **argv)
{
    GraceError error = {.struct_size = sizeof(error)};
    int lives_only = argc == 3 && strcmp(argv[2], "lives") == 0;
    const GraceFunctions *functions;

    if (argc != 5 && !lives_only) {
        fprintf(stderr, "usage: abi-test PLUGIN SCRATCH-FOLDER OLD-STATES "
                        "OWN-STATES\n"
                        "       abi-test PLUGIN lives\n");
        return 2;
    }
    /* What threads keep for themselves counts as used: mallinfo2(3). */
    if (!getenv("GLIBC_TUNABLES")) {
        setenv("GLIBC_TUNABLES", "glibc.malloc.tcache_count=0", 1);
        execv("/proc/self/exe", argv);
    }
    functions = grace_gpu_load(argv[1], &error);
    if (!functions) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    test_lives(functions);
    if (lives_only) {
        return tap_end();
    }
    test_loading(functions, argv[1], argv[2]);
    test_calls(functions);
    test_accesses(functions);
    test_devices(functions);
    test_states(functions, argv[3], argv[4]);
    test_tables(functions);
    test_scarcity(functions);
    test_absurdity(functions);
    return tap_end();
}
