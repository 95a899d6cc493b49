// SPDX-License-Identifier: GPL-2.0-or-later

extension WrongStart {
  /// Options of what firmware says, and of extended memory.
  static let firmware: [WrongStart] = [
    .init(
      "host-node=",
      "host-node= is not a number; write it in decimal, or in hexadecimal after 0x"),
    .init(
      "host-node=first",
      "host-node=first is not a number; write it in decimal, or in hexadecimal after 0x"),
    .init(
      "host-node=5",
      "host-node=5 is none of the machine's own NUMA nodes, of which there are 1; use a lower number"),
    .init(
      "initiators=some",
      "initiators=some is neither on nor off; write one of them"),
    .init(
      "dsd-pxm=2",
      "dsd-pxm=2 is neither on nor off; write one of them"),
    .init(
      "dsd-size=little",
      "dsd-size=little is neither on nor off nor a number of bytes; write one of them, such as 512M"),
    .init(
      "hmat=no",
      "hmat=no is neither on nor off; write one of them"),
    .init(
      "firmware-quirk=",
      """
      there is no firmware-quirk ''; use one of: gi-handle-swapped, gi-handle-doubled, gi-shuffled, \
      gi-missing, gi-disabled, gi-one-too-few, dsd-missing, dsd-size-zero, dsd-base-unaligned, \
      slit-asymmetric, slit-too-small, slit-zero, hmat-unknown-domain, memory-overlaps-ram
      """),
    .init(
      "firmware-quirk=gi-none",
      """
      there is no firmware-quirk 'gi-none'; use one of: gi-handle-swapped, gi-handle-doubled, gi-shuffled, \
      gi-missing, gi-disabled, gi-one-too-few, dsd-missing, dsd-size-zero, dsd-base-unaligned, \
      slit-asymmetric, slit-too-small, slit-zero, hmat-unknown-domain, memory-overlaps-ram
      """),
    .init(
      "firmware-quirk=gi-missing+",
      """
      there is no firmware-quirk ''; use one of: gi-handle-swapped, gi-handle-doubled, gi-shuffled, \
      gi-missing, gi-disabled, gi-one-too-few, dsd-missing, dsd-size-zero, dsd-base-unaligned, \
      slit-asymmetric, slit-too-small, slit-zero, hmat-unknown-domain, memory-overlaps-ram
      """),
    .init(
      "distance-host=10",
      "distance-host=10 is too small; use at least 11"),
    .init(
      "distance-remote=255",
      "distance-remote=255 is too large; use at most 254"),
    .init(
      "distance-gpu=far",
      "distance-gpu=far is not a number; write it in decimal, or in hexadecimal after 0x"),
    .init(
      "latency-local=0",
      "latency-local=0 is too small; use at least 1"),
    .init(
      "latency-host=1/2/3",
      "latency-host=1/2/3 is not a number or two; write A or A/B"),
    .init(
      "latency-remote=70000",
      "latency-remote=70000 is too large; use at most 65534"),
    .init(
      "bandwidth-local=0/1",
      "bandwidth-local=0 is too small; use at least 1"),
    .init(
      "bandwidth-gpu=/",
      "bandwidth-gpu= is not a number; write it in decimal, or in hexadecimal after 0x"),
    .init(
      "egm-size=1",
      "egm-size=0x1 is not a multiple of 524288 KiB; use 0x20000000"),
    .init(
      "egm-size=lots",
      "egm-size=lots is not a number; write it in decimal, or in hexadecimal after 0x"),
    .init(
      "egm-base=8G",
      "egm-base is of no use without extended memory; give egm-size= too"),
    .init(
      "egm-pxm=3",
      "egm-pxm is of no use without extended memory; give egm-size= too"),
    .init(
      "egm-size=1G;egm-base=1",
      "egm-base=0x1 is not a multiple of 524288 KiB; use 0x20000000"),
    .init(
      "egm-size=1G;egm-base=0",
      """
      egm-base=0x0 with 1024 MiB is not within 0x20000000 to 2^52; use a lower address such as \
      0x80000000000
      """),
    .init(
      "egm-size=1G;egm-pxm=x",
      "egm-pxm=x is not a number; write it in decimal, or in hexadecimal after 0x"),
    .init(
      "egm-retired-pages=on",
      "egm-retired-pages is of no use without extended memory; give egm-size= too"),
    .init(
      "egm-size=1G;egm-retired-pages=1+",
      "egm-retired-pages= is not a number; write it in decimal, or in hexadecimal after 0x"),
    .init(
      "egm-size=1G;poison=egm:1G",
      "poison has the offset 1073741824, and the extended memory has 1073741824 bytes; give a lower one"),
  ]
}
