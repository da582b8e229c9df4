// Memory of streams: chunks of one size, kept for the next stream once used. Streams live for one call of the kernel; without
// this every call would fetch its pages from the system again.
#ifndef FASTMAMBA_CSIM_CHUNK_POOL_H
#define FASTMAMBA_CSIM_CHUNK_POOL_H

#include <cstddef>
#include <cstdlib>

namespace fastmamba {
namespace csim {

/// Free chunks of the usual size, of this thread; other sizes go straight to the system.
class chunk_pool {
 public:
  static constexpr std::size_t usual_bytes = 32768;

  /// A chunk aligned to a cache line, or null when memory is out.
  static void* take(std::size_t bytes) {
    link*& head = free_list().head;
    if (bytes == usual_bytes && head) {
      link* c = head;
      head = c->next;
      return c;
    }
    void* memory = nullptr;
    return posix_memalign(&memory, 64, bytes) ? nullptr : memory;
  }
  static void give(void* chunk, std::size_t bytes) {
    if (bytes != usual_bytes) return std::free(chunk);
    link* c = static_cast<link*>(chunk);
    c->next = free_list().head;
    free_list().head = c;
  }

 private:
  struct link {
    link* next;
  };
  // Never freed: a stream with static storage may give its chunks back after this thread's other objects are gone.
  struct list {
    link* head;
  };
  static list& free_list() {
    static thread_local list chunks = {nullptr};
    return chunks;
  }
};

}  // namespace csim
}  // namespace fastmamba

#endif
