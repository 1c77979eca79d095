/**
 * Says when something may not be sent any more. Two clocks, and the one that has gone further counts: the steady one stands
 * still while the machine sleeps, and the wall clock can be set back.
 *
 * @param openMs for so long from now on it may
 */
export function openSendWindow(openMs: number): { isOver(): boolean; leftMs(): number } {
  const started = { steady: performance.now(), wall: Date.now() };
  const leftMs = () => openMs - Math.max(performance.now() - started.steady, Date.now() - started.wall);
  return { isOver: () => leftMs() <= 0, leftMs };
}
