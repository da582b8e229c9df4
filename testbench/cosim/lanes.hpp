// Words on wires to and from words in vector files: lanes of any width side by side, lane 0 lowest, against lanes in native integers.
#ifndef FASTMAMBA_TESTBENCH_LANES_HPP
#define FASTMAMBA_TESTBENCH_LANES_HPP

#include <cstdint>
#include <cstring>
#include <vector>

#include "dut.hpp"

class lane_codec {
 public:
  lane_codec(std::size_t lanes, unsigned lane_bits, bool is_signed)
      : lanes(lanes), lane_bits(lane_bits), lane_bytes(lane_bits <= 8 ? 1 : lane_bits <= 16 ? 2 : lane_bits <= 32 ? 4 : 8),
        is_signed(is_signed), wire_((lanes * lane_bits + 7) / 8 + 16) {}

  /// The word on `from` as native lanes.
  void get(const signal& from, unsigned char* to) {
    if (lane_bits == 8 * lane_bytes) return static_cast<void>(std::memcpy(to, from.at, lanes * lane_bytes));
    std::memcpy(wire_.data(), from.at, from.bytes());
    for (std::size_t lane = 0, bit = 0; lane < lanes; ++lane, bit += lane_bits) {
      std::uint64_t x;
      std::memcpy(&x, wire_.data() + bit / 8, 8);
      x >>= bit % 8;
      if (bit % 8) x |= std::uint64_t(wire_[bit / 8 + 8]) << (64 - bit % 8);
      const unsigned spare = 64 - lane_bits;
      x = is_signed ? std::uint64_t(std::int64_t(x << spare) >> spare) : x << spare >> spare;
      std::memcpy(to + lane * lane_bytes, &x, lane_bytes);
    }
  }
  /// Native lanes onto a wire.
  void put(const unsigned char* from, const signal& to) {
    if (lane_bits == 8 * lane_bytes) return static_cast<void>(std::memcpy(to.at, from, lanes * lane_bytes));
    std::memset(wire_.data(), 0, wire_.size());
    for (std::size_t lane = 0, bit = 0; lane < lanes; ++lane, bit += lane_bits) {
      std::uint64_t x = 0;
      std::memcpy(&x, from + lane * lane_bytes, lane_bytes);
      x = x << (64 - lane_bits) >> (64 - lane_bits);
      std::uint64_t low;
      std::memcpy(&low, wire_.data() + bit / 8, 8);
      low |= x << bit % 8;
      std::memcpy(wire_.data() + bit / 8, &low, 8);
      if (bit % 8) wire_[bit / 8 + 8] |= static_cast<unsigned char>(x >> (64 - bit % 8));
    }
    std::memcpy(to.at, wire_.data(), to.bytes());
  }

  const std::size_t lanes;
  const unsigned lane_bits;
  const std::size_t lane_bytes;
  const bool is_signed;

 private:
  std::vector<unsigned char> wire_;
};

#endif
