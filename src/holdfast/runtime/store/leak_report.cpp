// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/runtime/store/leak_report.hpp"

#include <fmt/format.h>

namespace holdfast {

std::string to_string(const StoreReport& report) {
  std::string text;
  for (const LeakedHandle& leak : report.leaks) {
    text += fmt::format("leaked: {} handle {} of {} in {} (rep {})", leak.own ? "own" : "borrow", leak.index, leak.type,
                        leak.instance, leak.rep);
    if (leak.age) text += fmt::format(", {:.3f} s old", std::chrono::duration<double>(*leak.age).count());
    if (leak.path && !leak.path->empty()) text += fmt::format(", made in {}", *leak.path);
    text += '\n';
  }
  for (const HostError& error : report.failed_drops) text += "failed drop: " + error.message() + '\n';
  return text;
}

}  // namespace holdfast
