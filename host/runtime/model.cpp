#include "model.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "sha256.hpp"

namespace fastmamba::host {

namespace {

/// Bytes that go to or come from the device at once.
constexpr std::size_t piece_bytes = std::size_t(4) << 20;

std::ifstream open(const std::string& folder, const std::string& file) {
  std::ifstream in(folder + "/" + file, std::ios::binary);
  if (!in) throw usage_error(folder + "/" + file + ": " + std::strerror(errno));
  return in;
}

void take(std::ifstream& in, const std::string& file, void* to, std::size_t bytes) {
  if (!in.read(static_cast<char*>(to), std::streamsize(bytes))) throw usage_error(file + ": ends before its end");
}

void put32(std::vector<unsigned char>& to, std::size_t at, std::uint64_t x) {
  for (unsigned byte = 0; byte < 4; ++byte) to[at + byte] = static_cast<unsigned char>(x >> (8 * byte));
}

}  // namespace

std::uint64_t model::memory_bytes(const image& image, unsigned slots) {
  std::uint64_t bytes = image.free_address;
  for (const region& one : image.slot_regions) bytes += slots * one.bytes;
  return bytes;
}

model::model(device& d, const image& image, unsigned slots, double seconds_a_layer, const tell& progress)
    : device_(d), image_(image), slots_(slots), seconds_a_layer_(seconds_a_layer), kernel_(d, image),
      embedding_(open(image.folder, image.embedding.file)), descriptors_(image.descriptors.bytes), pointed_(slots) {
  std::ifstream in = open(image.folder, image.descriptors.file);
  take(in, image.descriptors.file, descriptors_.data(), descriptors_.size());
  if (descriptors_.size() != std::size_t(image.layers + 1) * image.descriptor_bytes)
    throw usage_error(image.folder + "/host.txt: descriptors of " + std::to_string(descriptors_.size()) + " bytes");
  upload(progress);
  for (unsigned slot = 0; slot < slots_; ++slot) reset(slot);
  kernel_.point_descriptors(image.find("descriptors").address);
  for (unsigned i = 0; i < image.ports.size(); ++i) kernel_.point(i, image.find(image.ports[i].region).address);
}

void model::upload(const tell& progress) {
  std::uint64_t all = 0, done = 0;
  for (const region& one : image_.regions)
    if (!one.file.empty()) all += one.bytes;
  const auto report = [&](const char* what) {
    progress(std::string(what) + ": " + std::to_string(done >> 20) + " of " + std::to_string(all >> 20) + " MiB");
  };
  std::vector<unsigned char> piece(piece_bytes);
  for (const region& one : image_.regions) {
    if (one.file.empty()) continue;
    std::ifstream in = open(image_.folder, one.file);
    sha256 sum;
    for (std::uint64_t at = 0; at < one.bytes;) {
      const std::size_t now = std::size_t(std::min<std::uint64_t>(piece.size(), one.bytes - at));
      take(in, one.file, piece.data(), now);
      sum.add(piece.data(), now);
      device_.write(one.address + at, piece.data(), now);
      at += now, done += now;
      report("upload");
    }
    if (sum.hex() != one.sha256)
      throw usage_error(image_.folder + "/" + one.file + ": not the file that the image was written with (its SHA-256 differs); emit again");
  }
  // All of it is read after all of it was written: a region that lies over another is found, too.
  done = 0;
  for (const region& one : image_.regions) {
    if (one.file.empty()) continue;
    sha256 sum;
    for (std::uint64_t at = 0; at < one.bytes;) {
      const std::size_t now = std::size_t(std::min<std::uint64_t>(piece.size(), one.bytes - at));
      device_.read(one.address + at, piece.data(), now);
      sum.add(piece.data(), now);
      at += now, done += now;
      report("read back");
    }
    if (sum.hex() != one.sha256)
      throw host_error("memory: region " + one.name + " (" + std::to_string(one.bytes) + " bytes from " + std::to_string(one.address) +
                       ") does not read back as it was written");
  }
}

std::uint64_t model::slot_address(unsigned slot, const region& one) const {
  std::uint64_t at = image_.free_address;
  for (const region& other : image_.slot_regions) {
    if (other.name == one.name) break;
    at += slots_ * other.bytes;
  }
  return at + slot * one.bytes;
}

void model::reset(unsigned slot) {
  if (slot >= slots_) throw usage_error("slot " + std::to_string(slot) + ": there are " + std::to_string(slots_));
  std::vector<unsigned char> zeros;
  for (const region& one : image_.slot_regions)
    for (std::uint64_t at = 0; at < one.bytes; at += zeros.size()) {
      zeros.resize(std::size_t(std::min<std::uint64_t>(piece_bytes, one.bytes - at)));
      device_.write(slot_address(slot, one) + at, zeros.data(), zeros.size());
    }
}

fed model::feed(unsigned slot, const std::vector<unsigned>& tokens, wanted what) {
  if (slot >= slots_) throw usage_error("slot " + std::to_string(slot) + ": there are " + std::to_string(slots_));
  if (tokens.empty()) throw usage_error("no token to feed");
  for (const unsigned token : tokens)
    if (token >= image_.vocab) throw usage_error("token " + std::to_string(token) + ": ids go from 0 to " + std::to_string(image_.vocab - 1));
  fed result;
  for (std::size_t first = 0; first < tokens.size(); first += image_.max_tokens) {
    const unsigned count = unsigned(std::min<std::size_t>(image_.max_tokens, tokens.size() - first));
    const bool is_last = first + count == tokens.size();
    const unsigned rows = what == wanted::all ? count : what == wanted::last && is_last ? 1 : 0;
    call(slot, tokens.data() + first, count, count - rows, result);
  }
  return result;
}

void model::call(unsigned slot, const unsigned* tokens, unsigned count, unsigned first_logits, fed& result) {
  const std::size_t row_bytes = std::size_t(image_.d_model) * 4;
  std::vector<unsigned char> rows(count * row_bytes);
  for (unsigned t = 0; t < count; ++t) {
    embedding_.seekg(std::streamoff(tokens[t]) * std::streamoff(row_bytes));
    take(embedding_, image_.embedding.file, rows.data() + t * row_bytes, row_bytes);
  }
  device_.write(image_.find("residual").address, rows.data(), rows.size());
  write_descriptors(count, first_logits);
  if (pointed_ != slot) {
    for (unsigned i = 0; i < image_.ports.size(); ++i)
      for (const region& one : image_.slot_regions)
        if (one.name == image_.ports[i].region) kernel_.point(i, slot_address(slot, one));
    pointed_ = slot;
  }
  const unsigned logits = count - first_logits;
  result.cycles += kernel_.call(0, image_.layers + (logits > 0), seconds_a_layer_);
  ++result.calls;
  if (logits > 0) read_logits(logits, result.logits);
}

/// What of the descriptors depends on the call; src/emit/image/descriptor.ts has the same.
void model::write_descriptors(unsigned tokens, unsigned first_logits) {
  if (described_tokens_ == tokens && described_first_ == first_logits) return;
  const auto set = [&](unsigned descriptor, const char* field, std::uint64_t x) {
    put32(descriptors_, std::size_t(descriptor) * image_.descriptor_bytes + image_.fields.at(field), x);
  };
  const auto work = [&](unsigned descriptor, unsigned n) {
    set(descriptor, "tokens", n);
    set(descriptor, "chunks", (n + image_.chunk_tokens - 1) / image_.chunk_tokens);
    set(descriptor, "turn_slots", std::min(n, image_.chunk_tokens));
    set(descriptor, "in_slots", std::max(image_.in_slots, std::min(n, image_.chunk_tokens)));
    set(descriptor, "out_slots", std::max(image_.out_slots, std::min(n, image_.chunk_tokens)));
  };
  for (unsigned layer = 0; layer < image_.layers; ++layer) {
    work(layer, tokens);
    set(layer, "ssm_tokens", tokens);
    set(layer, "ssm_chunks", (tokens + image_.chunk_tokens - 1) / image_.chunk_tokens);
  }
  const unsigned rows = tokens - first_logits;
  work(image_.layers, rows);
  set(image_.layers, "residual_base", std::uint64_t(first_logits) * image_.d_model * 4 / image_.residual_word_bytes);
  set(image_.layers, "logits_words", std::uint64_t(rows) * image_.head_tiles * image_.tile_rows * 2 / image_.logit_word_bytes);
  device_.write(image_.find("descriptors").address, descriptors_.data(), descriptors_.size());
  described_tokens_ = tokens, described_first_ = first_logits;
}

/// From the order (chunk, row of tiles, token, row) in memory to [tokens][rows].
void model::read_logits(unsigned tokens, std::vector<std::int16_t>& to) {
  const std::size_t tile = image_.tile_rows, token_words = std::size_t(image_.head_tiles) * tile;
  std::vector<std::int16_t> tiles(tokens * token_words);
  device_.read(image_.find("logits").address, tiles.data(), tiles.size() * 2);
  const std::size_t start = to.size();
  to.resize(start + std::size_t(tokens) * image_.rows);
  const std::int16_t* from = tiles.data();
  for (unsigned first = 0; first < tokens; first += image_.chunk_tokens)
    for (unsigned t = 0; t < image_.head_tiles; ++t)
      for (unsigned token = first; token < std::min(tokens, first + image_.chunk_tokens); ++token, from += tile) {
        const std::size_t row = t * tile;
        if (row < image_.rows)
          std::copy_n(from, std::min<std::size_t>(tile, image_.rows - row), to.begin() + std::ptrdiff_t(start + token * std::size_t(image_.rows) + row));
      }
}

}  // namespace fastmamba::host
