// The board as a device of the program.
#include "xdma_device.hpp"

namespace fastmamba::host {

namespace {

std::unique_ptr<device> open_board(const device_options& options) {
  return std::make_unique<xdma_device>(std::make_unique<file_calls>(), xdma_options_of(options));
}

const add_device_kind board({"board", open_board});

}  // namespace

}  // namespace fastmamba::host
