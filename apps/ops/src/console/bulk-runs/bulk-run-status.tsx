import type { BulkRun } from "@payonce/db/operations";
import { Badge } from "../elements/badge.tsx";

const WORDS = {
  running: { label: "Running", tone: "info", icon: "bolt" },
  aborted: { label: "Aborted", tone: "warn", icon: "pause" },
  finished: { label: "Finished", tone: "good", icon: "check" },
} as const;

export function BulkRunStatus({ status }: Pick<BulkRun, "status">) {
  const { label, tone, icon } = WORDS[status];
  return (
    <Badge tone={tone} icon={icon}>
      {label}
    </Badge>
  );
}
