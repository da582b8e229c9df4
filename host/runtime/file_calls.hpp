// The system calls that the XDMA device makes, so that a test can stand between it and the system.
#ifndef FASTMAMBA_HOST_FILE_CALLS_HPP
#define FASTMAMBA_HOST_FILE_CALLS_HPP

#include <cstddef>
#include <cstdint>
#include <string>

#include <sys/types.h>

namespace fastmamba::host {

/// As the calls of their names: -1 and errno where one fails.
class file_calls {
 public:
  virtual ~file_calls() = default;
  virtual int open(const std::string& path, int flags);
  virtual void close(int file);
  virtual ssize_t pread(int file, void* to, std::size_t bytes, std::uint64_t offset);
  virtual ssize_t pwrite(int file, const void* from, std::size_t bytes, std::uint64_t offset);
  virtual ssize_t read(int file, void* to, std::size_t bytes);
  /// Waits until the file can be read: 1 where it can, 0 where the time is over.
  virtual int poll_in(int file, int milliseconds);
};

}  // namespace fastmamba::host

#endif
