// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which proposals the validator lets through. What a switched-off proposal would be needed for is refused with its
// name. A plain value.
#pragma once

namespace holdfast::component {

struct Features {
  bool async = true;                ///< async functions, streams, futures, waitables, task.*, context.*
  bool async_stackful = true;       ///< async lifts without a callback
  bool more_async_builtins = true;  ///< synchronous stream.read, async subtask.cancel, …
  bool fixed_length_lists = true;
  bool map = true;
  bool implements = true;        ///< the attributes `implements` and `external-id` of names
  bool canonical_names = false;  ///< the attribute `versionsuffix` of names
  bool nested_names = false;     ///< a:b:c/d/e
  bool error_context = false;
  bool memory64 = false;   ///< 64-bit memories in canonical options, i64 resource representations
  bool gc = false;         ///< canonical options `gc` and `core-type`
  bool threading = false;  ///< thread.*, context slot 1
  bool shared_everything_threads = false;
  bool values = false;  ///< value imports and exports, start functions
};

}  // namespace holdfast::component
