// AXI4-Lite transactions against the control registers of a small network (ports a and b), as a host makes them. Prints what is wrong.
// The region is played here: `ended` for one cycle, `idle`, and the reasons of an end.
static design d;
static const char* part = "";
static int wrong = 0;

static void expect(const char* what, std::uint64_t found, std::uint64_t due) {
  if (found != due) std::printf("%s: %s: found 0x%llx, expected 0x%llx\n", part, what, (unsigned long long)found, (unsigned long long)due), ++wrong;
}

// One cycle; handshakes are seen settled, before the edge.
static bool aw, w, b, ar, r;
static std::uint64_t read_data;
static unsigned answers, reads;
static void cycle() {
  d.settle();
  aw = d.get_s_axi_control_awready(), w = d.get_s_axi_control_wready(), b = d.get_s_axi_control_bvalid();
  ar = d.get_s_axi_control_arready(), r = d.get_s_axi_control_rvalid();
  if (r) read_data = d.get_s_axi_control_rdata();
  d.edge();
}

enum order { together, address_first, data_first };
// A write whose address and data come in this order, `apart` cycles apart; its answer is taken `late` cycles after it could be.
static void write(unsigned address, std::uint64_t x, order o = together, unsigned apart = 3, unsigned late = 0, unsigned strobes = 15) {
  bool address_left = true, data_left = true;
  d.set_s_axi_control_awaddr(address), d.set_s_axi_control_wdata(x), d.set_s_axi_control_wstrb(strobes);
  for (unsigned t = 0; address_left || data_left; ++t) {
    d.set_s_axi_control_awvalid(address_left && (o != data_first || t >= apart));
    d.set_s_axi_control_wvalid(data_left && (o != address_first || t >= apart));
    cycle();
    if (address_left && (o != data_first || t >= apart) && aw) address_left = false;
    if (data_left && (o != address_first || t >= apart) && w) data_left = false;
    if (t > 50) return expect("a write is taken", 0, 1);
  }
  d.set_s_axi_control_awvalid(0), d.set_s_axi_control_wvalid(0);
  for (unsigned t = 0;; ++t) {
    d.set_s_axi_control_bready(t >= late);
    cycle();
    if (t < late && t > 0) expect("the answer of a write stands until it is taken", b, 1);
    if (b && t >= late) break;
    if (t > 50) return expect("a write is answered", 0, 1);
  }
  d.set_s_axi_control_bready(0);
  ++answers;
}
static std::uint64_t read(unsigned address, unsigned late = 0) {
  d.set_s_axi_control_araddr(address), d.set_s_axi_control_arvalid(1);
  for (unsigned t = 0;; ++t) {
    cycle();
    if (ar) break;
    if (t > 50) return expect("a read is taken", 0, 1), 0;
  }
  d.set_s_axi_control_arvalid(0);
  for (unsigned t = 0;; ++t) {
    d.set_s_axi_control_rready(t >= late);
    cycle();
    if (r && t >= late) break;
    if (t > 50) return expect("a read is answered", 0, 1), 0;
  }
  d.set_s_axi_control_rready(0);
  ++reads;
  return read_data;
}
// A cycle in which the call ends.
static void end(unsigned reasons = 0) {
  d.set_reasons(reasons), d.set_ended(1);
  cycle();
  d.set_ended(0);
  cycle();
}
static bool interrupt() {
  d.settle();
  return d.get_interrupt();
}
static bool started() {
  d.settle();
  return d.get_start();
}

static const unsigned control = 0, global = 4, enable = 8, status = 12, first = 0x1c, limit = 0x48;
enum { start_bit = 1, done_bit = 2, idle_bit = 4, ready_bit = 8, again_bit = 0x80, interrupt_bit = 0x200 };

