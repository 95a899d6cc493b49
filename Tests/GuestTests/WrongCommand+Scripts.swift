// SPDX-License-Identifier: GPL-2.0-or-later

extension WrongCommand {
  /// Scripts: arguments, and what the environment says.
  static let scripts: [WrongCommand] = [
    .init(
      "scripts/boot --loud",
      "unknown option --loud; scripts/boot --help lists the options"),
    .init(
      "scripts/boot --gpu=2",
      "unknown option --gpu; scripts/boot --help lists the options"),
    .init(
      "scripts/boot --gpu\u{1b}[2J",
      "unknown option --gpu?[2J; scripts/boot --help lists the options"),
    .init(
      "scripts/setup \u{1b}[2J",
      "unknown option ?[2J; scripts/setup --help lists the options"),
    .init(
      "scripts/setup --force",
      "unknown option --force; scripts/setup --help lists the options"),
    .init(
      "scripts/setup now",
      "unknown option now; scripts/setup --help lists the options"),
    .init(
      "scripts/test --fast",
      "unknown option --fast; scripts/test --help lists the options"),
    .init(
      "scripts/test --only",
      "--only names no stage; scripts/test --list prints the stages"),
    .init(
      "scripts/test --only=",
      "--only names no stage; scripts/test --list prints the stages"),
    .init(
      "scripts/test --only lint,all",
      "there is no stage all; scripts/test --list prints the stages"),
    .init(
      "scripts/bench --fast",
      "unknown option --fast; scripts/bench --help lists the options"),
    .init(
      "scripts/bench speed",
      "there is no benchmark speed; scripts/bench --list prints their names"),
    .init(
      "scripts/bench --quick --write-docs",
      "--quick takes too few samples for --write-docs; leave one of them out"),
    .init(
      "scripts/lint rust", status: 1,
      "unknown kind of file rust; use swift, c or shell"),
    .init(
      "scripts/check-plugin", status: 1,
      "usage: scripts/check-plugin PATH"),
    .init(
      "scripts/check-plugin none.so", status: 1,
      "none.so does not exist; scripts/build-plugin makes it"),
    .init(
      "scripts/check-plugin text.so", status: 1, files: ["text.so": "text\n"],
      "text.so is not an ELF file; scripts/build-plugin makes one"),
    .init(
      "scripts/check-abi", status: 1,
      "usage: scripts/check-abi PLUGIN"),
    .init(
      "scripts/check-abi none/none.so", status: 1,
      "none/none.so does not exist; scripts/build-plugin makes it"),
    .init(
      "scripts/build-kernel riscv64", status: 1,
      "there are guests for arm64 and x86_64, and none for riscv64; use one of the two"),
    .init(
      "scripts/fetch-firmware riscv64", status: 1,
      "there is firmware for arm64 and x86_64 guests, and none for riscv64"),
    .init(
      "scripts/fetch-kernel sid", status: 1,
      "there is a kernel of stable and of backports, and none of sid; use one of the two"),
    .init(
      "scripts/build-initramfs folder", status: 1, files: ["folder/": ""],
      "folder has no kernel; name the folder that scripts/build-kernel printed, or none"),
    .init(
      "scripts/build-initramfs folder riscv64", status: 1, files: ["folder/": ""],
      "there are guests for arm64 and x86_64, and none for riscv64; use one of the two"),
    .init(
      "scripts/build-qemu riscv64", status: 1,
      "unknown argument riscv64; use --fetch, --check-warnings, x86_64, sanitized or none"),
    .init(
      "scripts/build-kernel --fetch", status: 1, environment: ["KERNEL_SRC": "/nowhere/linux"],
      "KERNEL_SRC=/nowhere/linux is not a Linux source tree; name the folder of one, or leave it out"),
    .init(
      "scripts/build-kernel --fetch", status: 1, files: ["Kconfig": ""], environment: ["KERNEL_SRC": "."],
      "KERNEL_SRC=. is not a Linux source tree; name the folder of one, or leave it out"),
    .init(
      "scripts/build-qemu --fetch", status: 1, environment: ["QEMU_SRC": "/nowhere/qemu"],
      "QEMU_SRC=/nowhere/qemu is not a QEMU source tree; name the folder of one, or leave it out"),
    .init(
      "scripts/build-qemu --fetch", status: 1, files: ["VERSION": "10.0.2\n"], environment: ["QEMU_SRC": "."],
      "QEMU_SRC=FOLDER is not a QEMU source tree; name the folder of one, or leave it out"),
    .init(
      "scripts/lint shell", status: 1, environment: ["GRACE_CACHE": "/proc/nowhere"],
      "the cache folder /proc/nowhere cannot be written; set GRACE_CACHE to another one"),
    .init(
      "scripts/lint shell", status: 1, environment: ["GRACE_CACHE": "new\nline"],
      "the path of the cache folder, new?line, has a control character in it; set GRACE_CACHE to another one"),
    .init(
      "scripts/lint shell", status: 1, files: ["file": ""], environment: ["GRACE_CACHE": "file"],
      "the cache folder FOLDER/file cannot be written; set GRACE_CACHE to another one"),
    .init(
      "scripts/setup", status: 1, files: ["cache/entries": ""],
      "the cache folder FOLDER/cache/entries cannot be written; set GRACE_CACHE to another one"),
    .init(
      "scripts/lint shell", status: 1, files: ["cache/logs": ""], environment: ["GRACE_CACHE": "./cache"],
      "the cache folder FOLDER/cache/logs cannot be written; set GRACE_CACHE to another one"),
    .init(
      "scripts/build-qemu --fetch", status: 1,
      files: ["configure*": "", "VERSION": "9.2.0\n"], environment: ["QEMU_SRC": "."],
      """
      QEMU_SRC=FOLDER is QEMU 9.2.0, and the series in qemu-patches/v10.0 is for 10.0; name a tree of that, \
      or leave it out
      """),
    .init(
      "scripts/build-plugin", status: 1, environment: ["GRACE_CACHE": "/dev/null/cache"],
      "the cache folder /dev/null/cache cannot be written; set GRACE_CACHE to another one"),
    .init(
      "scripts/check-abi none.so", status: 1, environment: ["GRACE_CACHE": "/dev/null/cache"],
      "the cache folder /dev/null/cache cannot be written; set GRACE_CACHE to another one"),
  ]
}
