//! The logo of documents: read by content, never by name, and encoded anew (ST-26, S-62).

use std::io::Cursor;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::{DynamicImage, ImageFormat, ImageReader, Limits};

/// Largest file in bytes.
const BYTES: usize = 1024 * 1024;
/// Largest width and height in pixels.
const PIXELS: u32 = 4000;
/// Memory the decoder may take: the largest picture with 16 bits a channel.
const MEMORY: u64 = 160 * 1024 * 1024;
/// Kept width and height: 60 x 20 mm at 600 dots an inch.
const KEPT: (u32, u32) = (1440, 480);

/// The PNG that is kept, as a data URL, or the code and sentence of what is wrong with the entered data URL.
pub(super) fn reencoded(entered: &str) -> Result<String, (&'static str, String)> {
    let wrong = |code, detail: &str| (code, detail.to_owned());
    let form = || wrong("logo_invalid", "Send the file as a data URL.");
    let encoded = entered
        .strip_prefix("data:")
        .and_then(|rest| rest.split_once(";base64,"));
    let (_, encoded) = encoded.ok_or_else(form)?;
    // Four characters of base64 stand for three bytes.
    if encoded.len().div_ceil(4).saturating_mul(3) > BYTES.saturating_add(3) {
        return Err(wrong("logo_too_large", "Use a file of at most 1 MiB."));
    }
    let bytes = STANDARD.decode(encoded).map_err(|_| form())?;
    if bytes.len() > BYTES {
        return Err(wrong("logo_too_large", "Use a file of at most 1 MiB."));
    }
    let Ok(format @ (ImageFormat::Png | ImageFormat::Jpeg)) = image::guess_format(&bytes) else {
        return Err(wrong("logo_format", "Use a PNG or JPEG file."));
    };
    let picture = decoded(&bytes, format)?;
    let mut size = KEPT;
    loop {
        let png = encoded_within(&picture, size).map_err(|_| wrong("logo_invalid", "The picture cannot be read."))?;
        if png.len() <= BYTES {
            return Ok(format!("data:image/png;base64,{}", STANDARD.encode(png)));
        }
        // A photograph may grow as PNG; at a quarter of the pixels it is below the limit whatever it shows.
        size = (size.0.div_euclid(2), size.1.div_euclid(2));
    }
}

fn encoded_within(picture: &DynamicImage, (width, height): (u32, u32)) -> Result<Vec<u8>, image::ImageError> {
    let mut png = Cursor::new(Vec::new());
    if picture.width() > width || picture.height() > height {
        picture.thumbnail(width, height).write_to(&mut png, ImageFormat::Png)?;
    } else {
        picture.write_to(&mut png, ImageFormat::Png)?;
    }
    Ok(png.into_inner())
}

/// The bytes of a kept logo.
pub(super) fn bytes(kept: &str) -> Option<Vec<u8>> {
    STANDARD.decode(kept.strip_prefix("data:image/png;base64,")?).ok()
}

fn decoded(bytes: &[u8], format: ImageFormat) -> Result<DynamicImage, (&'static str, String)> {
    let unreadable = |_| ("logo_invalid", "The picture cannot be read.".to_owned());
    let (width, height) = ImageReader::with_format(Cursor::new(bytes), format)
        .into_dimensions()
        .map_err(unreadable)?;
    if width > PIXELS || height > PIXELS {
        return Err((
            "logo_too_many_pixels",
            format!("Use at most {PIXELS} x {PIXELS} pixels."),
        ));
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(PIXELS);
    limits.max_image_height = Some(PIXELS);
    limits.max_alloc = Some(MEMORY);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    reader.decode().map_err(unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(width: u32, height: u32, format: ImageFormat) -> String {
        let mut bytes = Cursor::new(Vec::new());
        DynamicImage::new_rgb8(width, height)
            .write_to(&mut bytes, format)
            .unwrap();
        // The name says PNG whatever the content is.
        format!("data:image/png;base64,{}", STANDARD.encode(bytes.into_inner()))
    }

    fn size(logo: &str) -> (u32, u32) {
        let bytes = STANDARD
            .decode(logo.strip_prefix("data:image/png;base64,").unwrap())
            .unwrap();
        assert_eq!(image::guess_format(&bytes).unwrap(), ImageFormat::Png);
        let picture = image::load_from_memory(&bytes).unwrap();
        (picture.width(), picture.height())
    }

    #[test]
    fn s_62_a_png_and_a_jpeg_are_kept_as_png_whatever_their_name() {
        assert_eq!(
            size(&reencoded(&picture(120, 40, ImageFormat::Png)).unwrap()),
            (120, 40)
        );
        assert_eq!(
            size(&reencoded(&picture(120, 40, ImageFormat::Jpeg)).unwrap()),
            (120, 40)
        );
        assert_eq!(
            size(&reencoded(&picture(2880, 960, ImageFormat::Jpeg)).unwrap()),
            (1440, 480)
        );
    }

    #[test]
    fn s_62_anything_else_is_refused_by_code() {
        let code = |entered: &str| reencoded(entered).unwrap_err().0;
        let svg = STANDARD.encode("<svg xmlns='http://www.w3.org/2000/svg'/>");
        assert_eq!(code(&format!("data:image/png;base64,{svg}")), "logo_format");
        assert_eq!(code("https://example.org/logo.png"), "logo_invalid");
        assert_eq!(code("data:image/png;base64,***"), "logo_invalid");
        let large = STANDARD.encode(vec![0; BYTES + 1]);
        assert_eq!(code(&format!("data:image/png;base64,{large}")), "logo_too_large");
        assert_eq!(code(&picture(4001, 1, ImageFormat::Png)), "logo_too_many_pixels");
        let cut = STANDARD.encode(b"\x89PNG\r\n\x1a\n then nothing");
        assert_eq!(code(&format!("data:image/png;base64,{cut}")), "logo_invalid");
    }
}
