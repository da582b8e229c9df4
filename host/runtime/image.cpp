#include "image.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <functional>
#include <sstream>

#include "device.hpp"

namespace fastmamba::host {

namespace {

constexpr unsigned version = 3;

template <class T> T take(std::istream& in) {
  T x;
  if (!(in >> x)) throw usage_error("a value is missing or is not a number");
  return x;
}

}  // namespace

const region& image::find(const std::string& name) const {
  for (const region& one : regions)
    if (one.name == name) return one;
  throw usage_error(folder + "/host.txt: no region '" + name + "'");
}

image read_image(const std::string& folder) {
  image all;
  all.folder = folder;
  const std::string path = folder + "/host.txt";
  std::ifstream in(path);
  if (!in) throw usage_error(path + ": " + std::strerror(errno) + "; expected the image folder of an emitted project");
  std::map<std::string, std::function<void(std::istream&)>> known;
  const auto number = [&](const char* key, unsigned& to) { known[key] = [&to](std::istream& line) { to = take<unsigned>(line); }; };
  known["model"] = [&](std::istream& line) { std::getline(line >> std::ws, all.model); };
  known["plan"] = [&](std::istream& line) { all.plan = take<std::string>(line); };
  known["clock_mhz"] = [&](std::istream& line) { all.clock_mhz = take<double>(line); };
  number("layers", all.layers);
  number("max_tokens", all.max_tokens);
  number("chunk_tokens", all.chunk_tokens);
  number("chunk_words", all.chunk_words);
  number("part_words", all.part_words);
  number("in_steps", all.in_steps);
  number("out_steps", all.out_steps);
  number("ssm_steps", all.ssm_steps);
  number("max_chunks", all.max_chunks);
  number("d_model", all.d_model);
  number("vocab", all.vocab);
  number("rows", all.rows);
  number("tile_rows", all.tile_rows);
  number("head_tiles", all.head_tiles);
  number("logit_frac_bits", all.logit_frac_bits);
  number("residual_word_bytes", all.residual_word_bytes);
  number("logit_word_bytes", all.logit_word_bytes);
  number("in_slots", all.in_slots);
  number("out_slots", all.out_slots);
  number("descriptor_bytes", all.descriptor_bytes);
  number("max_parts", all.max_parts);
  number("max_slots", all.max_slots);
  known["free"] = [&](std::istream& line) { all.free_address = take<std::uint64_t>(line); };
  const auto place = [](std::istream& line) {
    region r;
    r.name = take<std::string>(line), r.address = take<std::uint64_t>(line), r.bytes = take<std::uint64_t>(line);
    line >> r.file >> r.sha256;
    return r;
  };
  known["region"] = [&](std::istream& line) { all.regions.push_back(place(line)); };
  known["slot_region"] = [&](std::istream& line) {
    slot_region r;
    r.name = take<std::string>(line), r.bytes = take<std::uint64_t>(line), r.word_bytes = take<unsigned>(line), r.field = take<std::string>(line);
    all.slot_regions.push_back(r);
  };
  known["embedding"] = [&](std::istream& line) { all.embedding = place(line); };
  known["descriptors"] = [&](std::istream& line) { all.descriptors = place(line); };
  known["port"] = [&](std::istream& line) {
    const auto port = take<std::string>(line);
    all.ports.push_back({port, take<std::string>(line)});
  };
  known["process"] = [&](std::istream& line) { all.processes.push_back(take<std::string>(line)); };
  known["field"] = [&](std::istream& line) {
    const auto name = take<std::string>(line);
    all.fields[name] = take<unsigned>(line);
  };

  std::string text, key;
  unsigned lines = 0, found = 0;
  bool whole = false;
  while (std::getline(in, text)) {
    ++lines;
    std::istringstream line(text);
    if (!(line >> key) || key[0] == '#') continue;
    try {
      if (key == "fastmamba-host") {
        found = take<unsigned>(line);
        if (found != version) throw usage_error("version " + std::to_string(found) + ", expected " + std::to_string(version));
      } else if (key == "end") {
        whole = true;
      } else if (!found) {
        throw usage_error("not the description of a memory image");
      } else {
        const auto at = known.find(key);
        if (at == known.end()) throw usage_error("'" + key + "' is not known");
        at->second(line);
      }
    } catch (const usage_error& e) {
      throw usage_error(path + ", line " + std::to_string(lines) + ": " + e.what());
    }
  }
  if (!whole) throw usage_error(path + ": ends before its end");
  for (const unsigned size : {all.layers, all.max_tokens, all.chunk_tokens, all.d_model, all.vocab, all.rows, all.tile_rows, all.head_tiles,
                              all.residual_word_bytes, all.logit_word_bytes, all.descriptor_bytes, all.max_parts, all.max_slots})
    if (size == 0) throw usage_error(path + ": a size is missing");
  if (all.plan.size() != 64 || !(all.clock_mhz > 0)) throw usage_error(path + ": no plan or no clock");
  for (const char* name : {"residual", "logits", "descriptors"}) all.find(name);
  for (const slot_region& one : all.slot_regions)
    if (one.bytes == 0 || one.word_bytes == 0) throw usage_error(path + ": slot_region " + one.name + ": a size is missing");
  for (const port_place& port : all.ports) {
    bool is_known = false;
    for (const slot_region& one : all.slot_regions) is_known |= one.name == port.region;
    if (!is_known) all.find(port.region);
  }
  return all;
}

}  // namespace fastmamba::host
