// SPDX-License-Identifier: GPL-2.0-or-later

import FoundationEssentials
import Testing

@testable import GraceGuest

@Suite("Running QEMU", .timeLimit(.minutes(1)))
struct QEMUProcessTests {
  /// A shell stands in for QEMU: what matters here is how a process is watched.
  private func shell(_ script: String, limit: Duration = .seconds(20)) async throws -> ConsoleRun {
    try await QEMUProcess(executable: "/bin/sh", arguments: ["-c", script], timeLimit: limit).run()
  }

  @Test("console and messages are kept apart, and the status is told")
  func streams() async throws {
    let run = try await shell("echo one; echo bad >&2; printf 'two\\r\\nthree'; exit 3")
    #expect(run.console.map(\.text) == ["one", "two", "three"])
    #expect(run.messages == ["bad"])
    #expect(run.ending == .exited(3))
  }

  @Test("lines are handed over as they come, with their times")
  func times() async throws {
    let answer = FileManager.default.temporaryDirectory.path + "/grace-line-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: answer) }
    // The second line comes only after the first was handed over.
    let script = "echo a; while [ ! -e \(answer) ]; do sleep 0.05; done; echo b"
    let run = try await QEMUProcess(
      executable: "/bin/sh", arguments: ["-c", script], timeLimit: .seconds(20)
    ).run { line in
      if line.text == "a" { _ = FileManager.default.createFile(atPath: answer, contents: nil) }
    }
    #expect(run.console.map(\.text) == ["a", "b"])
    #expect(run.console[1].time > run.console[0].time)
    #expect(run.wallTime >= run.console[1].time)
    #expect(run.ending == .exited(0))
  }

  @Test("at the time limit it is ended, and what it wrote is kept")
  func timeLimit() async throws {
    let run = try await shell(
      "echo here; trap '' TERM; while :; do sleep 0.1; done", limit: .milliseconds(500))
    #expect(run.ending == .timedOut(limit: .milliseconds(500)))
    #expect(run.console.map(\.text) == ["here"])
    #expect(run.wallTime < .seconds(60))
  }

  @Test("a signal that ended it is told")
  func signal() async throws {
    #expect(try await shell("kill -ABRT $$").ending == .signaled(6))
  }

  @Test("much output does not block it")
  func muchOutput() async throws {
    let run = try await shell(
      "i=0; while [ $i -lt 20000 ]; do echo line $i; echo message >&2; i=$((i+1)); done")
    #expect(run.console.count == 20000)
    #expect(run.messages.count == 20000)
  }

  @Test("a program that is not there is an error with its path")
  func missing() async {
    let process = QEMUProcess(executable: "/nowhere/qemu", arguments: [])
    let error = await #expect(throws: GuestRunError.self) { try await process.run() }
    #expect(error?.description.hasPrefix("/nowhere/qemu could not be started: ") == true)
    #expect(error?.isSetUp == true)
  }
}
