// SPDX-License-Identifier: GPL-2.0-or-later

import Testing

@testable import GraceFirmware

// Expected bytes are written by hand from ACPI 6.5, section 20.2.

private func name(_ text: String) throws -> NameSegment { try #require(NameSegment(text)) }

@Suite("ACPI Machine Language")
struct AMLTests {
  @Test(
    "an integer takes its shortest form, lowest byte first",
    arguments: [
      (0, [0x00]), (1, [0x01]), (2, [0x0a, 0x02]), (0xff, [0x0a, 0xff]), (0x100, [0x0b, 0x00, 0x01]),
      (0xffff, [0x0b, 0xff, 0xff]), (0x1_0000, [0x0c, 0x00, 0x00, 0x01, 0x00]),
      (0xffff_ffff, [0x0c, 0xff, 0xff, 0xff, 0xff]),
      (0x1_0000_0000, [0x0e, 0, 0, 0, 0, 1, 0, 0, 0]),
      (0x4000_1234_5678, [0x0e, 0x78, 0x56, 0x34, 0x12, 0x00, 0x40, 0x00, 0x00]),
    ] as [(UInt64, [UInt8])])
  func integers(value: UInt64, expected: [UInt8]) {
    #expect(AML.integer(value).encoded == expected)
  }

  @Test("a string ends with a zero")
  func strings() {
    #expect(AML.string("a,b").encoded == [0x0d, 0x61, 0x2c, 0x62, 0x00])
  }

  @Test("a package counts its elements, and its length counts itself")
  func packages() {
    #expect(AML.package([]).encoded == [0x12, 0x02, 0x00])
    #expect(AML.package([.integer(0), .integer(5)]).encoded == [0x12, 0x05, 0x02, 0x00, 0x0a, 0x05])
  }

  @Test(
    "a length takes one byte to 63, then low four bits first in two, three or four bytes",
    arguments: [
      (59, [0x11, 0x3e, 0x0a, 59]), (60, [0x11, 0x3f, 0x0a, 60]), (61, [0x11, 0x41, 0x04, 0x0a, 61]),
      (4090, [0x11, 0x4f, 0xff, 0x0b, 0xfa, 0x0f]), (4091, [0x11, 0x81, 0x00, 0x01, 0x0b, 0xfb, 0x0f]),
      (0xf_fff7, [0x11, 0x8f, 0xff, 0xff, 0x0c, 0xf7, 0xff, 0x0f, 0x00]),
      (0xf_fff8, [0x11, 0xc1, 0x00, 0x00, 0x01, 0x0c, 0xf8, 0xff, 0x0f, 0x00]),
    ] as [(Int, [UInt8])])
  func lengths(count: Int, head: [UInt8]) {
    let encoded = AML.buffer([UInt8](repeating: 0xaa, count: count)).encoded
    #expect(encoded.count == head.count + count)
    #expect(Array(encoded.prefix(head.count)) == head)
  }

  @Test("a path of two names is a dual name, a longer one counts its names")
  func paths() throws {
    let two = AML.scope([try name("_SB"), try name("PCI0")], []).encoded
    #expect(two == [0x10, 0x0b, 0x5c, 0x2e] + Array("_SB_PCI0".utf8))
    let three = AML.scope([try name("_SB"), try name("PCI0"), try name("S08")], []).encoded
    #expect(three == [0x10, 0x10, 0x5c, 0x2f, 0x03] + Array("_SB_PCI0S08_".utf8))
  }

  @Test("a method is serialized and without arguments, and its length counts itself")
  func methods() throws {
    let field = AML.reference(try name("DCTL"))
    let method = AML.method(
      try name("_RST"), [.or(field, .integer(0x8000), target: field), .sleep(100)])
    #expect(
      method.encoded == [0x14, 0x16] + Array("_RST".utf8) + [0x08, 0x7d] + Array("DCTL".utf8)
        + [0x0b, 0x00, 0x80] + Array("DCTL".utf8) + [0x5b, 0x22, 0x0a, 0x64])
  }

  @Test("a region of configuration space and its fields of 16 bits")
  func regions() throws {
    let region = AML.configRegion(try name("GPCE"), offset: 0x68, length: 2)
    #expect(region.encoded == [0x5b, 0x80] + Array("GPCE".utf8) + [0x02, 0x0a, 0x68, 0x0a, 0x02])
    let fields = AML.wordFields(try name("GPCE"), [try name("DCTL")])
    #expect(
      fields.encoded == [0x5b, 0x81, 0x0b] + Array("GPCE".utf8) + [0x02] + Array("DCTL".utf8) + [0x10])
  }

  @Test(
    "a name has one to four characters: letters and _, then digits too",
    arguments: [("", false), ("0ABC", false), ("AB-C", false), ("ABCDE", false), ("A", true), ("_1Z9", true)])
  func names(text: String, isValid: Bool) {
    #expect((NameSegment(text) != nil) == isValid)
  }
}
