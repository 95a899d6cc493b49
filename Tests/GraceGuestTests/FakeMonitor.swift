// SPDX-License-Identifier: GPL-2.0-or-later

import Dispatch
import FoundationEssentials
import Glibc

@testable import GraceGuest

/// Listens on a local socket as QEMU's monitor does, and says to one client what a test has it say.
final class FakeMonitor: Sendable {
  /// As QEMU 10.0 greets.
  static let greeting =
    #"{"QMP": {"version": {"qemu": {"micro": 0, "minor": 0, "major": 10}, "package": ""}, "capabilities": []}}"#

  /// The lines to answer a command with, in which `ID` stands for the command's number. Nil closes the connection.
  typealias Script = @Sendable (JSONValue) -> [String]?

  /// Where it listens.
  let path: String
  private let listener: Int32

  /// Listens, in a new place unless one is given, and answers by itself what starts a conversation.
  init(path: String? = nil, greeting: String = FakeMonitor.greeting, script: @escaping Script) {
    self.path = path ?? "/tmp/grace-fake-\(UUID().uuidString)"
    let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    self.listener = listener
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(self.path.utf8)) }
    _ = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    listen(listener, 1)
    DispatchQueue(label: "FakeMonitor").async {
      FakeMonitor.serve(listener, greeting: greeting, script: script)
    }
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
    unlink(path)
  }

  private static func serve(_ listener: Int32, greeting: String, script: Script) {
    let client = accept(listener, nil, nil)
    guard client >= 0 else { return }
    defer { close(client) }
    say([greeting], to: client)
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while recv(client, &byte, 1, 0) == 1 {
      guard byte == UInt8(ascii: "\n") else {
        line.append(byte)
        continue
      }
      guard let command = try? JSONDecoder().decode(JSONValue.self, from: Data(line)),
        case .integer(let number)? = command["id"]
      else { return }
      line = []
      let isFirst = command["execute"] == "qmp_capabilities"
      guard let lines = isFirst ? [#"{"return": {}, "id": ID}"#] : script(command) else { return }
      say(lines.map { $0.replacing("ID", with: "\(number)") }, to: client)
    }
  }

  /// QEMU ends its lines so.
  private static func say(_ lines: [String], to client: Int32) {
    for line in lines {
      let bytes = Array((line + "\r\n").utf8)
      send(client, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }
  }
}
