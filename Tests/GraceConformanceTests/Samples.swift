// SPDX-License-Identifier: GPL-2.0-or-later

/// Text as programs print it.
enum Samples {
  static let lspciPlain = """
    00:00.0 Host bridge [0600]: Red Hat, Inc. QEMU PCIe Host bridge [1b36:0008]
    00:01.0 PCI bridge [0604]: Red Hat, Inc. QEMU PCIe Root port [1b36:000c]
    0009:01:00.0 3D controller [0302]: NVIDIA Corporation GH100 [GH200 480GB] [10de:2345] (rev a1)

    """

  static let lspciVerbose = """
    0009:01:00.0 3D controller [0302]: NVIDIA Corporation Device [10de:2941] (rev a1)
    \tSubsystem: NVIDIA Corporation Device [10de:2046]
    \tNUMA node: 0
    \tRegion 0: Memory at 661000000000 (64-bit, prefetchable) [size=16M]
    \tCapabilities: [60] Express (v2) Endpoint, IntMsgNum 0
    \t\tDevCap:\tMaxPayload 256 bytes, PhantFunc 0
    \tKernel driver in use: nvgrace_gpu_vfio_pci

    """

  static let lspciHex = """
    01:00.0 3D controller: NVIDIA Corporation GH100 [GH200 480GB] (rev a1)
    00: de 10 45 23 46 05 10 00 a1 00 02 03 10 00 00 00
    10: 0c 00 00 00 80 00 00 00 00 00 00 00 00 00 00 00
    100: 19 00 81 1b 00 00 00 00 00 00 00 00 00 00 00 00

    02:00.0 Ethernet controller: Intel Corporation 82574L
    00: 86 80 d3 10 07 01 10 00 00 00 00 02 10 00 00 00

    """

  static let acpidump = """
    SLIT @ 0x0000000000000000
      0000: 53 4C 49 54 30 00 00 00 01 E8 54 45 53 54 49 44  SLIT0.....TESTID
      0010: 54 45 53 54 54 41 42 4C 01 00 00 00 54 45 53 54  TESTTABL....TEST
      0020: 01 00 00 00 02 00 00 00 00 00 00 00 0A 14 14 0A  ................

    SSDT @ 0x0000000000000000
        0000: 53 53 44 54 24 00 00 00 02 00 41 42  SSDT$.....AB 43 44

    """

  /// What acpiexec prints for `find _DSD` and `evaluate` of each of them.
  static let acpiexec = #"""
    ACPI: DSDT 0x000056469754F0F0 00144C (v02 BOCHS  BXPC     00000001 BXPC 00000001)
    Firmware Error (ACPI): Could not resolve symbol [\_SB.PCI8.RP00], AE_NOT_FOUND (20200925/dswload2-206)
    ACPI Error: AE_NOT_FOUND, During name lookup/catalog (20200925/psobject-264)

             \_SB.PCI0.S08.GPU0._DSD Package      0x564697578f20 002 Elements 02
                      \_SB.AAAA._DSD Method       0x5569decdfa40 001 Args 0 Len 0054 Aml 0x5569decdf138
    Evaluating \_SB.PCI0.S08.GPU0._DSD
    Evaluation of \_SB.PCI0.S08.GPU0._DSD returned object 0x564697548d60, external buffer length 1E8
      [Package] Contains 2 Elements:
        [Buffer] Length 10 =     0000: 14 D8 FF DA BA 6E 8C 4D 8A 91 BC 9B BF 4A A3 01  // .....n.M.....J..
        [Package] Contains 4 Elements:
          [Package] Contains 2 Elements:
            [String] Length 16 = "nvidia,gpu-mem-base-pa"
            [Integer] = 0000400000000000
          [Package] Contains 2 Elements:
            [String] Length 01 = "a"b [Integer]"
            [Buffer] Length 14 = 
        0000: 01 02 03 00 00 00 00 00 00 00 00 00 00 00 5B 5D  // ..............[]
        0010: 00 00 00 FF                                      // ....
          [Package] Contains 2 Elements:
            [String] Length 01 = "r"
            [Object Reference] = 0x5569decdf420 <Node>            Name AAAA Device
          [Package] Contains 0 Elements:

    Evaluating \_SB.AAAA._DSD
    No object was returned from evaluation of \_SB.AAAA._DSD
    ACPI: No outstanding allocations
    """#
}
