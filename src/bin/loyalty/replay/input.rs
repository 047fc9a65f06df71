//! Reading events line by line: plain or compressed, from a file or from standard input.

use crate::screen::Failure;
use flate2::read::MultiGzDecoder;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use loyalty_rules::Event;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};

/// Bytes of one line at most. A longer one is skipped and reported.
const LINE_MOST: u64 = 16 * 1024 * 1024;
/// The first two bytes of gzip.
const GZIP: [u8; 2] = [0x1f, 0x8b];
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Events of a file, one on each line.
pub(crate) struct Input {
    path: String,
    lines: Box<dyn BufRead>,
    buffer: Vec<u8>,
    number: u64,
    /// How much of the file was read; hidden unless standard error is a terminal.
    pub(crate) progress: ProgressBar,
}

/// One line.
pub(crate) struct Line {
    /// Counted from 1.
    pub(crate) number: u64,
    /// The event, or why there is none.
    pub(crate) event: Result<Event, String>,
}

impl Input {
    /// Opens a file; `-` is standard input.
    pub(crate) fn open(path: &str, quiet: bool) -> Result<Self, Failure> {
        let fail = |error: io::Error| Failure::of("read", path, error);
        let (progress, bytes): (ProgressBar, Box<dyn Read>) = if path == "-" {
            (ProgressBar::hidden(), Box::new(io::stdin().lock()))
        } else {
            let file = File::open(path).map_err(fail)?;
            let progress =
                if quiet { ProgressBar::hidden() } else { bar(file.metadata().map_err(fail)?.len()) };
            (progress.clone(), Box::new(progress.wrap_read(file)))
        };
        let lines = decoded(bytes).map_err(fail)?;
        Ok(Self { path: path.to_owned(), lines, buffer: Vec::new(), number: 0, progress })
    }

    /// The next line that is not empty; `None` at the end.
    pub(crate) fn next_line(&mut self) -> Result<Option<Line>, Failure> {
        loop {
            self.buffer.clear();
            let read = (&mut self.lines)
                .take(LINE_MOST)
                .read_until(b'\n', &mut self.buffer)
                .map_err(|error| Failure::of("read", &self.path, error))?;
            if read == 0 {
                return Ok(None);
            }
            self.number += 1;
            let number = self.number;
            if read as u64 == LINE_MOST && !self.buffer.ends_with(b"\n") {
                self.skip_line()?;
                let event = Err(format!("the line is longer than {LINE_MOST} bytes"));
                return Ok(Some(Line { number, event }));
            }
            let text = self.buffer.strip_prefix(BYTE_ORDER_MARK).filter(|_| number == 1);
            let text = text.unwrap_or(&self.buffer).trim_ascii();
            if !text.is_empty() {
                let event = serde_json::from_slice(text).map_err(|error| reason(&error));
                return Ok(Some(Line { number, event }));
            }
        }
    }

    fn skip_line(&mut self) -> Result<(), Failure> {
        self.lines.skip_until(b'\n').map(|_| ()).map_err(|error| Failure::of("read", &self.path, error))
    }
}

/// What serde_json says, without its line, which is always the first.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rsplit_once(" at line 1 column ") {
        Some((what, column)) => format!("{what} (column {column})"),
        None => text,
    }
}

/// Unpacks what is compressed, whatever the file is called.
fn decoded(mut bytes: Box<dyn Read>) -> io::Result<Box<dyn BufRead>> {
    let mut head = Vec::with_capacity(GZIP.len());
    bytes.by_ref().take(GZIP.len() as u64).read_to_end(&mut head)?;
    let packed = head == GZIP;
    let all = Cursor::new(head).chain(bytes);
    Ok(if packed {
        Box::new(BufReader::with_capacity(1 << 16, MultiGzDecoder::new(BufReader::new(all))))
    } else {
        Box::new(BufReader::with_capacity(1 << 16, all))
    })
}

fn bar(length: u64) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr());
    match ProgressStyle::with_template("{bar:40} {percent:>3}%  {bytes} of {total_bytes}  {eta} left") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
