/*
 * What it would cost to leave the process for an access
 *
 * usage: socket-bench PLUGIN SAMPLES
 *
 * Another process has the plug-in, and a Unix socket between the two carries
 * messages as long as those of vfio-user for a region access: a header of 16
 * bytes, offset, region and count, and the data. Prints a line for each case:
 * its name, and for each sample nanoseconds by the socket and by a call.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "grace-gpu-loader.h"
#include "host.h"

#define SOCKET_ROUNDS 20000u
#define CALL_ROUNDS   2000000u
#define SCRATCH       0x1450u

/* The fields of vfio-user 0.9.2, VFIO_USER_REGION_READ and _WRITE. */
typedef struct Message {
    uint16_t id;
    uint16_t command;
    uint32_t size;
    uint32_t flags;
    uint32_t error;
    uint64_t offset;
    uint32_t region;
    uint32_t count;
    uint32_t data; /* of a read: only in its reply */
} __attribute__((packed)) Message;

#define COMMAND_READ  9
#define COMMAND_WRITE 10
#define HEADER_SIZE   16u
#define WITH_DATA     ((uint32_t)sizeof(Message))
#define WITHOUT_DATA  (WITH_DATA - 4u)
#define FLAG_IS_REPLY 1u

static int receive(int channel, Message *message)
{
    char *place = (char *)message;

    /* The header says how much follows, as in any such protocol. */
    if (recv(channel, place, HEADER_SIZE, MSG_WAITALL) != HEADER_SIZE) {
        return 0;
    }
    if (message->size < HEADER_SIZE || message->size > WITH_DATA) {
        return 0;
    }
    return recv(channel, place + HEADER_SIZE, message->size - HEADER_SIZE,
                MSG_WAITALL) == message->size - HEADER_SIZE;
}

static int pass(int channel, const Message *message)
{
    /* If the other process is gone, that is an error and no signal. */
    return send(channel, message, message->size, MSG_NOSIGNAL) == message->size;
}

/* The other process: the device, until nobody asks any more. */
static void serve(int channel, const GraceFunctions *functions,
                  GraceDevice *device)
{
    Message message;

    while (receive(channel, &message)) {
        if (message.command == COMMAND_READ) {
            message.data = (uint32_t)functions->region_read(
                device, message.region, message.offset, message.count);
            message.size = WITH_DATA;
        } else {
            functions->region_write(device, message.region, message.offset,
                                    message.data, message.count);
            message.size = WITHOUT_DATA;
        }
        message.flags = FLAG_IS_REPLY;
        if (!pass(channel, &message)) {
            return;
        }
    }
}

static uint32_t ask(int channel, uint16_t command, uint32_t value)
{
    int is_write = command == COMMAND_WRITE;
    Message message = {.command = command,
                       .size = is_write ? WITH_DATA : WITHOUT_DATA,
                       .offset = SCRATCH,
                       .count = 4,
                       .data = value};

    if (!pass(channel, &message) || !receive(channel, &message)) {
        perror("the other process");
        exit(1);
    }
    return message.data;
}

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static double by_socket(int channel, uint16_t command)
{
    double start = now();

    for (uint32_t i = 0; i < SOCKET_ROUNDS; i++) {
        ask(channel, command, i);
    }
    return (now() - start) / SOCKET_ROUNDS;
}

static double by_call(const GraceFunctions *functions, GraceDevice *device,
                      uint16_t command)
{
    volatile uint64_t sink;
    double start = now();

    for (uint32_t i = 0; i < CALL_ROUNDS; i++) {
        if (command == COMMAND_READ) {
            sink = functions->region_read(device, 0, SCRATCH, 4);
        } else {
            functions->region_write(device, 0, SCRATCH, i, 4);
        }
    }
    (void)sink;
    return (now() - start) / CALL_ROUNDS;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        uint16_t command;
    } cases[] = {{"read", COMMAND_READ}, {"write", COMMAND_WRITE}};
    GraceError error = {.struct_size = sizeof(error)};
    const GraceFunctions *functions;
    GraceDevice *device;
    int pair[2];
    pid_t child;

    if (argc != 3) {
        fprintf(stderr, "usage: socket-bench PLUGIN SAMPLES\n");
        return 2;
    }
    functions = grace_gpu_load(argv[1], &error);
    if (!functions) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    device = bench_device(functions, NULL, 0);
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0) {
        perror("socketpair");
        return 1;
    }
    child = fork();
    if (child < 0) {
        perror("fork");
        return 1;
    }
    if (child == 0) {
        close(pair[0]);
        serve(pair[1], functions, device);
        _exit(0);
    }
    close(pair[1]);
    ask(pair[0], COMMAND_WRITE, 0x12345678);
    if (ask(pair[0], COMMAND_READ, 0) != 0x12345678) {
        fprintf(stderr, "the other process has another value\n");
        return 1;
    }
    for (int i = 0; i < 2; i++) {
        printf("%s", cases[i].name);
        for (int sample = 0; sample < atoi(argv[2]); sample++) {
            printf("\t%.1f %.3f", by_socket(pair[0], cases[i].command),
                   by_call(functions, device, cases[i].command));
        }
        printf("\n");
    }
    close(pair[0]);
    waitpid(child, NULL, 0);
    return 0;
}
