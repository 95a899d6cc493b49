// SPDX-License-Identifier: GPL-2.0-or-later

import FoundationEssentials
import Synchronization
import Testing

@testable import GraceGuest

/// A shell stands in for QEMU and its guest: the monitor's arguments follow its script, which has them as `$0` and `$1`.
@Suite("Turns of guest and host", .timeLimit(.minutes(1)))
struct TurnTests {
  private struct Refused: Error, Equatable {}

  private func process(_ script: String, limit: Duration = .seconds(20)) -> QEMUProcess {
    QEMUProcess(executable: "/bin/sh", arguments: ["-c", script], timeLimit: limit)
  }

  @Test("a marked line is a request at any indentation, and others are none")
  func requests() throws {
    let request = try #require(HostRequest(line: "  # host: fault link-down  now"))
    #expect(request.name == "fault")
    #expect(request.arguments == ["link-down", "now"])
    #expect(request.description == "fault link-down now")
    for line in ["# host:", "# host: ", "host: fault", "ok 1 # host: fault", "# grace {}", ""] {
      #expect(HostRequest(line: line) == nil)
    }
  }

  @Test("the guest reads the host's answer, and answers follow requests in order")
  func answers() async throws {
    let asked = Mutex<[String]>([])
    let run = try await process(
      "echo '# host: first 1'; read a; echo \"got $a\"; echo '# host: second'; read b; echo \"got $b\""
    ).run { request, _ in
      asked.withLock { $0.append("\(request)") }
      return "done \(request.name)\n"
    }
    #expect(asked.withLock { $0 } == ["first 1", "second"])
    #expect(run.console.map(\.text).filter { $0.hasPrefix("got") } == ["got done first", "got done second"])
    #expect(run.ending == .exited(0))
  }

  @Test("the host reaches the monitor that QEMU was told to open, and finds no folder of it afterwards")
  func monitor() async throws {
    let folder = Mutex<String?>(nil)
    let run = try await process("echo '# host: break'; read a; echo \"got $a $0 $1\"").run { _, guest in
      let path = guest.socketPath
      folder.withLock { $0 = String(path.dropLast(4)) }
      let monitor = FakeMonitor(path: path) { command in
        command["execute"] == "qom-set"
          && command["arguments"]
            == ["path": "/machine/peripheral/gpu0", "property": "fault", "value": "link-down"]
          ? [#"{"return": {}, "id": ID}"#] : nil
      }
      try await guest.set("fault", to: "link-down")
      return withExtendedLifetime(monitor) { "done \(path)" }
    }
    let path = try #require(folder.withLock { $0 })
    #expect(run.console.last?.text == "got done \(path)/qmp -qmp unix:\(path)/qmp,server=on,wait=off")
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test("an error of the host ends QEMU, and is the run's")
  func failure() async throws {
    let start = ContinuousClock.now
    await #expect(throws: Refused()) {
      try await process("echo '# host: break'; read a; echo \"got $a\"; sleep 300").run { _, _ in
        throw Refused()
      }
    }
    #expect(start.duration(to: .now) < .seconds(60))
  }

  @Test("at the time limit the run is over, though the host has not answered")
  func timeLimit() async throws {
    let run = try await process("echo '# host: break'; read a", limit: .milliseconds(500)).run { _, _ in
      try await Task.sleep(for: .seconds(2))
      throw Refused()
    }
    #expect(run.ending == .timedOut(limit: .milliseconds(500)))
  }

  @Test("a guest that cannot move reads why, where it is, and goes on")
  func refusedMove() async throws {
    let run = try await process("echo '# host: move'; read a; echo \"got $a\"").run(
      movingTo: process("echo 'qemu: warning: slow' >&2; echo 'qemu: no such GPU' >&2; exit 1")
    ) { request, _ in throw UnknownRequest(request) }
    #expect(run.console.map(\.text) == ["# host: move", "got refused: qemu: no such GPU"])
    #expect(run.ending == .exited(0))
  }

  @Test("the run of a guest that moved is both consoles, and ends as the second QEMU does")
  func joinedRuns() {
    let first = ConsoleRun(
      console: [ConsoleLine("a", at: .seconds(1))], messages: ["m"], ending: .exited(0), wallTime: .seconds(2)
    )
    let second = ConsoleRun(
      console: [ConsoleLine("b", at: .seconds(3))], messages: ["n"], ending: .signaled(9),
      wallTime: .seconds(4))
    #expect(
      first.followed(by: second)
        == ConsoleRun(
          console: [ConsoleLine("a", at: .seconds(1)), ConsoleLine("b", at: .seconds(5))],
          messages: ["m", "n"], ending: .signaled(9), wallTime: .seconds(6)))
    #expect(second.followed(by: first) == second)
  }

  @Test("a process says how much memory it occupies, and one that is gone does not")
  func residentMemory() throws {
    let this = RunningGuest(processIdentifier: ProcessInfo.processInfo.processIdentifier, socketPath: "")
    #expect(try this.residentBytes() > 1 << 20)
    let error = #expect(throws: ResidentMemoryError.self) {
      try RunningGuest(processIdentifier: .max, socketPath: "").residentBytes()
    }
    #expect(error?.description == "/proc/2147483647/status does not say how much memory QEMU occupies.")
  }
}
