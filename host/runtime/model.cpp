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
  for (const slot_region& one : image.slot_regions) bytes += std::uint64_t(image.layers) * slots * one.bytes;
  return bytes;
}

model::model(device& d, const image& image, unsigned slots, double seconds_a_layer, const tell& progress)
    : device_(d), image_(image), slots_(slots), seconds_a_layer_(seconds_a_layer), kernel_(d, image),
      embedding_(open(image.folder, image.embedding.file)), empty_(slots), descriptors_(image.descriptors.bytes) {
  std::ifstream in = open(image.folder, image.descriptors.file);
  take(in, image.descriptors.file, descriptors_.data(), descriptors_.size());
  if (descriptors_.size() != std::size_t(image.layers + 1) * image.descriptor_bytes)
    throw usage_error(image.folder + "/host.txt: descriptors of " + std::to_string(descriptors_.size()) + " bytes");
  if (slots_ > image.max_slots) throw usage_error("--slots " + std::to_string(slots_) + ": the kernel knows " + std::to_string(image.max_slots));
  for (unsigned layer = 0; layer < image.layers; ++layer)
    for (const slot_region& one : image.slot_regions) set(layer, one.field, std::uint64_t(layer) * slots_ * one.bytes / one.word_bytes);
  upload(progress);
  for (unsigned slot = 0; slot < slots_; ++slot) reset(slot);
  kernel_.point_descriptors(image.find("descriptors").address);
  for (unsigned i = 0; i < image.ports.size(); ++i) {
    const std::string& name = image.ports[i].region;
    const auto own = std::find_if(image.slot_regions.begin(), image.slot_regions.end(), [&](const slot_region& one) { return one.name == name; });
    kernel_.point(i, own == image.slot_regions.end() ? image.find(name).address : slots_address(*own));
  }
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

/// Where the slots of the first layer begin.
std::uint64_t model::slots_address(const slot_region& one) const {
  std::uint64_t at = image_.free_address;
  for (const slot_region& other : image_.slot_regions) {
    if (other.name == one.name) break;
    at += std::uint64_t(image_.layers) * slots_ * other.bytes;
  }
  return at;
}

void model::reset(unsigned slot) {
  if (slot >= slots_) throw usage_error("slot " + std::to_string(slot) + ": there are " + std::to_string(slots_));
  if (empty_[slot]) return;
  std::vector<unsigned char> zeros;
  for (const slot_region& one : image_.slot_regions)
    for (unsigned layer = 0; layer < image_.layers; ++layer) {
      const std::uint64_t start = slots_address(one) + (std::uint64_t(layer) * slots_ + slot) * one.bytes;
      for (std::uint64_t at = 0; at < one.bytes; at += zeros.size()) {
        zeros.resize(std::size_t(std::min<std::uint64_t>(piece_bytes, one.bytes - at)));
        device_.write(start + at, zeros.data(), zeros.size());
      }
    }
  empty_[slot] = true;
}

fed model::feed(unsigned slot, const std::vector<unsigned>& tokens, wanted what) {
  std::vector<part> calls;
  for (std::size_t first = 0; first < tokens.size() || first == 0; first += image_.max_tokens) {
    const std::size_t end = std::min<std::size_t>(first + image_.max_tokens, tokens.size());
    part one;
    one.slot = slot, one.gives = unsigned(end - first);
    one.tokens.assign(tokens.begin() + std::ptrdiff_t(first), tokens.begin() + std::ptrdiff_t(end));
    for (unsigned row = 0; row < one.gives; ++row)
      if (what == wanted::all || (what == wanted::last && first + row + 1 == tokens.size())) one.rows.push_back(row);
    // All calls are looked at before the first one changes something.
    check({one}, image_, slots_);
    calls.push_back(std::move(one));
  }
  fed result;
  for (const part& one : calls) run({one}, result);
  return result;
}

fed model::call(const std::vector<part>& parts) {
  check(parts, image_, slots_);
  fed result;
  run(parts, result);
  return result;
}

void model::run(const std::vector<part>& parts, fed& result) {
  const call_order order(parts, [this](unsigned slot) { return empty_[slot]; });
  // Also where the call fails: nobody knows what it left there.
  for (const part& one : parts)
    if (one.gives > 0) empty_[one.slot] = false;
  const std::size_t row_bytes = std::size_t(image_.d_model) * 4;
  std::vector<unsigned char> rows(order.tokens * row_bytes);
  std::size_t at = 0;
  std::vector<unsigned> wanted;
  for (std::size_t i = 0; i < order.parts.size(); ++i) {
    const part& one = parts[order.parts[i]];
    for (const unsigned token : one.tokens) {
      embedding_.seekg(std::streamoff(token) * std::streamoff(row_bytes));
      take(embedding_, image_.embedding.file, rows.data() + at, row_bytes);
      at += row_bytes;
    }
    for (const unsigned row : one.rows) wanted.push_back(order.starts[i] + row);
  }
  device_.write(image_.find("residual").address, rows.data(), rows.size());
  describe_layers(order);
  const std::vector<head_runs> heads = runs_of(wanted, image_.max_parts);
  if (!heads.empty()) describe_head(heads.front());
  write_descriptors(0, image_.layers + 1);
  result.cycles += kernel_.call(0, image_.layers + !heads.empty(), seconds_a_layer_);
  ++result.calls;
  std::vector<std::int16_t> logits;
  for (std::size_t i = 0; i < heads.size(); ++i) {
    if (i > 0) {
      describe_head(heads[i]);
      write_descriptors(image_.layers, 1);
      result.cycles += kernel_.call(image_.layers, 1, seconds_a_layer_);
    }
    read_logits(heads[i].rows(), logits);
  }
  // In the order in which the parts were given.
  std::vector<std::size_t> firsts(parts.size());
  std::size_t row = 0;
  for (const std::size_t i : order.parts) firsts[i] = row, row += parts[i].rows.size();
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto from = logits.begin() + std::ptrdiff_t(firsts[i] * image_.rows);
    result.logits.insert(result.logits.end(), from, from + std::ptrdiff_t(parts[i].rows.size() * image_.rows));
  }
}

