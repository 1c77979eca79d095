import type { Plan } from "../plan.ts";
import type { SideResult } from "../run-side.ts";

export interface ReportInput {
  plan: Plan;
  naive: SideResult;
  payonce: SideResult;
  providerTimeoutMs: number;
  tookMs: number;
}

export function renderReport(input: ReportInput): string {
  return JSON.stringify(input, (_key, value) => (value instanceof Map ? [...value] : value));
}
