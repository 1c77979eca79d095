import type { OperationDescription } from "@payonce/http/openapi";

/** Where a path has an id, the variable that stands for it in samples; the guide says where each comes from. */
const VARIABLES: readonly [path: RegExp, variable: string][] = [
  [/(?<=\/payments\/)\{id\}/, "$PAYMENT"],
  [/(?<=\/refunds\/)\{id\}/, "$REFUND"],
  [/(?<=\/webhook_endpoints\/)\{id\}/, "$ENDPOINT"],
  [/(?<=\/webhook_deliveries\/)\{id\}/, "$DELIVERY"],
];

const QUERIES: Record<string, string> = { getPayment: "?wait=20", listPayments: "?limit=3" };

/** Calls of others than merchants. */
const WITHOUT_SAMPLE: ReadonlySet<string> = new Set(["receiveStripeEvent"]);

/** The call as one would type it; undefined where nobody would. A test runs each. */
export function curlOf(operation: OperationDescription): string | undefined {
  const { operationId, method, body, headers, security = [] } = operation;
  if (WITHOUT_SAMPLE.has(operationId)) return undefined;
  const path = VARIABLES.reduce((text, [id, variable]) => text.replace(id, variable), operation.path);
  const json = body && jsonOf(body.example ?? Object.values(body.examples ?? {})[0]?.value);
  const isDefaultMethod = method === (json ? "post" : "get");
  return [
    `curl -s${isDefaultMethod ? "" : ` -X ${method.toUpperCase()}`} "$PAYONCE_URL${path}${QUERIES[operationId] ?? ""}"`,
    ...(security.length > 0 ? ['-H "Authorization: Bearer $KEY"'] : []),
    ...(headers && "Idempotency-Key" in headers.shape ? [`-H "Idempotency-Key: ${keyOf(operationId)}"`] : []),
    ...(json ? ['-H "Content-Type: application/json"', `-d '${json}'`] : []),
  ].join(" \\\n  ");
}

/** A field to a line. */
function jsonOf(value: unknown): string {
  const fields = Object.entries(value as object).map(([name, field]) => `    "${name}": ${JSON.stringify(field)}`);
  return fields.length > 1 ? `{\n${fields.join(",\n")}\n  }` : JSON.stringify(value);
}

function keyOf(operationId: string): string {
  return operationId === "createRefund" ? "refund-3001-1" : "order-3001";
}