void model::set(unsigned descriptor, const std::string& field, std::uint64_t x) {
  put32(descriptors_, std::size_t(descriptor) * image_.descriptor_bytes + image_.fields.at(field), x);
}

namespace {

unsigned share(unsigned all, unsigned parts) { return (all + parts - 1) / parts; }

}  // namespace

model::chunking model::in_chunks(unsigned tokens, unsigned count) {
  if (tokens == 0) return {0, 0, 0};
  const unsigned length = share(tokens, count), chunks = share(tokens, length);
  return {chunks, length, tokens - (chunks - 1) * length};
}

model::chunking model::head_chunks(unsigned rows) const { return in_chunks(rows, share(rows, image_.chunk_tokens)); }

/// The number of chunks that makes a layer fastest; src/units/layer/chunks.ts chooses the same and says why.
model::chunking model::layer_chunks(unsigned tokens, unsigned parts) const {
  constexpr unsigned more_chunks = 3;
  const unsigned fewest = share(tokens, image_.chunk_tokens);
  const unsigned most = std::min({fewest + more_chunks, tokens, image_.max_chunks});
  chunking best = in_chunks(tokens, fewest);
  for (unsigned count = fewest + 1; count <= most; ++count) {
    const chunking found = in_chunks(tokens, count);
    if (layer_cost(found, parts) < layer_cost(best, parts)) best = found;
  }
  return best;
}

std::uint64_t model::layer_cost(const chunking& chunks, unsigned parts) const {
  constexpr std::uint64_t words_in_100_cycles = 87;
  const std::uint64_t in = std::uint64_t(image_.in_steps) * std::max(image_.in_slots, chunks.length);
  const std::uint64_t out = std::uint64_t(image_.out_steps) * std::max(image_.out_slots, chunks.length);
  const std::uint64_t way = in + out + std::uint64_t(image_.ssm_steps) * chunks.length;
  const std::uint64_t words = std::uint64_t(chunks.count) * image_.chunk_words + std::uint64_t(parts) * image_.part_words;
  return std::max(100 * words, words_in_100_cycles * std::max(way, chunks.count * std::max(in, out)));
}

