// SPDX-License-Identifier: GPL-2.0-or-later

import Foundation
import GraceFirmware

/// A value of JSON, and its place in the file for those who have to correct it.
struct JSONField {
  /// Such as `gpus[2].address`; empty for the whole file.
  let path: String
  let value: JSONValue

  /// All of a file's text.
  init(parsing bytes: [UInt8], file: String) throws(InputError) {
    do {
      self.init(path: "", value: try JSONDecoder().decode(JSONValue.self, from: Data(bytes)))
    } catch {
      throw .notJSON(path: file, reason: Self.reason(bytes))
    }
  }

  private init(path: String, value: JSONValue) {
    self.path = path
    self.value = value
  }

  /// Where the text stops being JSON. JSONDecoder does not say; JSONSerialization does, in a sentence.
  private static func reason(_ bytes: [UInt8]) -> String {
    do {
      _ = try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
    } catch {
      let text = (error as NSError).userInfo[NSDebugDescriptionErrorKey] as? String ?? ""
      if text.contains("end of file") { return "it ends too early; close what is open" }
      if let match = text.firstMatch(of: /character ([0-9]+)/), let offset = Int(match.1) {
        let before = bytes.prefix(offset).split(separator: 0x0a, omittingEmptySubsequences: false)
        return "line \(before.count) is wrong near column \((before.last?.count ?? 0) + 1); correct it"
      }
    }
    return "it cannot be parsed; correct it"
  }

  /// The fields of an object. All keys must be known, and those that are required must be there.
  func fields(required: [String], optional: [String] = []) throws(MachineError) -> [String: JSONField] {
    let fields = try fields()
    for key in fields.keys.sorted() where !(required + optional).contains(key) {
      let known = (required + optional).joined(separator: ", ")
      throw MachineError(place(key), "there is no such field; use some of: \(known)")
    }
    for key in required where fields[key] == nil {
      throw MachineError(place(key), "this field is missing; add it")
    }
    return fields
  }

  /// The fields of an object, whatever their names.
  func fields() throws(MachineError) -> [String: JSONField] {
    guard case .object(let object) = value else { throw wrong("an object in braces") }
    return Dictionary(
      uniqueKeysWithValues: object.map { ($0.key, JSONField(path: place($0.key), value: $0.value)) })
  }

  /// The elements of an array.
  func elements() throws(MachineError) -> [JSONField] {
    guard case .array(let array) = value else { throw wrong("an array in brackets") }
    return array.enumerated().map { JSONField(path: "\(path)[\($0.offset)]", value: $0.element) }
  }

  func text() throws(MachineError) -> String {
    guard case .string(let text) = value else { throw wrong("a text in quotation marks") }
    return text
  }

  func number(_ range: ClosedRange<UInt64>) throws(MachineError) -> UInt64 {
    guard case .number(let number) = value else { throw wrong("a whole number") }
    guard range.contains(number) else {
      throw MachineError(path, "\(number) is out of range; use \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// Bytes or an address: a number, or a text such as "480G" or "0x80000000".
  func bytes() throws(MachineError) -> UInt64 {
    switch value {
    case .number(let number): return number
    case .string(let text):
      if let bytes = ByteSize.bytes(text) { return bytes }
      throw MachineError(
        path, "'\(text)' is no size or address; write a number, \"480G\" or \"0x80000000\"")
    default: throw wrong("a number, \"480G\" or \"0x80000000\"")
    }
  }

  /// A setting's value as on a command line: a text, or a number.
  func setting() throws(MachineError) -> String {
    switch value {
    case .number(let number): return "\(number)"
    case .string(let text): return text
    case .bool(let isOn): throw wrong("\"\(isOn ? "on" : "off")\" in quotation marks")
    default: throw wrong("a text or a whole number")
    }
  }

  private func place(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  private func wrong(_ expected: String) -> MachineError {
    MachineError(path.isEmpty ? "the whole file" : path, "it is \(value.kind); write \(expected)")
  }
}

/// A value of JSON (RFC 8259).
indirect enum JSONValue: Decodable {
  case null
  case bool(Bool)
  /// A whole number from 0 on.
  case number(UInt64)
  /// Any other number.
  case otherNumber
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(UInt64.self) {
      self = .number(value)
    } else if (try? container.decode(Double.self)) != nil {
      self = .otherNumber
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  /// For people.
  var kind: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .number(let value): "the number \(value)"
    case .otherNumber: "a number below 0 or with a fraction"
    case .string(let value): "the text '\(value)'"
    case .array: "an array"
    case .object: "an object"
    }
  }
}
