import { idSchema } from "@payonce/domain";
import { Argument, type Command } from "commander";
import { z } from "zod";
import { disableEndpoint, enableEndpoint } from "../../actions/change-endpoint.ts";
import { redeliverAll, redeliverOne } from "../../actions/redeliver-webhooks.ts";
import { toEndpointChange } from "../../api/webhooks/change-endpoint.ts";
import { toRedeliveries } from "../../api/webhooks/redeliver-all.ts";
import { toRedelivery } from "../../api/webhooks/redeliver-one.ts";
import type { Answer } from "../answer.ts";
import type { Cli } from "../cli.ts";
import { addLeaf } from "../leaf.ts";
import { idArgument, parserOf, reasonOption } from "../options.ts";

const endpointId = () => idArgument("whe", "endpoint", "the endpoint's id, as webhooks endpoints shows it");

const what = "must be an id that starts with whd_, of a delivery, or with whe_, of an endpoint";
const target = z.union([idSchema("whd"), idSchema("whe")], what);

export function addRedeliver(webhooks: Command, cli: Cli): void {
  addLeaf<[string], { reason: string }>(webhooks, cli, {
    name: "redeliver",
    summary: "Send a delivery again, or all that an endpoint was not told",
    details: `Of an endpoint, all deliveries that were given up, 10,000 at a time. A notifier sends them in the background. What
is under way already is left alone.`,
    examples: [
      'webhooks redeliver whd_01m814esw7e00bgbyj9j5g8yxa --reason "Their server is up again"',
      'webhooks redeliver whe_01m814esw7e00bgbyj9j5g8yxa --reason "Their server is up again"',
    ],
    arguments: [
      new Argument("<delivery-or-endpoint>", "the delivery's id, or the endpoint's").argParser(parserOf(target)),
    ],
    options: [reasonOption()],
    run: ([id], { reason }) => (id.startsWith("whd_") ? one(cli, id, reason) : all(cli, id, reason)),
  });
}

async function one(cli: Cli, id: string, reason: string): Promise<Answer> {
  const done = await redeliverOne(cli.pool(), cli.actor, id, { reason });
  const text = done.changed ? "is on its way again" : "is under way already: nothing was done";
  return { json: toRedelivery(done), text: () => `${id} ${text}.\n` };
}

async function all(cli: Cli, id: string, reason: string): Promise<Answer> {
  const done = await redeliverAll(cli.pool(), cli.actor, id, { reason });
  const many = `${done.redelivered.toLocaleString("en")} ${done.redelivered === 1 ? "delivery is" : "deliveries are"}`;
  const more = done.isMore ? " There are more: run this again." : "";
  return { json: toRedeliveries(done), text: () => `${many} on the way again.${more}\n` };
}

export function addEnable(webhooks: Command, cli: Cli): void {
  addLeaf<[string], { reason: string }>(webhooks, cli, {
    name: "enable",
    summary: "Have an endpoint told of events again, also of what was kept back for it",
    examples: ['webhooks enable whe_01m814esw7e00bgbyj9j5g8yxa --reason "Their server is up again"'],
    arguments: [endpointId()],
    options: [reasonOption()],
    run: async ([id], input) => {
      const done = await enableEndpoint(cli.pool(), cli.actor, id, input);
      const text = done.changed ? "is enabled; what was kept back for it is sent soon" : "was enabled already";
      return { json: toEndpointChange(done), text: () => `${id} ${text}.\n` };
    },
  });
}

export function addDisable(webhooks: Command, cli: Cli): void {
  addLeaf<[string], { reason: string }>(webhooks, cli, {
    name: "disable",
    summary: "Keep back what an endpoint would be told, until somebody enables it",
    examples: ['webhooks disable whe_01m814esw7e00bgbyj9j5g8yxa --reason "It answers with 200 and loses everything"'],
    arguments: [endpointId()],
    options: [reasonOption()],
    run: async ([id], input) => {
      const done = await disableEndpoint(cli.pool(), cli.actor, id, input);
      const text = done.changed ? "is disabled; what happens meanwhile is kept for it" : "was disabled already";
      return { json: toEndpointChange(done), text: () => `${id} ${text}.\n` };
    },
  });
}
