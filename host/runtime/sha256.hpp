// SHA-256 (FIPS 180-4).
#ifndef FASTMAMBA_HOST_SHA256_HPP
#define FASTMAMBA_HOST_SHA256_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace fastmamba::host {

class sha256 {
 public:
  void add(const void* from, std::size_t bytes);
  /// The digest as hexadecimal digits; nothing can be added after it.
  std::string hex();

 private:
  void block(const unsigned char* from);

  std::array<std::uint32_t, 8> state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<unsigned char, 64> waiting_{};
  std::uint64_t bytes_ = 0;
};

}  // namespace fastmamba::host

#endif
