// The board behind the XDMA driver's character devices (dma_ip_drivers, XDMA/linux-kernel): PREFIX_user for registers, PREFIX_h2c_0 and
// PREFIX_c2h_0 for the memory, PREFIX_events_0 for the kernel's interrupt.
#ifndef FASTMAMBA_HOST_XDMA_DEVICE_HPP
#define FASTMAMBA_HOST_XDMA_DEVICE_HPP

#include "device.hpp"
#include "file_calls.hpp"

namespace fastmamba::host {

struct xdma_options {
  std::string prefix = "/dev/xdma0";
  /// Where the kernel's registers and the memory begin in the driver's files.
  std::uint64_t registers = 0, memory = 0;
  /// Of one transfer, however many pieces it comes in.
  double transfer_seconds = 30;
  /// Whether the driver's interrupt is waited for; otherwise the kernel is asked.
  bool events = true;
};

class xdma_device : public device {
 public:
  /// Opens the files. Throws no_device where there are none.
  xdma_device(std::unique_ptr<file_calls> calls, const xdma_options& options);
  ~xdma_device() override;
  xdma_device(const xdma_device&) = delete;
  xdma_device& operator=(const xdma_device&) = delete;
  void write(std::uint64_t address, const void* from, std::size_t bytes) override;
  void read(std::uint64_t address, void* to, std::size_t bytes) override;
  void write_register(unsigned address, std::uint32_t value) override;
  std::uint32_t read_register(unsigned address) override;
  bool wait_interrupt(double seconds) override;

 private:
  struct file {
    std::string path;
    int number = -1;
  };
  file open(const char* end, int flags);
  template <class Move> void transfer(const file& f, const char* what, std::uint64_t at, std::size_t bytes, Move move);
  void take_event();

  const std::unique_ptr<file_calls> calls_;
  const xdma_options options_;
  file user_, to_board_, from_board_, events_;
  /// Transfers go through here: the driver wants address and buffer to have the same low bits.
  std::vector<unsigned char> staging_;
};

/// Options of the command line, `--xdma PREFIX` and others. Throws usage_error for one that is none.
xdma_options xdma_options_of(const device_options& options);

}  // namespace fastmamba::host

#endif
