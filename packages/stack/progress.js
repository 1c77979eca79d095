/** How often a long step says that it is still alive where lines cannot be rewritten (CI, a pipe). */
const heartbeatMs = 10_000;
/** A quicker step is worth no line of its own before it is done. */
const slowAfterMs = 2000;

/**
 * Runs one named step and shows how long it takes: on a terminal one line that updates itself, elsewhere a line when
 * the step turns out to be slow, one every ten seconds, and one at the end.
 *
 * @template T
 * @param {string} title what is being done, e.g. "Installing dependencies"
 * @param {() => Promise<T>} work
 * @param {(result: T) => string} [detail] said behind the title once done, e.g. "127.0.0.1:5432"
 * @returns {Promise<T>}
 */
export async function step(title, work, detail = () => "") {
  const startedAtMs = Date.now();
  const stopShowing = process.stdout.isTTY ? redrawLine(title, startedAtMs) : repeatLine(title, startedAtMs);
  let mark = "✗";
  let said = title;
  try {
    const result = await work();
    mark = "✓";
    said = [title, detail(result)].filter(Boolean).join(" · ");
    return result;
  } finally {
    stopShowing();
    process.stdout.write(`  ${mark} ${said.padEnd(58)} ${seconds(startedAtMs).padStart(7)}\n`);
  }
}

/**
 * Writes one line, also while a step is being shown.
 *
 * @param {string} line
 */
export function say(line) {
  process.stdout.write(`${process.stdout.isTTY ? "\r\x1b[2K" : ""}${line}\n`);
}

function redrawLine(title, startedAtMs) {
  const draw = () => process.stdout.write(`\r\x1b[2K  … ${title.padEnd(58)} ${seconds(startedAtMs).padStart(7)}`);
  draw();
  const timer = setInterval(draw, 100);
  return () => {
    clearInterval(timer);
    process.stdout.write("\r\x1b[2K");
  };
}

function repeatLine(title, startedAtMs) {
  let timer = setTimeout(() => {
    process.stdout.write(`  … ${title}\n`);
    timer = setInterval(() => process.stdout.write(`  … ${title}, ${seconds(startedAtMs)} so far\n`), heartbeatMs);
  }, slowAfterMs);
  // clearTimeout also clears an interval.
  return () => clearTimeout(timer);
}

function seconds(startedAtMs) {
  return `${((Date.now() - startedAtMs) / 1000).toFixed(1)} s`;
}
