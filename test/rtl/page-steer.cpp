// Drives page_steer_read or page_steer_write with random bursts, between a port and two memory controllers that answer late, each in its own
// order of the other. Each controller holds pages of its own; what the port sees must be one memory. Prints what is wrong, or "bursts N".
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <random>
#include <string>
#include <vector>

static std::mt19937_64 random_bits(SEED);
static bool chance(int percent) { return int(random_bits() % 100) < percent; }
static void bad(const char* what) {
  std::printf("%s\n", what);
  std::exit(0);
}

struct burst { std::uint64_t address; int words; unsigned id; };
struct asked { std::uint64_t address; int words; };

// The word that controller c holds at an address of its own, as the page rule has it: page p of the memory is page p / 2 of controller p % 2.
static std::uint64_t memory_address(int c, std::uint64_t own) { return own / 4096 * 8192 + c * 4096 + own % 4096; }
static std::uint64_t word_at(std::uint64_t address) { return address * 0x9e3779b97f4a7c15u ^ address >> 7; }

static burst random_burst() {
  const int words = 1 + int(random_bits() % 8);
  const std::uint64_t page = random_bits() % 64;
  const std::uint64_t in_page = random_bits() % (4096 / 8 - words + 1) * 8;
  return {page * 4096 + in_page, words, unsigned(random_bits() % 4)};
}

