#include "call.hpp"

#include <algorithm>
#include <numeric>
#include <set>
#include <string>

#include "device.hpp"

namespace fastmamba::host {

namespace {

std::string text(std::size_t x) { return std::to_string(x); }

/// Bits of a part's scalar: its first token, tokens of the call up to the one that gives, its slot (src/units/idioms/call-parts.ts).
constexpr unsigned start_bits = 12, gives_bits = 13;

}  // namespace

void check(const std::vector<part>& parts, const image& image, unsigned slots) {
  if (parts.empty()) throw usage_error("no part to call");
  if (parts.size() > image.max_parts) throw usage_error(text(parts.size()) + " parts: a call has " + text(image.max_parts) + " at most");
  std::set<unsigned> taken;
  std::size_t tokens = 0;
  for (const part& one : parts) {
    const std::string name = "slot " + text(one.slot);
    if (one.slot >= slots) throw usage_error(name + ": there are " + text(slots));
    if (!taken.insert(one.slot).second) throw usage_error(name + " is in two parts of the call");
    if (one.tokens.empty()) throw usage_error(name + ": no token to feed");
    if (one.gives > one.tokens.size())
      throw usage_error(name + " gives after " + text(one.gives) + " tokens: its part has " + text(one.tokens.size()));
    for (const unsigned token : one.tokens)
      if (token >= image.vocab) throw usage_error("token " + text(token) + ": ids go from 0 to " + text(image.vocab - 1));
    for (std::size_t i = 0; i < one.rows.size(); ++i)
      if (one.rows[i] >= one.tokens.size() || (i > 0 && one.rows[i] <= one.rows[i - 1]))
        throw usage_error(name + ": logits of token " + text(one.rows[i]) + ": expected ascending numbers below " + text(one.tokens.size()));
    tokens += one.tokens.size();
  }
  if (tokens > image.max_tokens) throw usage_error(text(tokens) + " tokens: a call has " + text(image.max_tokens) + " at most");
}

call_order::call_order(const std::vector<part>& given, const sequence_begins& begins) {
  parts.resize(given.size());
  std::iota(parts.begin(), parts.end(), std::size_t(0));
  const auto rank = [&](std::size_t i) { return 2 * (given[i].gives == 0) + begins(given[i].slot); };
  std::stable_sort(parts.begin(), parts.end(), [&](std::size_t a, std::size_t b) { return rank(a) < rank(b); });
  for (const std::size_t i : parts) {
    const part& one = given[i];
    if (!begins(one.slot)) takes = unsigned(words.size()) + 1;
    const std::uint32_t end = one.gives > 0 ? tokens + one.gives : 0;
    words.push_back(tokens | end << start_bits | std::uint32_t(one.slot) << (start_bits + gives_bits));
    starts.push_back(tokens);
    tokens += unsigned(one.tokens.size());
    gives += one.gives > 0;
  }
  const part& last = given[parts.back()];
  stores = last.gives == last.tokens.size();
}

std::vector<head_runs> runs_of(const std::vector<unsigned>& rows, std::size_t most) {
  std::vector<std::pair<unsigned, unsigned>> runs;
  for (const unsigned row : rows) {
    if (!runs.empty() && runs.back().first + runs.back().second == row) ++runs.back().second;
    else runs.push_back({row, 1});
  }
  unsigned common = 0;
  for (const auto& run : runs) common = std::gcd(common, run.second);
  std::vector<head_runs> all;
  for (const auto& run : runs)
    for (unsigned at = 0; at < run.second; at += common) {
      if (all.empty() || all.back().starts.size() == most) all.push_back({{}, common});
      all.back().starts.push_back(run.first + at);
    }
  return all;
}

}  // namespace fastmamba::host
