// Stands where the XDMA driver and the board stand: a process of its own that does what the driver's files do (dma_ip_drivers,
// XDMA/linux-kernel/xdma: cdev_ctrl.c, cdev_events.c, cdev_sgdma.c), with the C++ kernel as the board, and with faults on demand.
//   user: one register of 4 bytes a call, at addresses of whole registers, whatever count is asked for; else EPROTO
//   h2c, c2h: one direction each (else EINVAL); buffer and address must have the same low bits (else EINVAL); may move less than asked for
//   events: a read of 4 bytes (else EPROTO) waits for an interrupt, of which there is one a rising line; poll tells of it
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <map>
#include <thread>

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "csim_device.hpp"
#include "registers.hpp"
#include "xdma_device.hpp"

namespace fastmamba::host {

namespace {

enum class file : std::int32_t { user = 1, h2c, c2h, events };
enum class call : std::int32_t { open, pread, pwrite, read, poll };

struct request {
  call what;
  file of;
  std::uint64_t bytes, offset, buffer_low_bits;
};
struct answer {
  std::int64_t result;
  std::int32_t error;
  std::uint32_t payload;
};

bool move_all(int socket, void* data, std::size_t bytes, bool out) {
  for (unsigned char* at = static_cast<unsigned char*>(data); bytes > 0;) {
    const ssize_t moved = out ? ::send(socket, at, bytes, MSG_NOSIGNAL) : ::recv(socket, at, bytes, 0);
    if (moved < 0 && errno == EINTR) continue;
    if (moved <= 0) return false;
    at += moved, bytes -= std::size_t(moved);
  }
  return true;
}

/// What goes wrong, by name, with a number: see the uses.
typedef std::map<std::string, std::uint64_t> faults;

/// Driver and board.
class board {
 public:
  board(const device_options& options, const faults& wrong) : wrong_(wrong), kernel_(open_csim(options)), bytes_(options.memory_bytes) {
    ports_ = kernel_->read_register(registers::ports);
    busy_ = has("busy");
  }

  answer serve(const request& r, std::vector<unsigned char>& data) {
    ++calls_;
    if (has("interrupted") && calls_ % at("interrupted") == 0) return failed(EINTR);
    if (r.what == call::open) return has("no_file") ? failed(ENOENT) : has("no_right") ? failed(EACCES) : answer{std::int64_t(r.of), 0, 0};
    if (r.of == file::user) return user(r, data);
    if (r.of == file::events) return events(r, data);
    return dma(r, data);
  }

 private:
  bool has(const char* fault) const { return wrong_.count(fault) > 0; }
  std::uint64_t at(const char* fault) const { return wrong_.at(fault); }
  static answer failed(int error) { return {-1, error, 0}; }
  bool gone() const { return has("gone") && register_calls_ > at("gone"); }

  answer user(const request& r, std::vector<unsigned char>& data) {
    if (r.offset % 4) return failed(EPROTO);
    ++register_calls_;
    std::uint32_t x = 0;
    if (r.what == call::pwrite) {
      std::memcpy(&x, data.data(), 4);
      if (!gone()) write_register(unsigned(r.offset), x);
      return {4, 0, 0};
    }
    x = gone() ? registers::no_answer : read_register(unsigned(r.offset));
    data.resize(4);
    std::memcpy(data.data(), &x, 4);
    return {4, 0, 4};
  }

