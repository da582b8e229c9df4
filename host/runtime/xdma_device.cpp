#include "xdma_device.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <thread>

#include <fcntl.h>

#include "registers.hpp"

namespace fastmamba::host {

namespace {

/// Bytes of a transfer at most, and what its buffer is aligned to.
constexpr std::size_t most_bytes = std::size_t(4) << 20, alignment = 4096;

using clock = std::chrono::steady_clock;
clock::time_point after(double seconds) { return clock::now() + std::chrono::duration_cast<clock::duration>(std::chrono::duration<double>(seconds)); }

std::string reason(int error) {
  // What the driver gives where a transfer has not come to its end in its own time; the C library has no word for it.
  if (error == 512) return "the driver's own time limit is over (its module parameters h2c_timeout_ms, c2h_timeout_ms)";
  return std::strerror(error);
}

}  // namespace

xdma_device::xdma_device(std::unique_ptr<file_calls> calls, const xdma_options& options)
    : calls_(std::move(calls)), options_(options), staging_(most_bytes + 2 * alignment) {
  user_ = open("_user", O_RDWR);
  to_board_ = open("_h2c_0", O_WRONLY);
  from_board_ = open("_c2h_0", O_RDONLY);
  if (options.events) events_ = open("_events_0", O_RDONLY);
}

xdma_device::~xdma_device() {
  for (const file& f : {user_, to_board_, from_board_, events_})
    if (f.number >= 0) calls_->close(f.number);
}

xdma_device::file xdma_device::open(const char* end, int flags) {
  file f{options_.prefix + end, -1};
  do f.number = calls_->open(f.path, flags);
  while (f.number < 0 && errno == EINTR);
  if (f.number >= 0) return f;
  const int error = errno;
  if (error == EACCES) throw host_error(f.path + ": " + reason(error) + "; its owner and mode are set by a udev rule");
  throw no_device(f.path + ": " + reason(error) + "; is the board programmed and the XDMA driver loaded?");
}

/// Moves `bytes` bytes, however few the driver takes at once. `move(done, now)` gives what the system call gave.
template <class Move> void xdma_device::transfer(const file& f, const char* what, std::uint64_t at, std::size_t bytes, Move move) {
  const auto limit = after(options_.transfer_seconds);
  std::size_t done = 0;
  const auto where = [&] {
    return f.path + ": " + what + " of " + std::to_string(bytes) + " bytes at " + std::to_string(at) + ", " + std::to_string(done) + " done: ";
  };
  while (done < bytes) {
    const ssize_t moved = move(done, std::min(bytes - done, most_bytes));
    if (moved > 0) {
      if (std::size_t(moved) > bytes - done) throw host_error(where() + "more bytes than were asked for");
      done += std::size_t(moved);
    } else if (moved < 0 && errno != EINTR && errno != EAGAIN) {
      throw host_error(where() + reason(errno));
    } else if (clock::now() > limit) {
      throw host_error(where() + "no end after " + std::to_string(int(options_.transfer_seconds)) + " s");
    } else if (moved == 0) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
}

void xdma_device::write(std::uint64_t address, const void* from, std::size_t bytes) {
  const std::uint64_t at = options_.memory + address;
  transfer(to_board_, "write", at, bytes, [&](std::size_t done, std::size_t now) {
    unsigned char* const base = staging_.data() + (alignment - reinterpret_cast<std::uintptr_t>(staging_.data()) % alignment);
    unsigned char* const buffer = base + (at + done) % alignment;
    std::memcpy(buffer, static_cast<const unsigned char*>(from) + done, now);
    return calls_->pwrite(to_board_.number, buffer, now, at + done);
  });
}

void xdma_device::read(std::uint64_t address, void* to, std::size_t bytes) {
  const std::uint64_t at = options_.memory + address;
  transfer(from_board_, "read", at, bytes, [&](std::size_t done, std::size_t now) {
    unsigned char* const base = staging_.data() + (alignment - reinterpret_cast<std::uintptr_t>(staging_.data()) % alignment);
    unsigned char* const buffer = base + (at + done) % alignment;
    const ssize_t moved = calls_->pread(from_board_.number, buffer, now, at + done);
    if (moved > 0) std::memcpy(static_cast<unsigned char*>(to) + done, buffer, std::min(now, std::size_t(moved)));
    return moved;
  });
}

// The driver moves one register a call, whatever number of bytes it is asked for.
void xdma_device::write_register(unsigned address, std::uint32_t value) {
  const std::uint64_t at = options_.registers + address;
  transfer(user_, "write of a register", at, 4, [&](std::size_t done, std::size_t now) {
    return calls_->pwrite(user_.number, reinterpret_cast<const unsigned char*>(&value) + done, now, at + done);
  });
}
std::uint32_t xdma_device::read_register(unsigned address) {
  const std::uint64_t at = options_.registers + address;
  std::uint32_t value = 0;
  transfer(user_, "read of a register", at, 4, [&](std::size_t done, std::size_t now) {
    return calls_->pread(user_.number, reinterpret_cast<unsigned char*>(&value) + done, now, at + done);
  });
  return value;
}

bool xdma_device::wait_interrupt(double seconds) {
  const auto limit = after(seconds);
  // Short waits first: a call of a small model is over before a thread has slept.
  for (int milliseconds = 1;; milliseconds = std::min(100, 2 * milliseconds)) {
    if (options_.events) {
      const int come = calls_->poll_in(events_.number, milliseconds);
      if (come < 0 && errno != EINTR) throw host_error(events_.path + ": " + reason(errno));
      if (come > 0) take_event();
    } else {
      std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
    }
    // An interrupt may be lost, or be of an earlier call: the kernel itself is asked.
    const std::uint32_t state = read_register(registers::interrupts);
    if (state != registers::no_answer && (state & registers::call_over)) return true;
    if (state == registers::no_answer || clock::now() > limit) return false;
  }
}

void xdma_device::take_event() {
  std::uint32_t event;
  const ssize_t got = calls_->read(events_.number, &event, sizeof event);
  // EAGAIN: a signal came first.
  if (got < 0 && errno != EINTR && errno != EAGAIN) throw host_error(events_.path + ": " + reason(errno));
}

xdma_options xdma_options_of(const device_options& options) {
  xdma_options x;
  const auto number = [](const std::string& name, const std::string& value) {
    char* end = nullptr;
    const std::uint64_t n = std::strtoull(value.c_str(), &end, 0);
    if (value.empty() || *end) throw usage_error(name + " " + value + ": expected a number");
    return n;
  };
  for (const auto& [name, value] : options.more) {
    if (name == "--xdma") x.prefix = value;
    else if (name == "--registers") x.registers = number(name, value);
    else if (name == "--memory-base") x.memory = number(name, value);
    else if (name == "--transfer-seconds") x.transfer_seconds = double(number(name, value));
    else if (name == "--events") x.events = value != "off";
    else throw usage_error(name + ": not an option of the board");
  }
  return x;
}

}  // namespace fastmamba::host
