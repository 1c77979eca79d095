import { searchDeadLetters } from "@payonce/db/operations";
import { idSchema } from "@payonce/domain";
import { z } from "zod";
import { defineOperation } from "../operation.ts";
import { listOf, pageQuery } from "../paging.ts";
import { deadLetterKind, filterQuery, toFilter } from "./dead-letter-filter.ts";
import { deadLetterSchema, EXAMPLE_DEAD_LETTER, toDeadLetter } from "./dead-letter-resource.ts";

export const listDeadLettersOperation = defineOperation(
  {
    operationId: "listDeadLetters",
    method: "get",
    path: "/ops/v1/dead_letters",
    tag: "Dead letters",
    summary: "List dead letters",
    description: "Those of one kind that match all of what is given; the newest payments, or refunds, first.",
    role: "viewer",
    query: z.strictObject({
      kind: deadLetterKind.default("payment"),
      ...filterQuery,
      ...pageQuery("pay"),
      starting_after: z
        .union([idSchema("pay"), idSchema("ref")], "must be the last id of the page before")
        .optional()
        .meta({ description: "The last id of the page before" }),
    }),
    answers: {
      200: {
        description: "A page of them.",
        schema: listOf(deadLetterSchema),
        example: { object: "list", data: [EXAMPLE_DEAD_LETTER], has_more: false },
      },
    },
  },
  async ({ dependencies, query }) => {
    const { kind, limit, starting_after: before, ...filter } = query;
    const page = await searchDeadLetters(dependencies.db.pool, toFilter(filter), { limit, before, kind });
    return { 200: { object: "list" as const, data: page.deadLetters.map(toDeadLetter), has_more: page.hasMore } };
  },
);
