// SPDX-License-Identifier: GPL-2.0-or-later

/// The device properties in one `_DSD` (ACPI 6.5, 6.2.5, and UEFI Forum's "_DSD Device Properties UUID").
struct DeviceProperties: Sendable {
  /// daffd814-6eba-4d8c-8a91-bc9bbf4aa301 in the order of bytes that a GUID has in memory.
  static let identifier: [UInt8] = [
    0x14, 0xd8, 0xff, 0xda, 0xba, 0x6e, 0x8c, 0x4d, 0x8a, 0x91, 0xbc, 0x9b, 0xbf, 0x4a, 0xa3, 0x01,
  ]

  /// The object that they are in.
  let path: String
  /// Names and values, in their order.
  private(set) var properties: [(name: String, value: ACPIObject)] = []
  /// What is wrong with the shape of the object.
  private(set) var problems: [String] = []

  /// Takes the properties out of an evaluated `_DSD`.
  init(path: String, value: ACPIObject) {
    self.path = path
    guard case .package(let elements) = value else {
      problems.append("it is \(value.kind)")
      return
    }
    if elements.count % 2 != 0 { problems.append("it has \(elements.count) elements") }
    for index in stride(from: 0, to: elements.count - 1, by: 2) {
      guard case .buffer(let identifier) = elements[index], identifier.count == 16 else {
        problems.append("element \(index) is \(elements[index].kind)")
        continue
      }
      if identifier == Self.identifier { read(elements[index + 1]) }
    }
  }

  private mutating func read(_ value: ACPIObject) {
    guard case .package(let entries) = value else {
      problems.append("its properties are \(value.kind)")
      return
    }
    for entry in entries {
      if case .package(let pair) = entry, pair.count == 2, case .string(let name) = pair[0] {
        properties.append((name, pair[1]))
      } else {
        problems.append("a property is \(entry.kind)")
      }
    }
  }

  /// The first value of a property.
  subscript(name: String) -> ACPIObject? { properties.first { $0.name == name }?.value }

  /// The first value of a property if it is an integer.
  func integer(_ name: String) -> UInt64? {
    if case .integer(let value) = self[name] { value } else { nil }
  }

  /// Whether a driver of Grace GPUs would read any of them.
  var isGrace: Bool {
    properties.contains { $0.name.hasPrefix("nvidia,gpu-mem-") || $0.name.hasPrefix("nvidia,egm-") }
  }
}
