// What this kernel is: the same that its control registers say in hardware.
#ifndef FASTMAMBA_TESTBENCH_IDENTITY_HPP
#define FASTMAMBA_TESTBENCH_IDENTITY_HPP

#include <vector>

struct identity {
  /// Digest of the plan, 64 hexadecimal digits; zeros for a kernel of no plan.
  const char* plan;
  /// Ports besides that of the descriptors, in order.
  std::vector<const char*> ports;
  unsigned processes, descriptor_words;
};

extern const identity kernel_identity;

#endif
