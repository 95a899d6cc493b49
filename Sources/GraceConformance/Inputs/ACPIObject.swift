// SPDX-License-Identifier: GPL-2.0-or-later

/// A value in the ACPI namespace after evaluation (ACPI 6.5, 19.3.5).
public indirect enum ACPIObject: Sendable, Equatable {
  /// A number of 64 bits.
  case integer(UInt64)
  /// Text.
  case string(String)
  /// Bytes.
  case buffer([UInt8])
  /// Values in order.
  case package([ACPIObject])
  /// Anything else, such as a reference to a device, as the evaluator names it.
  case other(String)

  /// What kind of value it is, for people.
  var kind: String {
    switch self {
    case .integer(let value): "the integer \(hex(value))"
    case .string: "a string"
    case .buffer(let bytes): "a buffer of \(bytes.count) bytes"
    case .package(let elements): "a package of \(elements.count) elements"
    case .other(let name): name
    }
  }
}

/// What became of one object that was to be evaluated.
public struct EvaluatedObject: Sendable, Equatable {
  /// Its whole name, such as `\_SB.PCI0.RP00.GPU0._DSD`.
  public let path: String
  /// Its value; `nil` if there is none.
  public let value: ACPIObject?

  /// An object and its value.
  public init(path: String, value: ACPIObject?) {
    self.path = path
    self.value = value
  }

  /// The device that has the object.
  var device: String { path.split(separator: ".").dropLast().joined(separator: ".") }
  /// The last four characters of the name.
  var name: String { path.split(separator: ".").last.map(String.init) ?? path }
}

/// What an interpreter made of the AML of a machine.
public struct EvaluatedNamespace: Sendable, Equatable {
  /// The objects that were asked for.
  public var objects: [EvaluatedObject]
  /// A sentence on why there are no values, or not all; `nil` if all went well.
  public var problem: String?

  /// The outcome of an evaluation.
  public init(objects: [EvaluatedObject], problem: String? = nil) {
    self.objects = objects
    self.problem = problem
  }
}
