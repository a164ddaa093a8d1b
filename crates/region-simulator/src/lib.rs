//! region-simulator
