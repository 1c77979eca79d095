/** Timers that are all stopped at once, and keep no process alive. */
export function createTimers() {
  const running = new Set<NodeJS.Timeout>();
  return {
    /** Returns what calls it off. */
    after(delayMs: number, run: () => void): () => void {
      const timer = setTimeout(() => {
        running.delete(timer);
        run();
      }, delayMs);
      timer.unref();
      running.add(timer);
      return () => {
        clearTimeout(timer);
        running.delete(timer);
      };
    },
    stop() {
      for (const timer of running) clearTimeout(timer);
      running.clear();
    },
  };
}
