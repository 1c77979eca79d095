import type { RefundState } from "@payonce/domain";
import type { Colour } from "../terminal/look.ts";

const COLOURS: Partial<Record<RefundState, Colour>> = {
  unknown: "yellow",
  dead_lettered: "red",
  succeeded: "green",
  failed: "dim",
  canceled: "dim",
};

export function colourOfRefund(state: RefundState): Colour | undefined {
  return COLOURS[state];
}
