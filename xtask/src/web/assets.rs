//! The files that are served: names with a hash of the content, and compressed copies beside them.

use std::fs;
use std::io::Write;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256, Sha384};

use crate::failure::{About, Outcome};

const FOLDER: &str = "assets";

/// One file below `assets/`.
#[derive(Debug, Clone)]
pub struct Asset {
    /// Its name below `assets/`.
    pub name: String,
    /// Its subresource integrity (S-41).
    pub integrity: String,
    content: Vec<u8>,
}

impl Asset {
    /// Its address on the site.
    pub fn address(&self) -> String {
        format!("/{FOLDER}/{}", self.name)
    }
}

/// All files below `assets/`.
#[derive(Debug, Default)]
pub struct Assets(Vec<Asset>);

/// What the files weigh, in bytes.
#[derive(Debug)]
pub struct Sizes {
    /// Name, plain size, size as Brotli.
    pub files: Vec<(String, usize, usize)>,
    /// The sum of the compressed sizes: everything is part of the first load.
    pub first_load: usize,
}

impl Assets {
    /// Adds a file whose name tells its content apart from every other.
    pub fn add_hashed(&mut self, stem: &str, extension: &str, content: Vec<u8>) -> Asset {
        let mut hash = hex::encode(Sha256::digest(&content));
        hash.truncate(16);
        self.add(format!("{stem}-{hash}.{extension}"), content)
    }

    /// Adds a file under its own name.
    pub fn add(&mut self, name: String, content: Vec<u8>) -> Asset {
        let integrity = format!("sha384-{}", STANDARD.encode(Sha384::digest(&content)));
        let asset = Asset {
            name,
            integrity,
            content,
        };
        self.0.push(asset.clone());
        asset
    }

    /// Writes the files and the document into an empty folder, then puts that folder in the place of the old one.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write(&self, folder: &Path, page: &str) -> Outcome<Sizes> {
        let fresh = folder.with_extension("new");
        remove(&fresh)?;
        let mut sizes = Sizes {
            files: Vec::new(),
            first_load: 0,
        };
        let assets = self
            .0
            .iter()
            .map(|asset| (format!("{FOLDER}/{}", asset.name), asset.content.as_slice()));
        for (name, content) in assets.chain([("index.html".to_owned(), page.as_bytes())]) {
            let path = fresh.join(&name);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent).about(parent.display())?;
            }
            let (gzip, brotli) = match compressed_before(folder, &name, content) {
                Some(before) => before,
                None => (gzip_of(content)?, brotli_of(content)?),
            };
            write(&path, content)?;
            write(&fresh.join(format!("{name}.gz")), &gzip)?;
            write(&fresh.join(format!("{name}.br")), &brotli)?;
            sizes.first_load = sizes.first_load.saturating_add(brotli.len());
            sizes.files.push((name, content.len(), brotli.len()));
        }
        remove(folder)?;
        fs::rename(&fresh, folder).about(folder.display())?;
        Ok(sizes)
    }
}

/// The compressed copies that an earlier run made of the same content: to compress the module takes many seconds.
fn compressed_before(folder: &Path, name: &str, content: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let read = |name: String| fs::read(folder.join(name)).ok();
    if read(name.to_owned())? != content {
        return None;
    }
    Some((read(format!("{name}.gz"))?, read(format!("{name}.br"))?))
}

fn remove(folder: &Path) -> Outcome {
    if folder.exists() {
        fs::remove_dir_all(folder).about(folder.display())
    } else {
        Ok(())
    }
}

fn write(path: &Path, content: &[u8]) -> Outcome {
    fs::write(path, content).about(path.display())
}

fn brotli_of(content: &[u8]) -> Outcome<Vec<u8>> {
    let mut compressed = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut compressed, 64 * 1024, 11, 24);
    writer.write_all(content)?;
    writer.flush()?;
    drop(writer);
    Ok(compressed)
}

fn gzip_of(content: &[u8]) -> Outcome<Vec<u8>> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::best());
    writer.write_all(content)?;
    Ok(writer.finish()?)
}
