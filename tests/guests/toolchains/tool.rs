// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//! A command that uses the usual parts of WASI and prints what it observes. Its counterparts in other languages print
//! the same.

use std::collections::hash_map::RandomState;
use std::env;
use std::fs::{self, OpenOptions};
use std::hash::{BuildHasher, Hasher};
use std::io::{self, BufRead, Write};
use std::time::{Duration, Instant};

fn append(path: &str, text: &str) {
    let mut file = OpenOptions::new().append(true).create(true).open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

fn choose(good: bool, yes: &'static str, no: &'static str) -> &'static str {
    if good { yes } else { no }
}

fn main() {
    println!("arguments: {}", env::args().skip(1).collect::<Vec<_>>().join(" "));
    println!("GREETING: {}", env::var("GREETING").unwrap_or_default());

    fs::create_dir_all("/data/made").unwrap();
    append("/data/made/first", "some ");
    append("/data/made/first", "text");
    fs::rename("/data/made/first", "/data/made/second").unwrap();
    println!("read back: {}", fs::read_to_string("/data/made/second").unwrap());
    println!("size: {}", fs::metadata("/data/made/second").unwrap().len());
    let mut names: Vec<String> =
        fs::read_dir("/data").unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    println!("names: {}", names.join(" "));
    println!("removed: {}", choose(fs::remove_dir_all("/data/made").is_ok(), "yes", "no"));
    println!("outside: {}", choose(fs::read("/data/../../../../etc/passwd").is_err(), "refused", "READ"));

    let before = Instant::now();
    std::thread::sleep(Duration::from_millis(20));
    println!("clock: {}", choose(before.elapsed() >= Duration::from_millis(20), "good", "bad"));
    let random = || RandomState::new().build_hasher().finish();
    println!("random: {}", choose(random() != 0, "good", "bad"));

    println!("lines of input: {}", io::stdin().lock().lines().count());
    eprintln!("to the other stream");
    std::process::exit(1);
}
