import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import request from "supertest";
import { DESCRIPTION } from "./description.ts";
import { startTestSimulator, type TestClient } from "./test-client.ts";
import { findCard } from "./tokens.ts";

describe("GET /", () => {
  let client: TestClient;

  beforeAll(async () => {
    client = await startTestSimulator();
  });
  afterAll(() => client.close());

  it("lists every endpoint and every payment method, each with what it does", async () => {
    const { body } = await request(client.url).get("/").expect(200);
    expect(body).toEqual(DESCRIPTION);
    expect(Object.keys(body.payment_methods)).toEqual(expect.arrayContaining(["pm_card_visa", "pm_sim_late_confirm"]));
    for (const [token, about] of Object.entries(body.payment_methods)) {
      expect(findCard(token)).toBeDefined();
      expect(about).toMatch(/\w/);
    }
    await request(client.url).get("/healthz").expect(200);
  });

  it.each(Object.keys(DESCRIPTION.endpoints))("does not list %s for nothing", async (endpoint) => {
    const [method = "", path = ""] = endpoint.split(" ");
    const headers = { authorization: "Bearer sk_test_simulator" };
    const answer = await fetch(client.url + path.replace("{id}", "x"), { method, headers });
    expect(await answer.text()).not.toContain("Unrecognized request URL");
  });
});
