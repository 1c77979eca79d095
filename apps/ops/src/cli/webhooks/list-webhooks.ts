import {
  ENDPOINT_TROUBLES,
  type EndpointTrouble,
  listDeliveriesForOperators,
  listEndpointsForOperators,
  type OperatedDelivery,
  type OperatedEndpoint,
  readDelivery,
} from "@payonce/db/operations";
import { WEBHOOK_DELIVERY_STATES, type WebhookDeliveryState } from "@payonce/domain";
import { type Command, Option } from "commander";
import { deliveryNotFound } from "../../actions/redeliver-webhooks.ts";
import { toDelivery } from "../../api/webhooks/delivery-resource.ts";
import { toEndpoint } from "../../api/webhooks/endpoint-resource.ts";
import type { Cli } from "../cli.ts";
import { addLeaf } from "../leaf.ts";
import { listAnswer } from "../list-answer.ts";
import { idArgument, idOption, limitOption } from "../options.ts";
import { fields } from "../terminal/fields.ts";
import type { Colour } from "../terminal/look.ts";
import type { Column } from "../terminal/table.ts";
import { shortTime } from "../terminal/words.ts";

const ENDPOINT_COLUMNS: readonly Column<OperatedEndpoint>[] = [
  { title: "ID", value: ({ id }) => id },
  { title: "MERCHANT", value: ({ merchantName }) => merchantName, isCuttable: true },
  { title: "URL", value: ({ url }) => url, isCuttable: true },
  { title: "STATUS", value: statusOf, colour: ({ status }) => (status === "disabled" ? "red" : undefined) },
  { title: "FAILING SINCE", value: ({ failingSince }) => shortTime(failingSince), colour: () => "yellow" },
  { title: "LAST SUCCESS", value: ({ lastSuccessAt }) => shortTime(lastSuccessAt) },
  { title: "WAITING", value: ({ waiting }) => waiting, isRight: true },
  { title: "GIVEN UP", value: ({ deadLettered }) => deadLettered, isRight: true },
  { title: "HELD", value: ({ held }) => held, isRight: true },
];

function statusOf({ status, disabledReason }: OperatedEndpoint): string {
  return disabledReason ? `${status} (${disabledReason})` : status;
}

const COLOURS: Partial<Record<WebhookDeliveryState, Colour>> = { dead_lettered: "red", succeeded: "green" };

const DELIVERY_COLUMNS: readonly Column<OperatedDelivery>[] = [
  { title: "ID", value: ({ id }) => id },
  { title: "CREATED", value: ({ createdAt }) => shortTime(createdAt) },
  { title: "EVENT", value: ({ eventType }) => eventType },
  { title: "STATUS", value: ({ status }) => status, colour: ({ status }) => COLOURS[status] },
  { title: "CAUSE", value: ({ deadLetterReason }) => deadLetterReason, isOptional: true },
  { title: "ATTEMPTS", value: ({ attempts }) => attempts, isRight: true },
  { title: "HTTP", value: ({ lastHttpStatus }) => lastHttpStatus, isRight: true },
  { title: "ERROR", value: ({ lastError }) => lastError, isCuttable: true },
  { title: "URL", value: ({ url }) => url, isCuttable: true },
];

export function addEndpoints(webhooks: Command, cli: Cli): void {
  addLeaf<[], { merchant?: string; trouble?: EndpointTrouble; limit: number }>(webhooks, cli, {
    name: "endpoints",
    summary: "List webhook endpoints, the newest first",
    details: "GIVEN UP counts deliveries that can be sent again, HELD those that go once the endpoint is enabled.",
    examples: ["webhooks endpoints", "webhooks endpoints --trouble disabled"],
    options: [
      idOption("mer", "--merchant <id>", "of this merchant"),
      new Option("--trouble <trouble>", "only those in this trouble").choices(ENDPOINT_TROUBLES),
      limitOption(),
    ],
    run: async (_values, { merchant: merchantId, trouble, limit }) => {
      const page = await listEndpointsForOperators(cli.pool(), { merchantId, trouble, limit });
      const nothing = "There is no such endpoint.";
      const { endpoints: rows, hasMore } = page;
      return listAnswer({ columns: ENDPOINT_COLUMNS, rows, hasMore, toResource: toEndpoint, nothing });
    },
  });
}

export function addDeliveries(webhooks: Command, cli: Cli): void {
  addLeaf<[], { endpoint?: string; status?: WebhookDeliveryState; limit: number }>(webhooks, cli, {
    name: "deliveries",
    summary: "List webhook deliveries, the newest first",
    examples: [
      "webhooks deliveries --status dead_lettered",
      "webhooks deliveries --endpoint whe_01m814esw7e00bgbyj9j5g8yxa",
    ],
    options: [
      idOption("whe", "--endpoint <id>", "to this endpoint"),
      new Option("--status <status>", "in this state").choices(WEBHOOK_DELIVERY_STATES),
      limitOption(),
    ],
    run: async (_values, { endpoint: endpointId, status, limit }) => {
      const page = await listDeliveriesForOperators(cli.pool(), { endpointId, status, limit });
      const nothing = "There is no such delivery.";
      const { deliveries: rows, hasMore } = page;
      return listAnswer({ columns: DELIVERY_COLUMNS, rows, hasMore, toResource: toDelivery, nothing });
    },
  });
}

export function addShowDelivery(webhooks: Command, cli: Cli): void {
  addLeaf<[string]>(webhooks, cli, {
    name: "show",
    summary: "Show a delivery, and what the receiver answered last",
    examples: ["webhooks show whd_01m814esw7e00bgbyj9j5g8yxa"],
    arguments: [idArgument("whd", "delivery", "the delivery's id, as webhooks deliveries shows it")],
    run: async ([id]) => {
      const delivery = await readDelivery(cli.pool(), id);
      if (!delivery) throw deliveryNotFound();
      return {
        json: toDelivery(delivery),
        text: (look) =>
          fields(look, [
            ["Delivery", delivery.id],
            ["Status", delivery.status, COLOURS[delivery.status]],
            ["Dead-lettered", delivery.deadLetterReason && `because ${delivery.deadLetterReason}`],
            ["Endpoint", `${delivery.endpointId} ${delivery.url}`],
            ["Event", `${delivery.eventType} ${delivery.eventId}`],
            ["Payment", `${delivery.paymentId}, version ${delivery.paymentVersion}`],
            ["Refund", delivery.refundId],
            ["Attempts", `${delivery.attempts}, ${delivery.tries} of this round`],
            ["Last attempt", delivery.lastAttemptAt?.toISOString()],
            ["Took", delivery.lastDurationMs === null ? null : `${delivery.lastDurationMs} ms`],
            ["HTTP status", delivery.lastHttpStatus],
            ["Error", delivery.lastError],
            ["Answer", delivery.lastResponse],
            ["Delivered", delivery.deliveredAt?.toISOString()],
            ["Next attempt", delivery.nextActionAt?.toISOString()],
            ["Version", delivery.version],
          ]),
      };
    },
  });
}
