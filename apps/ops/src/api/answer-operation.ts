import { ERROR_CATALOGUE, PayonceError } from "@payonce/domain";
import { validate } from "@payonce/http";
import type { RequestHandler } from "express";
import { actorOf } from "../access/actor-of.ts";
import type { ApiDependencies, Operation } from "./operation.ts";

/** Reads a request as the operation describes it, and sends what the operation answers. */
export function answerOperation(operation: Operation, dependencies: ApiDependencies): RequestHandler {
  const { notFound, query, body, handle } = operation;
  return async (request, response) => {
    const input = {
      query: validate(query, request.query, "parameter_invalid"),
      body: body && validate(body.schema, request.body, "field_invalid"),
    };
    // An id that cannot be one leads nowhere, like one that nothing has.
    const params = operation.params.safeParse(request.params);
    if (!params.success) throw new PayonceError(notFound, `${ERROR_CATALOGUE[notFound].title}.`);
    const { operator } = response.locals;
    const actor = actorOf(response, "api");
    const answer = await handle({ dependencies, operator, actor, params: params.data, ...input });
    for (const [status, body] of Object.entries(answer)) {
      const { location } = operation.answers[Number(status)] ?? {};
      if (location) response.location(location.of(body));
      response.status(Number(status)).json(body);
    }
  };
}
