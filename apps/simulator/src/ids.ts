import { randomBytes } from "node:crypto";

/** A new id in Stripe's form, such as `pi_` and 24 characters. */
export function newId(prefix: "pi" | "ch" | "re" | "req" | "due" | "evt"): string {
  return `${prefix}_${randomText()}`;
}

/** 24 characters nobody can guess. */
export function randomText(): string {
  return randomBytes(12).toString("hex");
}
