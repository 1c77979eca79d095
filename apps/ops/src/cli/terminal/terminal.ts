/** Where a command reads and writes. The process's own in `main.ts`; a test brings its own. */
export interface Terminal {
  env: NodeJS.ProcessEnv;
  stdin: NodeJS.ReadableStream & { isTTY?: boolean; setRawMode?(isRaw: boolean): unknown };
  stdout: Output;
  stderr: Output;
  /** Calls the listener at Ctrl-C, instead of ending the process, until the returned function is called. */
  onInterrupt(listener: () => void): () => void;
}

export interface Output {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}
