// A model on a device: its image in the memory, slots that hold the states of sequences, tokens in, logits out.
#ifndef FASTMAMBA_HOST_MODEL_HPP
#define FASTMAMBA_HOST_MODEL_HPP

#include <fstream>
#include <functional>

#include "call.hpp"
#include "kernel.hpp"

namespace fastmamba::host {

/// Which logits a feed gives.
enum class wanted { none, last, all };

struct fed {
  /// int16 [rows][image.rows], `logit_frac_bits` fraction bits; part after part as they were given.
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
  /// One call of several sequences. Throws usage_error, before anything is changed, for parts that contradict each other.
  fed call(const std::vector<part>& parts);

  unsigned slots() const { return slots_; }

 private:
  void upload(const tell& progress);
  std::uint64_t slots_address(const slot_region& one) const;
  void run(const std::vector<part>& parts, fed& result);
  void set(unsigned descriptor, const std::string& field, std::uint64_t x);
  /// How the tokens of a call come in chunks: all as long as each other, but the last one, which may be short.
  struct chunking {
    unsigned count, length, last;
  };
  static chunking in_chunks(unsigned tokens, unsigned count);
  chunking layer_chunks(unsigned tokens, unsigned parts) const;
  chunking head_chunks(unsigned rows) const;
  std::uint64_t layer_cost(const chunking& chunks, unsigned parts) const;
  void set_work(unsigned descriptor, unsigned tokens, const chunking& chunks);
  void describe_layers(const call_order& order);
  void describe_head(const head_runs& runs);
  void write_descriptors(unsigned first, unsigned count);
  void read_logits(unsigned tokens, std::vector<std::int16_t>& to);

  device& device_;
  const image& image_;
  const unsigned slots_;
  const double seconds_a_layer_;
  kernel kernel_;
  std::ifstream embedding_;
  /// Slots whose states are zero.
  std::vector<bool> empty_;
  /// The descriptors as they are, and as the device has them.
  std::vector<unsigned char> descriptors_, written_;
};

}  // namespace fastmamba::host

#endif
