// External memories of the testbench: bytes that live across calls; several ports may look at the same memory at different offsets.
#ifndef FASTMAMBA_TESTBENCH_MEMORY_HPP
#define FASTMAMBA_TESTBENCH_MEMORY_HPP

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "ap_int.h"
#include "fastmamba_csim.h"

class memory {
 public:
  explicit memory(std::size_t bytes) : limbs_((bytes + 7) / 8), bytes_(bytes) {}
  std::size_t size() const { return bytes_; }
  unsigned char* data() { return reinterpret_cast<unsigned char*>(limbs_.data()); }

  /// The memory as an array of `bits`-wide words from byte `offset` on. The same array for every port of this width.
  template <int bits> ap_uint<bits>* words(std::size_t offset) {
    if (bits % 8) throw std::runtime_error("a port word of " + std::to_string(bits) + " bits, expected whole bytes");
    if (offset * 8 % bits) throw std::runtime_error("a port is mapped between two of its words");
#ifdef FASTMAMBA_HLS_STREAM_H
    // This header set keeps a word of whole limbs as its bytes.
    if (sizeof(ap_uint<bits>) * 8 == bits) return reinterpret_cast<ap_uint<bits>*>(data() + offset);
#endif
    return copied<bits>() + offset * 8 / bits;
  }
  /// After a call: what the kernel wrote to copies comes back.
  void settle() {
    if (back_) back_();
    copy_.reset();
    back_ = nullptr;
    width_ = 0;
  }

 private:
  template <int bits> ap_uint<bits>* copied() {
    typedef std::vector<ap_uint<bits>> array;
    if (width_ && width_ != bits) throw std::runtime_error("ports of different widths on one memory");
    if (!width_) {
      const std::size_t count = bytes_ * 8 / bits;
      std::shared_ptr<array> all(new array(count));
      for (std::size_t i = 0; i < count; ++i)
        for (int at = 0; at < bits; at += 8) (*all)[i].range(at + 7, at) = ap_uint<8>(data()[(i * bits + at) / 8]);
      back_ = [this, all, count] {
        for (std::size_t i = 0; i < count; ++i)
          for (int at = 0; at < bits; at += 8)
            data()[(i * bits + at) / 8] = static_cast<unsigned char>(ap_uint<8>((*all)[i].range(at + 7, at)).to_uint());
      };
      copy_ = all;
      width_ = bits;
    }
    return static_cast<array*>(copy_.get())->data();
  }

  std::vector<std::uint64_t> limbs_;
  std::size_t bytes_;
  std::shared_ptr<void> copy_;
  std::function<void()> back_;
  int width_ = 0;
};

#endif
