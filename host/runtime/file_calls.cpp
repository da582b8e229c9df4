#include "file_calls.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace fastmamba::host {

int file_calls::open(const std::string& path, int flags) { return ::open(path.c_str(), flags | O_CLOEXEC); }
void file_calls::close(int file) { ::close(file); }
ssize_t file_calls::pread(int file, void* to, std::size_t bytes, std::uint64_t offset) { return ::pread(file, to, bytes, off_t(offset)); }
ssize_t file_calls::pwrite(int file, const void* from, std::size_t bytes, std::uint64_t offset) {
  return ::pwrite(file, from, bytes, off_t(offset));
}
ssize_t file_calls::read(int file, void* to, std::size_t bytes) { return ::read(file, to, bytes); }
int file_calls::poll_in(int file, int milliseconds) {
  pollfd one{file, POLLIN, 0};
  return ::poll(&one, 1, milliseconds);
}

}  // namespace fastmamba::host
