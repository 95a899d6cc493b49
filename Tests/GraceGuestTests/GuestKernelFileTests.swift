// SPDX-License-Identifier: GPL-2.0-or-later

import Testing

@testable import GraceGuest

@Suite("Kernels for guests of a guest")
struct GuestKernelFileTests {
  /// The headers of an arm64 Image by hand: MZ, ARM\x64 at 56 (Documentation/arch/arm64/booting.rst), PE at 64.
  private func header(_ changes: [Int: UInt8] = [:]) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 80)
    bytes.replaceSubrange(0..<2, with: [0x4d, 0x5a])
    bytes.replaceSubrange(56..<64, with: [0x41, 0x52, 0x4d, 0x64, 0x40, 0, 0, 0])
    bytes.replaceSubrange(64..<70, with: [0x50, 0x45, 0, 0, 0x64, 0xaa])
    for (offset, byte) in changes { bytes[offset] = byte }
    return bytes
  }

  @Test("an Image with an EFI stub is one, and so is what unpacks itself or QEMU unpacks")
  func kernels() {
    #expect(GuestKernelFile.problem(of: "k", header: header()) == nil)
    // EFI zboot has "zimg" at 4 and no arm64 header (drivers/firmware/efi/libstub/zboot-header.S).
    let packed = header([4: 0x7a, 5: 0x69, 6: 0x6d, 7: 0x67, 56: 0, 57: 0, 58: 0, 59: 0])
    #expect(GuestKernelFile.problem(of: "k", header: packed) == nil)
    #expect(GuestKernelFile.problem(of: "k", header: [0x1f, 0x8b, 8]) == nil)
  }

  @Test("what is none is refused, and it is said what to do")
  func others() {
    let wrong =
      "k is no arm64 kernel that UEFI can start; give an Image with CONFIG_EFI_STUB, or a distribution's vmlinuz."
    // No stub; for x86_64 (0x8664); PE's header behind the end, and far behind; nothing.
    let others: [[UInt8]] = [
      header([0: 0]), header([69: 0x86]), header([60: 76]), header([63: 0xff]), Array(header().prefix(63)),
      [],
    ]
    for bytes in others { #expect(GuestKernelFile.problem(of: "k", header: bytes) == wrong) }
    #expect(
      GuestKernelFile.problem(of: "k", header: Array("!<arch>\ndebian-binary".utf8))
        == "k is a package; give the vmlinuz in it, as docs/nested.md shows.")
  }
}
