import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, readSync, writeSync } from "node:fs";
import { dirname } from "node:path";

const READ_CHUNK_BYTES = 1024 * 1024;
const LINE_FEED = 0x0a;

/** An append-only file of JSON lines. What was appended is there after a SIGKILL, whole or not at all. */
export type Journal = {
  /** Writes one line before it returns; throws, with the file as it was, when the disk refuses. */
  append(entry: unknown): void;
  close(): void;
};

/**
 * Opens the journal at `path`, making it where needed, and hands every line it holds to `replay`, oldest first.
 *
 * A last line without its line feed is a write that a crash cut short: nobody was answered on it, so it is cut off. Any
 * other unreadable line throws, since going on without it could lose a charge.
 */
export function openJournal(path: string, replay: (entry: unknown) => void): Journal {
  mkdirSync(dirname(path), { recursive: true });
  const fd = openSync(path, "a+");
  let sizeBytes = 0;
  try {
    sizeBytes = replayWholeLines(fd, path, replay);
    if (fstatSync(fd).size > sizeBytes) ftruncateSync(fd, sizeBytes);
  } catch (error) {
    closeSync(fd);
    throw error;
  }

  let closed = false;
  return {
    append(entry) {
      // The number of a closed file is soon another file's.
      if (closed) throw new Error(`${path} is closed`);
      const line = Buffer.from(`${JSON.stringify(entry)}\n`);
      try {
        // The page cache outlives the process, so no fsync: this has to survive SIGKILL, not a power cut.
        for (let written = 0; written < line.length; ) written += writeSync(fd, line, written);
      } catch (error) {
        // A full disk can take half a line. The next append would continue it and make both unreadable.
        ftruncateSync(fd, sizeBytes);
        throw error;
      }
      sizeBytes += line.length;
    },
    close() {
      closed = true;
      closeSync(fd);
    },
  };
}

/** Returns the length in bytes of all lines that end in a line feed. */
function replayWholeLines(fd: number, path: string, replay: (entry: unknown) => void): number {
  const chunk = Buffer.allocUnsafe(READ_CHUNK_BYTES);
  let pending = Buffer.alloc(0);
  let readBytes = 0;
  let lineNumber = 0;
  for (;;) {
    const count = readSync(fd, chunk, 0, chunk.length, readBytes);
    if (count === 0) return readBytes - pending.length;
    readBytes += count;
    pending = Buffer.concat([pending, chunk.subarray(0, count)]);
    let start = 0;
    for (let end = pending.indexOf(LINE_FEED); end !== -1; end = pending.indexOf(LINE_FEED, start)) {
      lineNumber += 1;
      replayLine(pending.toString("utf8", start, end), `${path} line ${lineNumber}`, replay);
      start = end + 1;
    }
    pending = pending.subarray(start);
  }
}

function replayLine(line: string, where: string, replay: (entry: unknown) => void): void {
  try {
    replay(JSON.parse(line));
  } catch (error) {
    throw new Error(`${where}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
