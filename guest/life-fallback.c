// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The cases of life-check on which fields of configuration space fall back at
 * which reset. PCI Express 6.0, 6.6.2: a function level reset leaves sticky
 * fields, Max_Payload_Size and Link Control; 7.4: a bus reset leaves the sticky
 * ones (ROS, RWS, RW1CS) alone.
 */
#include "life-check.h"

#include <inttypes.h>
#include <linux/pci_regs.h>

#include "config-space.h"
#include "ktap.h"

/* Which capability a field belongs to. */
enum place { HEADER, POWER, EXPRESS, MESSAGES, ERRORS, LATENCY };

/* Which resets a field falls back at. */
enum reach { AT_BOTH, AT_BUS_RESET, AT_NEITHER };

static const struct field {
    const char *name;
    enum place place;
    unsigned offset;
    size_t width;
    uint32_t mask;
    /* What it is set to, and what it is after a reset that reaches it. */
    uint32_t set, reset;
    enum reach reach;
} fields[] = {
    {"Cache Line Size", HEADER, PCI_CACHE_LINE_SIZE, 1, 0xff, 0x10, 0, AT_BOTH},
    {"Message Control: enable and mask all", MESSAGES, PCI_MSIX_FLAGS, 2,
     0xc000, 0xc000, 0, AT_BOTH},
    {"Device Control: error reporting", EXPRESS, PCI_EXP_DEVCTL, 2, 0x000f,
     0x000f, 0, AT_BOTH},
    {"Device Control: Enable Relaxed Ordering", EXPRESS, PCI_EXP_DEVCTL, 2,
     0x0010, 0, 0x0010, AT_BOTH},
    {"Device Control: Max_Payload_Size", EXPRESS, PCI_EXP_DEVCTL, 2, 0x00e0,
     0x0020, 0, AT_BUS_RESET},
    {"Device Control: Enable No Snoop", EXPRESS, PCI_EXP_DEVCTL, 2, 0x0800, 0,
     0x0800, AT_BOTH},
    {"Device Control: Max_Read_Request_Size", EXPRESS, PCI_EXP_DEVCTL, 2,
     0x7000, 0x5000, 0x2000, AT_BOTH},
    {"Link Control: Common Clock", EXPRESS, PCI_EXP_LNKCTL, 2, 0x0040, 0x0040,
     0, AT_BUS_RESET},
    {"Device Control 2: Completion Timeout Disable, LTR Mechanism Enable",
     EXPRESS, PCI_EXP_DEVCTL2, 2, 0x0410, 0x0410, 0, AT_BOTH},
    {"Link Control 2: Target Link Speed", EXPRESS, PCI_EXP_LNKCTL2, 2, 0x000f,
     0x0003, 0, AT_NEITHER},
    {"Uncorrectable Error Mask", ERRORS, PCI_ERR_UNCOR_MASK, 4, 0x00001000,
     0x00001000, 0, AT_NEITHER},
    {"Uncorrectable Error Severity", ERRORS, PCI_ERR_UNCOR_SEVER, 4, 0x00001000,
     0x00001000, 0, AT_NEITHER},
    {"Correctable Error Mask", ERRORS, PCI_ERR_COR_MASK, 4, 0x00000001,
     0x00000001, 0, AT_NEITHER},
    {"Max Snoop and No-Snoop Latency", LATENCY, PCI_LTR_MAX_SNOOP_LAT, 4,
     0x1fff1fff, 0x10011002, 0, AT_BOTH},
    /* Last, because the function answers nothing else then. */
    {"Power State", POWER, PCI_PM_CTRL, 2, 0x0003, 0x0003, 0, AT_BOTH},
    {"Command", HEADER, PCI_COMMAND, 2, 0x0546, 0x0546, 0, AT_BOTH},
};

#define FIELD_COUNT (sizeof(fields) / sizeof(fields[0]))

static bool find(struct life_bars *bars, enum place place, unsigned *base)
{
    const char *address = bars->function.address;

    *base = 0;
    switch (place) {
    case HEADER:
        return true;
    case POWER:
        *base = bars->power_management;
        return true;
    case EXPRESS:
        *base = bars->express;
        return true;
    case MESSAGES:
        return config_find(address, PCI_CAP_ID_MSIX, base);
    case ERRORS:
        return config_find_extended(address, PCI_EXT_CAP_ID_ERR, base);
    default:
        return config_find_extended(address, PCI_EXT_CAP_ID_LTR, base);
    }
}

