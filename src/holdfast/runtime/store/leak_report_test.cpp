// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/runtime/store/leak_report.hpp"

#include <gtest/gtest.h>

namespace holdfast {
namespace {

using std::chrono_literals::operator""ms;

TEST(StoreReport, IsEmptyWhenNothingLeaked) { EXPECT_EQ(to_string(StoreReport()), ""); }

TEST(StoreReport, HasOneLineForEachLeakAndEachFailedDrop) {
  StoreReport report;
  report.leaks.push_back({"demo:store/kv/bucket", "plugin", 3, 7, true, {}, {}});
  report.leaks.push_back({"demo:store/kv/bucket", "plugin/inner", 1, 0, false, {}, {}});
  report.failed_drops.push_back(HostError(ErrorKind::trap, "unreachable").with_context("dropping blob"));
  EXPECT_EQ(to_string(report),
            "leaked: own handle 3 of demo:store/kv/bucket in plugin (rep 7)\n"
            "leaked: borrow handle 1 of demo:store/kv/bucket in plugin/inner (rep 0)\n"
            "failed drop: dropping blob: unreachable\n");
}

TEST(StoreReport, ShowsAgeAndOriginWhenKnown) {
  StoreReport report;
  report.leaks.push_back({"bucket", "plugin", 3, 7, true, "plugin: run", 1500ms});
  report.leaks.push_back({"bucket", "plugin", 4, 8, true, "", 0ms});
  EXPECT_EQ(to_string(report),
            "leaked: own handle 3 of bucket in plugin (rep 7), 1.500 s old, made in plugin: run\n"
            "leaked: own handle 4 of bucket in plugin (rep 8), 0.000 s old\n");
}

}  // namespace
}  // namespace holdfast
