// SPDX-License-Identifier: GPL-2.0-or-later
/* The case of engine-check on chips whose engine nobody outside can enable. */
#include "engine-check.h"
#include "ktap.h"
#include "promise-check.h"

static bool check_absent(struct engine *engine)
{
    static const uint32_t registers[] = {
        ADDRESS_TOP, 0x844108,    DMACTL,      DMA_BASE,     DMA_DATA,
        DMA_COMMAND, DMA_OFFSET,  DMA_BASE1,   DMEMC,        DMEMD,
        ENGINE,      TRANSCFG,    FBIF_CTL,    FBIF_CTL2,    EMEMC2,
        EMEMD2,      QUEUE_HEAD2, QUEUE_TAIL2, ANSWER_HEAD2, ANSWER_TAIL2,
        DMA_RESULT,
    };

    for (size_t i = 0; i < sizeof(registers) / sizeof(registers[0]); i++) {
        if (!promise_equal(engine_read(engine, registers[i]), 0,
                           "register 0x%x", registers[i])) {
            return false;
        }
        engine_write(engine, registers[i], 0x55);
        if (!promise_equal(engine_read(engine, registers[i]), 0,
                           "register 0x%x after a write", registers[i])) {
            return false;
        }
    }
    return true;
}

void add_no_engine_cases(struct engine *engine)
{
    engine_add(engine, 0, check_absent,
               "the registers of Hopper's DMA engine are not there");
}