void model::set_work(unsigned descriptor, unsigned n, const chunking& chunks) {
  set(descriptor, "tokens", n);
  set(descriptor, "chunks", chunks.count);
  set(descriptor, "call_chunk_tokens", chunks.length);
  set(descriptor, "last_chunk_tokens", chunks.last);
  set(descriptor, "in_slots", std::max(image_.in_slots, chunks.length));
  set(descriptor, "out_slots", std::max(image_.out_slots, chunks.length));
}

/// What of the descriptors depends on the call; src/emit/image/descriptor.ts has the same.
void model::describe_layers(const call_order& order) {
  const chunking chunks = layer_chunks(order.tokens, unsigned(order.parts.size()));
  for (unsigned layer = 0; layer < image_.layers; ++layer) {
    set_work(layer, order.tokens, chunks);
    set(layer, "ssm_tokens", order.tokens);
    set(layer, "ssm_chunks", chunks.count);
    set(layer, "run_tokens", order.tokens);
    set(layer, "takes", order.takes);
    set(layer, "gives", order.gives);
    set(layer, "state_loads", order.takes > 0);
    set(layer, "state_stores", order.stores);
    for (unsigned i = 0; i < image_.max_parts; ++i)
      set(layer, "part_" + std::to_string(i), i < order.words.size() ? order.words[i] : 0);
  }
}

void model::describe_head(const head_runs& runs) {
  const unsigned head = image_.layers;
  set_work(head, runs.rows(), head_chunks(runs.rows()));
  set(head, "run_tokens", runs.length);
  set(head, "more_runs", runs.starts.size() - 1);
  // The first run lies at the base, the others from their starts on.
  set(head, "residual_base", std::uint64_t(runs.starts[0]) * image_.d_model * 4 / image_.residual_word_bytes);
  for (unsigned i = 0; i < image_.max_parts; ++i)
    set(head, "part_" + std::to_string(i), i < runs.starts.size() ? runs.starts[i] - runs.starts[0] : 0);
  set(head, "logits_words", std::uint64_t(runs.rows()) * image_.head_tiles * image_.tile_rows * 2 / image_.logit_word_bytes);
}

/// Those that the device does not have yet.
void model::write_descriptors(unsigned first, unsigned count) {
  const std::size_t at = std::size_t(first) * image_.descriptor_bytes, bytes = std::size_t(count) * image_.descriptor_bytes;
  const unsigned char* const now = descriptors_.data() + at;
  if (written_.empty()) written_.resize(descriptors_.size());
  else if (std::memcmp(now, written_.data() + at, bytes) == 0) return;
  device_.write(image_.find("descriptors").address + at, now, bytes);
  std::memcpy(written_.data() + at, now, bytes);
}

/// From the order (chunk, row of tiles, token, row) in memory to [tokens][rows].
void model::read_logits(unsigned tokens, std::vector<std::int16_t>& to) {
  const std::size_t tile = image_.tile_rows, token_words = std::size_t(image_.head_tiles) * tile;
  std::vector<std::int16_t> tiles(tokens * token_words);
  device_.read(image_.find("logits").address, tiles.data(), tiles.size() * 2);
  const std::size_t start = to.size();
  to.resize(start + std::size_t(tokens) * image_.rows);
  const std::int16_t* from = tiles.data();
  const unsigned length = head_chunks(tokens).length;
  for (unsigned first = 0; first < tokens; first += length)
    for (unsigned t = 0; t < image_.head_tiles; ++t)
      for (unsigned token = first; token < std::min(tokens, first + length); ++token, from += tile) {
        const std::size_t row = t * tile;
        if (row < image_.rows)
          std::copy_n(from, std::min<std::size_t>(tile, image_.rows - row), to.begin() + std::ptrdiff_t(start + token * std::size_t(image_.rows) + row));
      }
}

}  // namespace fastmamba::host
