// SPDX-License-Identifier: GPL-2.0-or-later

extension MachineOptions {
  /// The 64-bit PCI window of QEMU's `virt` machine, which is also its minimum (hw/arm/virt.c,
  /// `extended_memmap`).
  static let defaultWindowSize: UInt64 = 512 << 30

  /// The largest window given: it starts at its own size, so a larger one would begin where coherent memory
  /// lies on a host (2^46).
  static let largestWindowSize: UInt64 = 32 << 40

  /// The most of the window that the BARs of one GPU can cost: a root port's window is aligned to the largest BAR
  /// behind it, so it is a power of two at worst.
  private var footprint: UInt64? {
    guard let split = try? memorySplit() else { return nil }
    let (inVM, own) = (representation == .vm, apertureBAR)
    guard inVM || own != nil else { return nil }
    let usemem = inVM ? split.usememBAR : 0
    let atBAR2 = own ?? split.resmemBAR
    return powerOfTwo(atLeast: usemem + atBAR2 + MachineOptions.registerBytes)
  }

  /// Bytes of BAR0 (public listings of GH100 by lspci).
  static let registerBytes: UInt64 = 16 << 20

  /// The window to ask QEMU for, or nil if its default is wide enough.
  ///
  /// Once the GPUs can cost more than half of the default window, a power of two of at least twice the sum leaves
  /// firmware room for its own alignment.
  var chosenWindowSize: UInt64? {
    if let windowSize { return windowSize }
    guard let footprint else { return nil }
    let sum = footprint * UInt64(gpuCount)
    guard sum > MachineOptions.defaultWindowSize / 2 else { return nil }
    let wanted = min(powerOfTwo(atLeast: 2 * sum), MachineOptions.largestWindowSize)
    return wanted > MachineOptions.defaultWindowSize ? wanted : nil
  }

  /// What the kernel must be told so that the BARs of all GPUs behind one switch fit, or nil.
  ///
  /// On arm64 Linux places BARs itself, and Linux 7.3 makes a switch's window as long as the windows of its ports are
  /// together, without what their alignment costs ("bridge window: can't assign; no space"). Ports that are to have
  /// room for any GPU leave no gap between their windows.
  var portWindowWord: String? {
    guard machine == .virt, tree == .switch, gpuCount > 1, let footprint else { return nil }
    return "pci=hpmmioprefsize=\(footprint >> 20)M"
  }
}
