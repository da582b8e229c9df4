// Runs the testbench's memory on a stream of bursts read from standard input, and writes what each port was served in each cycle.
//
// Input: the numbers of memory_timing in their order and the slowness; the number of ports, and of each its bytes a beat and 1 for reads;
// the number of bursts, and of each (in the order of cycles) cycle, port, address, beats, cycle from which on it is seen; the last cycle.
// Output: a line "cycle port beats" for every port that was served anything in a cycle.
#include <iostream>

#include "board_memory.hpp"

int main() {
  memory_timing t;
  unsigned slow = 1;
  std::cin >> t.channels >> t.access_bytes >> t.row_bytes >> t.banks >> t.latency_cycles >> t.kernel_ticks >> t.memory_ticks;
  std::cin >> t.tRCD >> t.tRP >> t.tRAS >> t.tRC >> t.tRRD >> t.tFAW >> t.tCCD >> t.tRTP >> t.tRTW;
  std::cin >> t.write_to_read >> t.write_to_precharge >> t.read_data >> t.tRFC >> t.tREFI >> slow;
  std::size_t count = 0;
  std::cin >> count;
  std::vector<std::unique_ptr<memory_client>> clients;
  board_memory memory(t, slow);
  for (std::size_t i = 0; i < count; ++i) {
    unsigned bytes = 0, is_read = 0;
    std::cin >> bytes >> is_read;
    clients.emplace_back(new memory_client(bytes, is_read != 0));
    memory.add(*clients.back());
  }
  struct burst {
    std::uint64_t cycle, port, address, beats, ready;
  };
  std::cin >> count;
  std::vector<burst> bursts(count);
  for (burst& b : bursts) std::cin >> b.cycle >> b.port >> b.address >> b.beats >> b.ready;
  std::uint64_t last = 0;
  if (!(std::cin >> last)) return 2;
  std::size_t next = 0;
  for (std::uint64_t now = 0; now <= last; ++now) {
    memory.advance(now);
    for (std::size_t i = 0; i < clients.size(); ++i) {
      if (clients[i]->served) std::cout << now << ' ' << i << ' ' << clients[i]->served << '\n';
      clients[i]->served = 0;
    }
    for (; next < bursts.size() && bursts[next].cycle == now; ++next) {
      const burst& b = bursts[next];
      memory.ask(*clients[b.port], b.address, b.beats, b.ready);
    }
  }
  for (const auto& c : clients)
    if (c->waiting()) std::cout << "waiting\n";
}
