/*
 * The DMA engine of GH100, as a driver uses it
 *
 * The sequence is that of the kernel's selftest driver for it (Linux 7.3,
 * tools/testing/selftests/vfio/lib/drivers/nv_falcon).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine.h"

#define CHANNEL      2u
#define CHANNEL_BASE (CHANNEL * 1024u)
#define PORT         (0x8f2ac0u + CHANNEL * 8u)
#define COMMAND_HEAD (0x8f2c00u + CHANNEL * 8u)
#define COMMAND_TAIL (COMMAND_HEAD + 4u)
#define ANSWER_HEAD  (0x8f2c80u + CHANNEL * 8u)
#define ANSWER_TAIL  (ANSWER_HEAD + 4u)
#define ADVANCE      0x03000000u

static uint32_t get(const GraceFunctions *functions, GraceDevice *device,
                    uint64_t offset)
{
    return (uint32_t)functions->region_read(device, 0, offset, 4);
}

static void set(const GraceFunctions *functions, GraceDevice *device,
                uint64_t offset, uint32_t value)
{
    functions->region_write(device, 0, offset, value, 4);
}

uint32_t engine_command(const GraceFunctions *functions, GraceDevice *device,
                        uint32_t type, uint32_t word)
{
    uint32_t answer[5];

    set(functions, device, PORT, CHANNEL_BASE | ADVANCE);
    set(functions, device, PORT + 4, 0xc0000000u);
    set(functions, device, PORT + 4, type << 24 | 0x10de7eu);
    set(functions, device, PORT + 4, word);
    set(functions, device, COMMAND_TAIL, CHANNEL_BASE + 8);
    set(functions, device, COMMAND_HEAD, CHANNEL_BASE);
    if (get(functions, device, ANSWER_TAIL) !=
        get(functions, device, ANSWER_HEAD) + 16) {
        return UINT32_MAX;
    }
    set(functions, device, PORT, CHANNEL_BASE | ADVANCE);
    for (int i = 0; i < 5; i++) {
        answer[i] = get(functions, device, PORT + 4);
    }
    set(functions, device, ANSWER_TAIL, CHANNEL_BASE);
    if (answer[1] != 0x1510de7eu || answer[3] != type) {
        return UINT32_MAX;
    }
    return answer[4];
}

void engine_open(const GraceFunctions *functions, GraceDevice *device,
                 uint32_t target)
{
    engine_command(functions, device, 0x22, 1);
    set(functions, device, ENGINE_PORT, 0);
    set(functions, device, 0x844400, target);
    set(functions, device, 0x844484, 1);
    set(functions, device, 0x844424, 0x90);
    set(functions, device, 0x84410c, 0);
}

int engine_move(const GraceFunctions *functions, GraceDevice *device,
                uint64_t address, uint32_t size, int is_write)
{
    uint32_t command = is_write ? 0x20u : 0;

    while (size > 4) {
        size /= 2;
        command += 0x100;
    }
    set(functions, device, 0x100f04, (uint32_t)(address >> 47));
    set(functions, device, 0x844128, (uint32_t)(address >> 40) & 0x7f);
    set(functions, device, 0x844110, (uint32_t)(address >> 8));
    set(functions, device, 0x84411c, (uint32_t)address & 0xff);
    set(functions, device, 0x844114, 0);
    set(functions, device, ENGINE_COMMAND, command);
    return (get(functions, device, ENGINE_COMMAND) & ENGINE_DONE) != 0;
}