static bool read_field(struct life_bars *bars, const struct field *field,
                       uint32_t *value)
{
    unsigned base;

    if (!find(bars, field->place, &base) ||
        !config_read(bars->function.address, base + field->offset, field->width,
                     value)) {
        return false;
    }
    *value &= field->mask;
    return true;
}

/* Leaves the bits around the field as they are. */
static bool write_field(struct life_bars *bars, const struct field *field,
                        uint32_t value)
{
    const char *address = bars->function.address;
    unsigned base;
    uint32_t whole;

    return find(bars, field->place, &base) &&
           config_read(address, base + field->offset, field->width, &whole) &&
           config_write(address, base + field->offset, field->width,
                        (whole & ~field->mask) | value);
}

static bool set_field(struct life_bars *bars, const struct field *field)
{
    uint32_t value;

    if (!write_field(bars, field, field->set) ||
        !read_field(bars, field, &value)) {
        return false;
    }
    return value == field->set ||
           ktap_fail("%s is 0x%" PRIx32 " after a write of 0x%" PRIx32,
                     field->name, value, field->set);
}

static bool check_field(struct life_bars *bars, const struct field *field,
                        enum life_reset kind)
{
    bool is_kept = field->reach == AT_NEITHER ||
                   (field->reach == AT_BUS_RESET && kind != LIFE_RESET_BUS);
    uint32_t expected = is_kept ? field->set : field->reset;
    uint32_t value;

    if (!read_field(bars, field, &value)) {
        return false;
    }
    return value == expected ||
           ktap_fail("%s is 0x%" PRIx32 " after the reset, not 0x%" PRIx32,
                     field->name, value, expected);
}

/* Whether no BAR has an address. */
static bool check_addresses(struct life_bars *bars)
{
    for (unsigned i = 0; i < PCI_BAR_COUNT; i += 2) {
        unsigned offset = PCI_BASE_ADDRESS_0 + 4 * i;
        uint32_t low, high;

        if (!config_read(bars->function.address, offset, 4, &low) ||
            !config_read(bars->function.address, offset + 4, 4, &high)) {
            return false;
        }
        if ((low & ~15u) != 0 || high != 0) {
            return ktap_fail("BAR%u is 0x%08" PRIx32 "%08" PRIx32
                             " after the reset",
                             i, high, low);
        }
    }
    return true;
}

struct saved {
    uint32_t bars[PCI_BAR_COUNT];
    uint32_t fields[FIELD_COUNT];
};

static bool save(struct life_bars *bars, struct saved *saved)
{
    for (unsigned i = 0; i < PCI_BAR_COUNT; i++) {
        if (!config_read(bars->function.address, PCI_BASE_ADDRESS_0 + 4 * i, 4,
                         &saved->bars[i])) {
            return false;
        }
    }
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        if (!read_field(bars, &fields[i], &saved->fields[i])) {
            return false;
        }
    }
    return true;
}

static bool restore(struct life_bars *bars, const struct saved *saved)
{
    for (unsigned i = 0; i < PCI_BAR_COUNT; i++) {
        if (!config_write(bars->function.address, PCI_BASE_ADDRESS_0 + 4 * i, 4,
                          saved->bars[i])) {
            return false;
        }
    }
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        if (!write_field(bars, &fields[i], saved->fields[i])) {
            return false;
        }
    }
    return true;
}

static bool check_fields(struct life_bars *bars, enum life_reset kind)
{
    struct saved saved;
    struct moment reset;
    bool passed = true;

    if (!life_bars_await(bars) || !save(bars, &saved)) {
        return false;
    }
    for (size_t i = 0; i < FIELD_COUNT && passed; i++) {
        passed = set_field(bars, &fields[i]);
    }
    passed = passed && life_reset(bars, kind, &reset) && check_addresses(bars);
    for (size_t i = 0; i < FIELD_COUNT && passed; i++) {
        passed = check_field(bars, &fields[i], kind);
    }
    return restore(bars, &saved) && passed && life_bars_await(bars);
}

static bool check_function_reset(void *context)
{
    return check_fields(context, LIFE_RESET_FUNCTION);
}

static bool check_bus_reset(void *context)
{
    return check_fields(context, LIFE_RESET_BUS);
}

void life_add_fallback_cases(struct life_bars *bars)
{
    ktap_add(check_function_reset, bars,
             "a function level reset keeps sticky fields, Max_Payload_Size and "
             "Link Control, and no others");
    ktap_add(check_bus_reset, bars,
             "a reset of the bus keeps sticky fields, and no others");
}
