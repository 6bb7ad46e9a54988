// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/wasi/interfaces/interface.hpp"
#include "holdfast/wasi/interfaces/link.hpp"
#include "holdfast/wasi/io/io_error.hpp"
#include "holdfast/wasi/io/pollable.hpp"
#include "holdfast/wasi/io/streams.hpp"

namespace holdfast::wasi {
namespace {

void link_input_stream(Linker::InstanceBuilder& streams) {
  streams.resource<InputStream>("input-stream")
      .func("[method]input-stream.read", &InputStream::read)
      .func("[method]input-stream.blocking-read",
            [](Caller& caller, InputStream& self, std::uint64_t length) { return self.blocking_read(caller, length); })
      .func("[method]input-stream.skip", &InputStream::skip)
      .func("[method]input-stream.blocking-skip",
            [](Caller& caller, InputStream& self, std::uint64_t length) { return self.blocking_skip(caller, length); })
      .func("[method]input-stream.subscribe", &InputStream::subscribe);
}

void link_output_stream(Linker::InstanceBuilder& streams) {
  using Bytes = std::span<const std::uint8_t>;
  streams.resource<OutputStream>("output-stream")
      .func("[method]output-stream.check-write", &OutputStream::check_write)
      .func("[method]output-stream.write", &OutputStream::write)
      .func(
          "[method]output-stream.blocking-write-and-flush",
          [](Caller& caller, OutputStream& self, Bytes bytes) { return self.blocking_write_and_flush(caller, bytes); })
      .func("[method]output-stream.flush", &OutputStream::flush)
      .func("[method]output-stream.blocking-flush",
            [](Caller& caller, OutputStream& self) { return self.blocking_flush(caller); })
      .func("[method]output-stream.subscribe", &OutputStream::subscribe)
      .func("[method]output-stream.write-zeroes", &OutputStream::write_zeroes)
      .func("[method]output-stream.blocking-write-zeroes-and-flush",
            [](Caller& caller, OutputStream& self, std::uint64_t length) {
              return self.blocking_write_zeroes_and_flush(caller, length);
            })
      .func("[method]output-stream.splice", &OutputStream::splice)
      .func("[method]output-stream.blocking-splice",
            [](Caller& caller, OutputStream& self, InputStream& source, std::uint64_t length) {
              return self.blocking_splice(caller, source, length);
            });
}

}  // namespace

void link_io(Linker& linker) {
  define_interface(linker, "io/error")
      .resource<IoError>("error")
      .func("[method]error.to-debug-string", [](const IoError& self) { return self.message(); });
  define_interface(linker, "io/poll")
      .resource<Pollable>("pollable")
      .func("[method]pollable.ready", &Pollable::ready)
      .func("[method]pollable.block",
            [](Caller& caller, Pollable& self) { return wait_until_ready(caller, self.waitable()); })
      .func("poll", &poll);
  auto streams = define_interface(linker, "io/streams");
  link_input_stream(streams);
  link_output_stream(streams);
}

}  // namespace holdfast::wasi
