import type { Command } from "commander";
import type { Cli } from "../cli.ts";
import { addGroup } from "../leaf.ts";
import { addDisable, addEnable, addRedeliver } from "./act-on-webhooks.ts";
import { addDeliveries, addEndpoints, addShowDelivery } from "./list-webhooks.ts";

/** `payonce webhooks …` */
export function addWebhooks(program: Command, cli: Cli): void {
  const webhooks = addGroup(program, "webhooks", "Where merchants are told of events, and what became of each");
  addEndpoints(webhooks, cli);
  addDeliveries(webhooks, cli);
  addShowDelivery(webhooks, cli);
  addRedeliver(webhooks, cli);
  addEnable(webhooks, cli);
  addDisable(webhooks, cli);
}
