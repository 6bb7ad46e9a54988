// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Telemetry of a program with threads. Spans, log records and metrics live in registries, and code passes their ids
// around. An exporter takes finished spans and log records out and prints them as JSON, one object per line.
#include <algorithm>
#include <cstdint>
#include <fmt/core.h>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "describe.hpp"
#include "spans.hpp"
#include <holdfast/resource.hpp>

namespace {

using holdfast::resource::Locked;
using holdfast::resource::ResourceRegistry;
using Json = nlohmann::ordered_json;

struct LogRecord {
  std::uint64_t time;
  std::string text;
};

struct Metric {
  std::string name;
  std::int64_t sum = 0;
  std::uint64_t count = 0;

  void add(std::int64_t value) {
    sum += value;
    ++count;
  }
};

/// All telemetry of the program. Any thread may use any part.
struct Telemetry {
  telemetry::Spans<> spans;
  ResourceRegistry<LogRecord> logs;
  ResourceRegistry<Locked<Metric>> metrics;
  Locked<std::vector<telemetry::FinishedSpan>> finished;
};

class Exporter {
 public:
  /// Takes finished spans and log records out of `from` and prints them. Prints the metrics too, which keep counting.
  void run(Telemetry& from) {
    auto spans = from.finished.with([](auto& done) { return std::exchange(done, {}); });
    std::ranges::sort(spans, {}, [](const telemetry::FinishedSpan& span) { return span.name.view(); });
    for (const auto& span : spans)
      print({{"span", std::string(span.name.view())}, {"duration", span.duration}, {"events", span.events}});

    std::vector<std::uint64_t> ids;  // collected first: an iterator keeps the record at its position
    for (const auto& [id, record] : from.logs) ids.push_back(id);
    std::vector<LogRecord> records;
    for (const std::uint64_t id : ids)
      if (auto taken = from.logs.take(id)) records.push_back(*std::move(taken));
    std::ranges::sort(records, {}, &LogRecord::time);
    for (const LogRecord& record : records) print({{"log", record.text}, {"time", record.time}});

    for (const auto& [id, locked] : from.metrics) {
      const auto metric = locked.lock();
      print({{"metric", metric->name}, {"sum", metric->sum}, {"count", metric->count}});
    }
  }

 private:
  static void print(const Json& object) { fmt::print("{}\n", object.dump()); }
};

/// One thread's work: three orders, each with a span of its own.
void work(Telemetry& to, std::uint64_t bytes_metric, std::uint64_t worker) {
  for (std::uint64_t order = 0; order < 3; ++order) {
    const std::uint64_t now = 1'000 * worker + 100 * order;
    const auto span = to.spans.start(fmt::format("order {}.{}", worker, order), now);
    if (!span) return;
    for (std::uint64_t event = 0; event <= order; ++event) static_cast<void>(to.spans.add_event(*span));
    if (const auto metric = to.metrics.get(bytes_metric)) (*metric)->lock()->add(512);
    if (order == 2) static_cast<void>(to.logs.register_({now, fmt::format("worker {} is done", worker)}));
    if (auto done = to.spans.finish(*span, now + 40 + order)) to.finished.lock()->push_back(*done);
  }
}

}  // namespace

int main() {
  Telemetry telemetry;
  Exporter exporter;
  const std::uint64_t bytes = *telemetry.metrics.register_(Locked<Metric>(Metric{"bytes"}));
  {
    std::vector<std::jthread> workers;
    for (std::uint64_t worker = 1; worker <= 2; ++worker)
      workers.emplace_back(work, std::ref(telemetry), bytes, worker);
  }
  exporter.run(telemetry);

  const auto late = *telemetry.spans.start("late", 5'000);
  static_cast<void>(telemetry.spans.finish(late, 5'001));
  fmt::print("finished twice: {}\n", describe(telemetry.spans.finish(late, 5'002).error()));
  fmt::print("open: {} spans, {} log records\n", telemetry.spans.open(), telemetry.logs.len());
}
