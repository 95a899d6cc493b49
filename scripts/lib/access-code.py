# SPDX-License-Identifier: GPL-2.0-or-later
"""usage: access-code.py OBJECT...

Follows the calls of what a guest's access runs (all of Bridge+Access.swift) through the object files of the plug-in, and
fails, with the way there, where one of them counts a reference or allocates. It takes the generated code, since neither
can be seen in Swift's: the compiler puts both in. Calls through a pointer are the host's, and are not followed.
"""

import re
import subprocess
import sys

ROOTS = "Bridge+Access.swift.o"
# What C calls: a function of this module with C's calling convention, as Swift's names say at their end.
ENTRY = re.compile(r"^\$[es]11GracePlugin.*To$")
FORBIDDEN = re.compile(
    r"^(swift_(retain|release|bridgeObject|alloc|dealloc|slowAlloc|slowDealloc|initStackObject).*"
    r"|_?(malloc|calloc|realloc|free|posix_memalign|aligned_alloc))$"
)
FUNCTION = re.compile(r"^[0-9a-f]+ <(.+)>:$")
# What a call, a jump or the address of a function leaves for the linker, on x86_64 and aarch64.
REFERENCE = re.compile(r"^\s+[0-9a-f]+: R_(?:X86_64|AARCH64)_\S+\s+(\S+?)(?:[-+]0x[0-9a-f]+)?$")


def disassemble(path):
    """The functions of an object file, each with the names that its code refers to."""
    text = subprocess.run(["objdump", "-dr", path], check=True, capture_output=True, text=True).stdout
    functions, current = {}, None

    def own(name):
        """Sections and labels have the same names in every file."""
        return f"{path}:{name}" if name.startswith(".") else name

    for line in text.splitlines():
        if match := FUNCTION.match(line):
            current = functions.setdefault(own(match[1]), set())
        elif current is not None and (match := REFERENCE.match(line)):
            current.add(own(match[1]))
    return functions


def way_to_forbidden(root, functions):
    """The shortest way from a function to one that it must not reach, or None."""
    ways, seen = [[root]], {root}
    for way in ways:
        for name in sorted(functions.get(way[-1], ())):
            if FORBIDDEN.match(name):
                return way + [name]
            if name in functions and name not in seen:
                seen.add(name)
                ways.append(way + [name])
    return None


def main():
    functions, roots = {}, []
    for path in sys.argv[1:]:
        found = disassemble(path)
        for name, names in found.items():
            functions.setdefault(name, set()).update(names)
        if path.endswith("/" + ROOTS):
            roots = sorted(filter(ENTRY.match, found))
    # Without these the code was not looked at.
    if not roots or not any(FORBIDDEN.match(name) for names in functions.values() for name in names):
        sys.exit(f"error: {ROOTS} is not among the object files, or none of them refers to Swift's runtime")
    ways = [way for root in roots if (way := way_to_forbidden(root, functions))]
    for way in ways:
        print("an access counts references or allocates:", " -> ".join(way), file=sys.stderr)
    if ways:
        sys.exit(1)
    print(f"{len(roots)} entries of accesses count no reference and allocate nothing")


main()
