import { writeFileSync } from "node:fs";
import { test } from "@jest/globals";
import { buildOpsDocument } from "./ops-document.ts";

test("write", () => {
  writeFileSync(new URL("../../openapi.json", import.meta.url), `${JSON.stringify(buildOpsDocument(), null, 2)}\n`);
});
