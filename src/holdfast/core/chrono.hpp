// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Clocks, time points and durations of the standard library, for headers that many files include. In libstdc++,
// <chrono> also brings calendars, time zones and streams, which cost each file half a second; its own headers include
// the smaller part of it that is named here. Other standard libraries get all of <chrono>.
#pragma once

#if __has_include(<bits/chrono.h>)
#include <bits/chrono.h>
#else
#include <chrono>
#endif
