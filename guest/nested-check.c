// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The hypervisor between the emulated machine and guests of its own: looks at
 * KVM, starts a QEMU for each file GUESTS/N.arguments, and carries the guests'
 * consoles and monitors through the console of this machine until all of them
 * have ended.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "facts.h"
#include "ktap.h"
#include "nested-check.h"

/* Whether KVM lets a guest have memory without struct page cached
 * (Documentation/virt/kvm/api.rst). */
#ifndef KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED
#define KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED 243
#endif

static struct nested_guest guests[NESTED_MAX_GUESTS];
static size_t guest_count;
static int kvm = -1;

static bool check_kvm(void *context)
{
    int version, machine;

    (void)context;
    kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
    if (kvm < 0) {
        return ktap_fail("/dev/kvm cannot be opened: %s; start the machine "
                         "with -M virt,virtualization=on",
                         strerror(errno));
    }
    version = ioctl(kvm, KVM_GET_API_VERSION, 0);
    /* Some of what KVM can do it says of a machine only. */
    machine = ioctl(kvm, KVM_CREATE_VM, 0);
    fact_begin("kvm");
    fact_int("version", version);
    fact_int("address_bits",
             ioctl(kvm, KVM_CHECK_EXTENSION, KVM_CAP_ARM_VM_IPA_SIZE));
    fact_bool("cacheable_pfnmap",
              ioctl(machine, KVM_CHECK_EXTENSION,
                    KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED) == 1);
    fact_end();
    close(machine);
    return version == KVM_API_VERSION ||
           ktap_fail("KVM's interface has version %d, not %d", version,
                     KVM_API_VERSION);
}

/* The first of these cases runs all guests, as they run at the same time. */
static bool check_guest(void *context)
{
    static bool done;
    const struct nested_guest *guest = context;

    if (!done) {
        done = true;
        nested_run(guests, guest_count);
    }
    return !guest->problem[0] || ktap_fail("%s", guest->problem);
}

int main(void)
{
    for (unsigned i = 0; i < NESTED_MAX_GUESTS; i++) {
        if (!nested_read(&guests[i], i)) {
            break;
        }
        guest_count++;
    }
    if (guest_count == 0) {
        ktap_line("# " NESTED_FOLDER " says of no guest how to start it; put "
                  "the archive of scripts/boot --nested into the initramfs");
        return 2;
    }
    ktap_add(check_kvm, NULL, "KVM is there");
    for (size_t i = 0; i < guest_count; i++) {
        ktap_add(check_guest, &guests[i],
                 "the VMM of guest %zu ends when its guest powers off", i);
    }
    return ktap_run();
}
