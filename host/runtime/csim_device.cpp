#include "csim_device.hpp"

#include <cstring>

#include "identity.hpp"
#include "network.hpp"
#include "registers.hpp"

namespace fastmamba::host {

namespace {

class csim_device : public device {
 public:
  explicit csim_device(std::uint64_t bytes) : registers_(registers::end / 4) {
    bench_.memories["memory"].reset(new ::memory(bytes));
    declare_channels(bench_);
    port_names_.push_back("descriptors");
    for (const char* name : kernel_identity.ports) port_names_.push_back(name);
    const auto set = [&](unsigned at, std::size_t x) { registers_[at / 4] = std::uint32_t(x); };
    set(registers::control, registers::idle);
    set(registers::name, registers::name_value);
    set(registers::version, registers::version_value);
    set(registers::ports, kernel_identity.ports.size());
    set(registers::processes, kernel_identity.processes);
    set(registers::descriptor_words, kernel_identity.descriptor_words);
    for (unsigned byte = 0; byte < 32; ++byte)
      registers_[registers::digest / 4 + byte / 4] |=
          std::uint32_t(std::stoul(std::string(kernel_identity.plan + 2 * byte, 2), nullptr, 16)) << (8 * (byte % 4));
  }

  void write(std::uint64_t address, const void* from, std::size_t bytes) override { std::memcpy(place(address, bytes), from, bytes); }
  void read(std::uint64_t address, void* to, std::size_t bytes) override { std::memcpy(to, place(address, bytes), bytes); }

  void write_register(unsigned address, std::uint32_t value) override {
    if (address == registers::interrupts) registers_[address / 4] ^= value;
    else if (address < registers::name && address != registers::control) registers_[address / 4] = value;
    if (address == registers::control && (value & registers::start)) run();
  }
  std::uint32_t read_register(unsigned address) override {
    const std::uint32_t value = registers_[address / 4];
    if (address == registers::control) registers_[0] = registers::idle;
    return value;
  }
  bool wait_interrupt(double) override { return registers_[registers::interrupts / 4] != 0; }
  bool counts_cycles() const override { return false; }

 private:
  unsigned char* place(std::uint64_t address, std::size_t bytes) {
    ::memory& m = *bench_.memories.at("memory");
    if (address > m.size() || bytes > m.size() - address) throw host_error("beyond the end of the memory: " + std::to_string(address));
    return m.data() + address;
  }
  std::uint64_t address_at(unsigned at) const { return std::uint64_t(registers_[at / 4 + 1]) << 32 | registers_[at / 4]; }

  void run() {
    for (std::size_t i = 0; i < port_names_.size(); ++i)
      bench_.ports[port_names_[i]] = {"memory", address_at(i == 0 ? registers::descriptors : registers::port(unsigned(i - 1)))};
    try {
      for (auto& channel : bench_.channels) channel->begin(0, false);
      run_layers(bench_, registers_[registers::first / 4], registers_[registers::count / 4], false);
      fastmamba::csim::finish();
      for (auto& m : bench_.memories) m.second->settle();
      for (auto& channel : bench_.channels) channel->end();
    } catch (const std::exception& e) {
      throw host_error(std::string("the C++ kernel has stopped: ") + e.what());
    }
    registers_[0] = registers::idle | registers::done;
    registers_[registers::interrupts / 4] |= registers::call_over & registers_[registers::take_interrupts / 4];
  }

  ::bench bench_;
  std::vector<std::string> port_names_;
  std::vector<std::uint32_t> registers_;
};

const add_device_kind kind({"csim", open_csim});

}  // namespace

std::unique_ptr<device> open_csim(const device_options& options) {
  if (!options.more.empty()) throw usage_error(options.more[0].first + ": not an option of csim");
  return std::make_unique<csim_device>(options.memory_bytes);
}

}  // namespace fastmamba::host
