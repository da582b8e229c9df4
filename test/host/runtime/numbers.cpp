// What the host program computes, for a comparison with TypeScript and Node: commands on stdin, an answer a line.
//   exp BITS            bits of e^x, both as 16 hexadecimal digits
//   random SEED LABEL   ten numbers
//   sha256 HEX          digest of these bytes, given in pieces of 1, 2, 3, ... bytes
//   sample FRAC_BITS TEMPERATURE TOP_K SEED LOGIT ...
#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <sstream>
#include <vector>

#include "sampling.hpp"
#include "sha256.hpp"

using namespace fastmamba::host;

int main() {
  std::string text, command;
  while (std::getline(std::cin, text)) {
    std::istringstream line(text);
    line >> command;
    if (command == "exp") {
      std::uint64_t bits;
      double x;
      line >> std::hex >> bits;
      std::memcpy(&x, &bits, 8);
      x = exponential(x);
      std::memcpy(&bits, &x, 8);
      std::printf("%016" PRIx64 "\n", bits);
    } else if (command == "random") {
      std::uint64_t seed;
      std::string label;
      line >> seed >> label;
      random_numbers random(seed, label);
      for (int i = 0; i < 10; ++i) std::printf("%" PRIu32 "%c", random.bits(), i < 9 ? ' ' : '\n');
    } else if (command == "sha256") {
      std::string hex;
      line >> hex;
      std::vector<unsigned char> bytes;
      for (std::size_t i = 0; i + 1 < hex.size(); i += 2) bytes.push_back(static_cast<unsigned char>(std::stoul(hex.substr(i, 2), nullptr, 16)));
      sha256 sum;
      for (std::size_t at = 0, piece = 1; at < bytes.size(); at += piece++) sum.add(bytes.data() + at, std::min(piece, bytes.size() - at));
      std::printf("%s\n", sum.hex().c_str());
    } else if (command == "sample") {
      unsigned frac_bits;
      std::uint64_t seed;
      sampling how;
      line >> frac_bits >> how.temperature >> how.top_k >> seed;
      std::vector<std::int16_t> logits;
      for (int logit; line >> logit;) logits.push_back(std::int16_t(logit));
      random_numbers random(seed, "sampling");
      for (int i = 0; i < 8; ++i) std::printf("%u%c", sample(logits.data(), logits.size(), frac_bits, how, random), i < 7 ? ' ' : '\n');
    }
  }
}
