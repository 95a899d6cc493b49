// SPDX-License-Identifier: GPL-2.0-or-later

import Synchronization
import Testing

@testable import GraceGuest

/// The messages are written as docs/interop/qmp-spec.rst of QEMU has them.
@Suite("QEMU's monitor", .timeLimit(.minutes(1)))
struct QMPClientTests {
  private let short = Duration.milliseconds(300)

  @Test("a command goes out with its arguments, and its value comes back")
  func value() async throws {
    let monitor = FakeMonitor { command in
      guard command["execute"] == "qom-get", command["arguments"] == ["path": "gpu0", "number": 7] else {
        return nil
      }
      return [
        #"{"return": {"on": true, "size": 103079215104, "half": 0.5, "none": null, "list": [1]}, "id": ID}"#
      ]
    }
    let client = try await QMPClient.connect(to: monitor.path)
    let value = try await client.execute("qom-get", ["path": "gpu0", "number": 7])
    #expect(value == ["on": true, "size": 103_079_215_104, "half": .number(0.5), "none": .null, "list": [1]])
  }

  @Test("what QEMU refuses is an error with QEMU's sentence, and the next command works")
  func refusal() async throws {
    let monitor = FakeMonitor { command in
      command["execute"] == "bad"
        ? [#"{"error": {"class": "GenericError", "desc": "no such thing"}, "id": ID}"#]
        : [#"{"return": {}, "id": ID}"#]
    }
    let client = try await QMPClient.connect(to: monitor.path)
    let error = await #expect(throws: QMPError.self) { try await client.execute("bad") }
    #expect(error == .refused(command: "bad", reason: "no such thing"))
    #expect(error?.description == "QEMU refused bad: no such thing")
    #expect(try await client.execute("good") == [:])
  }

  @Test("events before an answer are kept, each is given once, and others are passed over")
  func events() async throws {
    let monitor = FakeMonitor { _ in
      [
        #"{"event": "RESET", "timestamp": {"seconds": 1, "microseconds": 2}}"#,
        #"{"event": "DEVICE_DELETED", "data": {"path": "/a"}, "timestamp": {"seconds": 1, "microseconds": 2}}"#,
        #"{"return": {}, "id": ID}"#,
        #"{"event": "DEVICE_DELETED", "data": {"device": "gpu0"}, "timestamp": {"seconds": 1, "microseconds": 3}}"#,
      ]
    }
    let client = try await QMPClient.connect(to: monitor.path)
    try await client.execute("device_del")
    let isGPU: @Sendable (JSONValue) -> Bool = { $0["device"] == "gpu0" }
    #expect(try await client.event("DEVICE_DELETED", where: isGPU) == ["device": "gpu0"])
    #expect(try await client.event("RESET") == [:])
    let error = await #expect(throws: QMPError.self) {
      try await client.event("DEVICE_DELETED", timeLimit: short, where: isGPU)
    }
    #expect(error == .timedOut(during: "the wait for DEVICE_DELETED", limit: short))
  }

  @Test("an answer that does not come is an error at the time limit, and is not taken for the next one")
  func timeLimit() async throws {
    let late = Mutex<String?>(nil)
    let monitor = FakeMonitor { command in
      guard command["execute"] == "slow" else {
        return [late.withLock { $0 } ?? "", #"{"return": "second", "id": ID}"#]
      }
      if case .integer(let number)? = command["id"] {
        late.withLock { $0 = #"{"return": "first", "id": \#(number)}"# }
      }
      return []
    }
    let client = try await QMPClient.connect(to: monitor.path)
    let error = await #expect(throws: QMPError.self) { try await client.execute("slow", timeLimit: short) }
    #expect(error == .timedOut(during: "slow", limit: short))
    #expect(error?.description == "QEMU's monitor did not answer within 0.3 s during slow.")
    #expect(try await client.execute("quick") == "second")
  }

  @Test("a connection that closes is an error that names the command")
  func closed() async throws {
    let monitor = FakeMonitor { _ in nil }
    let client = try await QMPClient.connect(to: monitor.path)
    let error = await #expect(throws: QMPError.self) { try await client.execute("quit") }
    #expect(error == .closed(during: "quit"))
  }

  @Test("a line that is no message is an error", arguments: ["hello", "[1]", "{\"QMP\""])
  func malformed(line: String) async {
    let monitor = FakeMonitor(greeting: line) { _ in nil }
    let error = await #expect(throws: QMPError.self) { try await QMPClient.connect(to: monitor.path) }
    #expect(error == .malformed(line: line))
  }

  @Test("a greeting of something else is an error")
  func otherServer() async {
    let monitor = FakeMonitor(greeting: #"{"hello": 1}"#) { _ in nil }
    await #expect(throws: QMPError.self) { try await QMPClient.connect(to: monitor.path) }
  }

  @Test("the monitor for people gives its text, and fails with its own sentence")
  func humanMonitor() async throws {
    let monitor = FakeMonitor { command in
      guard command["execute"] == "human-monitor-command" else { return nil }
      return command["arguments"] == ["command-line": "info ramblock"]
        ? [#"{"return": "Block Name\r\n", "id": ID}"#]
        : [#"{"return": "Error: device 'gpu1' not found\r\n", "id": ID}"#]
    }
    let client = try await QMPClient.connect(to: monitor.path)
    #expect(try await client.monitor("info ramblock") == "Block Name\r\n")
    let error = await #expect(throws: QMPError.self) {
      try await client.monitor("pcie_aer_inject_error gpu1 DLP")
    }
    #expect(
      error == .refused(command: "pcie_aer_inject_error gpu1 DLP", reason: "device 'gpu1' not found"))
  }

  @Test("nobody at the path, or a path that is too long for a socket, is an error")
  func noServer() async {
    let nobody = await #expect(throws: QMPError.self) { try await QMPClient.connect(to: "/nowhere/qmp") }
    #expect(
      nobody?.description
        == "QEMU's monitor at /nowhere/qmp cannot be reached: No such file or directory.")
    let long = "/" + String(repeating: "x", count: LineSocket.longestPath)
    let error = await #expect(throws: QMPError.self) { try await QMPClient.connect(to: long) }
    #expect(error == .pathTooLong(path: long, limit: 107))
  }
}
