// SPDX-License-Identifier: GPL-2.0-or-later

import GraceDeviceModel
import GraceFirmware

/// What `tables` says of the machine whose tables it wrote.
struct TableSummary {
  let machine: Machine
  let tables: [SystemTable]
  let folder: String

  var text: String {
    var rows = [["address", "bridge", "socket", "domains", "coherent memory"]]
    for placed in machine.topology.gpus {
      let domains = placed.domains
      rows.append([
        placed.gpu.address.text, placed.gpu.root.name.text,
        placed.hostDomain.map { "domain \($0)" } ?? "none",
        domains.isEmpty ? "none" : "\(domains.lowerBound)-\(domains.upperBound - 1)",
        placed.gpu.memory.map { "\(ByteSize.text($0.size)) at 0x\(hexadecimal($0.base))" } ?? "in BARs",
      ])
    }
    var lines = Self.aligned(rows)
    for table in tables {
      lines.append("\(folder)/\(TableWriter.fileName(table.signature)): \(table.bytes.count) bytes")
    }
    return lines.joined(separator: "\n")
  }

  private static func aligned(_ rows: [[String]]) -> [String] {
    rows.map { row in
      let cells = row.enumerated().map { column, cell in
        let width = rows.map { $0[column].count }.max() ?? 0
        return column == row.count - 1 ? cell : cell + String(repeating: " ", count: width - cell.count)
      }
      return cells.joined(separator: "  ")
    }
  }
}
