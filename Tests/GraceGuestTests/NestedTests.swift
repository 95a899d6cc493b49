// SPDX-License-Identifier: GPL-2.0-or-later

import Foundation
import Testing

@testable import GraceGuest

@Suite("Guests of a guest")
struct NestedTests {
  @Test("a line that the hypervisor passed on has a guest and a stream")
  func lines() throws {
    let console = try #require(NestedLine("  guest1| # host: unplug"))
    #expect(console.guest == 1)
    #expect(console.stream == .console)
    #expect(console.text == "# host: unplug")
    #expect(try #require(NestedLine("guest0! qemu: no")).stream == .message)
    #expect(try #require(NestedLine("guest0< {}")).stream == .monitor)
    // An empty line, and one that has spaces of its own.
    #expect(NestedLine("guest0|")?.text == "")
    #expect(NestedLine("  guest0|   ok 1 a")?.text == "  ok 1 a")
    for line in ["", "guest", "guest0", "guest0#", "guestx| a", "guest0|a", "# guest0| a", "guest-1| a"] {
      #expect(NestedLine(line) == nil, "\(line)")
    }
  }

  @Test("the hypervisor's lines go back the same way")
  func answers() {
    #expect(NestedLine.console("done", to: 2) == "guest2| done")
    #expect(NestedLine.monitor("{}", to: 0) == "guest0< {}")
  }

  @Test("the VMM gets the GPU with the backend that was asked for, and nodes for it")
  func arguments() {
    var machine = NestedMachine(
      memorySize: 3 << 30, gpuCount: 2,
      guests: [NestedGuest(), NestedGuest(gpus: [1], backend: .iommufd)])
    let first = machine.arguments(ofGuest: 0)
    #expect(first.contains("vfio-pci,id=gpu0,bus=rp0,host=0000:01:00.0"))
    #expect(first.filter { $0.hasPrefix("acpi-generic-initiator,") }.count == 8)
    #expect(first.contains("acpi-generic-initiator,id=gi8,pci-dev=gpu0,node=8"))
    #expect(!first.contains { $0.hasPrefix("iommufd,") })
    #expect(first[1].contains(",ras=on"))
    machine.guests[1].hearsOfMemoryErrors = false
    machine.guests[1].hasIOMMU = true
    machine.guests[1].kernel = "/k"
    let second = machine.arguments(ofGuest: 1)
    #expect(second.contains("vfio-pci,id=gpu0,bus=rp0,host=0000:02:00.0,iommufd=iommufd0"))
    #expect(second.contains("/nested/1.kernel"))
    #expect(!second[1].contains("ras"))
    let iommu = second.firstIndex { $0.hasPrefix("virtio-iommu") } ?? .max
    let gpu = second.firstIndex { $0.hasPrefix("vfio-pci") } ?? .min
    #expect(iommu < gpu)
  }

  @Test("a guest has memory for the pages of a large GPU, and the hypervisor for the guest")
  func memory() {
    let machine = NestedMachine(memorySize: 64 << 30)
    #expect(machine.arguments(ofGuest: 0).contains("memory-backend-ram,id=ram0,size=2048M"))
    #expect(machine.hypervisor.ramSize == 4 << 30)
  }

  @Test("the hypervisor sees bare-metal with EL2, its guests vm")
  func levels() {
    let machine = NestedMachine(profile: .gb200)
    #expect(machine.title == "gb200 nested, 4 GiB, type1")
    var two = NestedMachine(
      gpuCount: 2, guests: [NestedGuest(backend: .iommufd), NestedGuest(gpus: [1], backend: .iommufd)])
    #expect(two.title == "gh200-480gb nested, 2 GPUs, 4 GiB each, iommufd")
    two.guests[1].backend = .type1
    #expect(two.title == "gh200-480gb nested, 2 GPUs, 4 GiB each, iommufd, type1")
    #expect(machine.hypervisor.hasHypervisor)
    #expect(machine.hypervisor.reportsMemoryErrors)
    #expect(machine.hypervisor.representation == .bareMetal)
    let words = machine.machine(ofGuest: 0).kernelCommandLine
    #expect(words.contains(" grace.representation=vm "))
    #expect(words.contains(" grace.passthrough=1 "))
    #expect(!words.contains("grace.smmu-bits"))
  }

  @Test("a message that a VMM repeats is one line of the report")
  func repetition() {
    #expect(NestedReport.merged(["a", "b", "b", "b", "a"]) == ["a", "b (3 times)", "a"])
    #expect(NestedReport.merged([]) == [])
  }

  @Test("cpio reads the archive, whose length the next one can follow")
  func archive() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "grace-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var paths: [GuestAssets.Name: String] = [:]
    for (name, text) in [(GuestAssets.Name.kernel, "kernel"), (.initrd, "programs"), (.firmware, "firm")] {
      paths[name] = folder.appending(path: text).path
      try Data(text.utf8).write(to: folder.appending(path: text))
    }
    let machine = NestedMachine()
    let archive = try NestedArchive(machine, assets: GuestAssets(paths: paths))
    #expect(archive.bytes.count.isMultiple(of: 512))
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", "cpio --extract --quiet --make-directories"]
    process.currentDirectoryURL = folder
    let input = Pipe()
    process.standardInput = input
    try process.run()
    try input.fileHandleForWriting.write(contentsOf: archive.bytes)
    try input.fileHandleForWriting.close()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    func text(_ name: String) throws -> String {
      try String(contentsOf: folder.appending(path: "nested/\(name)"), encoding: .utf8)
    }
    #expect(try text("kernel") == "kernel")
    #expect(try text("initrd") == "programs")
    #expect(try text("firmware") == "firm")
    #expect(try text("0.arguments").split(separator: "\n").map(String.init) == machine.arguments(ofGuest: 0))
  }
}
