import { randomUUID } from "node:crypto";

/** Makes one request after the other, each another payment: in the form autocannon wants, or as bytes. */
export function createPaymentRequests({
  host,
  secretKey,
  keyPrefix,
}: {
  host: string;
  secretKey: string;
  keyPrefix: string;
}) {
  let made = 0;
  const next = () => {
    made += 1;
    // Random, as clients' keys are: they come to lie anywhere in an index. Orders have numbers.
    const key = randomUUID();
    const order = `${keyPrefix}-${made}`;
    const body = `{"amount":4200,"currency":"eur","payment_method":"pm_card_visa","order_reference":"${order}"}`;
    return { key, body };
  };
  const fixed = { authorization: `Bearer ${secretKey}`, "content-type": "application/json" };
  const head = Object.entries({ host, ...fixed }).map(([name, value]) => `${name}: ${value}\r\n`);
  return {
    parts() {
      const { key, body } = next();
      return { headers: { ...fixed, "idempotency-key": key }, body };
    },
    bytes() {
      const { key, body } = next();
      const lines = `${head.join("")}idempotency-key: ${key}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n`;
      return `POST /v1/payments HTTP/1.1\r\n${lines}\r\n${body}`;
    },
  };
}
