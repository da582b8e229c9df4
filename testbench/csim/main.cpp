// Testbench: reads a script of commands, drives the kernel with it and compares what comes out, word for word.
//
//   csim [SCRIPT] [--mode sequential|checking|region|top] [--report FILE] [--OPTION VALUE ...]
//
// SCRIPT `-` is standard input; without one it is what the variable FASTMAMBA_SCRIPT names. Other options are the network's own.
// Exit status: 0 everything equal, 1 a difference or a failure, 2 bad usage or a bad script.
// Commands, one a line. File names are relative to the script, in double quotes where they hold spaces (a backslash before each double
// quote and backslash). Offsets and sizes are in bytes, counts in words:
//   memory NAME BYTES [ADDRESS]                 a memory, all zero, and where it lies on the board
//   poke MEMORY OFFSET FILE FILEOFFSET BYTES    sets a part of it
//   map PORT MEMORY OFFSET                      the port's word 0 is at this byte
//   feed CHANNEL FILE FILEOFFSET WORDS          words for an input of the network, for the next call
//   expect CHANNEL FILE FILEOFFSET WORDS        words that must cross a channel in the next call
//   record CHANNEL FILE                         also writes the words that do cross it in the next call to a file
//   call NAME=VALUE ... [/ NAME=VALUE ...]      runs the network with these scalars, then with those after each stroke; words fed and
//                                               expected are those of all these calls
//   layers FIRST COUNT                          runs it for COUNT descriptors from the memory of port `descriptors`
//   check MEMORY OFFSET FILE FILEOFFSET BYTES   compares a part of a memory with a file
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <sstream>

#include "network.hpp"
#include "report.hpp"

namespace {

/// The script itself is wrong.
struct script_error : std::runtime_error {
  explicit script_error(const std::string& what) : std::runtime_error(what) {}
};

/// With the system's reason: a full disk is told from a wrong name.
std::string cannot_write(const char* what, const std::string& file) {
  return std::string("cannot write ") + what + " '" + file + "': " + std::strerror(errno);
}

class runner {
 public:
  runner(const std::string& mode, const std::string& folder) : mode_(mode), folder_(folder) {
    if (mode == "checking") bench_.mode = fastmamba::csim::mode::checking;
    declare_channels(bench_);
  }

  void line(const std::string& text) {
    std::istringstream in(text);
    std::string command;
    if (!(in >> command) || command[0] == '#') return;
    if (command == "memory") {
      const auto name = take<std::string>(in, "name");
      bench_.memories[name].reset(new memory(take<std::size_t>(in, "bytes")));
      std::uint64_t address;
      if (in >> address) bench_.addresses[name] = address;
    } else if (command == "poke") {
      memory& m = memory_of(take<std::string>(in, "memory"));
      const auto offset = take<std::size_t>(in, "offset");
      const auto bytes = contents(in);
      range(m, offset, bytes.size());
      std::memcpy(m.data() + offset, bytes.data(), bytes.size());
    } else if (command == "map") {
      const auto port = take<std::string>(in, "port"), name = take<std::string>(in, "memory");
      memory_of(name);
      bench_.ports[port] = {name, take<std::size_t>(in, "offset")};
    } else if (command == "feed" || command == "expect") {
      watched& c = channel_of(take<std::string>(in, "channel"));
      const auto bytes = contents(in, c.word_bytes());
      command == "feed" ? c.feed(bytes) : c.expect(bytes);
    } else if (command == "record") {
      watched& c = channel_of(take<std::string>(in, "channel"));
      c.record(path(take_file(in)));
    } else if (command == "call") {
      std::vector<call_scalars> calls(1);
      std::string pair;
      while (in >> pair) {
        if (pair == "/") {
          calls.emplace_back();
          continue;
        }
        const std::size_t equals = pair.find('=');
        if (equals == std::string::npos) throw script_error("expected NAME=VALUE, found '" + pair + "'");
        calls.back()[pair.substr(0, equals)] = std::stoll(pair.substr(equals + 1));
      }
      timed([&] { run_calls(bench_, calls, whole()); });
    } else if (command == "layers") {
      const auto first = take<unsigned>(in, "first"), count = take<unsigned>(in, "count");
      timed([&] { mode_ == "top" ? run_top(bench_, first, count) : run_layers(bench_, first, count, whole()); });
    } else if (command == "check") {
      const auto name = take<std::string>(in, "memory");
      const auto offset = take<std::size_t>(in, "offset");
      check(name, offset, contents(in));
    } else {
      throw script_error("unknown command '" + command + "'");
    }
  }

  /// Writes the report; true when everything was equal.
  bool report(std::ostream& out, const std::string& failure) {
    write_report(out, bench_, ranges_, mode_, seconds_, failure);
    for (const auto& c : bench_.channels) {
      if (!c->first) continue;
      std::cerr << "channel '" << c->name << "' of process '" << c->process << "': " << c->mismatches << " of " << c->words
                << " words differ, first in call " << c->first->call << ", word " << c->first->word << ", lane "
                << c->first->lane << ": expected " << c->first->expected << ", found " << c->first->found << "\n";
    }
    bool equal = failure.empty();
    for (const auto& c : bench_.channels) equal = equal && c->mismatches == 0;
    for (const checked_range& r : ranges_) {
      if (r.wrong)
        std::cerr << "memory '" << r.memory << "': " << r.wrong << " of " << r.bytes << " bytes from " << r.offset
                  << " differ, first at " << r.first << "\n";
      equal = equal && r.wrong == 0;
    }
    return equal;
  }

