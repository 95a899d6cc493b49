// SPDX-License-Identifier: GPL-2.0-or-later

extension WrongCommand {
  /// `gracectl` itself, `check`, `rules` and `topology`.
  static let check: [WrongCommand] = [
    .init(
      "gracectl chek",
      "Unexpected argument 'chek'; gracectl --help tells what it takes."),
    .init(
      "gracectl --verbose",
      "Unknown option '--verbose'; gracectl --help tells what it takes."),
    .init(
      "gracectl check",
      "Missing expected argument '<path> ...'; gracectl --help tells what it takes."),
    .init(
      "gracectl check --all srat.dat", files: ["srat.dat": "x"],
      "Unknown option '--all'; gracectl --help tells what it takes."),
    .init(
      "gracectl check none.dat",
      "'none.dat' cannot be read: there is no such file or folder; name another."),
    .init(
      "gracectl check ",
      "'' cannot be read: there is no such file or folder; name another."),
    .init(
      "gracectl check empty.dat", files: ["empty.dat": ""],
      "'empty.dat' is empty; name another file."),
    .init(
      "gracectl check tables", files: ["tables/notes.txt": "x"],
      """
      The folder 'tables' has no tables: no file ends in .dat, .aml or .bin or has no suffix at all; name \
      another folder.
      """),
    .init(
      "gracectl check tables", files: ["tables/": ""],
      """
      The folder 'tables' has no tables: no file ends in .dat, .aml or .bin or has no suffix at all; name \
      another folder.
      """),
    .init(
      "gracectl check srat.dat --severity fatal", files: ["srat.dat": "x"],
      """
      The value 'fatal' is invalid for '--severity <severity>'. Please provide one of 'info', 'warning' or \
      'error'.
      """),
    .init(
      "gracectl check srat.dat --severity", files: ["srat.dat": "x"],
      "Missing value for '--severity <severity>'; gracectl --help tells what it takes."),
    .init(
      "gracectl check srat.dat --lspci none.txt", files: ["srat.dat": "x"],
      "'none.txt' cannot be read: there is no such file or folder; name another."),
    .init(
      "gracectl check srat.dat --lspci list.txt", files: ["list.txt": "nothing\n", "srat.dat": "x"],
      "'list.txt' lists no PCI function; give it the output of lspci -nn or lspci -xxxx."),
    .init(
      "gracectl check srat.dat --lspci folder", files: ["folder/": "", "srat.dat": "x"],
      "'folder' cannot be read: it is a folder; name another."),
    .init(
      "gracectl check - --lspci -",
      "Standard input can be read once; name the other files."),
    .init(
      "gracectl check -",
      "'standard input' is empty; name another file."),
    .init(
      "gracectl check srat.dat --junit none/junit.xml", files: ["srat.dat": "x"],
      """
      'none/junit.xml' cannot be written: the folder is missing or permission is denied; name another \
      place.
      """),
    .init(
      "gracectl check srat.dat --junit folder", files: ["folder/": "", "srat.dat": "x"],
      "'folder' cannot be written: the folder is missing or permission is denied; name another place."),
    .init(
      "gracectl check srat.dat --rule srat-gi-none", files: ["srat.dat": "x"],
      "Unknown option '--rule'; gracectl --help tells what it takes."),
    .init(
      "gracectl rules srat-gi-none",
      "Unexpected argument 'srat-gi-none'; gracectl --help tells what it takes."),
    .init(
      "gracectl rules --json --markdown",
      "The rules are printed in one form; leave out --json or --markdown."),
    .init(
      "gracectl topology",
      "Missing expected argument '<path> ...'; gracectl --help tells what it takes."),
    .init(
      "gracectl topology none.dat",
      "'none.dat' cannot be read: there is no such file or folder; name another."),
    .init(
      "gracectl topology srat.dat --json --svg -", files: ["srat.dat": "x"],
      "Standard output takes one of them; give --svg a file or leave out --json."),
    .init(
      "gracectl topology srat.dat --svg none/machine.svg", files: ["srat.dat": "x"],
      """
      'none/machine.svg' cannot be written: the folder is missing or permission is denied; name another \
      place.
      """),
    .init(
      "gracectl topology srat.dat --svg folder", files: ["folder/": "", "srat.dat": "x"],
      "'folder' cannot be written: the folder is missing or permission is denied; name another place."),
  ]
}
