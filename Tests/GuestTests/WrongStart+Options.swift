// SPDX-License-Identifier: GPL-2.0-or-later

extension WrongStart {
  /// Options of the device, each for itself.
  static let options: [WrongStart] = [
    .init(
      "colour=red",
      "Property 'grace-gpu.colour' not found"),
    .init(
      "profile=",
      """
      there is no profile ''; use one of: gh200-120gb, gh200-480gb, gh200-144gb, gb200, gb300, \
      blackwell-next
      """),
    .init(
      "profile=gh300",
      """
      there is no profile 'gh300'; use one of: gh200-120gb, gh200-480gb, gh200-144gb, gb200, gb300, \
      blackwell-next
      """),
    .init(
      "profile=GB200",
      """
      there is no profile 'GB200'; use one of: gh200-120gb, gh200-480gb, gh200-144gb, gb200, gb300, \
      blackwell-next
      """),
    .init(
      "representation=",
      "there is no representation ''; use vm or bare-metal"),
    .init(
      "representation=host",
      "there is no representation 'host'; use vm or bare-metal"),
    .init(
      "memory-size=",
      "Parameter 'memory-size' expects size"),
    .init(
      "memory-size=all",
      "Parameter 'memory-size' expects size"),
    .init(
      "memory-size=-1",
      "Parameter 'memory-size' expects size"),
    .init(
      "memory-size=0",
      """
      memory-size of 0 bytes is too small for gh200-480gb, which reserves 1 GiB and uses the rest in \
      blocks of 512 MiB; use at least 1536M
      """),
    .init(
      "memory-size=1G",
      """
      memory-size of 1073741824 bytes is too small for gh200-480gb, which reserves 1 GiB and uses the rest \
      in blocks of 512 MiB; use at least 1536M
      """),
    .init(
      "memory-size=1535M",
      """
      memory-size of 1609564160 bytes is too small for gh200-480gb, which reserves 1 GiB and uses the rest \
      in blocks of 512 MiB; use at least 1536M
      """),
    .init(
      "memory-size=1610612737",
      "memory-size of 1610612737 bytes is not a multiple of 1 MiB; use 1536M or 1537M"),
    .init(
      "memory-size=2T",
      "memory-size of 2199023255552 bytes is too large; use at most 1024G"),
    .init(
      "memory-size=99999999999T",
      "Parameter 'memory-size' expects size"),
    .init(
      "memory-base=",
      "Parameter 'memory-base' expects integer"),
    .init(
      "memory-base=high",
      "Parameter 'memory-base' expects integer"),
    .init(
      "memory-base=0",
      """
      memory-base=0x0 with 98304 MiB is not within 0x20000000 to 2^52; use a lower address such as \
      0x400000000000
      """),
    .init(
      "memory-base=0x400000001000",
      "memory-base=0x400000001000 is not a multiple of 512 MiB; use 0x400000000000"),
    .init(
      "memory-base=0x10000000000000",
      """
      memory-base=0x10000000000000 with 98304 MiB is not within 0x20000000 to 2^52; use a lower address \
      such as 0x400000000000
      """),
    .init(
      "memory-base=0x10000000000000000",
      "Parameter 'memory-base' expects integer"),
    .init(
      "numa-nodes=",
      "Parameter 'numa-nodes' expects integer"),
    .init(
      "numa-nodes=eight",
      "Parameter 'numa-nodes' expects integer"),
    .init(
      "numa-nodes=65",
      "numa-nodes=65 is too large; use at most 64"),
    .init(
      "numa-nodes=-1",
      "Parameter 'numa-nodes' expects uint32_t"),
    .init(
      "numa-nodes=4294967296",
      "Parameter 'numa-nodes' expects uint32_t"),
    .init(
      "pxm-start=",
      "Parameter 'pxm-start' expects integer"),
    .init(
      "pxm-start=first",
      "Parameter 'pxm-start' expects integer"),
    .init(
      "pxm-start=0",
      "pxm-start=0 is one of the machine's own NUMA nodes; use 1 or more"),
    .init(
      "pxm-start=4294967296",
      "Parameter 'pxm-start' expects uint32_t"),
    .init(
      "c2c-ready-ms=",
      "Parameter 'c2c-ready-ms' expects integer"),
    .init(
      "c2c-ready-ms=soon",
      "Parameter 'c2c-ready-ms' expects integer"),
    .init(
      "c2c-ready-ms=3600001",
      "c2c-ready-ms=3600001 is too large; use at most 3600000"),
    .init(
      "hbm-ready-ms=soon",
      "Parameter 'hbm-ready-ms' expects integer"),
    .init(
      "hbm-ready-ms=3600001",
      "hbm-ready-ms=3600001 is too large; use at most 3600000"),
    .init(
      "cxl-valid-ms=",
      "cxl-valid-ms= is not a number; write it in decimal, or in hexadecimal after 0x"),
    .init(
      "cxl-valid-ms=soon",
      "cxl-valid-ms=soon is not a number; write it in decimal, or in hexadecimal after 0x"),
    .init(
      "cxl-active-ms=3600001",
      "cxl-active-ms=3600001 is too large; use at most 3600000"),
    .init(
      "cxl-active-timeout=8",
      "cxl-active-timeout=8 is too large; use at most 7"),
    .init(
      "mig-fix=",
      "mig-fix= is neither on nor off; write one of them"),
    .init(
      "mig-fix=yes",
      "mig-fix=yes is neither on nor off; write one of them"),
    .init(
      "ats=1",
      "ats=1 is neither on nor off; write one of them"),
    .init(
      "reset-clears-memory=true",
      "reset-clears-memory=true is neither on nor off; write one of them"),
    .init(
      "device-id=",
      "device-id= is not a number; write it in decimal, or in hexadecimal after 0x"),
    .init(
      "device-id=0x10000",
      "device-id=0x10000 is too large; use at most 65535"),
    .init(
      "device-id=gh200",
      "device-id=gh200 is not a number; write it in decimal, or in hexadecimal after 0x"),
    .init(
      "serial-number=-1",
      "serial-number=-1 is not a number; write it in decimal, or in hexadecimal after 0x"),
    .init(
      "fault=",
      """
      there is no fault ''; use one of: none, link-down, training-stuck, training-partial, \
      cxl-info-missing, cxl-active-missing, cxl-ones, flr-hangs, removed
      """),
    .init(
      "fault=broken",
      """
      there is no fault 'broken'; use one of: none, link-down, training-stuck, training-partial, \
      cxl-info-missing, cxl-active-missing, cxl-ones, flr-hangs, removed
      """),
    .init(
      "poison=all",
      "poison=all is not a number; write it in decimal, or in hexadecimal after 0x"),
    .init(
      "poison=96G",
      "poison has the offset 103079215104, and the memory has 103079215104 bytes; give a lower one"),
    .init(
      "poison=1+",
      "poison= is not a number; write it in decimal, or in hexadecimal after 0x"),
    .init(
      "poison=egm:0",
      "poison=egm: is of no use without extended memory; give egm-size= too"),
    .init(
      "poison=20000000000T",
      "poison=20000000000T does not fit into 64 bits; use a smaller number"),
    .init(
      "plugin=",
      """
      cannot open the plug-in '': No such file or directory; build it with scripts/build-plugin and pass \
      its path as plugin=
      """),
    .init(
      "plugin=/nowhere/libgrace-gpu.so",
      """
      cannot open the plug-in '/nowhere/libgrace-gpu.so': No such file or directory; build it with \
      scripts/build-plugin and pass its path as plugin=
      """),
    .init(
      "plugin=FOLDER",
      """
      'FOLDER' is not a shared library; build the plug-in with scripts/build-plugin and pass its path as \
      plugin=
      """),
    .init(
      "plugin=FOLDER/plugin.so", files: ["plugin.so|": ""],
      """
      'FOLDER/plugin.so' is not a shared library; build the plug-in with scripts/build-plugin and pass its \
      path as plugin=
      """),
    .init(
      "plugin=/dev/zero",
      """
      '/dev/zero' is not a shared library; build the plug-in with scripts/build-plugin and pass its path as \
      plugin=
      """),
    .init(
      "plugin=FOLDER/cut.so", files: ["cut.so": "\u{7f}ELF"],
      "the plug-in 'FOLDER/cut.so' is incomplete; build it again with scripts/build-plugin"),
    .init(
      "fault=\u{1b}[2J\u{7f}\u{9b}1m",
      """
      there is no fault '?[2J??1m'; use one of: none, link-down, training-stuck, training-partial, \
      cxl-info-missing, cxl-active-missing, cxl-ones, flr-hangs, removed
      """),
    .init(
      "addr=99",
      "Property 'grace-gpu.addr' doesn't take value '99'"),
    .init(
      "bus=rp9",
      "Bus 'rp9' not found"),
    .init(
      "plugin=FOLDER/empty.so", files: ["empty.so": ""],
      """
      'FOLDER/empty.so' is not a shared library; build the plug-in with scripts/build-plugin and pass its \
      path as plugin=
      """),
    .init(
      "plugin=FOLDER/text.so", files: ["text.so": "text\n"],
      """
      'FOLDER/text.so' is not a shared library; build the plug-in with scripts/build-plugin and pass its \
      path as plugin=
      """),
    .init(
      "poison=0x0000+0x1000+0x2000+0x3000+0x4000+0x5000+0x6000+0x7000+0x8000+0x9000+0xa000+0xb000+0xc000+0xd000+0xe000+0xf000+0x10000+0x11000+0x12000+0x13000+0x14000+0x15000+0x16000+0x17000+0x18000+0x19000+0x1a000+0x1b000+0x1c000+0x1d000+0x1e000+0x1f000+0x20000",
      "poison names more than 32 pages, which is the most; give fewer"),
  ]
}
