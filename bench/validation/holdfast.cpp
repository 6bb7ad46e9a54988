// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Benchmarks reading and validating the component layer in Holdfast. Of core modules it reads only imports and exports.
// validation_holdfast --work=DIR FILE…: also writes DIR/synthetic.wasm and validates that.
#include "holdfast/component/binary/reader.hpp"
#include "holdfast/component/validate/validated_component.hpp"
#include "holdfast/engine/engine.hpp"
#include "support/program.hpp"
#include "validation/synthetic.hpp"

namespace {

using namespace holdfast;
using namespace holdfast::bench;

void validate(benchmark::State& state, const std::string& bytes) {
  const auto span = std::as_bytes(std::span(bytes));
  std::size_t core = 0;
  const auto valid = need(component::validate_component(component::read_component_prefix(span)));
  for (const component::syntax::CoreModule* module : valid.core_modules()) core += module->bytes.size;
  for (auto _ : state) {
    benchmark::DoNotOptimize(need(component::validate_component(component::read_component_prefix(span))));
  }
  // bench/report.py turns this into a rate.
  state.counters["component_layer_bytes"] = static_cast<double>(bytes.size() - core);
}

}  // namespace

int main(int argc, char** argv) {
  Options options = parse_options(argc, argv);
  const auto synthetic = need(engine::text_to_binary(synthetic_component(200)));
  options.files.insert(options.files.begin(), options.work / "synthetic.wasm");
  write_file(options.files.front(), {reinterpret_cast<const char*>(synthetic.data()), synthetic.size()});

  for (const auto& file : options.files) {
    const std::string name = "validate " + file.stem().string() + "|" + options.who;
    benchmark::RegisterBenchmark(name.c_str(), validate, read_file(file));
  }
  return run_all();
}
