/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Configuration space of a function: its capabilities, and single registers. It
 * is reached through the file in sysfs, which shows the function's own, beside
 * any driver.
 */
#ifndef GRACE_CONFIG_SPACE_H
#define GRACE_CONFIG_SPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * One access of 1, 2 or 4 bytes to the function at this address of sysfs. False
 * if it failed, with the reason given to ktap_fail().
 */
bool config_read(const char *address, unsigned offset, size_t width,
                 uint32_t *value);
bool config_write(const char *address, unsigned offset, size_t width,
                  uint32_t value);

/*
 * Where a capability begins; false, with the reason given to ktap_fail(), if
 * there is none. The second finds extended ones.
 */
bool config_find(const char *address, uint8_t id, unsigned *offset);
bool config_find_extended(const char *address, uint16_t id, unsigned *offset);

#endif
