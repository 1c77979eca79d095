/** Runs one named step and shows how long it takes; `detail` is said behind the title once it is done. */
export function step<T>(title: string, work: () => Promise<T>, detail?: (result: T) => string): Promise<T>;
/** Writes one line, also while a step is being shown. */
export function say(line: string): void;
