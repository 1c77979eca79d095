import { readDeadLetterFacets } from "@payonce/db/operations";
import { methodNotAllowed } from "@payonce/http";
import { type RequestHandler, Router } from "express";
import { requireRole } from "../access/require-role.ts";
import { resolveOneAnomaly, showAnomalies, showAnomaly } from "./anomalies/show-anomalies.ts";
import { showAudit } from "./audit/show-audit.ts";
import { changeBulkRun, showBulkRun, showBulkRuns, showProgress } from "./bulk-runs/show-bulk-runs.ts";
import { confirmBulkRun, startBulkRun } from "./bulk-runs/start-bulk-run.ts";
import { showDeadLetters } from "./dead-letters/show-dead-letters.ts";
import type { ConsoleDependencies, Context } from "./dependencies.ts";
import { showMerchant } from "./merchants/show-merchant.tsx";
import { showMerchants } from "./merchants/show-merchants.tsx";
import { cacheBriefly } from "./overview/cache-briefly.ts";
import { readStanding } from "./overview/read-standing.ts";
import { changePause, showFigures, showOverview, showThroughput } from "./overview/show-overview.ts";
import { cancelOne, discardOne, lookUpOne, resolveOne, retryOne } from "./payments/act-on-payment.ts";
import { showPayment, showPaymentNow } from "./payments/show-payment.ts";
import { showPayments } from "./payments/show-payments.ts";
import { createQueueReader } from "./queue-reader.ts";
import {
  discardOneRefund,
  goToRefund,
  lookUpOneRefund,
  resolveOneRefund,
  retryOneRefund,
} from "./refunds/act-on-refund.ts";
import { showRefunds } from "./refunds/show-refunds.tsx";
import { redeliverFromPage, showDelivery } from "./webhooks/show-delivery.ts";
import { actOnEndpoint, showEndpoint } from "./webhooks/show-endpoint.ts";
import { showWebhooks } from "./webhooks/show-webhooks.tsx";

/** A moment in which the figures are not read again, however many browsers ask. */
const STANDING_KEPT_MS = 1_000;
/** What can be chosen in a filter changes seldom. */
const FACETS_KEPT_MS = 5_000;

/**
 * The pages of the console. Mount them at the root, behind the session, the form reader and the check of the form's token.
 * Errors are left to whoever mounts them, except those that belong to a form.
 */
export function consoleRoutes({ db, redis, prefix }: ConsoleDependencies): Router {
  const queues = createQueueReader({ redis, prefix });
  const standing = cacheBriefly(() => readStanding(db.pool, queues), STANDING_KEPT_MS);
  const facets = cacheBriefly(() => readDeadLetterFacets(db.pool), FACETS_KEPT_MS);
  const context: Context = { pool: db.pool, queues, standing, facets };
  const router = Router({ caseSensitive: true });
  const operator = requireRole("operator");
  const page = (path: string, show: RequestHandler) => router.get(path, show);
  /** `back` is the page that has the form. */
  const action = (path: string, back: string, act: RequestHandler) =>
    router.route(path).post(operator, act).get(goBack(back)).all(methodNotAllowed("POST"));

  page("/", showOverview(context));
  page("/overview/figures", showFigures(context));
  page("/overview/throughput", showThroughput(context));
  action("/pause/:queue", "/", changePause(context, "pause"));
  action("/resume/:queue", "/", changePause(context, "resume"));

  page("/payments", showPayments(context));
  page("/payments/:id", showPayment(context));
  page("/payments/:id/now", showPaymentNow(context));
  action("/payments/:id/retry", "/payments/:id", retryOne(context));
  action("/payments/:id/discard", "/payments/:id", discardOne(context));
  action("/payments/:id/resolve", "/payments/:id", resolveOne(context));
  action("/payments/:id/look-up", "/payments/:id", lookUpOne(context));
  action("/payments/:id/cancel", "/payments/:id", cancelOne(context));

  page("/refunds", showRefunds(context));
  page("/refunds/:id", goToRefund(context));
  const refundAction = (name: string, act: RequestHandler) =>
    router.route(`/refunds/:id/${name}`).post(operator, act).get(goToRefund(context)).all(methodNotAllowed("POST"));
  refundAction("retry", retryOneRefund(context));
  refundAction("discard", discardOneRefund(context));
  refundAction("resolve", resolveOneRefund(context));
  refundAction("look-up", lookUpOneRefund(context));

  page("/dead-letters", showDeadLetters(context));
  router.get("/dead-letters/retry", operator, confirmBulkRun(context));
  action("/dead-letters/retry/start", "/dead-letters", startBulkRun(context));

  page("/bulk-runs", showBulkRuns(context));
  page("/bulk-runs/:id", showBulkRun(context));
  page("/bulk-runs/:id/progress", showProgress(context));
  action("/bulk-runs/:id/abort", "/bulk-runs/:id", changeBulkRun(context, "abort"));
  action("/bulk-runs/:id/resume", "/bulk-runs/:id", changeBulkRun(context, "resume"));

  page("/anomalies", showAnomalies(context));
  page("/anomalies/:id", showAnomaly(context));
  action("/anomalies/:id/resolve", "/anomalies/:id", resolveOneAnomaly(context));

  page("/webhooks", showWebhooks(context));
  page("/webhook-endpoints/:id", showEndpoint(context));
  for (const act of ["enable", "disable", "redeliver"] as const)
    action(`/webhook-endpoints/:id/${act}`, "/webhook-endpoints/:id", actOnEndpoint(context, act));
  page("/webhook-deliveries/:id", showDelivery(context));
  action("/webhook-deliveries/:id/redeliver", "/webhook-deliveries/:id", redeliverFromPage(context));

  page("/merchants", showMerchants(context));
  page("/merchants/:id", showMerchant(context));

  page("/audit", showAudit(context));
  return router;
}

/** A form that was refused is shown at the address it was sent to. Whoever loads that address anew wants the page. */
function goBack(back: string): RequestHandler {
  return (request, response) =>
    response.redirect(
      303,
      back.replace(":id", () => encodeURIComponent(String(request.params.id))),
    );
}
