import { DEAD_LETTER_KINDS, groupDeadLettersOf } from "@payonce/db/operations";
import { z } from "zod";
import { defineOperation } from "../operation.ts";
import { deadLetterKind, filterQuery, toFilter } from "./dead-letter-filter.ts";
import { deadLetterGroupSchema, EXAMPLE_DEAD_LETTER, toDeadLetterGroup } from "./dead-letter-resource.ts";

const groupsSchema = z
  .strictObject({
    object: z.literal("dead_letter_groups"),
    count: z.int().meta({ description: "All that match" }),
    outcome_unknown: z.int().meta({ description: "How many of them may have moved money" }),
    groups: z.array(deadLetterGroupSchema).meta({ description: "The largest first" }),
  })
  .meta({ id: "DeadLetterGroups" });

const EXAMPLE: z.input<typeof groupsSchema> = {
  object: "dead_letter_groups",
  count: 240,
  outcome_unknown: 3,
  groups: [
    {
      kind: "payment",
      reason: "attempts_spent",
      count: 240,
      outcome_unknown: 3,
      oldest: "2026-11-22T08:02:11.340Z",
      newest: EXAMPLE_DEAD_LETTER.dead_since,
      common_code: "provider_unavailable",
      common_code_count: 231,
    },
  ],
};

export const groupDeadLettersOperation = defineOperation(
  {
    operationId: "groupDeadLetters",
    method: "get",
    path: "/ops/v1/dead_letters/groups",
    tag: "Dead letters",
    summary: "Count dead letters by kind and reason",
    description: "Counts those that match all of what is given, payments and refunds unless one `kind` is.",
    role: "viewer",
    query: z.strictObject({ kind: deadLetterKind.optional(), ...filterQuery }),
    answers: { 200: { description: "The counts.", schema: groupsSchema, example: EXAMPLE } },
  },
  async ({ dependencies, query }) => {
    const { kind, ...filter } = query;
    const kinds = kind ? [kind] : DEAD_LETTER_KINDS;
    const { groups, ...found } = await groupDeadLettersOf(dependencies.db.pool, toFilter(filter), kinds);
    return {
      200: {
        object: "dead_letter_groups" as const,
        count: found.count,
        outcome_unknown: found.outcomeUnknown,
        groups: groups.map(toDeadLetterGroup),
      },
    };
  },
);
