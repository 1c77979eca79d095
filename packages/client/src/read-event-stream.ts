/**
 * Reads server-sent events as they come. Half a frame at the end does not count.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 *
 * @param onData told the data of each event; reading ends when it answers true
 * @param onBytes told whenever anything comes, heartbeats too
 */
export async function readEventStream(
  body: ReadableStream<Uint8Array>,
  onData: (data: string) => boolean,
  onBytes: () => void,
): Promise<void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    onBytes();
    const frames = (rest + decoder.decode(value, { stream: true })).split(/\r?\n\r?\n/);
    rest = frames.pop() ?? "";
    for (const frame of frames) {
      const lines = frame.split(/\r?\n/).filter((line) => line.startsWith("data:"));
      if (lines.length && onData(lines.map((line) => line.slice(5)).join("\n"))) return;
    }
  }
}
