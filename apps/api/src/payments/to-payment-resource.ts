export { toPaymentResource } from "@payonce/db";
