import { ANOMALY_RESOLUTIONS, type Anomaly, type AnomalyResolution, listAnomalies } from "@payonce/db/operations";
import { type Command, Option } from "commander";
import { resolveAnomaly } from "../actions/resolve-anomaly.ts";
import { toAnomaly } from "../api/anomalies/anomaly-resource.ts";
import type { Cli } from "./cli.ts";
import { addGroup, addLeaf } from "./leaf.ts";
import { listAnswer } from "./list-answer.ts";
import { idArgument, limitOption, reasonOption } from "./options.ts";
import type { Column } from "./terminal/table.ts";
import { shortTime } from "./terminal/words.ts";

const OPEN_COLUMNS: readonly Column<Anomaly>[] = [
  { title: "ID", value: ({ id }) => id },
  { title: "OPENED", value: ({ openedAt }) => shortTime(openedAt) },
  { title: "KIND", value: ({ kind }) => kind },
  { title: "PAYMENT", value: ({ paymentId }) => paymentId },
  { title: "OBJECT", value: ({ providerObjectId }) => providerObjectId },
];

const RESOLVED_COLUMNS: readonly Column<Anomaly>[] = [
  ...OPEN_COLUMNS,
  { title: "RESOLVED", value: ({ resolvedAt }) => shortTime(resolvedAt) },
  { title: "AS", value: ({ resolution }) => resolution },
];

/** `payonce anomalies …` */
export function addAnomalies(program: Command, cli: Cli): void {
  const anomalies = addGroup(program, "anomalies", "What contradicts what we hold to be true: a person looks");

  addLeaf<[], { resolved?: boolean; limit: number }>(anomalies, cli, {
    name: "list",
    summary: "List open anomalies, the newest first",
    details: "The evidence is in --json, and in payments show.",
    examples: ["anomalies list", "anomalies list --resolved --limit 10"],
    options: [new Option("--resolved", "those that are resolved instead"), limitOption()],
    run: async (_values, { resolved = false, limit }) => {
      const page = await listAnomalies(cli.pool(), { isOpen: !resolved, limit });
      const columns = resolved ? RESOLVED_COLUMNS : OPEN_COLUMNS;
      const nothing = resolved ? "None is resolved." : "None is open.";
      return listAnswer({ columns, rows: page.anomalies, hasMore: page.hasMore, toResource: toAnomaly, nothing });
    },
  });

  addLeaf<[string], { resolution: AnomalyResolution; reason: string }>(anomalies, cli, {
    name: "resolve",
    summary: "Close an anomaly that was dealt with; changes no payment",
    examples: [
      'anomalies resolve ano_01m814esw7e00bgbyj9j5g8yxa --resolution refunded --reason "Refunded by hand, re_3Q9x"',
    ],
    arguments: [idArgument("ano", "anomaly", "the anomaly's id, as anomalies list shows it")],
    options: [
      new Option("--resolution <how>", "how it was dealt with").choices(ANOMALY_RESOLUTIONS).makeOptionMandatory(),
      reasonOption(),
    ],
    run: async ([id], options) => {
      const resolved = await resolveAnomaly(cli.pool(), cli.actor, id, options);
      const { id: object, resolution, resolvedAt } = resolved;
      return {
        json: { id: object, object: "anomaly", resolution, resolved_at: resolvedAt },
        text: () => `${id} is resolved as ${resolution}.\n`,
      };
    },
  });
}
