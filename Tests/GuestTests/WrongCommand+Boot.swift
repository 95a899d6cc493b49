// SPDX-License-Identifier: GPL-2.0-or-later

extension WrongCommand {
  /// `grace-boot`: options, profiles of the user's own, assets and logs.
  static let boot: [WrongCommand] = [
    .init(
      "grace-boot now",
      "Unexpected argument 'now'; grace-boot --help tells what it takes."),
    .init(
      "grace-boot --loud",
      "Unknown option '--loud'. Did you mean '--log'?"),
    .init(
      "grace-boot --gpus",
      "Missing value for '--gpus <count>'; grace-boot --help tells what it takes."),
    .init(
      "grace-boot --gpus two",
      "The value 'two' is invalid for '--gpus <count>'; grace-boot --help tells what it takes."),
    .init(
      "grace-boot --gpus 0",
      "0 GPUs do not fit the machine; choose 1 to 8."),
    .init(
      "grace-boot --gpus 9",
      "9 GPUs do not fit the machine; choose 1 to 8."),
    .init(
      "grace-boot --profile gh300",
      """
      There is no profile 'gh300'; choose one of gh200-120gb, gh200-480gb, gh200-144gb, gb200, gb300, \
      blackwell-next.
      """),
    .init(
      "grace-boot --profile none.profile",
      "'none.profile' cannot be read as a text; give the path of a profile's file."),
    .init(
      "grace-boot --profile ./folder", files: ["folder/": ""],
      "'./folder' cannot be read as a text; give the path of a profile's file."),
    .init(
      "grace-boot --profile /dev/zero",
      "'/dev/zero' cannot be read as a text; give the path of a profile's file."),
    .init(
      "grace-boot --profile ./my.profile", files: ["my.profile|": ""],
      "'./my.profile' cannot be read as a text; give the path of a profile's file."),
    .init(
      "grace-boot --profile ./my.profile", files: ["my.profile": String(repeating: "#", count: 1 << 20)],
      "'./my.profile' cannot be read as a text; give the path of a profile's file."),
    .init(
      "grace-boot --profile gh\u{1b}[2J\u{9b}m\u{7f}300",
      """
      There is no profile 'gh?[2J?m?300'; choose one of gh200-120gb, gh200-480gb, gh200-144gb, gb200, gb300, \
      blackwell-next.
      """),
    .init(
      "grace-boot --assets /dev/zero",
      "/dev/zero cannot be read; run scripts/setup, or name the file that it made."),
    .init(
      "grace-boot --profile my.profile", files: ["my.profile": "name = a\n"],
      """
      'my.profile' has no base, or an unknown one; begin with base = and one of gh200-120gb, gh200-480gb, \
      gh200-144gb, gb200, gb300, blackwell-next.
      """),
    .init(
      "grace-boot --profile my.profile", files: ["my.profile": "base = gb200\nboot0 = 1\n"],
      """
      'my.profile' sets boot0, which the guest's programs do not expect; boot it by hand with \
      profile-file=, from the command of --print-command.
      """),
    .init(
      "grace-boot --profile my.profile", files: ["my.profile": "base = gb200\nmemory-size = all\n"],
      """
      'my.profile' has the memory-size 'all', which is none; write bytes, or a number with K, M, G or T.
      """),
    .init(
      "grace-boot --representation host",
      "There is no representation 'host'; choose vm, bare-metal or both."),
    .init(
      "grace-boot --memory-size all",
      "'all' is not a size; write bytes or a binary unit, such as 1536M, 1.5G or 96GiB."),
    .init(
      "grace-boot --memory-size 3X",
      "'3X' has an unknown unit; use K, M, G, T or KiB, MiB, GiB, TiB, which are powers of two."),
    .init(
      "grace-boot --memory-size 1.1K",
      "'1.1K' is not a whole number of bytes; use a smaller unit or fewer decimals."),
    .init(
      "grace-boot --memory-size 99999999999T",
      "'99999999999T' is more than 64 bits can count; give a smaller size."),
    .init(
      "grace-boot --memory-size 1535M",
      "Memory size 1535 MiB is below the minimum; give at least 1.5 GiB."),
    .init(
      "grace-boot --machine pc",
      "There is no machine 'pc'; choose virt or q35."),
    .init(
      "grace-boot --tree flat",
      "There is no tree 'flat'; choose root-ports, switch or expander."),
    .init(
      "grace-boot --host-nodes 5",
      "A Grace machine has 1 to 4 NUMA nodes with CPUs, not 5; choose one of these."),
    .init(
      "grace-boot --selftests nvgrace",
      "There is no driver 'nvgrace' for selftests; choose vfio-pci or nvgrace_gpu_vfio_pci."),
    .init(
      "grace-boot --selftests vfio-pci --shell",
      """
      The selftests are joined to the guest's programs for a run with a report; leave out --shell and \
      --print-command.
      """),
    .init(
      "grace-boot --machine q35 --shell",
      "The shell's programs are arm64's; leave out --shell, or choose --machine virt."),
    .init(
      "grace-boot --time-limit 0",
      "The time limit is 0; give at least one second."),
    .init(
      "grace-boot --time-limit soon",
      "The value 'soon' is invalid for '--time-limit <seconds>'; grace-boot --help tells what it takes."),
    .init(
      "grace-boot --shell --log guest.log",
      "A shell leaves no report; leave out --json, --log and --print-command, or --shell."),
    .init(
      "grace-boot --json --print-command",
      "--print-command prints no report; leave out --json, or --print-command."),
    .init(
      "grace-boot --assets none",
      "none cannot be read; run scripts/setup, or name the file that it made."),
    .init(
      "grace-boot --assets folder", files: ["folder/": ""],
      "folder cannot be read; run scripts/setup, or name the file that it made."),
    .init(
      "grace-boot", environment: ["GRACE_ASSETS": "/nowhere/assets"],
      "/nowhere/assets cannot be read; run scripts/setup, or name the file that it made."),
    .init(
      "grace-boot", files: ["assets": "QEMU\n"], environment: ["GRACE_ASSETS": "assets"],
      "Line 1 of assets is not NAME=absolute path; run scripts/setup."),
    .init(
      "grace-boot", files: ["assets": "QEMU=bin/true\n"], environment: ["GRACE_ASSETS": "assets"],
      "Line 1 of assets is not NAME=absolute path; run scripts/setup."),
    .init(
      "grace-boot", files: ["assets": ""], environment: ["GRACE_ASSETS": "assets"],
      "The assets file has no entry QEMU; run scripts/setup."),
    .init(
      "grace-boot",
      files: ["assets": "QEMU=/bin/true\nPLUGIN=/bin/true\nINITRD=/bin/true\nFIRMWARE=/bin/true\n"],
      environment: ["GRACE_ASSETS": "assets"],
      "The assets file has no entry KERNEL; run scripts/setup."),
    .init(
      "grace-boot",
      files: [
        "assets":
          "QEMU=/bin/true\nPLUGIN=/nowhere/plugin.so\nKERNEL=/bin/true\nINITRD=/bin/true\nFIRMWARE=/bin/true\n"
      ], environment: ["GRACE_ASSETS": "assets"],
      "/nowhere/plugin.so (PLUGIN) does not exist; run scripts/setup."),
    .init(
      "grace-boot --machine q35",
      files: [
        "assets": "QEMU=/bin/true\nPLUGIN=/bin/true\nKERNEL=/bin/true\nINITRD=/bin/true\nFIRMWARE=/bin/true\n"
      ], environment: ["GRACE_ASSETS": "assets"],
      "The assets file has no entry QEMU_X86; run scripts/setup --q35."),
    .init(
      "grace-boot --selftests vfio-pci",
      files: [
        "assets": "QEMU=/bin/true\nPLUGIN=/bin/true\nKERNEL=/bin/true\nINITRD=/bin/true\nFIRMWARE=/bin/true\n"
      ], environment: ["GRACE_ASSETS": "assets"],
      "The assets file has no entry SELFTESTS_INITRD; run scripts/setup --selftests."),
    .init(
      "grace-boot --shell",
      files: [
        "assets": "QEMU=/bin/true\nPLUGIN=/bin/true\nKERNEL=/bin/true\nINITRD=/bin/true\nFIRMWARE=/bin/true\n"
      ], environment: ["GRACE_ASSETS": "assets"],
      "The assets file has no entry SHELL_INITRD; run scripts/setup."),
    .init(
      "grace-boot --log none/guest.log",
      files: [
        "assets": "QEMU=/bin/true\nPLUGIN=/bin/true\nKERNEL=/bin/true\nINITRD=/bin/true\nFIRMWARE=/bin/true\n"
      ], environment: ["GRACE_ASSETS": "assets"],
      "The log none/guest.log cannot be written (No such file or directory); name another file."),
    .init(
      "grace-boot --log folder",
      files: [
        "assets":
          "QEMU=/bin/true\nPLUGIN=/bin/true\nKERNEL=/bin/true\nINITRD=/bin/true\nFIRMWARE=/bin/true\n",
        "folder/": "",
      ], environment: ["GRACE_ASSETS": "assets"],
      "The log folder cannot be written (Is a directory); name another file."),
  ]
}
