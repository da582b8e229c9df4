// The kernel behind its control registers: what it is, calls with a time limit, and why one went wrong, in words.
#ifndef FASTMAMBA_HOST_KERNEL_HPP
#define FASTMAMBA_HOST_KERNEL_HPP

#include "device.hpp"
#include "image.hpp"

namespace fastmamba::host {

class kernel {
 public:
  /// Compares the kernel with the image and ends a call that somebody left. Throws host_error where they do not belong together.
  kernel(device& d, const image& image);
  /// What port i, or that of the descriptors, looks at.
  void point(unsigned port, std::uint64_t address);
  void point_descriptors(std::uint64_t address);
  /// Runs descriptors `first` on, `count` of them, each for at most so many seconds. Cycles of the call. Throws host_error that names ports
  /// and processes.
  std::uint64_t call(unsigned first, unsigned count, double seconds_each);

 private:
  void identify();
  void end_left_call();
  std::uint32_t read(unsigned address);
  void write_address(unsigned at, std::uint64_t address);
  std::string why(std::uint32_t reasons);
  std::string marked(unsigned& at, const std::vector<std::string>& names);

  device& device_;
  const image& image_;
  const unsigned ports_;
};

}  // namespace fastmamba::host

#endif
