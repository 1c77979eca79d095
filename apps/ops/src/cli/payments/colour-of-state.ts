import type { PaymentState } from "@payonce/domain";
import type { Colour } from "../terminal/look.ts";

const COLOURS: Partial<Record<PaymentState, Colour>> = {
  unknown: "yellow",
  dead_lettered: "red",
  succeeded: "green",
  declined: "dim",
  canceled: "dim",
};

export function colourOfState(state: PaymentState): Colour | undefined {
  return COLOURS[state];
}