  void write_register(unsigned a, std::uint32_t x) {
    if (a == registers::stop(ports_) && !has("stuck")) busy_ = hangs_ = false;
    if (a == registers::control && (x & registers::start)) {
      ++starts_;
      if (has("hangs") && starts_ == at("hangs")) return void(hangs_ = true);
      ended_early_ = has("ends_early") && starts_ == at("ends_early");
      if (ended_early_) {
        line_ |= registers::call_over | registers::ended_early;
        return raise();
      }
    }
    if (a == registers::interrupts && ended_early_) return void(line_ ^= x);
    kernel_->write_register(a, x);
    if (a == registers::control && (x & registers::start)) raise();
  }
  std::uint32_t read_register(unsigned a) {
    if (a == registers::name && has("wrong_name")) return 0;
    if (a == registers::version && has("wrong_version")) return 7;
    if (a == registers::digest && has("wrong_plan")) return ~kernel_->read_register(a);
    if (a == registers::control && (busy_ || hangs_)) return registers::start;
    const unsigned own = registers::statuses(ports_), words = (ports_ + 1 + 31) / 32;
    if (hangs_ || ended_early_) {
      if (a == registers::control && ended_early_) return registers::done | registers::idle;
      if (a == registers::interrupts) return hangs_ ? 0 : line_;
      if (a == registers::reasons(ports_)) return ended_early_ ? registers::memory_error : 0;
      if (a == registers::left(ports_)) return 2;
      // Port 3, of them with the descriptors' first; process 5.
      if (a == own) return ended_early_ ? 1u << 3 : 0;
      if (a == own + 4 * words) return hangs_ ? 1u << 3 : 0;
      if (a == own + 8 * words) return 1u << 5;
    }
    return kernel_->read_register(a);
  }
  void raise() {
    if (has("lost_events")) return;
    event_at_ = std::chrono::steady_clock::now() + std::chrono::milliseconds(has("late_events") ? at("late_events") : 0);
    event_ = true;
  }

  answer events(const request& r, std::vector<unsigned char>& data) {
    const auto now = std::chrono::steady_clock::now();
    const bool come = event_ && now >= event_at_;
    if (r.what == call::poll) {
      if (!come) std::this_thread::sleep_for(std::chrono::milliseconds(std::min<std::uint64_t>(r.bytes, 2)));
      return {come ? 1 : 0, 0, 0};
    }
    if (r.bytes != 4) return failed(EPROTO);
    if (has("signals")) return failed(EAGAIN);
    if (!come) return failed(EAGAIN);
    event_ = false;
    data.assign(4, 0);
    data[0] = 1;
    return {4, 0, 4};
  }

  answer dma(const request& r, std::vector<unsigned char>& data) {
    const bool write = r.what == call::pwrite;
    if (write != (r.of == file::h2c)) return failed(EINVAL);
    if (r.buffer_low_bits != r.offset % 64) return failed(EINVAL);
    ++transfers_;
    if (gone()) return failed(EIO);
    if (has("fails") && transfers_ == at("fails")) return failed(EIO);
    if (has("driver_timeout") && transfers_ == at("driver_timeout")) return failed(512);
    if (has("nothing") && transfers_ >= at("nothing")) return {0, 0, 0};
    if (has("slow")) std::this_thread::sleep_for(std::chrono::milliseconds(at("slow")));
    std::size_t bytes = std::size_t(r.bytes);
    if (has("short")) bytes = std::min<std::size_t>(bytes, 1 + std::size_t(transfers_ * 7919 % at("short")));
    // A memory that is smaller than it says: addresses come round.
    const std::uint64_t size = has("wraps") ? bytes_ / 8 : bytes_;
    for (std::size_t i = 0; i < bytes;) {
      const std::uint64_t from = (r.offset + i) % size;
      const std::size_t now = std::size_t(std::min<std::uint64_t>(bytes - i, size - from));
      if (!write) data.resize(bytes);
      if (write) kernel_->write(from, data.data() + i, now);
      else kernel_->read(from, data.data() + i, now);
      i += now;
    }
    if (!write && has("flips") && bytes > 100) data[at("flips") % bytes] ^= 1;
    return {std::int64_t(bytes), 0, write ? 0 : std::uint32_t(bytes)};
  }

