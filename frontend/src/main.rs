//! The entry of the WebAssembly module.

fn main() {
    cms_frontend::start();
}
