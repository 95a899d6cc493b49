/*
 * Files that were plug-ins before something happened to them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HALF_FILES_H
#define HALF_FILES_H

/*
 * Whether the loader refuses a copy of the plug-in that was cut, wherever that
 * was, or that is for another machine; and says which of the two it is. Writes
 * below `scratch`.
 */
int loader_refuses_half_files(const char *plugin, const char *scratch);

#endif /* HALF_FILES_H */
