// SPDX-License-Identifier: GPL-2.0-or-later

import Foundation
import GraceGuest
import Testing

/// A product that a file describes, as a guest sees it: docs/examples/gh200-next.profile.
@Suite("A profile of the user's own")
struct ProfileFileTests {
  private let address = "0000:01:00.0"

  /// The example. What the guest must find stands here a second time.
  private static let example = GPUProfile(
    file: URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "docs/examples/gh200-next.profile").path,
    name: "gh200-next", chip: .gh100, deviceID: "2350", subsystemIDs: ["18d3"], memorySize: 144 << 30,
    dividesMemory: false)

  private func guest(_ representation: Representation) async throws -> GuestRun {
    try await GuestLab.guest(MachineOptions(profile: Self.example, representation: representation))
  }

  @Test("everything holds that the file says", arguments: Representation.allCases)
  func expectations(representation: Representation) async throws {
    let guest = try await guest(representation)
    let function = try guest.function()
    #expect(function.device == "2350")
    #expect(function.subsystemDevice == "18d3")
    try guest.expectAllHeld()
  }

  @Test("its DVSEC keeps the memory in one piece", arguments: Representation.allCases)
  func undivided(representation: Representation) async throws {
    let guest = try await guest(representation)
    #expect(guest.facts.bars.map(\.index) == (representation == .vm ? [0, 4] : [0]))
    #expect(guest.facts.vfioRegions.map(\.index) == (representation == .vm ? [] : [0, 4]))
    #expect(guest.facts.usableBytes(ofBAR: 4, of: address) == 144 << 30)
    try guest.expectPassed(
      "\(address): NVIDIA's DVSEC says that the MIG bug is fixed", in: "sysfs-check")
  }

  @Test("the driver binds it by driver_override")
  func driver() async throws {
    #expect(try await guest(.bareMetal).function().driver == "nvgrace_gpu_vfio_pci")
  }

  @Test("a guest that was told the base's ids and memory notices what differs")
  func toldOtherwise() async throws {
    var options = MachineOptions(profile: Self.example, representation: .vm)
    options.kernelWords = ["grace.device=2348", "grace.divided=on"]
    let guest = try await GuestLab.guest(options)
    let failed = try guest.program("sysfs-check").cases.filter { $0.result == .failed }.map(\.name)
    #expect(
      Set(failed).isSuperset(of: [
        "\(address): ids and class are those of a GH200",
        "\(address): no DVSEC says that the MIG bug is fixed",
      ]), "\(failed)")
  }

  /// How QEMU refuses what a file says.
  private func expectRefusal(
    of text: String?, _ properties: [String: String] = [:], naming words: [String]
  ) async throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "grace-\(UUID().uuidString).profile")
      .path
    if let text { try text.write(toFile: path, atomically: true, encoding: .utf8) }
    defer { try? FileManager.default.removeItem(atPath: path) }
    var options = MachineOptions(representation: .vm)
    options.deviceProperties = properties.merging(["profile-file": path]) { $1 }
    let run = try await GuestLab.start(options)
    try GuestTests.expectRefusal(run, naming: words)
  }

  @Test("what is wrong with a file ends QEMU with one line that has the file's")
  func refusals() async throws {
    try await expectRefusal(
      of: "base = gh200-480gb\nname = mine\n\ncapability-move = 0x9c 0xac\n",
      naming: ["the profile's file, line 4", "overlaps", "use another offset"])
    try await expectRefusal(of: "name = mine", naming: ["the profile's file: it has no base", "gh200-480gb"])
    try await expectRefusal(
      of: "base = gh200-480gb\nname = mine", ["profile": "gb200"], naming: ["profile=", "leave out one"])
    try await expectRefusal(of: nil, naming: ["profile-file="])
  }
}
