// The one way a C simulation fails: an exception with a message that names the channel, the process or the value. A
// failure is never a warning and never a default value.
#ifndef FASTMAMBA_CSIM_FAILURE_H
#define FASTMAMBA_CSIM_FAILURE_H

#ifdef __SYNTHESIS__
#error "csim/failure.h is for C simulation on the host; synthesis must use the vendor's own headers"
#endif

#include <stdexcept>
#include <string>

namespace fastmamba {
namespace csim {

/// What went wrong in a simulation: read past the end, word left over, deadlock, index out of range, division by zero.
/// Uncaught, it ends the process with a non-zero status.
struct failure : std::runtime_error {
  explicit failure(const std::string& what) : std::runtime_error(what) {}
};

/// Throws `failure`; out of line so that the code around it stays small.
[[noreturn]] __attribute__((noinline, cold)) inline void fail(const std::string& what) { throw failure(what); }

}  // namespace csim
}  // namespace fastmamba

#endif
