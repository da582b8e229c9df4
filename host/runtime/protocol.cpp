#include "protocol.hpp"

#include <istream>
#include <ostream>
#include <sstream>

namespace fastmamba::host {

namespace {

unsigned number(std::istream& in, const char* what) {
  unsigned x;
  if (!(in >> x)) throw usage_error(std::string(what) + " is missing or is not a number");
  return x;
}

void feed(model& m, std::istream& line, std::ostream& out, unsigned rows) {
  const unsigned slot = number(line, "slot");
  std::string what;
  line >> what;
  if (what != "none" && what != "last" && what != "all") throw usage_error("'" + what + "': expected none, last or all");
  std::vector<unsigned> tokens;
  while (line >> std::ws && !line.eof()) tokens.push_back(number(line, "a token"));
  const fed result = m.feed(slot, tokens, what == "all" ? wanted::all : what == "last" ? wanted::last : wanted::none);
  out << "ok " << result.logits.size() / rows << ' ' << result.cycles << ' ' << result.calls << ' ' << 2 * result.logits.size() << '\n';
  for (const std::int16_t logit : result.logits) out.put(char(logit & 0xff)).put(char(logit >> 8));
}

}  // namespace

void serve(model& m, const image& image, const char* device_name, std::istream& in, std::ostream& out) {
  out << "ready 1 device " << device_name << " plan " << image.plan << " slots " << m.slots() << " vocab " << image.vocab << " rows " << image.rows
      << " frac_bits " << image.logit_frac_bits << " max_tokens " << image.max_tokens << " clock_mhz " << image.clock_mhz << std::endl;
  std::string text, command;
  while (std::getline(in, text)) {
    std::istringstream line(text);
    if (!(line >> command)) continue;
    try {
      if (command == "quit") return;
      if (command == "reset") {
        m.reset(number(line, "slot"));
        out << "ok\n";
      } else if (command == "feed") {
        feed(m, line, out, image.rows);
      } else {
        throw usage_error("'" + command + "' is no command; expected feed, reset or quit");
      }
    } catch (const usage_error& e) {
      out << "error " << e.what() << '\n';
    } catch (const host_error& e) {
      out << "failed " << e.what() << std::endl;
      throw;
    }
    out.flush();
  }
}

}  // namespace fastmamba::host
