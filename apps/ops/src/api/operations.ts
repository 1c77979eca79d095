import { listAnomaliesOperation } from "./anomalies/list-anomalies.ts";
import { resolveAnomalyOperation } from "./anomalies/resolve-anomaly.ts";
import { listAuditOperation } from "./audit/list-audit.ts";
import { abortBulkRunOperation } from "./bulk-runs/abort-bulk-run.ts";
import { getBulkRunOperation } from "./bulk-runs/get-bulk-run.ts";
import { listBulkRunsOperation } from "./bulk-runs/list-bulk-runs.ts";
import { resumeBulkRunOperation } from "./bulk-runs/resume-bulk-run.ts";
import { groupDeadLettersOperation } from "./dead-letters/group-dead-letters.ts";
import { listDeadLettersOperation } from "./dead-letters/list-dead-letters.ts";
import { retryDeadLettersOperation } from "./dead-letters/retry-dead-letters.ts";
import { getMerchantOperation } from "./merchants/get-merchant.ts";
import { listMerchantsOperation } from "./merchants/list-merchants.ts";
import { setOriginsOperation } from "./merchants/set-origins.ts";
import type { Operation } from "./operation.ts";
import { addOperatorOperation } from "./operators/add-operator.ts";
import { createOperatorTokenOperation } from "./operators/create-operator-token.ts";
import { disableOperatorOperation } from "./operators/disable-operator.ts";
import { enableOperatorOperation } from "./operators/enable-operator.ts";
import { getMeOperation } from "./operators/get-me.ts";
import { listOperatorTokensOperation } from "./operators/list-operator-tokens.ts";
import { listOperatorsOperation } from "./operators/list-operators.ts";
import { revokeOperatorTokenOperation } from "./operators/revoke-operator-token.ts";
import { setOperatorRoleOperation } from "./operators/set-operator-role.ts";
import { getOverviewOperation } from "./overview/get-overview.ts";
import { cancelPaymentOperation } from "./payments/cancel-payment.ts";
import { discardPaymentOperation } from "./payments/discard-payment.ts";
import { getPaymentOperation } from "./payments/get-payment.ts";
import { listPaymentsOperation } from "./payments/list-payments.ts";
import { lookUpPaymentOperation } from "./payments/look-up-payment.ts";
import { resolvePaymentOperation } from "./payments/resolve-payment.ts";
import { retryPaymentOperation } from "./payments/retry-payment.ts";
import { listQueuesOperation } from "./queues/list-queues.ts";
import { pauseQueueOperation } from "./queues/pause-queue.ts";
import { resumeQueueOperation } from "./queues/resume-queue.ts";
import { discardRefundOperation } from "./refunds/discard-refund.ts";
import { getRefundOperation } from "./refunds/get-refund.ts";
import { listRefundsOperation } from "./refunds/list-refunds.ts";
import { lookUpRefundOperation } from "./refunds/look-up-refund.ts";
import { resolveRefundOperation } from "./refunds/resolve-refund.ts";
import { retryRefundOperation } from "./refunds/retry-refund.ts";
import { retrySomeRefundsOperation } from "./refunds/retry-some-refunds.ts";
import { disableEndpointOperation, enableEndpointOperation } from "./webhooks/change-endpoint.ts";
import { getDeliveryOperation } from "./webhooks/get-delivery.ts";
import { getEndpointOperation } from "./webhooks/get-endpoint.ts";
import { listDeliveriesOperation } from "./webhooks/list-deliveries.ts";
import { listEndpointsOperation } from "./webhooks/list-endpoints.ts";
import { redeliverAllOperation } from "./webhooks/redeliver-all.ts";
import { redeliverOneOperation } from "./webhooks/redeliver-one.ts";

/** Every call of the operators' API, in the order in which it is described. */
export const OPERATIONS: readonly Operation[] = [
  getOverviewOperation,
  listPaymentsOperation,
  getPaymentOperation,
  retryPaymentOperation,
  discardPaymentOperation,
  resolvePaymentOperation,
  lookUpPaymentOperation,
  cancelPaymentOperation,
  listRefundsOperation,
  getRefundOperation,
  retrySomeRefundsOperation,
  retryRefundOperation,
  discardRefundOperation,
  resolveRefundOperation,
  lookUpRefundOperation,
  listDeadLettersOperation,
  groupDeadLettersOperation,
  retryDeadLettersOperation,
  listBulkRunsOperation,
  getBulkRunOperation,
  abortBulkRunOperation,
  resumeBulkRunOperation,
  listAnomaliesOperation,
  resolveAnomalyOperation,
  listEndpointsOperation,
  getEndpointOperation,
  enableEndpointOperation,
  disableEndpointOperation,
  redeliverAllOperation,
  listDeliveriesOperation,
  getDeliveryOperation,
  redeliverOneOperation,
  listMerchantsOperation,
  getMerchantOperation,
  setOriginsOperation,
  listQueuesOperation,
  pauseQueueOperation,
  resumeQueueOperation,
  listAuditOperation,
  getMeOperation,
  listOperatorsOperation,
  addOperatorOperation,
  disableOperatorOperation,
  enableOperatorOperation,
  setOperatorRoleOperation,
  listOperatorTokensOperation,
  createOperatorTokenOperation,
  revokeOperatorTokenOperation,
];
