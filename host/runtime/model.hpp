// A model on a device: its image in the memory, slots that hold the states of sequences, tokens in, logits out.
#ifndef FASTMAMBA_HOST_MODEL_HPP
#define FASTMAMBA_HOST_MODEL_HPP

#include <fstream>
#include <functional>

#include "kernel.hpp"

namespace fastmamba::host {

/// Which logits a feed gives.
enum class wanted { none, last, all };

struct fed {
  /// int16 [rows][image.rows], `logit_frac_bits` fraction bits.
  std::vector<std::int16_t> logits;
  std::uint64_t cycles = 0;
  unsigned calls = 0;
};

class model {
 public:
  using tell = std::function<void(const std::string&)>;

  /// Bytes of memory for the image with so many slots.
  static std::uint64_t memory_bytes(const image& image, unsigned slots);
  /// Compares kernel and image, writes the image, reads it back and compares its checksums, clears the slots. Throws host_error.
  model(device& d, const image& image, unsigned slots, double seconds_a_layer, const tell& progress);
  /// Forgets the slot's sequence.
  void reset(unsigned slot);
  /// Tokens that go on with the slot's sequence, in calls of the longest length.
  fed feed(unsigned slot, const std::vector<unsigned>& tokens, wanted what);

  unsigned slots() const { return slots_; }

 private:
  void upload(const tell& progress);
  std::uint64_t slot_address(unsigned slot, const region& one) const;
  void call(unsigned slot, const unsigned* tokens, unsigned count, unsigned first_logits, fed& result);
  void write_descriptors(unsigned tokens, unsigned first_logits);
  void read_logits(unsigned tokens, std::vector<std::int16_t>& to);

  device& device_;
  const image& image_;
  const unsigned slots_;
  const double seconds_a_layer_;
  kernel kernel_;
  std::ifstream embedding_;
  /// The descriptors of the image, and what the present ones are for.
  std::vector<unsigned char> descriptors_;
  unsigned described_tokens_ = 0, described_first_ = 0;
  /// The slot that the ports look at; none at first.
  unsigned pointed_;
};

}  // namespace fastmamba::host

#endif
