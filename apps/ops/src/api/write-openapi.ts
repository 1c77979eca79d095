import { writeFileSync } from "node:fs";
import { buildOpsDocument } from "./ops-document.ts";

// `npm run openapi`: a test fails while the committed file is not what the code says.
const file = new URL("../../openapi.json", import.meta.url);
writeFileSync(file, `${JSON.stringify(buildOpsDocument(), null, 2)}\n`);
