export { clientAddress } from "./client-address.ts";
export { handleErrors, methodNotAllowed, routeNotFound, toPayonceError } from "./handle-errors.ts";
export { jsonBody, MAX_BODY_BYTES } from "./json-body.ts";
export { limitInFlight } from "./limit-in-flight.ts";
export { logRequests } from "./log-requests.ts";
export { loggablePath } from "./loggable-path.ts";
export { requireHost } from "./require-host.ts";
export { closeServer, createHttpServer, type ServerLimits } from "./server.ts";
export { harmlessName, validate } from "./validate.ts";
