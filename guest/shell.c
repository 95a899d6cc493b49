// SPDX-License-Identifier: GPL-2.0-or-later
#include "shell.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "files.h"
#include "options.h"
#include "pci.h"

#define MAX_GPUS 64

/*
 * The terminal behind /dev/console: the console itself cannot be anyone's
 * controlling terminal, which job control needs.
 */
static const char *terminal(void)
{
    char names[128];
    const char *last;

    if (!read_line("/sys/class/tty/console/active", names, sizeof(names))) {
        return "/dev/console";
    }
    last = strrchr(names, ' ');
    return path_of("/dev/%s", last ? last + 1 : names);
}

static void greet(void)
{
    static struct pci_function gpus[MAX_GPUS];
    size_t count = pci_find_gpus(gpus, MAX_GPUS);

    /* Firmware may have left the cursor inside a line. */
    printf("\n");
    if (count == 0) {
        printf("No GPU was found.\n");
    }
    for (size_t i = 0; i < count && i < MAX_GPUS; i++) {
        char reason[256] = "";

        if (options_get()->representation == REPRESENTATION_BARE_METAL &&
            HAS_NVGRACE &&
            !pci_bind_nvgrace(&gpus[i], reason, sizeof(reason))) {
            printf("%s\n", reason);
        }
        printf("%s 10de:%04" PRIx64 "%s%s\n", gpus[i].address,
               gpus[i].device_id, gpus[i].driver[0] ? ", bound to " : "",
               gpus[i].driver);
    }
    printf("The machine is powered off when the shell ends.\n");
    fflush(stdout);
}

static void run(void)
{
    int fd;

    setsid();
    fd = open(terminal(), O_RDWR);
    if (fd >= 0) {
        ioctl(fd, TIOCSCTTY, 1);
        for (int i = 0; i <= STDERR_FILENO; i++) {
            dup2(fd, i);
        }
        if (fd > STDERR_FILENO) {
            close(fd);
        }
    }
    setenv("PATH", "/bin:/sbin:/usr/bin:/usr/sbin:/", 1);
    setenv("HOME", "/", 1);
    setenv("TERM", "vt100", 0);
    setenv("PS1", "guest# ", 1);
    execl("/bin/sh", "sh", "-i", (char *)NULL);
    printf("/bin/sh cannot be started: %s; append the archive with the shell "
           "to the initramfs\n",
           strerror(errno));
    fflush(stdout);
    _exit(1);
}

void shell_run(void)
{
    pid_t pid;

    greet();
    pid = fork();
    if (pid == 0) {
        run();
    }
    /* The first process also collects what the shell leaves behind. */
    while (pid > 0) {
        pid_t ended = wait(NULL);

        if (ended == pid || (ended < 0 && errno == ECHILD)) {
            break;
        }
    }
}
