# SPDX-License-Identifier: GPL-2.0-or-later
#
# usage: llvm-cov export -summary-only ... | coverage-table.py FOLDER
#
# A table of covered lines, for each module below FOLDER and each file of it.

import json
import sys


def row(name, covered, count):
    share = 100 * covered / count if count else 100
    return f"{name:60} {covered:6} of {count:6} {share:6.1f} %"


def main():
    folder = sys.argv[1]
    modules = {}
    for file in json.load(sys.stdin)["data"][0]["files"]:
        if file["filename"].startswith(folder):
            module, name = file["filename"][len(folder):].split("/", 1)
            lines = file["summary"]["lines"]
            modules.setdefault(module, []).append((name, lines["covered"], lines["count"]))
    for module, files in sorted(modules.items()):
        print(row(module, sum(file[1] for file in files), sum(file[2] for file in files)))
        for file in sorted(files):
            print(row("  " + file[0], file[1], file[2]))
        print()


main()