#ifdef READS
int main() {
  design d;
  std::deque<burst> expected;
  std::deque<asked> queue[2];
  int done[2] = {0, 0};
  burst next = random_burst();
  int bursts = 0, word = 0, slow = 50;
  d.set_rst(1);
  for (int i = 0; i < 4; ++i) d.settle(), d.edge();
  d.set_rst(0);
  bool offered = false, stands = false;
  std::uint64_t stood = 0;
  int standing = 0;
  for (int cycle = 0; cycle < CYCLES; ++cycle) {
    if (cycle % 500 == 0) slow = 5 + int(random_bits() % 95);
    offered = offered || chance(70);
    d.set_s_arvalid(offered);
    d.set_s_araddr(next.address), d.set_s_arlen(next.words - 1), d.set_s_arid(next.id);
    d.set_s_arsize(3), d.set_s_arburst(1);
    const bool ready = chance(slow);
    d.set_s_rready(ready);
    const unsigned takes = unsigned(random_bits() % 4);
    d.set_m_arready(takes);
    unsigned valid = 0;
    for (int c = 0; c < 2; ++c) {
      if (queue[c].empty() || !chance(c == 0 ? slow : 100 - slow)) continue;
      valid |= 1u << c;
      const asked& a = queue[c].front();
      const std::uint64_t data = word_at(memory_address(c, a.address + 8 * done[c]));
      const bool last = done[c] == a.words - 1;
      if (c == 0) d.set_m0_rdata(data), d.set_m0_rlast(last), d.set_m0_rresp(data & 3);
      else d.set_m1_rdata(data), d.set_m1_rlast(last), d.set_m1_rresp(data & 3);
    }
    d.set_m_rvalid(valid);
    d.settle();
    if (valid & ~d.get_m_rready()) bad("a controller must wait");
    const unsigned asks = unsigned(d.get_m_arvalid());
    if (asks == 3) bad("both are asked");
    if (stands && (standing != int(asks) || stood != d.get_m_araddr())) bad("a request does not stand");
    stands = asks && !(asks & takes);
    standing = int(asks), stood = d.get_m_araddr();
    if (asks & takes) queue[asks >> 1].push_back({d.get_m_araddr(), int(d.get_m_arlen()) + 1});
    if (asks && (d.get_m_arsize() != 3 || d.get_m_arburst() != 1)) bad("a request has changed");
    if (d.get_s_rvalid() && ready) {
      if (expected.empty()) bad("a word that nobody asked for");
      const burst& b = expected.front();
      const std::uint64_t data = word_at(b.address + 8 * word);
      if (d.get_s_rdata() != data) bad("a wrong word");
      if (d.get_s_rresp() != (data & 3)) bad("a wrong response");
      if (d.get_s_rid() != b.id) bad("a wrong ID");
      if (d.get_s_rlast() != (word == b.words - 1)) bad("a wrong end");
      if (++word == b.words) expected.pop_front(), word = 0, ++bursts;
    }
    if (offered && d.get_s_arready()) {
      expected.push_back(next);
      if (expected.size() > 4) bad("more bursts than there are places");
      next = random_burst(), offered = false;
    }
    for (int c = 0; c < 2; ++c)
      if (valid >> c & 1 && ++done[c] == queue[c].front().words) queue[c].pop_front(), done[c] = 0;
    d.edge();
  }
  std::printf("bursts %d\n", bursts);
}
#else
int main() {
  design d;
  std::deque<burst> to_send, to_acknowledge;
  std::deque<asked> announced[2];
  std::deque<std::uint64_t> acknowledged[2];
  int written[2] = {0, 0}, sent = 0, bursts = 0, slow = 50;
  burst next = random_burst();
  bool offered = false, shown = false;
  d.set_rst(1);
  for (int i = 0; i < 4; ++i) d.settle(), d.edge();
  d.set_rst(0);
  for (int cycle = 0; cycle < CYCLES; ++cycle) {
    if (cycle % 500 == 0) slow = 5 + int(random_bits() % 95);
    offered = offered || chance(70);
    d.set_s_awvalid(offered);
    d.set_s_awaddr(next.address), d.set_s_awlen(next.words - 1), d.set_s_awid(next.id);
    d.set_s_awsize(3), d.set_s_awburst(1);
    shown = !to_send.empty() && (shown || chance(80));
    d.set_s_wvalid(shown);
    if (shown) {
      const burst& b = to_send.front();
      const std::uint64_t data = word_at(b.address + 8 * sent);
      d.set_s_wdata(data), d.set_s_wstrb(data & 255), d.set_s_wlast(sent == b.words - 1);
    }
    const bool ready = chance(slow);
    d.set_s_bready(ready);
    const unsigned takes = unsigned(random_bits() % 4), takes_words = unsigned(random_bits() % 4);
    d.set_m_awready(takes), d.set_m_wready(takes_words);
    unsigned valid = 0;
    for (int c = 0; c < 2; ++c) {
      if (acknowledged[c].empty() || !chance(c == 0 ? slow : 100 - slow)) continue;
      valid |= 1u << c;
      const std::uint64_t response = acknowledged[c].front() / 8 & 3;
      if (c == 0) d.set_m0_bresp(response);
      else d.set_m1_bresp(response);
    }
    d.set_m_bvalid(valid);
    d.settle();
    if (valid & ~d.get_m_bready()) bad("a controller must wait");
    const unsigned asks = unsigned(d.get_m_awvalid()), words = unsigned(d.get_m_wvalid());
    if (asks == 3 || words == 3) bad("both are written");
    // Of all bursts that a controller knows of, at most one lacks words: those before it are whole.
    if (announced[0].size() + announced[1].size() > 1) bad("two bursts that are not whole");
    if (asks & takes) announced[asks >> 1].push_back({d.get_m_awaddr(), int(d.get_m_awlen()) + 1});
    if (asks && !announced[1 - (asks >> 1)].empty()) bad("words are owed to the other controller");
    for (int c = 0; c < 2; ++c) {
      if (!(words & takes_words & 1u << c)) continue;
      // A word may come before its announcement is taken.
      const std::uint64_t own = announced[c].empty() ? d.get_m_awaddr() : announced[c].front().address;
      const int of = announced[c].empty() ? int(d.get_m_awlen()) + 1 : announced[c].front().words;
      const std::uint64_t data = word_at(memory_address(c, own + 8 * written[c]));
      if (d.get_m_wdata() != data || d.get_m_wstrb() != (data & 255)) bad("a wrong word");
      if (d.get_m_wlast() != (written[c] == of - 1)) bad("a wrong end");
      ++written[c];
    }
    for (int c = 0; c < 2; ++c)
      if (!announced[c].empty() && written[c] == announced[c].front().words) {
        acknowledged[c].push_back(memory_address(c, announced[c].front().address));
        announced[c].pop_front(), written[c] = 0;
      }
    if (d.get_s_bvalid() && ready) {
      if (to_acknowledge.empty()) bad("a response that nobody asked for");
      const burst& b = to_acknowledge.front();
      if (d.get_s_bid() != b.id || d.get_s_bresp() != (b.address / 8 & 3)) bad("a wrong response");
      to_acknowledge.pop_front(), ++bursts;
    }
    if (shown && d.get_s_wready()) {
      shown = false;
      if (++sent == to_send.front().words) to_send.pop_front(), sent = 0;
    }
    if (offered && d.get_s_awready()) {
      to_send.push_back(next), to_acknowledge.push_back(next);
      if (to_acknowledge.size() > 4) bad("more bursts than there are places");
      next = random_burst(), offered = false;
    }
    for (int c = 0; c < 2; ++c)
      if (valid >> c & 1) acknowledged[c].pop_front();
    d.edge();
  }
  std::printf("bursts %d\n", bursts);
}
#endif
