// A call of the kernel: parts of several sequences, one after the other, and the rows whose logits are wanted.
#ifndef FASTMAMBA_HOST_CALL_HPP
#define FASTMAMBA_HOST_CALL_HPP

#include <cstdint>
#include <functional>
#include <vector>

#include "image.hpp"

namespace fastmamba::host {

/// Some tokens that go on with a slot's sequence.
struct part {
  unsigned slot = 0;
  std::vector<unsigned> tokens;
  /// After so many of them the states go to the slot; 0: never.
  unsigned gives = 0;
  /// Of them those whose logits are wanted, ascending.
  std::vector<unsigned> rows;
};

/// Whether a slot's sequence begins: its states are zero, and need not be read.
using sequence_begins = std::function<bool(unsigned slot)>;

/// Throws usage_error for parts that contradict each other, the image or the slots.
void check(const std::vector<part>& parts, const image& image, unsigned slots);

/// The parts as the kernel takes them: those that give before those that do not, and of each those that begin last. src/units/layer/call.ts has
/// the same.
struct call_order {
  call_order(const std::vector<part>& parts, const sequence_begins& begins);

  /// Number of each part in `parts`.
  std::vector<std::size_t> parts;
  /// First token of each, in the order of the call.
  std::vector<unsigned> starts;
  unsigned tokens = 0, gives = 0;
  /// Parts that take the states of their slots: all up to the last that does not begin. The first one's are loaded before its first token.
  unsigned takes = 0;
  /// The last part's states are stored after its last token.
  bool stores = false;
  /// The scalar of each part.
  std::vector<std::uint32_t> words;
};

/// Rows for one descriptor of the LM head: `length` of them from each start on.
struct head_runs {
  std::vector<unsigned> starts;
  unsigned length = 0;
  unsigned rows() const { return unsigned(starts.size()) * length; }
};

/// Some rows of a call (ascending) as runs of equal length, at most `most` of them a descriptor.
std::vector<head_runs> runs_of(const std::vector<unsigned>& rows, std::size_t most);

}  // namespace fastmamba::host

#endif
