# A GH200 with 144 GB that no driver knows by its id. It is free of the MIG bug and says so in a DVSEC of its own.
# Ids and contents are made up; docs/profiles.md describes the format.

base = gh200-144gb
name = gh200-next
product = GH200 Next
device-id = 0x2350
subsystem-id = 0x18d3

# NVIDIA's DVSEC 3, of which bit 16 of the dword at 8 says that the bug is fixed.
dvsec = 0x310 vendor=0x10de id=3 length=0x10
dword = 0x8 0x00010000

# Another layout: no vendor-specific extended capability, the serial number elsewhere, and a body for the
# vendor-specific capability below 0x100, of which software can write a byte.
capability-remove = 0x2a4
capability-move = 0x2f0 0x340
capability-remove = 0x9c
capability = 0x9c id=0x09 length=0x14
dword = 0x4 0x5eed0001
dword = 0x8 0x00000000 writable=0xff

# More interrupts, and a register that says which board it is.
msix-vectors = 32
register = 0x00101000 0x00023490 name=NV_PEXTDEV_BOOT_0
