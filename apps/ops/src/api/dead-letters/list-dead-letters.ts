import { searchDeadLetters } from "@payonce/db/operations";
import { z } from "zod";
import { defineOperation } from "../operation.ts";
import { listOf, pageQuery } from "../paging.ts";
import { filterQuery, toFilter } from "./dead-letter-filter.ts";
import { deadLetterSchema, EXAMPLE_DEAD_LETTER, toDeadLetter } from "./dead-letter-resource.ts";

export const listDeadLettersOperation = defineOperation(
  {
    operationId: "listDeadLetters",
    method: "get",
    path: "/ops/v1/dead_letters",
    tag: "Dead letters",
    summary: "List dead letters",
    description: "Those that match all of what is given; the newest payments first.",
    role: "viewer",
    query: z.strictObject({ ...filterQuery, ...pageQuery("pay") }),
    answers: {
      200: {
        description: "A page of them.",
        schema: listOf(deadLetterSchema),
        example: { object: "list", data: [EXAMPLE_DEAD_LETTER], has_more: false },
      },
    },
  },
  async ({ dependencies, query }) => {
    const { limit, starting_after: before, ...filter } = query;
    const page = await searchDeadLetters(dependencies.db.pool, toFilter(filter), { limit, before });
    return { 200: { object: "list" as const, data: page.deadLetters.map(toDeadLetter), has_more: page.hasMore } };
  },
);
