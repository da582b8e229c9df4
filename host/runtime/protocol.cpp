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

std::string word(std::istream& in, const char* what) {
  std::string x;
  if (!(in >> x)) throw usage_error(std::string(what) + " is missing");
  return x;
}

void answer(const fed& result, std::ostream& out, unsigned rows) {
  out << "ok " << result.logits.size() / rows << ' ' << result.cycles << ' ' << result.calls << ' ' << 2 * result.logits.size() << '\n';
  for (const std::int16_t logit : result.logits) out.put(char(logit & 0xff)).put(char(logit >> 8));
}

void feed(model& m, std::istream& line, std::ostream& out, unsigned rows) {
  const unsigned slot = number(line, "slot");
  const std::string what = word(line, "none, last or all");
  if (what != "none" && what != "last" && what != "all") throw usage_error("'" + what + "': expected none, last or all");
  std::vector<unsigned> tokens;
  while (line >> std::ws && !line.eof()) tokens.push_back(number(line, "a token"));
  answer(m.feed(slot, tokens, what == "all" ? wanted::all : what == "last" ? wanted::last : wanted::none), out, rows);
}

/// The rows of a part: none, last, all, or numbers with commas between them.
std::vector<unsigned> rows_of(const std::string& what, std::size_t tokens) {
  std::vector<unsigned> rows;
  if (what == "none") return rows;
  if (what == "last" || what == "all") {
    for (std::size_t i = what == "all" || tokens == 0 ? 0 : tokens - 1; i < tokens; ++i) rows.push_back(unsigned(i));
    return rows;
  }
  std::istringstream list(what);
  for (std::string one; std::getline(list, one, ',');) {
    std::istringstream text(one);
    rows.push_back(number(text, "a row (none, last, all, or numbers)"));
    if (text >> std::ws && !text.eof()) throw usage_error("'" + what + "': expected none, last, all, or numbers with commas between them");
  }
  return rows;
}

/// SLOT GIVES ROWS ID ID ..., a part; "/" begins the next one.
void call(model& m, std::istream& line, std::ostream& out, unsigned rows) {
  std::vector<part> parts;
  for (bool more = true; more;) {
    part one;
    one.slot = number(line, "slot");
    one.gives = number(line, "tokens after which the states are given");
    const std::string what = word(line, "none, last, all, or rows");
    more = false;
    for (std::string id; line >> id;) {
      more = id == "/";
      if (more) break;
      std::istringstream text(id);
      one.tokens.push_back(number(text, "a token"));
    }
    one.rows = rows_of(what, one.tokens.size());
    parts.push_back(std::move(one));
  }
  answer(m.call(parts), out, rows);
}

}  // namespace

void serve(model& m, const image& image, const char* device_name, std::istream& in, std::ostream& out) {
  out << "ready 1 device " << device_name << " plan " << image.plan << " slots " << m.slots() << " vocab " << image.vocab << " rows " << image.rows
      << " frac_bits " << image.logit_frac_bits << " max_tokens " << image.max_tokens << " max_parts " << image.max_parts << " clock_mhz "
      << image.clock_mhz << std::endl;
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
      } else if (command == "call") {
        call(m, line, out, image.rows);
      } else {
        throw usage_error("'" + command + "' is no command; expected feed, call, reset or quit");
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
