// SPDX-License-Identifier: GPL-2.0-or-later

extension WrongCommand {
  /// `gracectl profiles` and `gracectl profile`.
  static let profiles: [WrongCommand] = [
    .init(
      "gracectl profiles --yaml",
      "Unknown option '--yaml'; gracectl --help tells what it takes."),
    .init(
      "gracectl profiles none.profile",
      "'none.profile' cannot be read: there is no such file or folder; name another."),
    .init(
      "gracectl profiles folder", files: ["folder/": ""],
      "'folder' cannot be read: it is a folder; name another."),
    .init(
      "gracectl profiles my.profile", files: ["my.profile": ""],
      "'my.profile' is empty; name another file."),
    .init(
      "gracectl profiles my.profile", files: ["my.profile": "base = gb200\n"],
      "'my.profile': it has no name; give it one with name =, such as my-gb200."),
    .init(
      "gracectl profile",
      "Missing expected argument '<name>'; gracectl --help tells what it takes."),
    .init(
      "gracectl profile gh300",
      """
      There is no profile 'gh300'; use one of: gh200-120gb, gh200-480gb, gh200-144gb, gb200, gb300, \
      blackwell-next; or a file, whose path has a / or ends in .profile.
      """),
    .init(
      "gracectl profile gb200 gb300",
      "Unexpected argument 'gb300'; gracectl --help tells what it takes."),
    .init(
      "gracectl profile gb200 --config --json",
      "--config and --json print different things; leave out one."),
    .init(
      "gracectl profile gb200 --option",
      "Missing value for '--option <name=value>'; gracectl --help tells what it takes."),
    .init(
      "gracectl profile gb200 --option fault",
      "'fault' is no setting; write --option NAME=VALUE."),
    .init(
      "gracectl profile gb200 --option fault=broken",
      """
      gb200: there is no fault 'broken'; use one of: none, link-down, training-stuck, training-partial, \
      cxl-info-missing, cxl-active-missing, cxl-ones, flr-hangs, removed.
      """),
    .init(
      "gracectl profile gh200-480gb --option memory-size=1G",
      """
      gh200-480gb: memory-size of 1073741824 bytes is too small for gh200-480gb, which reserves 1 GiB and \
      uses the rest in blocks of 512 MiB; use at least 1536M.
      """),
    .init(
      "gracectl profile none.profile",
      "'none.profile' cannot be read: there is no such file or folder; name another."),
    .init(
      "gracectl profile my.profile", files: ["my.profile": "base = gb400\nname = a\n"],
      """
      'my.profile', line 1: there is no profile 'gb400' to start from; use one of: gh200-120gb, \
      gh200-480gb, gh200-144gb, gb200, gb300, blackwell-next.
      """),
    .init(
      "gracectl profile my.profile", files: ["my.profile": "base = gb200\nname = a\0b\n"],
      "'my.profile', line 2: a control character is in the line; take it out."),
  ]
}
