# SPDX-License-Identifier: GPL-2.0-or-later
"""Compiles source files as a build did, with its recorded commands, and with warnings as errors.

usage: compile-strictly.py COMPILE-COMMANDS SOURCE...

Fails also for a file that is in no target of the build.
"""

import json, os, shlex, subprocess, sys

commands, *sources = sys.argv[1:]
wanted = {os.path.realpath(source) for source in sources}
compiled = set()
failed = False
for entry in json.load(open(commands)):
    source = os.path.realpath(os.path.join(entry["directory"], entry["file"]))
    if source not in wanted:
        continue
    compiled.add(source)
    command = shlex.split(entry["command"])
    command[command.index("-o") + 1] = os.devnull
    result = subprocess.run(command + ["-Werror"], cwd=entry["directory"])
    print("failed:" if result.returncode else "passed:", entry["output"], flush=True)
    failed = failed or result.returncode != 0
for source in sorted(wanted - compiled):
    print("failed:", source, "is in no target of the build")
sys.exit(failed or wanted != compiled)
