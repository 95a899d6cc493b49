// SPDX-License-Identifier: GPL-2.0-or-later

/// Why a command for a running QEMU has no answer.
public enum QMPError: Error, Hashable, CustomStringConvertible {
  /// The path does not fit the address of a local socket.
  case pathTooLong(path: String, limit: Int)
  /// Nobody listens there.
  case cannotConnect(path: String, reason: String)
  /// QEMU closed the connection, as when it ends.
  case closed(during: String)
  /// The time limit passed.
  case timedOut(during: String, limit: Duration)
  /// QEMU wrote what is no message of the protocol.
  case malformed(line: String)
  /// QEMU refused the command.
  case refused(command: String, reason: String)

  /// The error as one sentence.
  public var description: String {
    switch self {
    case .pathTooLong(let path, let limit):
      "The socket's path \(path) is longer than \(limit) bytes; set TMPDIR to a folder with a shorter path."
    case .cannotConnect(let path, let reason):
      "QEMU's monitor at \(path) cannot be reached: \(reason)."
    case .closed(let operation):
      "QEMU closed its monitor during \(operation)."
    case .timedOut(let operation, let limit):
      "QEMU's monitor did not answer within \(inSeconds(limit)) during \(operation)."
    case .malformed(let line):
      "QEMU's monitor wrote a line that is no message: \(line.prefix(120))"
    case .refused(let command, let reason):
      "QEMU refused \(command): \(reason)"
    }
  }
}
