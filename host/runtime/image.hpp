// The memory image of an emitted project as the host sees it: host.txt says what lies where, beside it lie the bytes.
#ifndef FASTMAMBA_HOST_IMAGE_HPP
#define FASTMAMBA_HOST_IMAGE_HPP

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace fastmamba::host {

/// A region of the memory. Constant ones have a file and its SHA-256.
struct region {
  std::string name;
  std::uint64_t address, bytes;
  std::string file, sha256;
};
/// Memory of which every slot has its own, for each layer: `bytes` of them. The slots of a layer lie one after the other.
struct slot_region {
  std::string name;
  std::uint64_t bytes = 0;
  /// Bytes of a word of its ports, and the descriptor's field that says where the layer's slots begin.
  unsigned word_bytes = 0;
  std::string field;
};
/// A port of the kernel and the region that it looks at.
struct port_place {
  std::string port, region;
};

struct image {
  std::string folder, model, plan;
  double clock_mhz = 0;
  /// Sizes: docs/host.md says what each is.
  unsigned layers = 0, max_tokens = 0, chunk_tokens = 0, d_model = 0, vocab = 0, rows = 0, tile_rows = 0, head_tiles = 0, logit_frac_bits = 0;
  unsigned chunk_words = 0, part_words = 0, in_steps = 0, out_steps = 0, ssm_steps = 0, max_chunks = 0;
  unsigned residual_word_bytes = 0, logit_word_bytes = 0, in_slots = 0, out_slots = 0, descriptor_bytes = 0, max_parts = 0, max_slots = 0;
  std::vector<region> regions;
  std::vector<slot_region> slot_regions;
  /// From here on memory is free for slots.
  std::uint64_t free_address = 0;
  std::vector<port_place> ports;
  std::vector<std::string> processes;
  /// Byte of each descriptor field that depends on the call.
  std::map<std::string, unsigned> fields;
  region embedding, descriptors;

  const region& find(const std::string& name) const;
};

/// Reads `folder`/host.txt. Throws usage_error for one that is not whole.
image read_image(const std::string& folder);

}  // namespace fastmamba::host

#endif
