// SPDX-License-Identifier: GPL-2.0-or-later

import GraceGuest
import Testing

@Suite("Sizes as people write them")
struct ByteCountTests {
  @Test(
    "a size is a number with an optional binary unit",
    arguments: [
      ("0", 0), ("1", 1), ("1610612736", 1_610_612_736), ("1536M", 1_610_612_736), ("1.5G", 1_610_612_736),
      ("2.25G", 2_415_919_104), ("97G", 104_152_956_928), ("96GiB", 103_079_215_104),
      ("96gib", 103_079_215_104),
      ("4k", 4096), ("1T", 1_099_511_627_776), ("0.5KiB", 512), ("16777215.999999T", nil),
      ("18446744073709551615", UInt64.max),
    ] as [(String, UInt64?)])
  func reads(text: String, bytes: UInt64?) throws {
    guard let bytes else {
      #expect(throws: ByteCountError.self) { try ByteCount(parsing: text) }
      return
    }
    #expect(try ByteCount(parsing: text).bytes == bytes)
  }

  @Test(
    "anything else is refused with the reason",
    arguments: [
      ("", ByteCountError.notANumber("")), ("G", .notANumber("G")), ("-1G", .notANumber("-1G")),
      ("1..5G", .notANumber("1..5G")), (".5G", .notANumber(".5G")), ("5.G", .notANumber("5.G")),
      ("1.0000001G", .notANumber("1.0000001G")), ("1 G", .notANumber("1 G")), ("96GB", .unknownUnit("96GB")),
      ("1X", .unknownUnit("1X")), ("1.5", .notWholeBytes("1.5")), ("0.0001K", .notWholeBytes("0.0001K")),
      ("16777216T", .tooLarge("16777216T")), ("18446744073709551616", .notANumber("18446744073709551616")),
    ])
  func refuses(text: String, error: ByteCountError) {
    #expect(throws: error) { try ByteCount(parsing: text) }
    #expect(error.description.hasPrefix("'\(text)' ") && error.description.hasSuffix("."))
  }

  @Test(
    "a size is shown in the largest unit that is exact in two decimals",
    arguments: [
      (0, "0 bytes"), (1, "1 byte"), (1023, "1023 bytes"), (1024, "1 KiB"), (16 << 20, "16 MiB"),
      (1_610_612_736, "1.5 GiB"), (2_415_919_104, "2.25 GiB"), (103_079_215_104, "96 GiB"),
      (1 << 40, "1 TiB"),
      (97_871 << 20, "97871 MiB"), ((1 << 30) + 1, "1073741825 bytes"),
      (UInt64.max, "18446744073709551615 bytes"),
    ] as [(UInt64, String)])
  func shows(bytes: UInt64, text: String) {
    #expect(ByteCount(bytes).description == text)
  }
}
