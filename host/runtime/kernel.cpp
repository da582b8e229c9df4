#include "kernel.hpp"

#include <cmath>
#include <cstdio>

#include "registers.hpp"

namespace fastmamba::host {

namespace {

/// Seconds that the kernel has to give up a call.
constexpr double stop_seconds = 2;

std::string hex(std::uint32_t x) {
  char text[16];
  std::snprintf(text, sizeof text, "0x%08x", unsigned(x));
  return text;
}

}  // namespace

kernel::kernel(device& d, const image& image) : device_(d), image_(image), ports_(unsigned(image.ports.size())) {
  identify();
  end_left_call();
}

std::uint32_t kernel::read(unsigned address) {
  const std::uint32_t value = device_.read_register(address);
  // All ones are a value, or a bus on which nobody answers: the name tells.
  if (value == registers::no_answer && device_.read_register(registers::name) == registers::no_answer)
    throw host_error("the board does not answer (its registers read 0xffffffff): it was reset or programmed, or has lost its PCIe link; "
                     "scan the bus anew or restart the machine");
  return value;
}

void kernel::identify() {
  const std::uint32_t name = read(registers::name), version = read(registers::version);
  if (name != registers::name_value)
    throw host_error("no kernel of this project: its name reads " + hex(name) + ", expected " + hex(registers::name_value) +
                     "; is the board programmed, and are its registers where --registers says?");
  if (version != registers::version_value)
    throw host_error("the kernel's registers are of version " + std::to_string(version) + ", this program knows version " +
                     std::to_string(registers::version_value));
  std::string plan;
  for (unsigned i = 0; i < 8; ++i) {
    const std::uint32_t word = read(registers::digest + 4 * i);
    for (unsigned byte = 0; byte < 4; ++byte)
      for (const unsigned half : {4u, 0u}) plan += "0123456789abcdef"[word >> (8 * byte + half) & 15];
  }
  if (plan != image_.plan)
    throw host_error("the kernel is of plan " + plan.substr(0, 12) + ", the memory image of plan " + image_.plan.substr(0, 12) +
                     ": give the image of the kernel's project, or load the kernel of this one");
  const auto equal = [&](const char* what, unsigned at, std::size_t due) {
    const std::uint32_t found = read(at);
    if (found != due)
      throw host_error(std::string("the kernel has ") + std::to_string(found) + " " + what + ", the memory image is for " + std::to_string(due));
  };
  equal("ports", registers::ports, image_.ports.size());
  equal("processes", registers::processes, image_.processes.size());
  equal("words a descriptor", registers::descriptor_words, image_.descriptor_bytes / 64);
}

void kernel::end_left_call() {
  if (!(read(registers::control) & registers::idle)) {
    // A host that is gone has left it at work. It ends as if it had been asked for there.
    device_.write_register(registers::control, 0);
    device_.write_register(registers::stop(ports_), 1);
    device_.wait_interrupt(stop_seconds);
    if (!(read(registers::control) & registers::idle))
      throw host_error("the kernel is at work and does not stop" + why(0) + "; reset the board");
  }
  device_.write_register(registers::take_interrupts, registers::call_over | registers::ended_early);
  device_.write_register(registers::pass_interrupts, 1);
  read(registers::control);
  device_.write_register(registers::interrupts, read(registers::interrupts));
}

void kernel::write_address(unsigned at, std::uint64_t address) {
  device_.write_register(at, std::uint32_t(address));
  device_.write_register(at + 4, std::uint32_t(address >> 32));
}
void kernel::point(unsigned port, std::uint64_t address) { write_address(registers::port(port), address); }
void kernel::point_descriptors(std::uint64_t address) { write_address(registers::descriptors, address); }

std::uint64_t kernel::call(unsigned first, unsigned count, double seconds_each) {
  device_.write_register(registers::first, first);
  device_.write_register(registers::count, count);
  const double cycles = std::floor(seconds_each * image_.clock_mhz * 1e6);
  device_.write_register(registers::limit(ports_), cycles < 4294967295.0 ? std::uint32_t(cycles) : 0xffffffffu);
  device_.write_register(registers::control, registers::start);
  // The kernel keeps its own time. This one is for a kernel that does not even do that.
  const bool came = device_.wait_interrupt(seconds_each * count + stop_seconds);
  const std::uint32_t control = read(registers::control);
  if (!came || !(control & registers::done)) {
    const std::string state = why(0);
    device_.write_register(registers::stop(ports_), 1);
    device_.wait_interrupt(stop_seconds);
    device_.write_register(registers::interrupts, read(registers::interrupts));
    throw host_error("the kernel has not ended the call in time" + state);
  }
  device_.write_register(registers::interrupts, read(registers::interrupts));
  const std::uint32_t reasons = read(registers::reasons(ports_));
  if (reasons != 0) throw host_error("the kernel has ended the call before its end" + why(reasons));
  const std::uint64_t low = read(registers::cycles(ports_)), high = read(registers::cycles(ports_) + 4);
  return high << 32 | low;
}

std::string kernel::marked(unsigned& at, const std::vector<std::string>& names) {
  std::string list;
  std::uint32_t word = 0;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i % 32 == 0) word = read(at), at += 4;
    if (word >> (i % 32) & 1) list += (list.empty() ? "" : ", ") + names[i];
  }
  return list;
}

std::string kernel::why(std::uint32_t reasons) {
  std::vector<std::string> ports{"descriptors"};
  for (const port_place& one : image_.ports) ports.push_back(one.port);
  std::string text;
  const auto add = [&](const std::string& what) { text += (text.empty() ? ": " : "; ") + what; };
  if (reasons & registers::memory_error) add("a memory has answered with an error");
  if (reasons & registers::time_limit) add("the time limit of a layer is over");
  if (reasons & registers::asked_for) add("it was asked to");
  unsigned at = registers::statuses(ports_);
  const std::string errors = marked(at, ports), awaiting = marked(at, ports), unfinished = marked(at, image_.processes);
  if (!errors.empty()) add("error at port " + errors);
  if (!awaiting.empty()) add("no answer yet at port " + awaiting);
  if (!unfinished.empty()) add("processes not done: " + unfinished);
  add("layers left: " + std::to_string(read(registers::left(ports_))));
  return text;
}

}  // namespace fastmamba::host
