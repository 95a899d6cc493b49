// SPDX-License-Identifier: GPL-2.0-or-later

import SystemPackage

/// A file that is to be a guest's kernel. Firmware starts it, so it is a program of UEFI for arm64: an Image with an EFI stub, or
/// one that unpacks itself (EFI zboot), as distributions have them under the name vmlinuz. What gzip made of one is not
/// looked into.
public enum GuestKernelFile {
  /// Enough for the headers.
  private static let headerBytes = 4096
  /// IMAGE_FILE_MACHINE_ARM64 (PE format, "Machine types").
  private static let machine: [UInt8] = [0x64, 0xaa]

  /// Why the file is no such kernel, in one sentence, or nil.
  public static func problem(of path: String) -> String? {
    do {
      return problem(of: path, header: try RegularFile.read(path) { try $0.nextBytes(upTo: headerBytes) })
    } catch Errno.invalidArgument {
      return "\(path) is no file; name a kernel for the guests."
    } catch {
      return "There is no file \(path) to be read; name a kernel for the guests."
    }
  }

  static func problem(of path: String, header: [UInt8]) -> String? {
    // GZIP (RFC 1952, 2.3.1), which QEMU unpacks.
    if header.starts(with: [0x1f, 0x8b]) { return nil }
    // An archive of ar: what the kernel came in.
    if header.starts(with: Array("!<arch>\n".utf8)) {
      return "\(path) is a package; give the vmlinuz in it, as docs/nested.md shows."
    }
    // The offset of PE's header, its signature and machine (PE format, "MS-DOS stub" and "COFF file header").
    let offset = header.starts(with: Array("MZ".utf8)) ? header.word(at: 0x3c) : nil
    if let offset, header.dropFirst(offset).starts(with: Array("PE\0\0".utf8) + machine) { return nil }
    return
      "\(path) is no arm64 kernel that UEFI can start; give an Image with CONFIG_EFI_STUB, or a distribution's vmlinuz."
  }
}

extension [UInt8] {
  /// A number of four bytes, least significant first; nil if it is not there.
  fileprivate func word(at offset: Int) -> Int? {
    guard count >= offset + 4 else { return nil }
    return self[offset..<offset + 4].reversed().reduce(0) { $0 << 8 | Int($1) }
  }
}
