// SPDX-License-Identifier: GPL-2.0-or-later

extension WrongStart {
  /// A line of 201 bytes, below what a profile needs.
  private static let longLine = "base = gb200\nname = mine\n" + String(repeating: "x", count: 201) + "\n"
  /// More than 64 KiB.
  private static let longText = "base = gb200\nname = mine\n#" + String(repeating: "x", count: 70000) + "\n"

  /// Files that `profile-file=` names.
  static let profileFiles: [WrongStart] = [
    .init(
      "profile-file=",
      "profile-file= cannot be read: No such file or directory; give the path of a profile's file"),
    .init(
      "profile-file=FOLDER/none.profile",
      """
      profile-file=FOLDER/none.profile cannot be read: No such file or directory; give the path of a \
      profile's file
      """),
    .init(
      "profile-file=FOLDER",
      "profile-file=FOLDER is not a regular file; give the path of a profile's file"),
    .init(
      "profile-file=/dev/zero",
      "profile-file=/dev/zero is not a regular file; give the path of a profile's file"),
    .init(
      "profile-file=FOLDER/my.profile", files: ["my.profile|": ""],
      "profile-file=FOLDER/my.profile is not a regular file; give the path of a profile's file"),
    .init(
      "profile-file=FOLDER/my.profile",
      files: ["my.profile": "base = gb200\n#" + String(repeating: "x", count: 1 << 20)],
      """
      profile-file=FOLDER/my.profile has 1 MiB or more, which no profile has; give the path of a profile's \
      file
      """),
    .init(
      "profile-file=FOLDER/my.profile", files: ["my.profile": ""],
      """
      the profile's file: it has no base; begin with base = and one of: gh200-120gb, gh200-480gb, \
      gh200-144gb, gb200, gb300, blackwell-next
      """),
    .init(
      "profile-file=FOLDER/my.profile", files: ["my.profile": "base = gb200\nname = a\0b\n"],
      """
      profile-file=FOLDER/my.profile is not a text: it has a zero byte; give the path of a profile's file
      """),
    .init(
      "profile-file=FOLDER/my.profile", files: ["my.profile": "base = gb200\nname = a\u{7}\n"],
      "the profile's file, line 2: a control character is in the line; take it out"),
    .init(
      "profile-file=FOLDER/my.profile", files: ["my.profile": "name = mine\n"],
      """
      the profile's file: it has no base; begin with base = and one of: gh200-120gb, gh200-480gb, \
      gh200-144gb, gb200, gb300, blackwell-next
      """),
    .init(
      "profile-file=FOLDER/my.profile", files: ["my.profile": "base = gb400\nname = mine\n"],
      """
      the profile's file, line 1: there is no profile 'gb400' to start from; use one of: gh200-120gb, \
      gh200-480gb, gh200-144gb, gb200, gb300, blackwell-next
      """),
    .init(
      "profile-file=FOLDER/my.profile", files: ["my.profile": "base = gb200\n"],
      "the profile's file: it has no name; give it one with name =, such as my-gb200"),
    .init(
      "profile-file=FOLDER/my.profile", files: ["my.profile": "base = gb200\nname = gb300\n"],
      "the profile's file, line 2: 'gb300' is the name of a built-in profile; use another"),
    .init(
      "profile-file=FOLDER/my.profile", files: ["my.profile": "base = gb200\nname = My GPU\n"],
      "the profile's file, line 2: 'My GPU' is no name; use up to 32 of a-z, 0-9, -, . and _"),
    .init(
      "profile-file=FOLDER/my.profile", files: ["my.profile": "base = gb200\nbase = gb200\nname = mine\n"],
      "the profile's file, line 2: base is in line 1 already; leave out one"),
    .init(
      "profile-file=FOLDER/my.profile", files: ["my.profile": "base = gb200\nname = mine\ncolour = red\n"],
      """
      the profile's file, line 3: a profile has no 'colour'; it has base, name, product, chip, device-id, \
      subsystem-id, revision, boot0, boot42, memory-size, memory-base, mig-fix, aperture, readiness, \
      bar0-size, msi-vectors, msix-vectors, msix-table, msix-pending, capability-remove, capability-move, \
      capability, dvsec, dword, register
      """),
    .init(
      "profile-file=FOLDER/my.profile", files: ["my.profile": "base = gb200\nname = mine\nproduct\n"],
      "the profile's file, line 3: 'product' is no setting; write NAME = VALUE"),
    .init(
      "profile-file=FOLDER/my.profile", files: ["my.profile": "base = gb200\nname = mine\nproduct =\n"],
      "the profile's file, line 3: product has no value; write one after the ="),
    .init(
      "profile-file=FOLDER/my.profile", files: ["my.profile": "base = gb200\nname = mine\n= 5\n"],
      "the profile's file, line 3: '= 5' is no setting; write NAME = VALUE"),
    .init(
      "profile-file=FOLDER/my.profile", files: ["my.profile": longLine],
      "the profile's file, line 3: the line has 201 bytes and may have 200; shorten it"),
    .init(
      "profile-file=FOLDER/my.profile", files: ["my.profile": longText],
      "the profile's file: it has 70027 bytes and may have 65536; leave something out"),
    .init(
      "profile-file=FOLDER/my.profile",
      files: ["my.profile": "base = gb200\nname = mine\ndevice-id = 0x10000\n"],
      "the profile's file, line 3: device-id=0x10000 is too large; use at most 65535"),
    .init(
      "profile-file=FOLDER/my.profile",
      files: ["my.profile": "base = gb200\nname = mine\nsubsystem-id = abc\n"],
      """
      the profile's file, line 3: subsystem-id=abc is not a number; write it in decimal, or in hexadecimal \
      after 0x
      """),
    .init(
      "profile-file=FOLDER/my.profile", files: ["my.profile": "base = gb200\nname = mine\nrevision = 256\n"],
      "the profile's file, line 3: revision=256 is too large; use at most 255"),
    .init(
      "profile-file=FOLDER/my.profile",
      files: ["my.profile": "base = gb200\nname = mine\nmemory-size = 1.5G\n"],
      """
      the profile's file, line 3: memory-size=1.5G is not a number; write it in decimal, or in hexadecimal \
      after 0x
      """),
    .init(
      "profile-file=FOLDER/my.profile",
      files: ["my.profile": "base = gb200\nname = mine\nmemory-size = 2T\n"],
      "the profile's file, line 3: memory-size of 2199023255552 bytes is too large; use at most 1024G"),
    .init(
      "profile-file=FOLDER/my.profile", files: ["my.profile": "base = gb200\nname = mine\nmemory-base = 1\n"],
      "the profile's file, line 3: memory-base=0x1 is not a multiple of 512 MiB; use 0x20000000"),
    .init(
      "profile-file=FOLDER/my.profile", files: ["my.profile": "base = gb200\nname = mine\nmig-fix = yes\n"],
      "the profile's file, line 3: mig-fix=yes is neither on nor off; write one of them"),
    .init(
      "profile-file=FOLDER/my.profile",
      files: ["my.profile": "base = gb200\nname = mine\nreadiness = bar0\n"],
      "the profile's file, line 3: readiness=bar0 is unknown; use registers or cxl"),
    .init(
      "profile-file=FOLDER/my.profile", files: ["my.profile": "base = gb200\nname = mine\nbar0-size = 3M\n"],
      """
      the profile's file, line 3: bar0-size of 3145728 bytes is no size of BAR0; use a power of two from \
      4M to 256M
      """),
    .init(
      "profile-file=FOLDER/my.profile",
      files: ["my.profile": "base = gb200\nname = mine\nmsix-vectors = 0\n"],
      "the profile's file, line 3: msix-vectors=0 is impossible; use 1 to 2048"),
    .init(
      "profile-file=FOLDER/my.profile",
      files: ["my.profile": "base = gb200\nname = mine\nmsix-table = 0xb90004\n"],
      "the profile's file, line 3: msix-table=0xb90004 is not a multiple of 8; use 0xb90000"),
    .init(
      "profile-file=FOLDER/my.profile", files: ["my.profile": "base = gb200\nname = mine\nmsi-vectors = 3\n"],
      "the profile's file, line 3: msi-vectors=3 is impossible; use 1, 2, 4, 8, 16 or 32"),
    .init(
      "profile-file=FOLDER/my.profile",
      files: ["my.profile": "base = gb200\nname = mine\ncapability-remove = 0x44\n"],
      """
      the profile's file, line 3: gb200 has no capability at 0x44; it has some at 0x40, 0x7c, 0x88, 0x90, \
      0xa4, 0x100, 0x148, 0x190, 0x198, 0x1d8, 0x1e4, 0x214, 0x244, 0x270, 0x2f8, 0x300, 0x340, 0x368, \
      0x3a8, 0xaf0, 0xb0c
      """),
    .init(
      "profile-file=FOLDER/my.profile",
      files: ["my.profile": "base = gb200\nname = mine\ncapability-move = 0x9c\n"],
      "the profile's file, line 3: write capability-move = FROM TO"),
    .init(
      "profile-file=FOLDER/my.profile", files: ["my.profile": "base = gb200\nname = mine\nregister = 5\n"],
      "the profile's file, line 3: write register = OFFSET VALUE, and writable=BITS if it has some"),
    .init(
      "profile-file=FOLDER/my.profile", files: ["my.profile": "base = gb200\nname = mine\ndword = 4 0\n"],
      "the profile's file, line 3: this dword belongs to nothing; write it below a capability or dvsec"),
    .init(
      "profile-file=FOLDER/my.profile",
      files: ["my.profile": "base = gb200\nname = mine\ncapability = 0x40\n"],
      "the profile's file, line 3: a capability has no id=, or 0; write capability = OFFSET id=ID length=BYTES"
    ),
    .init(
      "profile-file=FOLDER/my.profile",
      files: ["my.profile": "base = gb200\nname = mine\ndvsec = 0x400 vendor=1\n"],
      "the profile's file, line 3: a dvsec has no vendor= or no id=; write dvsec = OFFSET vendor=ID id=ID length=BYTES"
    ),
  ]
}
