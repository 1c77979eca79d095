import { readFileSync } from "node:fs";

// Loaded into a process of the storm before anything of its own (`node --import`): its clock is off by as many milliseconds
// as a file says, and jumps when that changes. Postgres and the monotonic clock go right.

const LOOK_EVERY_MS = 200;

const file = process.env.PAYONCE_SKEW_FILE;
const RealDate = Date;
let offMs = 0;

function look(): void {
  try {
    offMs = Number(readFileSync(file as string, "utf8")) || 0;
  } catch {
    offMs = 0;
  }
}

class SkewedDate extends RealDate {
  constructor(...args: []) {
    if (args.length === 0) super(RealDate.now() + offMs);
    else super(...(args as []));
  }
  static override now(): number {
    return RealDate.now() + offMs;
  }
}

if (file !== undefined) {
  look();
  setInterval(look, LOOK_EVERY_MS).unref();
  globalThis.Date = SkewedDate as DateConstructor;
}
