/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PCI functions as sysfs shows them. */
#ifndef GRACE_PCI_H
#define GRACE_PCI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PCI_DEVICES    "/sys/bus/pci/devices"
#define PCI_BAR_COUNT  6
#define NVGRACE_DRIVER "nvgrace_gpu_vfio_pci"

/* The driver depends on ARM64 (drivers/vfio/pci/nvgrace-gpu/Kconfig). */
#ifdef __aarch64__
#define HAS_NVGRACE true
#else
#define HAS_NVGRACE false
#endif

struct pci_bar {
    uint64_t start;
    uint64_t bytes; /* 0: not there */
    bool memory;
    bool prefetchable;
    bool wide; /* 64-bit */
};

struct pci_function {
    char address[24]; /* as in sysfs: 0000:01:00.0 */
    unsigned segment, bus, device, function;
    uint64_t vendor_id, device_id;
    uint64_t subsystem_vendor_id, subsystem_device_id;
    uint64_t class_code, revision;
    int numa_node;
    char companion[256]; /* path of the ACPI node, "" if there is none */
    char driver[64];     /* "" if there is none */
    char reset_methods[64];
    struct pci_bar bars[PCI_BAR_COUNT];
};

/* Reads one function; false if it does not exist or is unreadable. */
bool pci_read(const char *address, struct pci_function *function);

/*
 * Finds NVIDIA's 3D controllers (10de, class 0302) in the order of their
 * addresses. Returns how many there are; at most `capacity` are stored.
 */
size_t pci_find_gpus(struct pci_function *functions, size_t capacity);

/* Finds the first function with these ids; false if there is none. */
bool pci_find(uint64_t vendor, uint64_t device, struct pci_function *found);

/* A path of a function's sysfs folder, in the static buffer of path_of(). */
const char *pci_path(const struct pci_function *function, const char *name);

/* Prints the facts `function` and `bar`. */
void pci_print_facts(const struct pci_function *function);

/*
 * Makes a driver bind the function, and reads the function again. False with a
 * sentence in `reason` if it is not bound afterwards.
 */
bool pci_bind(struct pci_function *function, const char *driver, char *reason,
              size_t bytes);

/* The same with NVIDIA's VFIO driver. */
bool pci_bind_nvgrace(struct pci_function *function, char *reason,
                      size_t bytes);

#endif
