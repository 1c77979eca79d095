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
  listDeadLettersOperation,
  groupDeadLettersOperation,
  retryDeadLettersOperation,
  listBulkRunsOperation,
  getBulkRunOperation,
  abortBulkRunOperation,
  resumeBulkRunOperation,
  listAnomaliesOperation,
  resolveAnomalyOperation,
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
