/*
 * Sizes and offsets of the ABI: what a build may not change by accident
 *
 * Nothing to run. Every number is that of a 64-bit host, written by hand.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stddef.h>

#include "grace-gpu-abi.h"

#define size_is(type, bytes)                                                   \
    _Static_assert(sizeof(type) == (bytes), "size of " #type)
#define field_at(type, field, bytes)                                           \
    _Static_assert(offsetof(type, field) == (bytes), #type "." #field)

size_is(GraceError, 512);
field_at(GraceError, message, 8);

size_is(GraceOption, 16);

size_is(GraceHost, 104);
field_at(GraceHost, log, 8);
field_at(GraceHost, now, 16);
field_at(GraceHost, set_timer, 24);
field_at(GraceHost, set_region_mode, 32);
field_at(GraceHost, clear_memory, 48);
field_at(GraceHost, dma_read, 56);
field_at(GraceHost, memory_write, 80);
field_at(GraceHost, set_poison, 96);

size_is(GraceRegion, 48);
field_at(GraceRegion, size, 16);
field_at(GraceRegion, memory_offset, 40);

size_is(GraceCapability, 12);
field_at(GraceCapability, byte_count, 10);

size_is(GraceDescription, 56);
field_at(GraceDescription, memory_size, 40);
field_at(GraceDescription, msi_vector_count, 48);

size_is(GraceConfig, 40);
field_at(GraceConfig, check_mask, 32);

size_is(GracePlacement, 48);
field_at(GracePlacement, devfn, 11);
field_at(GracePlacement, root_domain, 24);
field_at(GracePlacement, path_count, 40);

size_is(GraceTopology, 48);
field_at(GraceTopology, domain_flags, 40);
field_at(GraceTopology, domain_limit, 24);
field_at(GraceTopology, distances, 32);

size_is(GraceFunctions, 144);
field_at(GraceFunctions, create, 16);
field_at(GraceFunctions, region_read, 80);
field_at(GraceFunctions, set, 112);
field_at(GraceFunctions, firmware, 136);
