#include "device.hpp"

namespace fastmamba::host {

std::vector<device_kind>& device_kinds() {
  static std::vector<device_kind> kinds;
  return kinds;
}

}  // namespace fastmamba::host
