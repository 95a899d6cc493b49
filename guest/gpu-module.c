// SPDX-License-Identifier: GPL-2.0-or-later
#include "gpu-module.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "files.h"

#define REMOVE_FILE "/sys/module/" GPU_MODULE "/parameters/remove"

/* The longest record that the kernel hands out (PRINTKRB_RECORD_MAX), twice. */
#define RECORD_BYTES 4096

/* KERN_ERR, in the bits of the level. */
#define LEVEL_MASK  7
#define LEVEL_ERROR 3

static int messages = -1;

static void watch(void)
{
    if (messages < 0) {
        messages = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    }
    lseek(messages, 0, SEEK_END);
}

const char *gpu_module_sentence(void)
{
    static char record[RECORD_BYTES];
    ssize_t count;

    while ((count = read(messages, record, sizeof(record) - 1)) > 0 ||
           (count < 0 && (errno == EPIPE || errno == EINTR))) {
        char *text;

        if (count < 0 || (atoi(record) & LEVEL_MASK) != LEVEL_ERROR) {
            continue;
        }
        record[count] = '\0';
        /* "priority,sequence,time,flags,...;text\n KEY=value\n" */
        text = strchr(record, ';');
        if (text) {
            text[strcspn(text, "\n")] = '\0';
            return text + 1;
        }
    }
    return "";
}

int gpu_module_load(const char *parameters)
{
    int fd = open(GPU_MODULE_FILE, O_RDONLY | O_CLOEXEC);
    int error = 0;

    watch();
    if (fd < 0 || syscall(SYS_finit_module, fd, parameters, 0) != 0) {
        error = errno;
    }
    if (fd >= 0) {
        close(fd);
    }
    return error;
}

int gpu_module_unload(void)
{
    watch();
    return syscall(SYS_delete_module, GPU_MODULE, O_NONBLOCK) == 0 ? 0 : errno;
}

int gpu_module_remove(const char *address)
{
    watch();
    return write_text(REMOVE_FILE, address) ? 0 : errno;
}
