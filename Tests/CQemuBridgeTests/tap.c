/*
 * The Test Anything Protocol, as little of it as the tests need
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tap.h"

int tap_count;
int tap_failures;
int tap_broken;

int tap_end(void)
{
    printf("1..%d\n", tap_count);
    return tap_failures ? 1 : 0;
}