 private:
  template <class T> static T take(std::istream& in, const char* what) {
    T x;
    if (!(in >> x)) throw script_error(std::string("missing or bad ") + what);
    return x;
  }
  static std::string take_file(std::istream& in) {
    std::string file;
    if (!(in >> std::quoted(file)) || file.empty()) throw script_error("missing or bad file");
    return file;
  }
  std::string path(const std::string& file) const { return file[0] == '/' ? file : folder_ + file; }
  memory& memory_of(const std::string& name) {
    const auto at = bench_.memories.find(name);
    if (at == bench_.memories.end()) throw script_error("no memory '" + name + "'");
    return *at->second;
  }
  watched& channel_of(const std::string& name) {
    for (auto& c : bench_.channels)
      if (c->name == name) return *c;
    throw script_error("no channel '" + name + "'");
  }
  static void range(memory& m, std::size_t offset, std::size_t bytes) {
    if (offset + bytes > m.size()) throw script_error("beyond the end of the memory");
  }
  /// FILE FILEOFFSET COUNT, in units of `unit` bytes.
  std::vector<unsigned char> contents(std::istream& in, std::size_t unit = 1) const {
    const auto file = take_file(in);
    const auto offset = take<std::size_t>(in, "file offset"), count = take<std::size_t>(in, "count");
    std::vector<unsigned char> bytes(count * unit);
    std::ifstream from(path(file), std::ios::binary);
    from.seekg(std::streamoff(offset));
    if (!from.read(reinterpret_cast<char*>(bytes.data()), std::streamsize(bytes.size())))
      throw script_error("file '" + file + "': cannot read " + std::to_string(bytes.size()) + " bytes from " + std::to_string(offset));
    return bytes;
  }

  template <class Run> void timed(Run run) {
    for (auto& c : bench_.channels) c->begin(call_, mode_ == "sequential" || mode_ == "checking");
    const auto start = std::chrono::steady_clock::now();
    run();
    fastmamba::csim::finish();
    seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    for (auto& m : bench_.memories) m.second->settle();
    for (auto& c : bench_.channels) c->end();
    ++call_;
  }
  /// Whether the emitted region function runs rather than its processes one by one.
  bool whole() const { return mode_ == "region" || mode_ == "top"; }
  void check(const std::string& name, std::size_t offset, const std::vector<unsigned char>& expected) {
    memory& m = memory_of(name);
    range(m, offset, expected.size());
    checked_range r = {name, offset, expected.size(), 0, 0};
    for (std::size_t i = 0; i < expected.size(); ++i)
      if (m.data()[offset + i] != expected[i] && r.wrong++ == 0) r.first = offset + i;
    ranges_.push_back(r);
  }

  const std::string mode_, folder_;
  bench bench_;
  std::vector<checked_range> ranges_;
  std::size_t call_ = 0;
  double seconds_ = 0;
};

/// An option of the network; false where it has none of this name, or not with this value.
bool option(const std::string& name, const std::string& value) {
  try {
    return take_option(name, value);
  } catch (const std::logic_error&) {
    return false;
  }
}

int usage() {
  std::cerr << "usage: csim [SCRIPT] [--mode sequential|checking|region|top] [--report FILE] [--OPTION VALUE ...]\n";
  return 2;
}

}  // namespace

int main(int count, char** arguments) {
  std::string script, mode = "sequential", report;
  for (int i = 1; i < count; ++i) {
    const std::string argument = arguments[i];
    if (argument == "--mode" && i + 1 < count)
      mode = arguments[++i];
    else if (argument == "--report" && i + 1 < count)
      report = arguments[++i];
    else if (argument.compare(0, 2, "--") == 0 && i + 1 < count) {
      if (!option(argument, arguments[++i])) return usage();
    } else if (script.empty())
      script = argument;
    else
      return usage();
  }
  if (script.empty())
    if (const char* named = std::getenv("FASTMAMBA_SCRIPT")) script = named;
  if (script.empty() || (mode != "sequential" && mode != "checking" && mode != "region" && mode != "top")) return usage();

  std::ifstream file;
  if (script != "-") file.open(script);
  std::istream& in = script == "-" ? std::cin : file;
  const std::size_t slash = script.rfind('/');
  runner run(mode, script == "-" || slash == std::string::npos ? "" : script.substr(0, slash + 1));
  std::string text, failure;
  std::size_t number = 0;
  try {
    if (!in) throw script_error("cannot be read");
    while (std::getline(in, text)) {
      ++number;
      run.line(text);
    }
  } catch (const std::invalid_argument& e) {
    std::cerr << "script '" << script << "', line " << number << ": " << e.what() << "\n";
    return 2;
  } catch (const script_error& e) {
    std::cerr << "script '" << script << "', line " << number << ": " << e.what() << "\n";
    return 2;
  } catch (const std::exception& e) {
    failure = e.what();
    std::cerr << "script '" << script << "', line " << number << ": " << failure << "\n";
  }
  if (report.empty()) return run.report(std::cout, failure) ? 0 : 1;
  std::ofstream out(report);
  const bool equal = run.report(out, failure);
  if (!out.flush()) {
    std::cerr << cannot_write("report", report) << "\n";
    return 2;
  }
  return equal ? 0 : 1;
}
