/** `info` is neither good nor bad; `unchecked` could not be looked at, and says why. Only `failed` fails the command. */
export type Status = "ok" | "info" | "warning" | "failed" | "unchecked";

/** What a check saw. */
export interface Finding {
  status: Status;
  /** In a sentence or two. */
  found: string;
  /** What to do about it. */
  fix?: string;
}

export interface Check {
  name: string;
  run(): Promise<Finding>;
}

/** Thrown by what a check stands on when that is not there: it then says so itself, once. */
export class Unchecked extends Error {}

export const ok = (found: string): Finding => ({ status: "ok", found });
export const info = (found: string): Finding => ({ status: "info", found });
export const warning = (found: string, fix: string): Finding => ({ status: "warning", found, fix });
export const failed = (found: string, fix: string): Finding => ({ status: "failed", found, fix });
export const unchecked = (found: string): Finding => ({ status: "unchecked", found });
