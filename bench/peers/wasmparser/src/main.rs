// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Benchmarks reading and validating the component layer with the crate `wasmparser`. Of core modules it reads only what
// their imports and exports need; like Holdfast it skips code, data and elements by their size.
// peer_wasmparser --who=NAME FILE…
use harness::Harness;
use wasmparser::{Parser, Payload, Result, Validator};

fn validate(bytes: &[u8]) -> Result<()> {
    let mut validator = Validator::new();
    let mut parser = Parser::new(0);
    let mut outer = Vec::new();
    let mut rest = bytes;
    loop {
        let (consumed, payload) = match parser.parse(rest, true)? {
            wasmparser::Chunk::Parsed { consumed, payload } => (consumed, payload),
            wasmparser::Chunk::NeedMoreData(_) => unreachable!("the input is complete"),
        };
        rest = &rest[consumed..];
        match &payload {
            Payload::CodeSectionStart { size, .. } => {
                parser.skip_section();
                rest = &rest[*size as usize..];
            }
            Payload::DataSection(_) | Payload::ElementSection(_) | Payload::StartSection { .. } => {}
            Payload::ModuleSection { parser: inner, .. } | Payload::ComponentSection { parser: inner, .. } => {
                validator.payload(&payload)?;
                outer.push(std::mem::replace(&mut parser, inner.clone()));
            }
            Payload::End(_) => {
                validator.payload(&payload)?;
                match outer.pop() {
                    Some(parent) => parser = parent,
                    None => return Ok(()),
                }
            }
            _ => {
                validator.payload(&payload)?;
            }
        }
    }
}

fn main() {
    let mut harness = Harness::from_arguments();
    for file in harness.files.clone() {
        let bytes = std::fs::read(&file).expect("cannot read the file");
        let name = file.file_stem().expect("a path of a file").to_string_lossy();
        validate(&bytes).expect("the component is valid");
        harness.measure(&format!("validate {name}"), 1, |n| {
            for _ in 0..n {
                std::hint::black_box(validate(std::hint::black_box(&bytes))).expect("the component is valid");
            }
        });
    }
    harness.finish();
}
