// Addresses of the kernel's control registers (docs/accelerator.md), with n ports besides that of the descriptors.
#ifndef FASTMAMBA_HOST_REGISTERS_HPP
#define FASTMAMBA_HOST_REGISTERS_HPP

#include <cstdint>

namespace fastmamba::host::registers {

constexpr unsigned control = 0x000, pass_interrupts = 0x004, take_interrupts = 0x008, interrupts = 0x00c;
constexpr std::uint32_t start = 1, done = 2, idle = 4;
/// Interrupts: the call is over; it ended before its end.
constexpr std::uint32_t call_over = 1, ended_early = 4;

constexpr unsigned descriptors = 0x010, first = 0x01c, count = 0x024;
constexpr unsigned port(unsigned i) { return 0x02c + 12 * i; }

/// What is told of the call.
constexpr unsigned reasons(unsigned n) { return port(n); }
constexpr unsigned limit(unsigned n) { return port(n) + 0x4; }
constexpr unsigned stop(unsigned n) { return port(n) + 0x8; }
constexpr unsigned left(unsigned n) { return port(n) + 0xc; }
constexpr unsigned cycles(unsigned n) { return port(n) + 0x10; }
constexpr unsigned statuses(unsigned n) { return port(n) + 0x18; }
constexpr std::uint32_t memory_error = 1, time_limit = 2, asked_for = 4;

/// What the kernel is.
constexpr unsigned name = 0xfc0, version = 0xfc4, ports = 0xfc8, processes = 0xfcc, descriptor_words = 0xfd0, digest = 0xfe0;
constexpr std::uint32_t name_value = 0x41424d46, version_value = 1;
constexpr unsigned end = 0x1000;

/// What a read of a PCIe device gives that does not answer.
constexpr std::uint32_t no_answer = 0xffffffff;

}  // namespace fastmamba::host::registers

#endif
