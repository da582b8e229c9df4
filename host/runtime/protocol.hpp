// The program behind another: commands on one stream, answers on the other (docs/host.md).
#ifndef FASTMAMBA_HOST_PROTOCOL_HPP
#define FASTMAMBA_HOST_PROTOCOL_HPP

#include <iosfwd>

#include "model.hpp"

namespace fastmamba::host {

/// Answers commands until `in` ends or says quit. Throws host_error where the device fails, after telling it.
void serve(model& m, const image& image, const char* device_name, std::istream& in, std::ostream& out);

}  // namespace fastmamba::host

#endif
