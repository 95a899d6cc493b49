// SPDX-License-Identifier: GPL-2.0-or-later
#include "setup.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "ktap.h"

static const struct {
    const char *type;
    const char *folder;
} mounts[] = {
    {"proc", "/proc"},    {"sysfs", "/sys"},
    {"devtmpfs", "/dev"}, {"debugfs", "/sys/kernel/debug"},
    {"tmpfs", "/tmp"},
};

void setup_console(void)
{
    int fd = open("/dev/console", O_RDWR);

    for (int i = 0; fd >= 0 && i <= STDERR_FILENO; i++) {
        if (fd != i) {
            dup2(fd, i);
        }
    }
    if (fd > STDERR_FILENO) {
        close(fd);
    }
}

void setup_mounts(void)
{
    for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
        mkdir(mounts[i].folder, 0755);
        /* EBUSY: the kernel has mounted it (CONFIG_DEVTMPFS_MOUNT). */
        if (mount(mounts[i].type, mounts[i].folder, mounts[i].type, 0, NULL) !=
                0 &&
            errno != EBUSY) {
            ktap_line("# %s cannot be mounted: %s", mounts[i].folder,
                      strerror(errno));
        }
    }
}

void power_off(void)
{
    /* The last line must leave the UART before the machine goes away. */
    tcdrain(STDOUT_FILENO);
    sync();
    reboot(RB_POWER_OFF);
    ktap_line("# the machine cannot be powered off: %s", strerror(errno));
    /* Resets: with -no-reboot, QEMU ends as well. */
    reboot(RB_AUTOBOOT);
    for (;;) {
        pause();
    }
}
