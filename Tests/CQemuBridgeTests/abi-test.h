/*
 * The parts of the test; each runs its cases on the functions of a plug-in
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ABI_TEST_H
#define ABI_TEST_H

#include "grace-gpu-abi.h"

void test_lives(const GraceFunctions *functions);

/* The loader, with the plug-in's path and a folder to write to. */
void test_loading(const GraceFunctions *functions, const char *plugin,
                  const char *scratch);

void test_calls(const GraceFunctions *functions);
void test_accesses(const GraceFunctions *functions);
void test_devices(const GraceFunctions *functions);

/* Folders of saved state: of plug-ins of all times, and of this one. */
void test_states(const GraceFunctions *functions, const char *old_states,
                 const char *own_states);

void test_tables(const GraceFunctions *functions);
void test_scarcity(const GraceFunctions *functions);
void test_absurdity(const GraceFunctions *functions);

#endif /* ABI_TEST_H */
