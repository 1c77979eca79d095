import { listOrigins } from "@payonce/db";
import { listApiKeys, readMerchant } from "@payonce/db/operations";
import { merchantNotFound } from "../../actions/set-origins.ts";
import { defineOperation } from "../operation.ts";
import { EXAMPLE_MERCHANT, merchantParams, merchantSchema, toMerchant } from "./merchant-resource.ts";

const SHOWN_KEYS = 100;

export const getMerchantOperation = defineOperation(
  {
    operationId: "getMerchant",
    method: "get",
    path: "/ops/v1/merchants/{id}",
    tag: "Merchants",
    summary: "Look at a merchant",
    description:
      "Its API keys with when they were last used, and the web pages from which its publishable keys are taken.",
    role: "viewer",
    params: merchantParams,
    answers: { 200: { description: "The merchant.", schema: merchantSchema, example: EXAMPLE_MERCHANT } },
    notFound: "merchant_not_found",
  },
  async ({ dependencies, params: { id } }) => {
    const { pool } = dependencies.db;
    const [merchant, origins, keys] = await Promise.all([
      readMerchant(pool, id),
      listOrigins(pool, id),
      listApiKeys(pool, { merchantId: id, limit: SHOWN_KEYS }),
    ]);
    if (!merchant) throw merchantNotFound();
    return { 200: toMerchant(merchant, origins, keys) };
  },
);
