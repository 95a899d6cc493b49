/*
 * What a user chooses of a device
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "options.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const Setup setups[] = {
    {1, {{"profile", "gh200-480gb"}}},
    {3,
     {{"representation", "bare-metal"},
      {"egm-size", "1G"},
      {"poison", "egm:0"}}},
    {2, {{"profile", "gb200"}, {"ats", "on"}}},
    {2, {{"profile", "blackwell-next"}, {"representation", "bare-metal"}}},
    {5,
     {{"profile", "blackwell-next"},
      {"c2c-ready-ms", "10"},
      {"hbm-ready-ms", "20"},
      {"cxl-valid-ms", "30"},
      {"cxl-active-ms", "40"}}},
    {4,
     {{"profile", "gh200-144gb"},
      {"mig-fix", "on"},
      {"ats", "on"},
      {"reset-clears-memory", "on"}}},
    {4,
     {{"profile", "gh200-120gb"},
      {"c2c-ready-ms", "2"},
      {"hbm-ready-ms", "1"},
      {"poison", "0x1000+4G"}}},
    {3,
     {{"profile", "gb300"},
      {"representation", "bare-metal"},
      {"memory-size", "1610612736"}}},
    {7,
     {{"representation", "bare-metal"},
      {"instance", "5"},
      {"numa-nodes", "2"},
      {"egm-size", "2G"},
      {"egm-pxm", "60"},
      {"egm-retired-pages", "0x1000+0x2000+8192"},
      {"fault", "training-stuck"}}},
    {6,
     {{"profile", "gb300"},
      {"pxm-start", "40"},
      {"device-id", "0xffff"},
      {"serial-number", "0xffffffffffffffff"},
      {"hmat", "off"},
      {"initiators", "off"}}},
    {4,
     {{"profile", "blackwell-next"},
      {"numa-nodes", "0"},
      {"cxl-active-timeout", "7"},
      {"fault", "cxl-ones"}}},
    {6,
     {{"representation", "bare-metal"},
      {"egm-size", "512M"},
      {"egm-base", "0x80000000000"},
      {"egm-retired-pages", "off"},
      {"dsd-pxm", "on"},
      {"firmware-quirk", "gi-handle-swapped+slit-zero+memory-overlaps-ram"}}},
    {3, {{"memory-size", "8589934592"}, {"fault", "removed"}, {"poison", "0"}}},
    {2,
     {{"profile-text", "base = gh200-480gb\nname = a\nmsi-vectors = 4\n"
                       "register = 0x1000 1 writable=0xff\n"},
      {"reset-clears-memory", "on"}}},
    {2,
     {{"profile-text", "base = gb200\nname = b\nmsix-vectors = 3\n"
                       "dvsec = 0x900 vendor=0x10de id=9 length=16\n"
                       "dword = 0xc 1 writable=0xffff\n"},
      {"representation", "bare-metal"}}},
    {6,
     {{"representation", "bare-metal"},
      {"distance-host", "254"},
      {"latency-host", "1/65534"},
      {"bandwidth-gpu", "9"},
      {"dsd-size", "0x1000"},
      {"host-node", "1"}}},
};

const uint32_t setup_count = COUNT(setups);

static const char *const names[] = {
    "profile",
    "profile-text",
    "representation",
    "memory-size",
    "memory-base",
    "numa-nodes",
    "pxm-start",
    "c2c-ready-ms",
    "hbm-ready-ms",
    "cxl-valid-ms",
    "cxl-active-ms",
    "reset-clears-memory",
    "fault",
    "poison",
    "instance",
    "mig-fix",
    "device-id",
    "serial-number",
    "ats",
    "cxl-active-timeout",
    "egm-size",
    "egm-base",
    "egm-pxm",
    "egm-retired-pages",
    "host-node",
    "initiators",
    "dsd-pxm",
    "dsd-size",
    "hmat",
    "firmware-quirk",
    "distance-host",
    "distance-remote",
    "distance-gpu",
    "latency-local",
    "latency-host",
    "latency-remote",
    "latency-gpu",
    "bandwidth-local",
    "bandwidth-host",
    "bandwidth-remote",
    "bandwidth-gpu",
    "colour",
    "",
};

static const char *const values[] = {
    "on",
    "off",
    "0",
    "1",
    "2",
    "7",
    "8",
    "63",
    "64",
    "100",
    "254",
    "65534",
    "3600000",
    "0x20000000",
    "0x80000000000",
    "1G",
    "2G",
    "1610612736",
    "137438953472",
    "0x10000000000000000",
    "18446744073709551615",
    "1T",
    "vm",
    "bare-metal",
    "gh200-480gb",
    "gh200-144gb",
    "gh200-120gb",
    "gb200",
    "gb300",
    "blackwell-next",
    "link-down",
    "removed",
    "cxl-info-missing",
    "10/20",
    "1/2/3",
    "0x1000+0x2000",
    "egm:0+0x1000",
    "gi-handle-swapped+gi-handle-doubled+gi-shuffled",
    "gi-missing",
    "gi-disabled+dsd-base-unaligned",
    "gi-one-too-few+dsd-size-zero",
    "dsd-missing+slit-asymmetric",
    "slit-too-small+slit-zero",
    "hmat-unknown-domain+memory-overlaps-ram",
    "base = gh200-480gb\nname = x\nchip = G\ndevice-id = 0x1234\nrevision = 2\n"
    "aperture = off\nreadiness = cxl\nmsi-vectors = 32\n",
    "base = gb300\nname = y\nboot0 = 0x18000000\nboot42 = 1\n"
    "memory-size = 4G\nmig-fix = on\nmsix-vectors = 5\nmsix-table = 0xb90000\n",
    "base = gh200-144gb\nname = z\ncapability-remove = 0x2a4\n"
    "capability-move = 0x2f0 0x340\nregister = 0x9400 5\n"
    "capability-remove = 0x9c\ncapability = 0x9c id=9 length=0x14\n"
    "dword = 4 0x5eed0001 writable=0xff\n",
    "name = no base",
    "",
};

/* Letters of which values are made, and some that are in none. */
static const char letters[] =
    "0123456789abcdefghijklmnopqrstuvwxyz+-/:=#., \n\"\x7f\xc3\xa9KMGTX_";

GraceOption take_option(Input *input, char text[MAX_TEXT])
{
    GraceOption option = {names[take8(input) % COUNT(names)], text};
    uint8_t form = take8(input);

    if (form < 0x80) {
        option.value = values[form % COUNT(values)];
        return option;
    }
    form &= MAX_TEXT - 1;
    for (uint8_t i = 0; i < form; i++) {
        text[i] = letters[take8(input) % (sizeof(letters) - 1)];
    }
    text[form] = '\0';
    return option;
}

void take_options(Input *input, AnyOptions *any)
{
    any->setup.count = take8(input) % (MAX_OPTIONS + 1);
    for (uint32_t i = 0; i < any->setup.count; i++) {
        any->setup.options[i] = take_option(input, any->texts[i]);
    }
}