int main() {
  d.set_idle(1), d.set_rst(1);
  for (int i = 0; i < 4; ++i) cycle();
  d.set_rst(0);

  part = "writes in every order";
  std::uint64_t value = 0x01234567;
  for (order o : {together, address_first, data_first})
    for (unsigned apart : {1u, 2u, 7u})
      for (unsigned late : {0u, 1u, 5u}) {
        write(first, value, o, apart, late);
        expect("what was written is read", read(first, late), value);
        value = value * 1664525 % 0xffffffffu + 1;
      }
  write(first, 0xffffffff);
  write(first, 0, data_first, 4, 0, 5);
  expect("bytes without a strobe stay", read(first), 0xff00ff00);

  part = "two writes at once";
  // The second is offered whole while the answer of the first waits: it is taken after that, and neither is lost.
  d.set_s_axi_control_awaddr(first), d.set_s_axi_control_wdata(11), d.set_s_axi_control_wstrb(15);
  d.set_s_axi_control_awvalid(1), d.set_s_axi_control_wvalid(1);
  for (aw = false; !aw;) cycle();
  d.set_s_axi_control_awaddr(limit);
  for (w = false; !w;) cycle();
  d.set_s_axi_control_wdata(22);
  for (int i = 0; i < 5; ++i) {
    cycle();
    expect("no second request before the answer", aw || w, 0);
  }
  d.set_s_axi_control_bready(1);
  unsigned answered = 0;
  for (int i = 0; i < 20; ++i) {
    cycle();
    answered += b;
    if (aw) d.set_s_axi_control_awvalid(0);
    if (w) d.set_s_axi_control_wvalid(0);
  }
  d.set_s_axi_control_bready(0);
  expect("two answers", answered, 2);
  expect("the first", read(first), 11);
  expect("the second", read(limit), 22);

  part = "a read and a write in the same cycle";
  write(first, 5);
  d.set_s_axi_control_araddr(first), d.set_s_axi_control_arvalid(1);
  d.set_s_axi_control_awaddr(first), d.set_s_axi_control_awvalid(1);
  d.set_s_axi_control_wdata(6), d.set_s_axi_control_wvalid(1);
  d.set_s_axi_control_rready(1), d.set_s_axi_control_bready(1);
  unsigned writes = 0, come = 0;
  for (int i = 0; i < 12; ++i) {
    cycle();
    if (ar) d.set_s_axi_control_arvalid(0);
    if (aw) d.set_s_axi_control_awvalid(0);
    if (w) d.set_s_axi_control_wvalid(0);
    writes += b, come += r;
  }
  d.set_s_axi_control_rready(0), d.set_s_axi_control_bready(0);
  expect("answers of the write", writes, 1);
  expect("answers of the read", come, 1);
  expect("the read came first", read_data, 5);
  expect("the write is in", read(first), 6);

  part = "a call";
  expect("idle after reset", read(control), idle_bit);
  write(control, start_bit, data_first);
  expect("start stands", started(), 1);
  d.set_idle(0);
  expect("at work", read(control), start_bit);
  write(control, 0);
  expect("a zero does not take start back", started(), 1);
  end();
  d.set_idle(1);
  expect("start is cleared by the end", started(), 0);
  read(first), read(global);
  expect("done, ready and idle, whatever else was read", read(control), done_bit | ready_bit | idle_bit);
  expect("done and ready are cleared by reading", read(control), idle_bit);

  part = "an end in the cycle of the read";
  write(control, start_bit);
  d.set_idle(0);
  d.set_s_axi_control_araddr(control), d.set_s_axi_control_arvalid(1), d.set_ended(1), d.set_s_axi_control_rready(1);
  cycle();
  expect("the read is taken there", ar, 1);
  d.set_s_axi_control_arvalid(0), d.set_ended(0), d.set_idle(1);
  cycle();
  d.set_s_axi_control_rready(0);
  expect("is not in its answer", read_data, start_bit);
  expect("and is kept for the next", read(control), done_bit | ready_bit | idle_bit);

  part = "start again";
  write(control, start_bit | again_bit, data_first);
  d.set_idle(0);
  for (int i = 0; i < 3; ++i) {
    end();
    expect("start stands after an end", started(), 1);
    expect("each end is told", read(control), start_bit | done_bit | ready_bit | again_bit);
  }
  write(control, 0);
  expect("taken back during a call, which goes on", started(), 1);
  end();
  d.set_idle(1);
  expect("the end of that call is the last", started(), 0);
  read(control);
  write(control, start_bit | again_bit);
  end(2);
  expect("an end before the end starts nothing", started(), 0);
  write(control, 0);
  read(control);
  d.set_reasons(0);

  part = "interrupts";
  const auto call = [&](unsigned reasons = 0) { write(control, start_bit), end(reasons), read(control); };
  call();
  expect("none is taken up", read(status), 0);
  write(enable, 1);
  call();
  expect("done is taken up", read(status), 1);
  expect("but not passed on", interrupt(), 0);
  write(global, 1, data_first);
  expect("now it is", interrupt(), 1);
  expect("and stands in the control register", read(control) & interrupt_bit, interrupt_bit);
  expect("reading the status does not clear it", read(status), 1);
  write(status, 2, together, 3, 0);
  expect("a one toggles: ready is set by hand", read(status), 3);
  write(status, 3);
  expect("both toggled", read(status), 0);
  expect("the line falls", interrupt(), 0);
  write(status, 1);
  expect("toggled by hand, done comes without a call", interrupt(), 1);
  write(status, 1);
  write(enable, 7);
  call(1);
  expect("an end before the end is all three", read(status), 7);
  write(status, 4, address_first);
  expect("one cleared, two stand", read(status), 3);
  write(enable, 0);
  expect("what has come stands when it is no longer taken up", interrupt(), 1);
  write(status, 3, together, 3, 0, 14);
  expect("without the strobe nothing toggles", read(status), 3);
  write(status, 3);
  // An event in the cycle of the toggle stands.
  write(enable, 1);
  d.set_s_axi_control_awaddr(status), d.set_s_axi_control_awvalid(1), d.set_s_axi_control_wdata(1), d.set_s_axi_control_wvalid(1);
  d.set_s_axi_control_wstrb(15), d.set_s_axi_control_bready(1);
  for (aw = false; !aw;) cycle();
  d.set_s_axi_control_awvalid(0), d.set_ended(1), d.set_reasons(0);
  cycle();
  expect("data are taken there", w, 1);
  d.set_s_axi_control_wvalid(0), d.set_ended(0);
  cycle();
  d.set_s_axi_control_bready(0);
  expect("an end in the cycle of the toggle is not lost", read(status), 1);

  part = "what is told of the call";
  d.set_left(17), d.set_cycles(0x123456789abcdefull), d.set_reasons(4);
  d.set_errors(5), d.set_awaiting(2), d.set_unfinished(3);
  expect("reasons", read(0x44), 4);
  expect("left", read(0x50), 17);
  expect("cycles, low", read(0x54), 0x89abcdef);
  expect("cycles, high", read(0x58), 0x01234567);
  expect("errors", read(0x5c), 5);
  expect("awaiting", read(0x60), 2);
  expect("unfinished", read(0x64), 3);
  write(0x4c, 1);
  d.settle();
  expect("the host's stop is one cycle", d.get_stop(), 0);

  part = "identity";
  for (unsigned at = 0xfc0; at < 0x1000; at += 4) write(at, 0xdeadbeef);
  const std::uint64_t due[] = {0x41424d46, 1, 2, 2, 2, 0, 0, 0, 0x03020100, 0x07060504, 0x0b0a0908, 0x0f0e0d0c,
                               0x13121110, 0x17161514, 0x1b1a1918, 0x1f1e1d1c};
  for (unsigned i = 0; i < 16; ++i) expect("stands", read(0xfc0 + 4 * i), due[i]);
  expect("an address without a register", read(0x800), 0);

  std::printf("%d wrong of %u writes and %u reads\n", wrong, answers, reads);
}
