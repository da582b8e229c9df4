// The emitted C++ kernel as a device: its memory is an array, its registers are kept here, and a start runs the call to its end.
#ifndef FASTMAMBA_HOST_CSIM_DEVICE_HPP
#define FASTMAMBA_HOST_CSIM_DEVICE_HPP

#include "device.hpp"

namespace fastmamba::host {

std::unique_ptr<device> open_csim(const device_options& options);

}  // namespace fastmamba::host

#endif
