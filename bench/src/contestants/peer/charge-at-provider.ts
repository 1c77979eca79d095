import { Agent, request } from "node:http";
import { config } from "./peer-config.ts";

const agent = new Agent({ keepAlive: true, maxSockets: 1_024 });
const { hostname, port } = new URL(config.PROVIDER_URL);

/** Takes the money, in one call: a peer makes no object first that it could ask about later. */
export function chargeAtProvider(charge: object): Promise<{ id: string }> {
  const body = JSON.stringify(charge);
  const headers = { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const call = request({ agent, hostname, port, method: "POST", path: "/charges", headers }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part) => {
        text += part;
      });
      response.on("end", () => {
        if (response.statusCode === 200) resolve(JSON.parse(text));
        else reject(new Error(`the provider answered ${response.statusCode}`));
      });
      response.on("error", reject);
    });
    call.on("error", reject);
    call.end(body);
  });
}
