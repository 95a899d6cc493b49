// SPDX-License-Identifier: GPL-2.0-or-later

import Foundation

/// The machine that measures, in a few words.
enum Machine {
  /// Today in UTC.
  static var day: String {
    let formatter = ISO8601DateFormatter()
    formatter.formatOptions = [.withFullDate]
    return formatter.string(from: Date())
  }

  /// Such as `Intel(R) Xeon(R) Processor, 2 CPUs, 24 GiB, Linux 6.18.1 x86_64`.
  static var description: String {
    let memory = Double(ProcessInfo.processInfo.physicalMemory) / Double(1 << 30)
    let cpus = ProcessInfo.processInfo.processorCount
    return "\(processor), \(cpus) CPUs, \(Int(memory.rounded())) GiB, \(system)"
  }

  /// As /proc/cpuinfo names it on x86_64; arm64 has numbers there alone.
  private static var processor: String {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    for label in ["model name", "CPU part"] {
      for line in text.split(separator: "\n") where line.hasPrefix(label) {
        guard let colon = line.firstIndex(of: ":") else { continue }
        let value = line[line.index(after: colon)...].split(separator: " ").joined(separator: " ")
        return label == "CPU part" ? "Arm CPU part \(value)" : value
      }
    }
    return "processor without a name"
  }

  private static var system: String {
    var name = utsname()
    guard uname(&name) == 0 else { return "Linux" }
    func text<T>(_ field: T) -> String {
      withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
    return "\(text(name.sysname)) \(text(name.release)) \(text(name.machine))"
  }
}
