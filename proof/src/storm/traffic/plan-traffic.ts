import type { Random } from "../random.ts";
import { badRequest } from "./bad-request.ts";
import { cancel } from "./cancel.ts";
import { doubleClick } from "./double-click.ts";
import { fromAPage } from "./from-a-page.ts";
import { otherBody } from "./other-body.ts";
import { pay } from "./pay.ts";
import { refund } from "./refund.ts";
import { twoTabs } from "./two-tabs.ts";
import type { VisitKind } from "./visit.ts";

export const VISIT_KINDS: readonly VisitKind[] = [
  pay,
  doubleClick,
  twoTabs,
  otherBody,
  cancel,
  refund,
  fromAPage,
  badRequest,
];

export interface PlannedVisit {
  /** Also the name of its source of chance. */
  name: string;
  atMs: number;
  kind: VisitKind;
  /** Which of the tenants. */
  tenant: number;
}

export interface TrafficOptions {
  seconds: number;
  ratePerSecond: number;
  /** How many there are. */
  tenants: number;
  /** Who may come; everybody where not said. */
  kinds?: readonly VisitKind[];
}

/** Who comes when: follows from the seed alone. */
export function planTraffic(
  random: Random,
  { seconds, ratePerSecond, tenants, kinds = VISIT_KINDS }: TrafficOptions,
): PlannedVisit[] {
  const draws = kinds.flatMap((kind) => Array.from({ length: kind.weight }, () => kind));
  const count = Math.round(seconds * ratePerSecond);
  return Array.from({ length: count }, (_, i) => {
    const kind = random.pick(draws);
    const atMs = random.between(0, seconds * 1_000);
    return { name: `visit-${i}-${kind.name}`, atMs, kind, tenant: random.between(0, tenants - 1) };
  }).sort((a, b) => a.atMs - b.atMs);
}