  const faults wrong_;
  const std::unique_ptr<device> kernel_;
  const std::uint64_t bytes_;
  unsigned ports_ = 0;
  std::uint64_t calls_ = 0, register_calls_ = 0, transfers_ = 0, starts_ = 0;
  std::uint32_t line_ = 0;
  bool busy_ = false, hangs_ = false, ended_early_ = false, event_ = false;
  std::chrono::steady_clock::time_point event_at_;
};

/// The other end of the socket: the system calls.
class stand_in_calls : public file_calls {
 public:
  stand_in_calls(const device_options& options, const faults& wrong) {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends)) throw host_error("no socket");
    child_ = ::fork();
    if (child_ == 0) {
      ::close(ends[0]);
      ::_exit(serve(ends[1], options, wrong));
    }
    ::close(ends[1]);
    socket_ = ends[0];
  }
  ~stand_in_calls() override {
    ::close(socket_);
    ::waitpid(child_, nullptr, 0);
  }
  int open(const std::string& path, int) override {
    const std::map<std::string, file> names{{"_user", file::user}, {"_h2c_0", file::h2c}, {"_c2h_0", file::c2h}, {"_events_0", file::events}};
    for (const auto& [end, of] : names)
      if (path == "/dev/xdma0" + end) return int(ask({call::open, of, 0, 0, 0}, nullptr, nullptr));
    errno = ENOENT;
    return -1;
  }
  void close(int) override {}
  ssize_t pread(int of, void* to, std::size_t bytes, std::uint64_t offset) override {
    return ask({call::pread, file(of), bytes, offset, reinterpret_cast<std::uintptr_t>(to) % 64}, nullptr, to);
  }
  ssize_t pwrite(int of, const void* from, std::size_t bytes, std::uint64_t offset) override {
    return ask({call::pwrite, file(of), bytes, offset, reinterpret_cast<std::uintptr_t>(from) % 64}, from, nullptr);
  }
  ssize_t read(int of, void* to, std::size_t bytes) override { return ask({call::read, file(of), bytes, 0, 0}, nullptr, to); }
  int poll_in(int of, int milliseconds) override { return int(ask({call::poll, file(of), std::uint64_t(milliseconds), 0, 0}, nullptr, nullptr)); }

 private:
  ssize_t ask(request r, const void* from, void* to) {
    std::vector<unsigned char> copy;
    answer a;
    bool whole = move_all(socket_, &r, sizeof r, true);
    if (whole && from) {
      copy.assign(static_cast<const unsigned char*>(from), static_cast<const unsigned char*>(from) + r.bytes);
      whole = move_all(socket_, copy.data(), copy.size(), true);
    }
    whole = whole && move_all(socket_, &a, sizeof a, false) && (a.payload == 0 || move_all(socket_, to, a.payload, false));
    if (!whole) {
      errno = ENXIO;
      return -1;
    }
    errno = a.error;
    return ssize_t(a.result);
  }

  static int serve(int socket, const device_options& options, const faults& wrong) {
    board b(options, wrong);
    request r;
    std::vector<unsigned char> data;
    while (move_all(socket, &r, sizeof r, false)) {
      data.clear();
      if (r.what == call::pwrite) {
        data.resize(std::size_t(r.bytes));
        if (!move_all(socket, data.data(), data.size(), false)) break;
      }
      answer a = b.serve(r, data);
      if (!move_all(socket, &a, sizeof a, true)) break;
      if (a.payload > 0 && !move_all(socket, data.data(), a.payload, true)) break;
    }
    return 0;
  }

  int socket_ = -1;
  pid_t child_ = 0;
};

/// `--fault name:number`, as often as one likes; all else is for the board.
std::unique_ptr<device> open_stand_in(const device_options& options) {
  device_options others = options, kernel = options;
  others.more.clear(), kernel.more.clear();
  faults wrong;
  for (const auto& [name, value] : options.more) {
    const std::size_t colon = value.find(':');
    if (name == "--fault") wrong[value.substr(0, colon)] = colon == std::string::npos ? 1 : std::stoull(value.substr(colon + 1));
    else others.more.push_back({name, value});
  }
  return std::make_unique<xdma_device>(std::make_unique<stand_in_calls>(kernel, wrong), xdma_options_of(others));
}

const add_device_kind kind({"stand-in", open_stand_in});

}  // namespace

}  // namespace fastmamba::host
