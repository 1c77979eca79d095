import { type DeadLetterGroups, groupDeadLetters } from "@payonce/db/operations";
import { z } from "zod";
import { defineOperation } from "../operation.ts";
import { filterQuery, toFilter } from "./dead-letter-filter.ts";
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
    summary: "Count dead letters by reason",
    description: "Counts those that match all of what is given.",
    role: "viewer",
    query: z.strictObject(filterQuery),
    answers: { 200: { description: "The counts.", schema: groupsSchema, example: EXAMPLE } },
  },
  async ({ dependencies, query }) => {
    return { 200: toGroups(await groupDeadLetters(dependencies.db.pool, toFilter(query))) };
  },
);

function toGroups({ groups, count, outcomeUnknown }: DeadLetterGroups): z.input<typeof groupsSchema> {
  return {
    object: "dead_letter_groups",
    count,
    outcome_unknown: outcomeUnknown,
    groups: groups.map(toDeadLetterGroup),
  };
}
