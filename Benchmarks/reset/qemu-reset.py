# SPDX-License-Identifier: GPL-2.0-or-later
"""What QEMU needs to take a GPU's memory away and to give it back.

usage: qemu-reset.py QEMU PLUGIN SAMPLES ROUNDS

Two QEMUs, one with 96 GiB of coherent memory and one with 1.5 GiB, whose guests do not run. A link that goes down and up
makes BAR2 and BAR4 ones and memory again. Prints microseconds: a line for each sample, 96 GiB first.
"""
import json
import socket
import subprocess
import sys
import time


class Machine:
    """A QEMU and the channel to it."""

    def __init__(self, qemu, plugin, size):
        ours, theirs = socket.socketpair()
        command = [
            qemu, "-machine", "virt,gic-version=3", "-cpu", "max", "-m", "128M", "-accel", "tcg,tb-size=32", "-S",
            "-nodefaults", "-display", "none", "-device", "pcie-root-port,id=rp0",
            "-chardev", f"socket,id=qmp,fd={theirs.fileno()}", "-mon", "chardev=qmp,mode=control",
            "-device", f"grace-gpu,id=gpu,bus=rp0,numa-nodes=0,plugin={plugin},memory-size={size}",
        ]
        self.process = subprocess.Popen(command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)
        theirs.close()
        self.stream = ours.makefile("rw")
        self.stream.readline()
        self.execute("qmp_capabilities")

    def execute(self, command, **arguments):
        json.dump({"execute": command, "arguments": arguments}, self.stream)
        self.stream.write("\n")
        self.stream.flush()
        for line in self.stream:
            answer = json.loads(line)
            if "error" in answer:
                sys.exit(answer["error"]["desc"])
            if "return" in answer:
                return answer["return"]
        sys.exit("QEMU has ended")

    def microseconds(self, rounds):
        start = time.monotonic_ns()
        for _ in range(rounds):
            for fault in ("link-down", "none"):
                self.execute("qom-set", path="/machine/peripheral/gpu", property="fault", value=fault)
        return (time.monotonic_ns() - start) / 1000 / rounds

    def end(self):
        self.process.kill()
        self.process.wait()


def main():
    qemu, plugin, samples, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    machines = [Machine(qemu, plugin, size) for size in ("96G", "1536M")]
    try:
        for machine in machines:
            machine.microseconds(1)
        for _ in range(samples):
            print(*(machine.microseconds(rounds) for machine in machines))
    finally:
        for machine in machines:
            machine.end()


main()
