import { writeFileSync } from "node:fs";
import { buildMerchantDocument } from "./merchant-document.ts";

// `npm run openapi`: a test fails while the committed file is not what the code says.
const file = new URL("../../openapi.json", import.meta.url);
writeFileSync(file, `${JSON.stringify(buildMerchantDocument(), null, 2)}\n`);
