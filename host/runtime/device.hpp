// What the host program runs on: a memory, the kernel's control registers, and its interrupt. docs/host.md describes the devices.
#ifndef FASTMAMBA_HOST_DEVICE_HPP
#define FASTMAMBA_HOST_DEVICE_HPP

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace fastmamba::host {

/// What went wrong, in words that a user reads.
struct host_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};
/// A wrong option or a file that is not what it should be.
struct usage_error : host_error {
  using host_error::host_error;
};
/// The device is not there.
struct no_device : host_error {
  using host_error::host_error;
};

/// Addresses are bytes from the start of the memory and of the registers. All of it throws host_error.
class device {
 public:
  virtual ~device() = default;
  virtual void write(std::uint64_t address, const void* from, std::size_t bytes) = 0;
  virtual void read(std::uint64_t address, void* to, std::size_t bytes) = 0;
  virtual void write_register(unsigned address, std::uint32_t value) = 0;
  virtual std::uint32_t read_register(unsigned address) = 0;
  /// Waits for the kernel's interrupt for so many seconds of the kernel's time; false when it has not come.
  virtual bool wait_interrupt(double seconds) = 0;
  /// Whether its kernel counts cycles: the C++ has none.
  virtual bool counts_cycles() const { return true; }
};

struct device_options {
  /// Bytes that the memory must have, and the kernel's clock.
  std::uint64_t memory_bytes = 0;
  double clock_mhz = 250;
  /// Options of the device's own, `--name value`.
  std::vector<std::pair<std::string, std::string>> more;
};

/// A kind of device that this program was built with.
struct device_kind {
  const char* name;
  std::unique_ptr<device> (*open)(const device_options& options);
};

/// All of them. A device's source adds its own when it is linked.
std::vector<device_kind>& device_kinds();
struct add_device_kind {
  explicit add_device_kind(const device_kind& kind) { device_kinds().push_back(kind); }
};

}  // namespace fastmamba::host

#endif
