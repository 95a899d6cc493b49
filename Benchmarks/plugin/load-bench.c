/*
 * How long a library takes to load
 *
 * usage: load-bench SAMPLES LIBRARY...
 *
 * Prints nanoseconds: a line for each sample, with a number for each library.
 * Each is loaded in a process of its own, as in a QEMU that starts; its file
 * is in the page cache.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long nanoseconds(const char *library)
{
    struct timespec start, end;
    void *loaded;

    clock_gettime(CLOCK_MONOTONIC, &start);
    loaded = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    clock_gettime(CLOCK_MONOTONIC, &end);
    if (!loaded) {
        fprintf(stderr, "%s\n", dlerror());
        exit(1);
    }
    return (end.tv_sec - start.tv_sec) * 1000000000l + end.tv_nsec -
           start.tv_nsec;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: load-bench SAMPLES LIBRARY...\n");
        return 2;
    }
    for (int sample = 0; sample < atoi(argv[1]); sample++) {
        for (int i = 2; i < argc; i++) {
            int status;
            pid_t child;

            fflush(stdout);
            child = fork();
            if (child < 0) {
                perror("fork");
                return 1;
            }
            if (child == 0) {
                printf("%s%ld", i > 2 ? " " : "", nanoseconds(argv[i]));
                fflush(stdout);
                _exit(0);
            }
            if (waitpid(child, &status, 0) < 0 || status != 0) {
                fprintf(stderr, "%s is not loaded\n", argv[i]);
                return 1;
            }
        }
        printf("\n");
    }
    return 0;
}
