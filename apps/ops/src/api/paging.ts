import { idSchema, listPaymentsQuerySchema } from "@payonce/domain";
import { z } from "zod";

/** The query of a list, besides its filters. */
export function pageQuery(prefix: Parameters<typeof idSchema>[0]) {
  return {
    limit: listPaymentsQuerySchema.shape.limit,
    starting_after: idSchema(prefix).optional().meta({ description: "The last id of the page before" }),
  };
}

/** A page of a list. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.strictObject({
    object: z.literal("list"),
    data: z.array(item),
    has_more: z.boolean().meta({ description: "Whether there is a next page: give the last id as `starting_after`" }),
  });
}

/** @param rows one more than asked for, if there are as many: it tells whether there is a next page */
export function toPage<Row, Resource>(rows: readonly Row[], limit: number, toResource: (row: Row) => Resource) {
  return { object: "list" as const, data: rows.slice(0, limit).map(toResource), has_more: rows.length > limit };
}
