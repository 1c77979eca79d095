import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { startTestSimulator, type TestClient } from "../test-client.ts";

const PATH = "/v1/payment_intents";

describe("list", () => {
  let client: TestClient;
  let newestFirst: string[];

  beforeAll(async () => {
    client = await startTestSimulator();
    newestFirst = [];
    for (let n = 0; n < 12; n++) newestFirst.unshift(await client.create("pm_card_visa"));
  });
  afterAll(() => client.close());

  async function list(query: string): Promise<{ ids: string[]; has_more: boolean }> {
    const answer = await client.get(`${PATH}?${query}`).expect(200);
    expect(answer.body).toMatchObject({ object: "list", url: PATH });
    return { ids: answer.body.data.map(({ id }: { id: string }) => id), has_more: answer.body.has_more };
  }

  it("gives the newest ten first, and says that there are more", async () => {
    expect(await list("")).toEqual({ ids: newestFirst.slice(0, 10), has_more: true });
  });

  it("goes through all of them page by page", async () => {
    const seen: string[] = [];
    for (let more = true; more; ) {
      const { ids, has_more } = await list(`limit=5${seen.length ? `&starting_after=${seen.at(-1)}` : ""}`);
      seen.push(...ids);
      more = has_more;
    }
    expect(seen).toEqual(newestFirst);
  });

  it("does not move a PaymentIntent that changes", async () => {
    const oldest = newestFirst.at(-1) ?? "";
    await client.confirm(oldest).expect(200);
    expect((await list("limit=100")).ids).toEqual(newestFirst);
  });

  it("keeps to the created range, its ends as the operator says", async () => {
    const { body } = await client.get(`${PATH}/${newestFirst[0]}`).expect(200);
    const newest: number = body.created;
    expect((await list(`limit=100&created[gt]=${newest}`)).ids).toEqual([]);
    expect((await list(`created[gte]=${newest}`)).ids).toContain(newestFirst[0]);
    expect((await list(`created[lt]=${newest}`)).ids).not.toContain(newestFirst[0]);
    expect((await list(`limit=100&created[gte]=${newest - 3600}&created[lte]=${newest}`)).ids).toEqual(newestFirst);
    expect((await list(`created=${newest}`)).ids).toContain(newestFirst[0]);
  });

  it.each([
    "limit=0",
    "limit=101",
    "limit=x",
    "starting_after=pi_nothing",
    "created[since]=1",
    "created=now",
    "page=2",
  ])("refuses %s", async (query) => {
    await client.get(`${PATH}?${query}`).expect(400);
  });
});
