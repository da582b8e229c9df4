// Runs the processes of a dataflow region concurrently, each on its own stack, one at a time, switching where a process
// waits on a channel. The network is a Kahn network, so any fair order gives the same words; this order is deterministic,
// a deadlock is seen at once and exactly (nobody is ready), and no word costs a lock. Needs ucontext (glibc, macOS).
#ifndef FASTMAMBA_CSIM_SCHEDULER_H
#define FASTMAMBA_CSIM_SCHEDULER_H

#include <sys/mman.h>
#include <ucontext.h>

#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <utility>

#include "channel.h"

namespace fastmamba {
namespace csim {

enum class wait_kind { none, empty, full };

/// One dataflow process and where it stands.
struct process {
  std::string name;
  std::function<void()> body;
  ucontext_t context;
  void* stack = nullptr;
  bool started = false, done = false;
  wait_kind wait = wait_kind::none;
  channel* on = nullptr;
  std::exception_ptr error;
};

class scheduler {
 public:
  /// Bytes of address space for each process; pages are taken only as they are used.
  explicit scheduler(std::size_t stack_bytes) : stack_bytes_(stack_bytes) {}
  scheduler(const scheduler&) = delete;
  scheduler& operator=(const scheduler&) = delete;
  ~scheduler() {
    for (auto& p : processes_)
      if (p->stack) munmap(p->stack, stack_bytes_);
  }

  /// The scheduler whose process is running on this thread, or null: then streams are sequential.
  static scheduler*& active() {
    static thread_local scheduler* s = nullptr;
    return s;
  }

  void add(const std::string& name, std::function<void()> body) {
    std::unique_ptr<process> p(new process);
    p->name = name;
    p->body = std::move(body);
    processes_.push_back(std::move(p));
  }

  /// Runs all processes to their end. Throws `failure` on deadlock, and what a process throws; the other processes are
  /// then unwound first.
  void run() {
    if (active()) fail("a region cannot run in checking mode inside another one");
    for (auto& p : processes_) make_ready(p.get());
    active() = this;
    dispatch(main_);
    std::string stuck;
    std::exception_ptr error;
    for (auto& p : processes_) {
      if (p->error && !error) error = p->error;
      if (!p->done && p->wait != wait_kind::none) stuck += (stuck.empty() ? "" : "; ") + describe(*p);
    }
    cancel();
    active() = nullptr;
    if (error) std::rethrow_exception(error);
    if (!stuck.empty()) fail("deadlock: " + stuck);
  }

  /// The running process waits until `c` has a word (empty) or room (full).
  void block(channel& c, wait_kind kind) {
    process* self = current_;
    process*& slot = kind == wait_kind::empty ? c.waiting_reader : c.waiting_writer;
    slot = self;
    self->wait = kind;
    self->on = &c;
    dispatch(self->context);
    self->wait = wait_kind::none;
    slot = nullptr;
    if (cancelling_) throw cancelled();
  }
  /// A word has crossed `c`: whoever waited for that is ready again.
  void moved(process*& waiting) {
    idle_polls_ = 0;
    if (!waiting) return;
    make_ready(waiting);
    waiting = nullptr;
  }
  /// The running process looked at a channel and found it not ready: the others get a turn. A region in which everyone
  /// only looks makes no progress, which is a failure as well.
  void poll(channel& c) {
    if (cancelling_) throw cancelled();
    if (++idle_polls_ > 1000000)
      fail("process '" + current_->name + "' polls channel '" + c.name() + "' and nobody makes progress");
    make_ready(current_);
    dispatch(current_->context);
    if (cancelling_) throw cancelled();
  }
  /// A channel has one reader and one writer.
  void claim(channel& c, process*& owner, const char* verb) {
    if (owner == current_) return;
    if (owner) fail("channel '" + c.name() + "': '" + owner->name + "' and '" + current_->name + "' both " + verb + " it");
    owner = current_;
  }
  bool cancelling() const { return cancelling_; }

 private:
  struct cancelled {};

  static std::string describe(const process& p) {
    const std::string c = "channel '" + p.on->name() + "'";
    return "'" + p.name + "' " +
           (p.wait == wait_kind::empty ? "reads empty " + c
                                       : "writes full " + c + " (depth " + std::to_string(p.on->bound()) + ")");
  }

  void make_ready(process* p) { ready_.push_back(p); }

  /// Leaves `from` for the next ready process, or for run() when there is none.
  void dispatch(ucontext_t& from) {
    process* next = nullptr;
    if (!ready_.empty()) {
      next = ready_.front();
      ready_.pop_front();
    }
    current_ = next;
    ucontext_t& to = next ? next->context : main_;
    if (&to == &from) return;
    if (next && !next->started) start(*next);
    swapcontext(&from, &to);
    // Back again: whoever switched here has set current_.
  }

  void start(process& p) {
    p.stack = mmap(nullptr, stack_bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p.stack == MAP_FAILED) {
      p.stack = nullptr;
      std::fprintf(stderr, "csim: no address space for the stack of process '%s' (%zu bytes)\n", p.name.c_str(),
                   stack_bytes_);
      std::_Exit(1);
    }
    mprotect(p.stack, 4096, PROT_NONE);  // an overflow faults instead of running into the next stack
    getcontext(&p.context);
    p.context.uc_stack.ss_sp = p.stack;
    p.context.uc_stack.ss_size = stack_bytes_;
    p.context.uc_link = nullptr;
    p.started = true;
    makecontext(&p.context, reinterpret_cast<void (*)()>(&scheduler::enter), 0);
  }

  static void enter() {
    scheduler& s = *active();
    process& p = *s.current_;
    try {
      p.body();
    } catch (const cancelled&) {
    } catch (const failure& f) {
      p.error = std::make_exception_ptr(failure("process '" + p.name + "': " + f.what()));
    } catch (...) {
      p.error = std::current_exception();
    }
    p.done = true;
    if (p.error) s.ready_.clear();  // nobody else runs: back to run()
    s.dispatch(p.context);
    std::abort();  // a finished process is never resumed
  }

  /// Unwinds the processes that have begun and not ended, so that their locals are destroyed.
  void cancel() {
    cancelling_ = true;
    ready_.clear();
    for (auto& p : processes_) {
      if (!p->started || p->done) continue;
      current_ = p.get();
      swapcontext(&main_, &p->context);
    }
    cancelling_ = false;
  }

  std::size_t stack_bytes_;
  std::vector<std::unique_ptr<process>> processes_;
  std::deque<process*> ready_;
  process* current_ = nullptr;
  ucontext_t main_;
  bool cancelling_ = false;
  unsigned long idle_polls_ = 0;
};

}  // namespace csim
}  // namespace fastmamba

#endif
