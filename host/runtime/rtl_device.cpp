// The kernel's RTL as a device: clocked by the testbench of co-simulation behind its model of the board's memory. A register is read and
// written over AXI4-Lite, and time passes while that happens and while an interrupt is waited for.
#include <cstring>

#include "clocked.hpp"
#include "device.hpp"
#include "network.hpp"

namespace fastmamba::host {

namespace {

class rtl_device : public device {
 public:
  rtl_device(std::uint64_t bytes, double clock_mhz) : memory_(bytes), clock_hz_(clock_mhz * 1e6) {
    guarded([&] {
      declare_channels(bench_);
      network_ = &clocked(bench_);
      network_->serve_host(memory_);
    });
  }
  // The host's own way to the memory takes no time of the kernel's.
  void write(std::uint64_t address, const void* from, std::size_t bytes) override { std::memcpy(place(address, bytes), from, bytes); }
  void read(std::uint64_t address, void* to, std::size_t bytes) override { std::memcpy(to, place(address, bytes), bytes); }
  void write_register(unsigned address, std::uint32_t value) override {
    guarded([&] { network_->host_writes(address, value); });
  }
  std::uint32_t read_register(unsigned address) override {
    std::uint32_t value = 0;
    guarded([&] { value = std::uint32_t(network_->host_reads(address)); });
    return value;
  }
  bool wait_interrupt(double seconds) override {
    bool come = false;
    guarded([&] { come = network_->host_waits(std::uint64_t(seconds * clock_hz_)); });
    return come;
  }

 private:
  unsigned char* place(std::uint64_t address, std::size_t bytes) {
    if (address > memory_.size() || bytes > memory_.size() - address) throw host_error("beyond the end of the memory: " + std::to_string(address));
    return memory_.data() + address;
  }
  template <class Run> static void guarded(Run run) {
    try {
      run();
    } catch (const std::runtime_error& e) {
      throw host_error(std::string("RTL: ") + e.what());
    }
  }

  ::memory memory_;
  const double clock_hz_;
  ::bench bench_;
  clocked_network* network_ = nullptr;
};

std::unique_ptr<device> open_rtl(const device_options& options) {
  for (const auto& [name, value] : options.more) {
    bool known = false;
    try {
      known = take_option(name, value);
    } catch (const std::logic_error&) {
      throw usage_error(name + " " + value + ": not a value that it takes");
    }
    if (!known) throw usage_error(name + ": not an option of the RTL's testbench");
  }
  return std::make_unique<rtl_device>(options.memory_bytes, options.clock_mhz);
}

const add_device_kind kind({"rtl", open_rtl});

}  // namespace

}  // namespace fastmamba::host
