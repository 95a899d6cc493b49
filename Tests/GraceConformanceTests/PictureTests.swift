// SPDX-License-Identifier: GPL-2.0-or-later

import Foundation
import GraceConformance
import Testing

@testable import gracectl

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite("The picture of a topology")
struct PictureTests {
  private func machine(_ sockets: UInt32, _ gpus: UInt32) -> GraceMachine {
    GraceMachine(
      sockets: sockets, gpus: gpus, firstDomain: 2 * sockets, hasExtendedMemory: true,
      hasAttributes: gpus < 16)
  }

  /// All texts of a document; `nil` if it is not well-formed.
  private func read(_ svg: String) -> [String]? {
    let parser = XMLParser(data: Data(svg.utf8))
    let collector = Collector()
    parser.delegate = collector
    return parser.parse() ? collector.texts.map { $0.trimmingCharacters(in: .newlines) } : nil
  }

  private final class Collector: NSObject, XMLParserDelegate {
    var texts: [String] = []

    func parser(
      _ parser: XMLParser, didStartElement element: String, namespaceURI: String?, qualifiedName: String?,
      attributes: [String: String]
    ) {
      texts.append("")
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
      if let last = texts.indices.last { texts[last] += text }
    }
  }

  @Test(
    "it is well-formed, has all domains and processors, and is no taller than two screens",
    arguments: [(1, 0), (1, 1), (2, 2), (2, 8), (1, 8), (4, 4), (4, 64), (1, 64), (32, 64)]
      as [(UInt32, UInt32)])
  func everything(_ sockets: UInt32, _ gpus: UInt32) throws {
    let topology = machine(sockets, gpus).evidence.topology()
    let picture = Picture(topology)
    let boxes = picture.columns.flatMap { [$0.processors].compactMap { $0 } + $0.attached }
    #expect(boxes.flatMap(\.domains).sorted() == topology.domains.map(\.number))
    #expect(boxes.filter { $0.kind == .gpu }.map(\.count).reduce(0, +) == Int(gpus))
    #expect(boxes.filter { $0.kind == .processors }.map(\.count).reduce(0, +) == Int(sockets))
    #expect(boxes.count <= 24)
    let svg = picture.svg
    let texts = try #require(read(svg))
    #expect(texts.contains("Address map") && texts.contains("Distance (SLIT)"))
    // A box has its domains as squares or as a text.
    for box in boxes {
      let isListed = texts.contains { $0.hasPrefix("domains \(box.domains[0])-") }
      #expect(isListed || box.domains.allSatisfy { texts.contains("\($0)") }, "\(box.domains)")
    }
    let height = try #require(svg.firstMatch(of: /height="([0-9.]+)"/).flatMap { Double($0.1) })
    #expect(height < 2400)
    #expect(svg.contains(#"width="1200" height="#) && svg.contains(#"version="1.1""#))
  }

  @Test("a line says distance, latency and bandwidth, and both distances where they differ")
  func links() {
    var machine = machine(2, 2)
    #expect(
      Picture(machine.evidence.topology()).columns.map(\.attached[0].link) == [
        ["distance 80", "300 ns", "300 GB/s"], ["distance 80", "300 ns", "300 GB/s"],
      ])
    #expect(Picture(machine.evidence.topology()).columns[0].link.first == "distance 40")
    machine.hasAttributes = false
    #expect(
      Picture(machine.evidence.topology()).columns[0].attached.map(\.link) == [
        ["distance 80"], ["distance 11"],
      ])
    var other = TestMachine()
    other.structures = []
    for domain in 1...8 { other.distances[0][domain] = 41 }
    #expect(Picture(other.evidence.topology()).columns[0].attached[0].link == ["distance 41/40"])
  }

  @Test("ranges of 64 GPUs are one piece of the map")
  func strips() {
    let strips = Picture(machine(1, 64).evidence.topology()).strips
    #expect(strips.map(\.count) == [1, 1, 1, 1, 64])
    #expect(strips.last?.label == "GPU memory")
    #expect(strips.last?.byteCount == 96 << 30)
  }

  @Test("names from the tables are escaped, and what cannot be written in XML is replaced")
  func escapes() throws {
    var evidence = machine(1, 1).evidence
    let path = #"\_SB.<&"'"# + "\u{1}]]>.GPU0"
    let value = TestMachine.deviceData([
      ("nvidia,gpu-mem-base-pa", .integer(1 << 40)), ("nvidia,gpu-mem-size", .integer(1 << 30)),
    ])
    evidence.namespace?.objects = [EvaluatedObject(path: path + "._DSD", value: value)]
    evidence.tables.removeAll { $0.signature == "SRAT" }
    evidence.functions = nil
    let svg = Picture(evidence.topology()).svg
    let texts = try #require(read(svg))
    #expect(texts.contains { $0.hasPrefix(#"GPU \_SB.<&"'?]]>"#) })
  }

  @Test("a machine of which nothing is known gives an empty picture")
  func nothing() throws {
    #expect(try #require(read(Picture(Evidence(tables: []).topology()).svg)).count > 1)
  }
}
