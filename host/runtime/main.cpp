// fastmamba-host: runs a model on the board, on its RTL in simulation, or on its C++ kernels. docs/host.md describes it.
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <sstream>

#include "protocol.hpp"
#include "sampling.hpp"

namespace {

using namespace fastmamba::host;

struct arguments {
  std::string image, device;
  bool serves = false, is_bytes = false, has_tokens = false;
  std::vector<unsigned> tokens, stop;
  unsigned count = 128, slots = 1;
  sampling how;
  std::uint64_t seed = 1;
  double seconds_a_layer = 1;
  std::vector<std::pair<std::string, std::string>> more;
};

std::string names_of_devices() {
  std::string names;
  for (const device_kind& kind : device_kinds()) names += (names.empty() ? "" : "|") + std::string(kind.name);
  return names;
}

std::string usage() {
  return "usage: fastmamba-host IMAGE [--device " + names_of_devices() +
         "] (--tokens ID,ID,... | --bytes TEXT | --serve on)\n"
         "  [--count N] [--temperature T] [--top-k N] [--seed N] [--stop ID,...] [--slots N] [--time-limit SECONDS] [the device's options]";
}

double number(const std::string& name, const std::string& value, double least) {
  char* end = nullptr;
  const double x = std::strtod(value.c_str(), &end);
  if (value.empty() || *end || !(x >= least)) throw usage_error(name + " " + value + ": expected a number of at least " + std::to_string(int(least)));
  return x;
}
std::uint64_t whole(const std::string& name, const std::string& value, double least, double most = 9007199254740991.0) {
  const double x = number(name, value, least);
  if (x > most || x != double(std::uint64_t(x))) throw usage_error(name + " " + value + ": expected a whole number");
  return std::uint64_t(x);
}
std::vector<unsigned> ids(const std::string& name, const std::string& value) {
  std::vector<unsigned> list;
  std::istringstream in(value);
  for (std::string one; std::getline(in, one, ',');) list.push_back(unsigned(whole(name, one, 0, 4294967295.0)));
  return list;
}

arguments parse(int count, char** given) {
  arguments a;
  for (int i = 1; i < count; ++i) {
    const std::string name = given[i];
    if (name.compare(0, 2, "--") != 0) {
      if (!a.image.empty()) throw usage_error(name + ": there is an image already\n" + usage());
      a.image = name;
      continue;
    }
    if (i + 1 == count) throw usage_error(name + ": a value is missing\n" + usage());
    const std::string value = given[++i];
    if (name == "--device") a.device = value;
    else if (name == "--serve") a.serves = value == "on";
    else if (name == "--tokens") a.tokens = ids(name, value), a.has_tokens = true;
    else if (name == "--bytes") {
      for (const char byte : value) a.tokens.push_back(static_cast<unsigned char>(byte));
      a.is_bytes = a.has_tokens = true;
    } else if (name == "--count") a.count = unsigned(whole(name, value, 1, 4294967295.0));
    else if (name == "--temperature") a.how.temperature = number(name, value, 0);
    else if (name == "--top-k") a.how.top_k = std::size_t(whole(name, value, 1));
    else if (name == "--seed") a.seed = whole(name, value, 0);
    else if (name == "--stop") a.stop = ids(name, value);
    else if (name == "--slots") a.slots = unsigned(whole(name, value, 1, 65536));
    else if (name == "--time-limit") {
      a.seconds_a_layer = number(name, value, 0);
      if (a.seconds_a_layer == 0) throw usage_error("--time-limit 0: expected more than 0 seconds");
    } else a.more.push_back({name, value});
  }
  if (a.image.empty() || (a.serves == a.has_tokens)) throw usage_error(usage());
  return a;
}

/// Without a name a simulation, where the program was built with one.
const device_kind& kind_of(const std::string& name) {
  for (const device_kind& kind : device_kinds())
    if (name.empty() ? kind.name != std::string("board") : name == kind.name) return kind;
  if (name.empty()) return kind_of("board");
  throw usage_error("--device " + name + ": this program was built with " + names_of_devices());
}

/// Continues the tokens; ids a line each, or bytes.
void generate(const arguments& a, const image& image, model& m, bool counts_cycles) {
  random_numbers random(a.seed, "sampling");
  const auto start = std::chrono::steady_clock::now();
  fed result = m.feed(0, a.tokens, wanted::last);
  const std::uint64_t prompt_cycles = result.cycles;
  std::uint64_t cycles = 0;
  unsigned made = 0, calls = 0;
  for (;;) {
    const unsigned id = sample(result.logits.data(), image.vocab, image.logit_frac_bits, a.how, random);
    bool stops = false;
    for (const unsigned one : a.stop) stops |= one == id;
    if (stops) break;
    if (a.is_bytes && id < 256) std::cout << char(id) << std::flush;
    else std::cout << id << std::endl;
    if (++made == a.count) break;
    result = m.feed(0, {id}, wanted::last);
    cycles += result.cycles, ++calls;
  }
  if (a.is_bytes) std::cout << std::endl;
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::cerr << made << " tokens in " << seconds << " s\n";
  if (!counts_cycles) return;
  std::cerr << "prompt of " << a.tokens.size() << " tokens: " << prompt_cycles << " cycles";
  if (calls > 0)
    std::cerr << "; then " << cycles / calls << " cycles a token, " << image.clock_mhz * 1e6 * calls / double(cycles) << " tokens a second at "
              << image.clock_mhz << " MHz";
  std::cerr << "\n";
}

int run(int count, char** given) {
  const arguments a = parse(count, given);
  const image image = read_image(a.image);
  const device_kind& kind = kind_of(a.device);
  device_options options;
  options.memory_bytes = model::memory_bytes(image, a.slots);
  options.clock_mhz = image.clock_mhz;
  options.more = a.more;
  const std::unique_ptr<device> device = kind.open(options);
  std::string told;
  model m(*device, image, a.slots, a.seconds_a_layer, [&](const std::string& line) {
    if (line != told) std::cerr << line << std::endl;
    told = line;
  });
  if (a.serves) serve(m, image, kind.name, std::cin, std::cout);
  else generate(a, image, m, device->counts_cycles());
  return 0;
}

}  // namespace

int main(int count, char** given) {
  std::ios::sync_with_stdio(false);
  try {
    return run(count, given);
  } catch (const usage_error& e) {
    std::cerr << "fastmamba-host: " << e.what() << std::endl;
    return 2;
  } catch (const no_device& e) {
    std::cerr << "fastmamba-host: " << e.what() << std::endl;
    return 3;
  } catch (const std::exception& e) {
    std::cerr << "fastmamba-host: " << e.what() << std::endl;
    return 1;
  }
}
