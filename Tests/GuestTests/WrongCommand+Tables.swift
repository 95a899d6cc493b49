// SPDX-License-Identifier: GPL-2.0-or-later

extension WrongCommand {
  /// `gracectl tables`, with what it reads and where it writes.
  static let tables: [WrongCommand] = [
    .init(
      "gracectl tables --gpus 1",
      "Missing expected argument '--output <folder>'; gracectl --help tells what it takes."),
    .init(
      "gracectl tables --gpus 1 -o",
      "Missing value for '-o <folder>'; gracectl --help tells what it takes."),
    .init(
      "gracectl tables -o new",
      "Say which machine: --topology, or --profile and --gpus."),
    .init(
      "gracectl tables -o new --gpus 0",
      "gpus: there are 0 of them; use 1 to 64."),
    .init(
      "gracectl tables -o new --gpus 65",
      "gpus: there are 65 of them; use 1 to 64."),
    .init(
      "gracectl tables -o new --gpus -1",
      "Missing value for '--gpus <number>'; gracectl --help tells what it takes."),
    .init(
      "gracectl tables -o new --gpus two",
      "The value 'two' is invalid for '--gpus <number>'; gracectl --help tells what it takes."),
    .init(
      "gracectl tables -o new --gpus 1.5",
      "The value '1.5' is invalid for '--gpus <number>'; gracectl --help tells what it takes."),
    .init(
      "gracectl tables -o new --gpus 1 more",
      "Unexpected argument 'more'; gracectl --help tells what it takes."),
    .init(
      "gracectl tables -o new --gpus 1 --representation host",
      "gpus[0]: there is no representation 'host'; use vm or bare-metal."),
    .init(
      "gracectl tables -o new --profile gh300",
      """
      There is no profile 'gh300'; use one of: gh200-120gb, gh200-480gb, gh200-144gb, gb200, gb300, \
      blackwell-next; or a file, whose path has a / or ends in .profile.
      """),
    .init(
      "gracectl tables -o new --profile none.profile",
      "'none.profile' cannot be read: there is no such file or folder; name another."),
    .init(
      "gracectl tables -o new --profile ./folder", files: ["folder/": ""],
      "'./folder' cannot be read: it is a folder; name another."),
    .init(
      "gracectl tables -o new --profile my.profile",
      files: ["my.profile": "base = gb200\nname = a\ncolour = red\n"],
      """
      'my.profile', line 3: a profile has no 'colour'; it has base, name, product, chip, device-id, \
      subsystem-id, revision, boot0, boot42, memory-size, memory-base, mig-fix, aperture, readiness, \
      bar0-size, msi-vectors, msix-vectors, msix-table, msix-pending, capability-remove, capability-move, \
      capability, dvsec, dword, register.
      """),
    .init(
      "gracectl tables -o new --gpus 1 --option colour",
      "'colour' is no setting; write --option NAME=VALUE."),
    .init(
      "gracectl tables -o new --gpus 1 --option =red",
      "'=red' is no setting; write --option NAME=VALUE."),
    .init(
      "gracectl tables -o new --gpus 1 --option colour=red",
      "gpus[0]: grace-gpu has no option 'colour'; use those of docs/device.md and docs/firmware.md."),
    .init(
      "gracectl tables -o new --gpus 1 --option pxm-start=first",
      "gpus[0]: pxm-start=first is not a number; write it in decimal, or in hexadecimal after 0x."),
    .init(
      "gracectl tables -o new --gpus 1 --option distance-host=10",
      "gpus[0]: distance-host=10 is too small; use at least 11."),
    .init(
      "gracectl tables -o new --gpus 1 --option egm-base=4G",
      "gpus[0]: egm-base is of no use without extended memory; give egm-size= too."),
    .init(
      "gracectl tables -o new --gpus 1 --quirk gi-none",
      """
      There is no quirk 'gi-none'; use one of: gi-handle-swapped, gi-handle-doubled, gi-shuffled, \
      gi-missing, gi-disabled, gi-one-too-few, dsd-missing, dsd-size-zero, dsd-base-unaligned, \
      slit-asymmetric, slit-too-small, slit-zero, hmat-unknown-domain, memory-overlaps-ram.
      """),
    .init(
      "gracectl tables -o new --topology m.json --gpus 1", files: ["m.json": "{}"],
      "--topology describes the whole machine; leave out --profile and --gpus, or --topology."),
    .init(
      "gracectl tables -o new --topology none.json",
      "'none.json' cannot be read: there is no such file or folder; name another."),
    .init(
      "gracectl tables -o new --topology folder", files: ["folder/": ""],
      "'folder' cannot be read: it is a folder; name another."),
    .init(
      "gracectl tables -o new --topology m.json", files: ["m.json": ""],
      "'m.json' is empty; name another file."),
    .init(
      "gracectl tables -o new --topology m.json", files: ["m.json": "{"],
      "'m.json' is not JSON: it ends too early; close what is open."),
    .init(
      "gracectl tables -o new --topology m.json", files: ["m.json": #"{ "sockets": [ }"#],
      "'m.json' is not JSON: line 1 is wrong near column 16; correct it."),
    .init(
      "gracectl tables -o new --topology m.json", files: ["m.json": "[]"],
      "'m.json', the whole file: it is an array; write an object in braces."),
    .init(
      "gracectl tables -o new --topology m.json", files: ["m.json": "{}"],
      "'m.json', sockets: this field is missing; add it."),
    .init(
      "gracectl tables -o new --topology m.json", files: ["m.json": #"{ "sockets": 5, "gpus": [] }"#],
      "'m.json', sockets: it is the number 5; write an array in brackets."),
    .init(
      "gracectl tables -o new --topology m.json",
      files: [
        "m.json":
          #"{ "sockets": [ { "domain": 0, "cpus": 4, "memory": [ { "base": "2G", "size": "4G" } ] } ], "gpus": [ { "profile": "gb200", "address": "0009:01:00.0", "bridge": "PCI9", "path": ["00.0", "00.0"] }, { "profile": "gb200", "address": "0009:01:00.0", "bridge": "PCI9", "path": ["00.0", "00.0"] } ] }"#
      ],
      "'m.json', gpus[1].address: gpus[0] is at 0009:01:00.0, too; give each GPU an address of its own."),
    .init(
      "gracectl tables -o new --topology m.json",
      files: [
        "m.json":
          #"{ "sockets": [ { "domain": 0, "cpus": 4, "memory": [ { "base": "2G", "size": "4G" } ] } ], "gpus": [ { "profile": "./my.profile", "address": "0009:01:00.0", "bridge": "PCI9", "path": ["00.0", "00.0"] } ] }"#
      ],
      """
      'm.json', gpus[0].profile: './my.profile' cannot be read: there is no such file or folder; name \
      another.
      """),
    .init(
      "gracectl tables -o new --topology m.json",
      files: [
        "m.json":
          #"{ "sockets": [ { "domain": 0, "cpus": 4, "memory": [ { "base": "2G", "size": "4G" } ] } ], "gpus": [ { "profile": "gb200", "address": "9:1:0", "bridge": "PCI9", "path": ["00.0", "00.0"] } ] }"#
      ],
      "'m.json', gpus[0].address: '9:1:0' is no PCI address; write SSSS:BB:DD.F, such as 0009:01:00.0."),
    .init(
      "gracectl tables --gpus 1 -o file", files: ["file": "x"],
      "'file' cannot be written: it is a file, not a folder; name another place."),
    .init(
      "gracectl tables --gpus 1 -o file/new", files: ["file": "x"],
      "'file/new' cannot be written: the folder cannot be made here; name another place."),
    .init(
      "gracectl tables --gpus 1 -o old", files: ["old/facp.dat": "x"],
      """
      The folder 'old' has another table, 'facp.dat', which check would read with these; use a new folder.
      """),
    .init(
      "gracectl tables --gpus 1 -o old", files: ["old/srat.dat/": ""],
      "'old/srat.dat' cannot be written: it is a folder, not a file; name another place."),
    .init(
      "gracectl tables --gpus 1 -o /proc/new",
      "'/proc/new' cannot be written: the folder cannot be made here; name another place."),
  ]
}
