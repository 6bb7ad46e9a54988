// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Measures like google-benchmark, and writes the part of its output that bench/report.py reads. Accepts the same
// options: --benchmark_min_time, --benchmark_repetitions, --benchmark_filter (a part of the name), --benchmark_out.
use std::path::PathBuf;
use std::time::Duration;

/// The processor time that this thread has used.
fn thread_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

pub struct Harness {
    pub who: String,
    pub components: PathBuf,
    pub work: PathBuf,
    pub concurrency: bool,
    pub files: Vec<PathBuf>,
    min_time: Duration,
    repetitions: u32,
    filter: String,
    out: PathBuf,
    entries: Vec<String>,
}

impl Harness {
    pub fn from_arguments() -> Harness {
        let mut harness = Harness {
            who: "peer".into(),
            components: PathBuf::new(),
            work: PathBuf::new(),
            concurrency: true,
            files: Vec::new(),
            min_time: Duration::from_millis(500),
            repetitions: 1,
            filter: String::new(),
            out: PathBuf::new(),
            entries: Vec::new(),
        };
        for argument in std::env::args().skip(1) {
            match argument.split_once('=') {
                Some(("--who", value)) => harness.who = value.into(),
                Some(("--components", value)) => harness.components = value.into(),
                Some(("--work", value)) => harness.work = value.into(),
                Some(("--concurrency", value)) => harness.concurrency = value == "on",
                Some(("--benchmark_min_time", value)) => {
                    harness.min_time = Duration::from_secs_f64(value.parse().expect("a number of seconds"))
                }
                Some(("--benchmark_repetitions", value)) => harness.repetitions = value.parse().expect("a number"),
                Some(("--benchmark_filter", value)) => harness.filter = value.into(),
                Some(("--benchmark_out", value)) => harness.out = value.into(),
                Some((option, _)) if option.starts_with("--") => panic!("unknown option {option}"),
                _ => harness.files.push(argument.into()),
            }
        }
        harness
    }

    /// Measures `operations(n)`, which performs n operations; n is a multiple of `step`.
    pub fn measure(&mut self, case: &str, step: u64, mut operations: impl FnMut(u64)) {
        if !case.contains(&self.filter) {
            return;
        }
        let mut time = |n: u64| {
            let start = thread_time();
            operations(n);
            thread_time() - start
        };
        let mut n = step;
        let mut spent = time(n);
        while spent < self.min_time {
            let factor = 1.4 * self.min_time.as_secs_f64() / spent.as_secs_f64().max(1e-9);
            n = (n as f64 * factor.clamp(1.5, 10.0)) as u64;
            n = n.div_ceil(step) * step;
            spent = time(n);
        }
        for repetition in 0..self.repetitions {
            if repetition > 0 {
                spent = time(n);
            }
            let nanoseconds = spent.as_secs_f64() * 1e9 / n as f64;
            println!("{case}|{}: {nanoseconds:.2} ns", self.who);
            self.entries.push(format!(
                "{{\"name\": \"{case}|{}\", \"run_type\": \"iteration\", \"cpu_time\": {nanoseconds}, \"time_unit\": \"ns\"}}",
                self.who
            ));
        }
    }

    pub fn finish(self) {
        if !self.out.as_os_str().is_empty() {
            let text = format!("{{\"benchmarks\": [\n{}\n]}}\n", self.entries.join(",\n"));
            std::fs::write(&self.out, text).expect("cannot write the results");
        }
    }
}
